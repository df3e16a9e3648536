"""Questions in depth, walked: a journalist meets a section that applies, fills in the travel form in Arabic, asks for a change
of a frozen answer, and an officer grants it. The browser decides every condition as the server does."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from plenary.core.actions import SYSTEM, Actor
from plenary.core.fields import Label
from plenary.events.actions import create_event
from plenary.events.rules import ApprovalState
from registration import actions
from registration.models import Category, Registration, SecondForm
from tests.factories.registration import CategoryFactory, QuestionFactory, SectionFactory
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in

OFFICER = Actor("Officer Lin")
YES_NO = [{"value": "yes", "label": {"en": "Yes", "ar": "نعم"}}, {"value": "no", "label": {"en": "No", "ar": "لا"}}]
CASES = json.loads((Path(__file__).parents[1] / "registration/condition_cases.json").read_text(encoding="utf-8"))
Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]


@pytest.fixture
def press(server: str) -> Category:
    event = create_event(
        slug=f"questions-{uuid.uuid4().hex[:8]}",
        by=SYSTEM,
        name=Label({"en": "Water Forum", "ar": "منتدى المياه"}),
        starts_on=date(2030, 5, 14),
        ends_on=date(2030, 5, 16),
        time_zone="Africa/Cairo",
        approval=ApprovalState.IN_FORCE,
        published=True,
    )
    category: Category = CategoryFactory(event=event, slug="press", kind="press", name={"en": "Press", "ar": "الصحافة"})
    work = SectionFactory(event=event, label={"en": "Your work", "ar": "عملك"})
    gear = SectionFactory(event=event, label={"en": "Equipment", "ar": "المعدات"})
    travel = SectionFactory(event=event, stage="after_approval", label={"en": "Travel", "ar": "السفر"})
    QuestionFactory(
        event=event, key="camera", section=work, kind="choice", options=YES_NO, required=True,
        label={"en": "Do you bring a camera?", "ar": "هل تحضر كاميرا؟"},
    )  # fmt: skip
    QuestionFactory(
        event=event, key="serial", section=gear, required=True, condition={"question": "camera", "is": "yes"},
        label={"en": "Serial number", "ar": "الرقم التسلسلي"},
    )  # fmt: skip
    QuestionFactory(
        event=event, key="nights", section=travel, stage="after_approval", kind="number", required=True,
        label={"en": "How many nights?", "ar": "كم ليلة؟"},
    )  # fmt: skip
    QuestionFactory(
        event=event, key="why", section=travel, stage="after_approval", condition={"question": "nights", "greater": 4},
        label={"en": "Why so long?", "ar": "لماذا هذه المدة؟"},
    )  # fmt: skip
    SecondForm.objects.create(
        event=event, title={"en": "Travel and stay", "ar": "السفر والإقامة"}, due_at=datetime(2030, 4, 1, tzinfo=UTC)
    )
    return category


def go_on(page: Page) -> None:
    page.locator("button[name=go][value=next]").click()


def test_a_journalist_answers_in_sections_fills_in_the_travel_form_and_has_an_answer_changed(
    visitor: Callable[..., Page], press: Category, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    page = visitor("phone", "ar")
    page.goto(f"/ar/register/{press.event.slug}/")
    page.locator("#choose-press").click()
    page.locator("#id_email").fill("huda@example.org")
    page.locator("#id_name").fill("Huda Salem")
    page.locator("#id_nationality").select_option("EG")
    go_on(page)
    expect(page.locator("h1")).to_have_text("عملك")
    page.locator("#id_q-camera_0").check()
    go_on(page)
    expect(page.locator("h1")).to_have_text("المعدات")  # the section that applies to cameras
    axe(page)
    picture(page, "questions-section-ar-phone")
    page.locator("#id_q-serial").fill("A1")
    page.locator("button[name=go][value=back]").click()
    page.locator("#id_q-camera_1").check()
    go_on(page)
    expect(page.locator("#id_q-serial")).to_have_count(0)  # no camera, no section
    page.go_back()
    page.locator("#id_q-camera_0").check()
    go_on(page)
    expect(page.locator("#id_q-serial")).to_have_value("A1")  # what was typed is still there
    go_on(page)
    go_on(page)
    page.goto(mailbox.last("huda@example.org").link("/register/confirm/"))
    page.locator("main form button").click()
    page.wait_for_url("**/my/**")
    registration = Registration.objects.get(event=press.event)
    report = actions.approve([registration.pk], by=OFFICER)
    assert report.done, report.refused

    page.goto(mailbox.last("huda@example.org", kind="registration.approved").link("/second-form/"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    axe(page)
    picture(page, "questions-second-form-ar-phone")
    page.locator("main .button--primary").click()
    why = page.locator("#id_q-why")
    expect(why).to_be_hidden()
    page.locator("#id_q-nights").fill("٥")  # digits of her own script
    expect(why).to_be_visible()
    why.fill("أكتب كتابًا")
    axe(page)
    picture(page, "questions-travel-ar-phone")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".notice--success")).to_be_visible()
    registration.refresh_from_db()
    assert registration.answer_data["nights"] == 5
    assert registration.second_form_complete

    SecondForm.objects.filter(event=press.event).update(frozen_at=datetime(2026, 1, 1, tzinfo=UTC))
    page.reload()
    page.locator("a[href$='/ask/nights/']").click()
    page.locator("#id_q-nights").fill("3")
    page.locator("#id_reason").fill("خطتي تغيرت")
    axe(page)
    picture(page, "questions-ask-ar-phone")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main form[action*='/take-back/']")).to_be_visible()

    office = visitor("laptop")
    sign_in(office, "press")
    office.goto(f"/cms/changes/of/{registration.pk}/")
    expect(office.locator("main")).to_contain_text("خطتي تغيرت")
    axe(office)
    picture(office, "questions-change-laptop")
    office.get_by_label("Change it as asked").check()
    office.get_by_role("button", name="Decide", exact=True).click()
    office.wait_for_url("**/dossier/**")
    registration.refresh_from_db()
    assert registration.answer_data["nights"] == 3
    assert "why" not in registration.answer_data  # no longer asked for three nights
    assert mailbox.last("huda@example.org", kind="registration.changes_decided").language == "ar"

    # the name was decided by as well: it is changed by the same request
    page.goto(page.url.split("/ask/")[0] + "/")
    page.locator("a[href$='/ask/person.name/']").click()
    page.locator("#id_name").fill("Huda Salem Nour")
    page.locator("#id_reason").fill("كما في جواز السفر")
    axe(page)
    picture(page, "questions-ask-name-ar-phone")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main form[action*='/take-back/']")).to_be_visible()
    page.locator("main .button--quiet").click()
    expect(page.locator("#changes")).to_be_visible()
    axe(page)
    picture(page, "questions-own-page-ar-phone")
    office.goto(f"/cms/changes/of/{registration.pk}/")
    expect(office.locator("main")).to_contain_text("Huda Salem Nour")
    picture(office, "questions-change-name-laptop")
    office.get_by_label("Change it as asked").check()
    office.get_by_role("button", name="Decide", exact=True).click()
    office.wait_for_url("**/dossier/**")
    registration.refresh_from_db()
    assert registration.name == "Huda Salem Nour"


def test_the_browser_decides_every_condition_as_the_server_does(laptop: Page, press: Category) -> None:
    laptop.goto(f"/en/register/{press.event.slug}/")
    told = laptop.evaluate(
        """async (cases) => {
            const { conditionHolds, shownKeys } = await import("/static/registration/conditions.js");
            return {
                conditions: cases.conditions.map((one) => conditionHolds(one.condition, one.answers)),
                forms: cases.forms.map((one) => [...shownKeys(one.conditions, one.answers)].sort()),
            };
        }""",
        CASES,
    )
    assert told["conditions"] == [case["holds"] for case in CASES["conditions"]]
    assert told["forms"] == [sorted(case["shown"]) for case in CASES["forms"]]


def test_staff_preview_the_form_and_write_a_condition(
    laptop: Page, press: Category, axe: Judge, picture: Camera
) -> None:
    sign_in(laptop, "office")
    laptop.goto(f"/cms/questions/preview/?event={press.event.pk}&language=ar")
    expect(laptop.locator("main")).to_contain_text("هل تحضر كاميرا؟")
    expect(laptop.locator("[name=q-serial]")).to_be_hidden()
    laptop.locator("[name=q-camera]").first.check()
    expect(laptop.locator("[name=q-serial]")).to_be_visible()
    picture(laptop, "questions-preview-laptop")
    laptop.goto(f"/cms/questions/?event={press.event.pk}")
    axe(laptop, leave_out=("h2[role=alert]",))  # Wagtail's own count of matches
    picture(laptop, "questions-list-laptop")
    laptop.goto(f"/cms/questions/edit/{press.event.questions.get(key='serial').pk}/")
    table = laptop.locator(".plenary-condition table")
    table.locator("select[name$='-1-subject']").select_option("nationality")
    table.locator("input[name$='-1-value']").fill("EG")
    for row in (0, 1):
        table.locator(f"select[name$='-{row}-group']").select_option("A")
    laptop.locator("#id_purpose").fill("To lend the right plugs")
    table.scroll_into_view_if_needed()
    axe(laptop)
    picture(laptop, "questions-group-laptop")
    laptop.locator("footer button[type=submit], form button.action-save").first.click()
    laptop.wait_for_url("**/questions/")
    condition = press.event.questions.get(key="serial").condition
    assert [sorted(test) for test in condition["any"]] == [["is", "question"]] * 2
