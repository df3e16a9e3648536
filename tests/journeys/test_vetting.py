"""Officers vet: two desks at once with four eyes on two screens. Who is asked for more is in test_journalist."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from plenary.core.actions import SYSTEM
from plenary.events.models import Event
from registration.actions import save_stop
from registration.models import Category, CategoryDesk, Desk, Registration
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in

Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]
PLAIN = "door-and-desk"


def sign_in_as(page: Page, username: str, path: str) -> None:
    page.goto(path)
    page.get_by_label("Login").fill(username)
    page.get_by_label("Password").fill(PLAIN)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{path}")


def speak(page: Page, verdict: str, reason: str = "") -> None:
    panel = page.get_by_role("region", name="Desks")
    panel.get_by_label(verdict, exact=True).check()
    if reason:
        panel.get_by_label("Reason", exact=True).select_option(label=reason)
    panel.get_by_role("button", name="Say so and stay").click()


@pytest.fixture
def minister() -> Registration:
    """A guest of a category that protocol and security vet at the same time, security with four eyes."""
    event = Event.objects.get(slug="forum")
    category = CategoryFactory(event=event, slug="minister-journey", name={"en": "Minister"}, kind=Category.Kind.VIP)
    for slug, strict in [("protocol", False), ("security", True)]:
        desk = Desk.objects.get(slug=slug)
        save_stop(CategoryDesk(category=category, desk=desk, step=1, four_eyes=strict, may_veto=strict), by=SYSTEM)
    found = RegistrationFactory(category=category, name="Лейла Касымова", latin_name="Leyla Kasymova", language="ru",
                                email="leyla@vetting.example", organisation="Ministry of Water")  # fmt: skip
    RegistrationFactory(category=category, name="Leila Kassymova", email="twin@vetting.example")
    return found


def test_two_desks_vet_at_once_and_security_with_four_eyes(
    visitor: Callable[..., Page], axe: Judge, picture: Camera, mailbox: Mailbox, minister: Registration
) -> None:
    dossier = f"/cms/vetting/dossier/{minister.pk}/"
    names = [staff("Vetting: security desk").username for _number in range(2)]
    protocol, one, other = visitor("laptop"), visitor("laptop"), visitor("phone")

    sign_in(protocol, "protocol", dossier)
    expect(protocol.get_by_role("region", name="Decision")).to_contain_text("when these have spoken")
    expect(protocol.locator("input[value=approved]")).to_have_count(0)
    axe(protocol)
    picture(protocol, "vetting-dossier-laptop")
    protocol.keyboard.press("a")
    expect(protocol.get_by_role("region", name="Desks").get_by_label("No objection")).to_be_checked()
    protocol.keyboard.press("?")
    expect(protocol.get_by_role("heading", name="Keys")).to_be_visible()
    protocol.get_by_role("button", name="Close").click()
    speak(protocol, "No objection")
    expect(protocol.get_by_role("region", name="Desks")).to_contain_text("no objection")

    sign_in_as(one, names[0], dossier)
    speak(one, "Objection")
    expect(one.locator(".plenary-errors")).to_contain_text("Choose the reason")
    axe(one)
    speak(one, "No objection", "Checked, nothing found")
    expect(one.get_by_role("region", name="Desks")).to_contain_text("second officer to agree")
    speak(one, "No objection")
    expect(one.locator(".plenary-errors")).to_contain_text("A second officer of your desk has to agree")

    sign_in_as(other, names[1], "/cms/vetting/?q=kasymova")
    axe(other)
    picture(other, "vetting-queue-phone")
    other.goto(dossier)
    axe(other)
    picture(other, "vetting-dossier-phone")
    speak(other, "No objection", "Checked, nothing found")
    expect(other.get_by_role("region", name="Decision")).to_contain_text("none objects")

    protocol.reload()
    protocol.get_by_role("region", name="Decision").get_by_label("Approve").check()
    protocol.get_by_role("button", name="Decide and stay").click()
    expect(protocol.get_by_text("approved").first).to_be_visible()
    picture(protocol, "vetting-approved-laptop")
    assert mailbox.last("leyla@vetting.example", kind="registration.approved").language == "ru"


def test_the_set_up_of_vetting_and_the_watch_list_can_be_used_by_everybody(
    visitor: Callable[..., Page], axe: Judge, picture: Camera
) -> None:
    office, security = visitor("laptop"), visitor("laptop")
    sign_in(office, "office", "/cms/routes/")
    for path in ("/cms/routes/", "/cms/desks/", "/cms/reasons/", "/cms/routes/new/"):
        office.goto(path)
        axe(office)
    picture(office, "vetting-routes-laptop")
    sign_in(security, "security", "/cms/watch-list/")
    axe(security)
    security.goto("/cms/watch-list/new/")
    axe(security)
    picture(security, "vetting-watch-list-laptop")
    security.goto("/cms/vetting/")
    axe(security)
    picture(security, "vetting-queue-laptop")
    # By keyboard alone: what the keys are, down and up the list, open, choose.
    security.get_by_role("button", name="Keys").click()
    security.keyboard.press("Escape")
    names = security.locator("#listing-results tbody td.title a")
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        security.keyboard.press(key)
        expect(names.nth(place)).to_be_focused()
    security.keyboard.press("Enter")
    security.wait_for_url("**/cms/vetting/dossier/**")
    security.keyboard.press("r")
    expect(security.locator("input[value=rejected], input[value=object]").first).to_be_checked()
    # A list with mistakes names each by its cell, and writes nothing.
    security.goto("/cms/watch-list/import/")
    security.locator("input[type=file]").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": b"names,source,birth_year\nDoe John,Notice 8,abcd\n"}
    )
    security.locator("main form button[type=submit]").first.click()
    expect(security.get_by_text("nothing was written")).to_be_visible()
    expect(security.get_by_role("cell", name="C2")).to_be_visible()
    axe(security)
