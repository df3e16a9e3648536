"""A guest signs up on a phone or a laptop, in English and in Arabic, with mistakes on the way, and follows it to the badge."""

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plenary.core.actions import SYSTEM, Actor
from plenary.core.fields import Label
from plenary.events.actions import create_event
from plenary.events.rules import ApprovalState
from registration import actions
from registration.models import Category, Registration
from registration.rules import State
from tests.factories.registration import CategoryFactory, QuestionFactory
from tests.journeys.mailbox import Mailbox
from tests.registration.files import picture as photo

OFFICER = Actor("Officer Lin")
YES_NO = [
    {"value": "yes", "label": {"en": "Yes", "ar": "نعم"}},
    {"value": "no", "label": {"en": "No", "ar": "لا"}},
]
Judge = Callable[[Page], None]
Camera = Callable[[Page, str], Path]


@pytest.fixture
def press(server: str) -> Category:
    """An event whose press category asks one question of most kinds."""
    event = create_event(
        slug=f"guest-{uuid.uuid4().hex[:8]}",
        by=SYSTEM,
        name=Label({"en": "Water Forum", "ar": "منتدى المياه"}),
        starts_on=date(2030, 5, 14),
        ends_on=date(2030, 5, 16),
        time_zone="Africa/Cairo",
        approval=ApprovalState.IN_FORCE,
        published=True,
    )
    category: Category = CategoryFactory(event=event, slug="press", kind="press", name={"en": "Press", "ar": "الصحافة"})
    CategoryFactory(event=event, slug="full", name={"en": "Observer", "ar": "مراقب"}, quota=0)

    def ask(key: str, kind: str, en: str, ar: str, **facts: Any) -> None:
        QuestionFactory(event=event, key=key, kind=kind, label={"en": en, "ar": ar}, **facts)

    ask("visa", "choice", "Do you need a visa?", "هل تحتاج إلى تأشيرة؟", options=YES_NO, required=True)
    ask("passport", "file", "Passport page", "صفحة الجواز", required=True, condition={"question": "visa", "is": "yes"})
    ask("birth", "date", "Date of birth", "تاريخ الميلاد", condition={"question": "visa", "is": "yes"})
    ask("phone", "phone", "Telephone number", "رقم الهاتف")
    ask("days", "choices", "Days you attend", "أيام الحضور", options=YES_NO)
    ask("needs", "long_text", "What do you need?", "ماذا تحتاج؟")
    ask("privacy", "consent", "I agree to the use of my data.", "أوافق على استخدام بياناتي.", required=True)
    return category


def go_on(page: Page) -> None:
    page.locator("button[name=go][value=next]").click()


