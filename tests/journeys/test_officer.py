"""An officer's morning: sign in, read the queue, ask one guest, approve another, approve many; then the mail is there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from plenary.events.models import Event
from plenary.operations.planning.demo import PASSWORD
from registration.models import Category, Registration
from registration.rules import State
from tests.factories.registration import RegistrationFactory
from tests.journeys.mailbox import Mailbox

Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]


def sign_in(page: Page, login: str, path: str = "/cms/") -> None:
    page.goto(path)
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{path}")


def guest(name: str, email: str, **facts: str) -> Registration:
    category = Category.objects.get(event=Event.objects.get(slug="forum"), slug="delegate")
    return RegistrationFactory(category=category, name=name, email=email, organisation="Officers’ Institute", **facts)


@pytest.fixture
def journey_guests() -> list[Registration]:
    return [
        guest("Ana Journey", "ana@journey.example", language="es"),
        guest("ليلى جورني", "leila@journey.example", language="ar", latin_name="Leila Journey"),
        guest("王旅程", "wang@journey.example", language="zh-hans", latin_name="Wang Journey"),
    ]


@pytest.mark.usefixtures("journey_guests")
def test_an_officer_asks_one_guest_approves_another_and_the_guests_are_told_in_their_language(
    laptop: Page, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    page = laptop
    sign_in(page, "protocol")
    expect(page.get_by_role("heading", name="Vetting queue")).to_be_visible()
    axe(page)
    picture(page, "officer-home-laptop")

    page.get_by_role("link", name="Vetting queue (").click()
    page.locator("input[name=q]").fill("officers’ institute")
    expect(page.locator("#listing-results tbody tr")).to_have_count(3)
    axe(page)
    picture(page, "officer-queue-laptop")

    page.get_by_role("link", name="Ana Journey").click()
    page.get_by_label("Ask for more information").check()
    page.get_by_role("button", name="Decide and stay").click()
    expect(page.locator(".plenary-errors")).to_contain_text("Give a reason")
    axe(page)
    picture(page, "officer-dossier-error-laptop")
    page.get_by_label("Reason or question").fill("¿Puede enviar su pasaporte?")
    page.get_by_role("button", name="Decide and stay").click()
    expect(page.get_by_text("more information requested").first).to_be_visible()
    expect(page.get_by_role("region", name="History")).to_contain_text("¿Puede enviar su pasaporte?")
    asked = mailbox.last("ana@journey.example")
    assert asked.language == "es"
    assert "¿Puede enviar su pasaporte?" in asked.text

    page.goto("/cms/vetting/?q=leila")
    page.get_by_role("link", name="ليلى جورني").click()
    page.get_by_label("Approve").check()
    page.get_by_role("button", name="Decide, then the next").click()
    expect(page.get_by_text("ليلى جورني: approved.")).to_be_visible()
    letter = mailbox.last("leila@journey.example")
    assert letter.language == "ar"
    assert 'dir="rtl"' in letter.html

    page.goto("/dev/mailbox/")
    axe(page)
    picture(page, "mailbox-laptop")
    page.get_by_role("link", name=letter.subject).first.click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("link").first.click()
    page.wait_for_url("**/ar/my/**")


def test_many_are_approved_on_a_phone_after_a_look_at_the_mails(
    phone: Page, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    page, names = phone, ["Bulk Guest One", "Bulk Guest Two"]
    registrations = [guest(name, f"bulk-{number}@journey.example", language="fr") for number, name in enumerate(names)]
    sign_in(page, "protocol", "/cms/vetting/?q=bulk+guest")
    expect(page.locator("#listing-results tbody tr")).to_have_count(2)
    picture(page, "officer-queue-phone")
    for row in page.locator("#listing-results tbody input[type=checkbox]").all():
        row.check()
    page.get_by_role("link", name="Approve selected registrations").click()
    expect(page.get_by_role("heading", name="2 guests get a mail")).to_be_visible()
    expect(page.get_by_role("heading", name="Français")).to_be_visible()
    axe(page)
    picture(page, "officer-bulk-phone")
    page.get_by_role("button", name="Approve: 2 guests").click()
    expect(page.get_by_text("2 guests approved and told.")).to_be_visible()
    assert {Registration.objects.get(pk=r.pk).state for r in registrations} == {State.APPROVED}
    assert mailbox.last("bulk-0@journey.example").language == "fr"
    page.goto(f"/cms/vetting/dossier/{registrations[0].pk}/")
    axe(page)
    picture(page, "officer-dossier-phone")


def test_staff_sign_in_can_be_used_by_everybody(visitor: Callable[..., Page], axe: Judge, picture: Camera) -> None:
    for device, language in [("laptop", "en"), ("phone", "ar"), ("phone", "zh-hans")]:
        page = visitor(device, language)
        page.goto("/cms/account/login/")
        axe(page)
        picture(page, f"sign-in-{language}-{device}")


def test_the_office_sees_its_messages_its_plans_and_what_it_offers(laptop: Page, axe: Judge, picture: Camera) -> None:
    sign_in(laptop, "office")
    for name, path in [
        ("messages", "/cms/messages/"),
        ("plans", "/cms/plans/"),
        ("categories", "/cms/categories/"),
        ("questions", "/cms/questions/"),
    ]:
        laptop.goto(path)
        axe(laptop)
        picture(laptop, f"office-{name}-laptop")
    laptop.goto("/cms/questions/")
    laptop.locator("td.title a").first.click()
    expect(laptop.get_by_role("heading", level=1)).to_be_visible()
    axe(laptop)
    picture(laptop, "office-question-laptop")
