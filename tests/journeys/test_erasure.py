"""An erasure from end to end: a guest asks, an officer grants, the data are gone, the certificate stands up to a check."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from plenary.events.models import Event
from plenary.operations.planning.demo import PASSWORD
from registration.actions.consents import note_consents
from registration.emails import guest_token
from registration.models import Category, Registration
from registration.rules import State
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff
from tests.journeys.test_officer import sign_in

Visitor = Callable[..., Page]
Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]


def test_a_guest_is_forgotten_and_can_prove_it(visitor: Visitor, axe: Judge, picture: Camera) -> None:
    category = Category.objects.get(event=Event.objects.get(slug="forum"), slug="delegate")
    guest = RegistrationFactory(
        category=category, name="Oksana Forgotten", email="oksana@forgotten.example", state=State.APPROVED
    )
    note_consents(guest, source="guest")
    staff("Data protection", username="keeper", password=PASSWORD)
    phone = visitor("phone")
    phone.goto(f"/en/my/{guest_token(guest)}/")
    phone.get_by_role("link", name="Your data").click()
    expect(phone.get_by_role("heading", name="Your data", level=1)).to_be_visible()
    axe(phone)
    picture(phone, "own-data-phone")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Download everything").click()
    assert download.value.suggested_filename.endswith(".zip")
    phone.get_by_role("button", name="Ask for erasure").click()
    expect(phone.get_by_text("Tick this box to go on").first).to_be_visible()
    axe(phone)
    phone.get_by_label("I understand that my registration ends with it.").check()
    phone.get_by_role("button", name="Ask for erasure").click()
    expect(phone.get_by_text("We have your request.")).to_be_visible()
    picture(phone, "own-data-asked-phone")

    office = visitor("laptop")
    sign_in(office, "keeper")
    office.goto("/cms/privacy/")
    axe(office)
    picture(office, "privacy-desk-laptop")
    office.get_by_role("link", name=guest.code).click()
    axe(office)
    picture(office, "privacy-request-laptop")
    office.get_by_role("button", name="Erase now").click()
    expect(office.get_by_text("Erased. The guest is told")).to_be_visible()
    office.get_by_role("link", name="E-").first.click()
    expect(office.get_by_text("Genuine and unchanged.")).to_be_visible()
    axe(office)
    picture(office, "privacy-certificate-laptop")

    gone = Registration.objects.get(pk=guest.pk)
    assert (gone.name, gone.email, gone.state) == (gone.code, "", State.WITHDRAWN)
    phone.reload()
    expect(phone.get_by_text("Your personal data are erased.")).to_be_visible()
    phone.get_by_role("link", name="Certificate of erasure").click()
    expect(phone.get_by_text("This certificate is genuine.")).to_be_visible()
    axe(phone)
    picture(phone, "certificate-phone")


def test_the_page_of_ones_data_reads_from_right_to_left(visitor: Visitor, axe: Judge, picture: Camera) -> None:
    category = Category.objects.get(event=Event.objects.get(slug="forum"), slug="delegate")
    guest = RegistrationFactory(category=category, name="ليلى", email="leila@data.example", language="ar")
    phone = visitor("phone", "ar")
    phone.goto(f"/ar/my/{guest_token(guest)}/data/")
    axe(phone)
    picture(phone, "own-data-ar-phone")