@pytest.mark.parametrize(("device", "language"), [("phone", "en"), ("laptop", "en"), ("phone", "ar"), ("laptop", "ar")])
def test_a_guest_signs_up_and_gets_a_badge(
    visitor: Callable[..., Page],
    press: Category,
    axe: Judge,
    picture: Camera,
    mailbox: Mailbox,
    tmp_path: Path,
    device: str,
    language: str,
) -> None:
    page = visitor(device, language)
    address = f"amina-{device}-{language}@example.org"
    seen = f"guest-{device}-{language}"

    def look(name: str) -> None:
        axe(page)
        picture(page, f"{seen}-{name}")

    page.goto(f"/{language}/register/{press.event.slug}/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    look("1-categories")
    page.locator("#choose-press").click()

    # address and name, at first with nothing and then with a wrong address
    go_on(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look("2-person-empty")
    page.locator("#id_email").fill("amina at example")
    page.locator("#id_name").fill("أمينة الحسن")
    page.locator("#id_nationality").select_option("EG")
    go_on(page)
    expect(page.locator("#id_email")).to_have_value("amina at example")
    expect(page.locator("#id_email")).to_have_attribute("aria-invalid", "true")
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_email")).to_be_focused()
    page.locator("#id_email").fill(address)
    page.locator("#id_latin_name").fill("Amina Al Hassan")
    go_on(page)

    # questions: what does not apply is hidden, a program is no passport, a good answer is not asked for twice
    passport = page.locator("#id_q-passport")
    expect(passport).to_be_hidden()
    page.locator("#id_q-visa_0").check()
    expect(passport).to_be_visible()
    program, scan = tmp_path / "passport.jpg", tmp_path / "passport.png"
    program.write_bytes(b"MZ this is a program")
    scan.write_bytes(photo())
    passport.set_input_files(program)
    page.locator("#id_q-needs").fill("Step-free access <b>please</b>")
    go_on(page)
    expect(page.locator("#id_q-passport_error")).to_be_visible()
    look("3-questions-wrong-file")
    passport.set_input_files(scan)
    page.locator("#id_q-phone").fill("+20 2 27921000")
    go_on(page)

    expect(page.locator("main")).to_contain_text("Step-free access <b>please</b>")
    expect(page.locator("main")).to_contain_text("passport.png")
    look("4-review")
    go_on(page)
    expect(page.locator("#id_q-privacy_error")).to_be_visible()
    page.locator("#id_q-privacy").check()
    go_on(page)
    expect(page.locator("main")).to_contain_text(address)
    look("5-sent")
    page.go_back()  # the form is behind her: nothing can be sent twice
    expect(page.locator("main")).to_contain_text(address)
    registration = Registration.objects.get(event=press.event)

    # the mail, and the page of her own
    letter = mailbox.last(address, kind="registration.confirm")
    assert letter.language == language
    page.goto(letter.link("/register/confirm/"))
    look("6-confirm")
    page.locator("main form button").click()
    page.wait_for_url("**/my/**")
    look("7-under-review")

    actions.ask_for_more([registration.pk], by=OFFICER, reason="Please send your press card.")
    page.goto(mailbox.last(address, kind="registration.information_requested").link("/my/"))
    expect(page.locator("main")).to_contain_text("Please send your press card.")
    look("8-asked")
    page.locator("#id_text").fill("Here it is.")
    page.locator("#id_file").set_input_files(scan)
    page.locator("main form button").click()
    expect(page.locator("#id_text")).to_have_count(0)

    report = actions.approve([registration.pk], by=OFFICER)
    assert report.done, report.refused
    letter = mailbox.last(address, kind="registration.approved")
    page.goto(next(link for link in letter.links if "/my/" in link and "calendar" not in link))
    look("9-approved")
    badge = page.request.get(letter.link("/badge/"))
    assert badge.body().startswith(b"%PDF-")
    calendar = page.request.get(letter.link("calendar.ics"))
    assert "BEGIN:VTIMEZONE" in calendar.text()


def test_a_guest_without_script_sees_every_question_and_signs_up(
    visitor: Callable[..., Page], press: Category, axe: Judge, mailbox: Mailbox
) -> None:
    page = visitor("phone", "en", java_script_enabled=False)
    page.goto(f"/en/register/{press.event.slug}/")
    page.locator("#choose-press").click()
    page.locator("#id_email").fill("plain@example.org")
    page.locator("#id_name").fill("Plain Guest")
    page.locator("#id_nationality").select_option("KE")
    go_on(page)
    expect(page.locator("#id_q-passport")).to_be_visible()
    expect(page.locator("#id_q-passport_helptext")).to_contain_text("Only if you answered “Yes”")
    page.locator("#id_q-visa_1").check()
    go_on(page)
    page.locator("#id_q-privacy").check()
    go_on(page)
    page.goto(mailbox.last("plain@example.org").link("/register/confirm/"))
    page.locator("main form button").click()
    assert Registration.objects.get(event=press.event).state == State.SUBMITTED


def test_what_is_typed_survives_a_closed_browser(visitor: Callable[..., Page], press: Category) -> None:
    page = visitor("phone")
    page.goto(f"/en/register/{press.event.slug}/")
    page.locator("#choose-press").click()
    page.wait_for_url("**/you/")
    address = page.url
    with page.expect_response(lambda response: response.status == 204):
        page.locator("#id_name").press_sequentially("Amina Osm")  # no button is pressed
    page.context.close()
    again = visitor("laptop")
    again.goto(address)
    expect(again.locator("#id_name")).to_have_value("Amina Osm")


def test_a_guest_changes_and_withdraws(
    visitor: Callable[..., Page], press: Category, axe: Judge, mailbox: Mailbox
) -> None:
    page = visitor("phone")
    page.goto(f"/en/register/{press.event.slug}/")
    page.locator("#choose-press").click()
    page.locator("#id_email").fill("leaving@example.org")
    page.locator("#id_name").fill("Leaving Guest")
    page.locator("#id_nationality").select_option("KE")
    go_on(page)
    page.locator("#id_q-visa_1").check()
    go_on(page)
    page.locator("#id_q-privacy").check()
    go_on(page)
    page.goto(mailbox.last("leaving@example.org").link("/register/confirm/"))
    page.locator("main form button").click()
    page.locator("a[href$='/change/']").click()
    axe(page)
    page.locator("#id_organisation").fill("Ministry of Water")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Ministry of Water")
    page.locator("a[href$='/withdraw/']").click()
    axe(page)
    page.locator("main form button").click()
    page.wait_for_url("**/my/*/")
    axe(page)
    assert Registration.objects.get(event=press.event).state == State.WITHDRAWN


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_link_that_opens_nothing_helps_on(
    visitor: Callable[..., Page], press: Category, axe: Judge, language: str
) -> None:
    page = visitor("phone", language)
    answer = page.goto(f"/{language}/my/cut-off-in-the-mail/")
    assert answer is not None
    assert answer.status == 404
    axe(page)
    page.locator(f"a[href='/{language}/register/{press.event.slug}/lost-link/']").click()
    axe(page)
    page.locator("#id_email").fill("nobody@example.org")
    page.locator("main form button").click()
    axe(page)
