"""The form after approval: it opens with the approval, is saved part by part, freezes, and staff see who is missing."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.models import HistoryEntry, Message
from registration import actions
from registration.actions.drafts import clear_drafts
from registration.emails import guest_token
from registration.models import MemberDraft, Registration, SecondForm
from registration.rules import State
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory, SectionFactory
from tests.factories.staff import staff
from tests.registration.files import upload
from tests.registration.guest import my

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
YES_NO = [{"value": "yes", "label": {"en": "Yes"}}, {"value": "no", "label": {"en": "No"}}]


@pytest.fixture
def category():
    """A category that asks for travel and diet after approval, each in a section; the passport only for a visa."""
    category = CategoryFactory()
    event = category.event
    travel = SectionFactory(event=event, stage="after_approval", label={"en": "Travel", "ar": "السفر"})
    diet = SectionFactory(event=event, stage="after_approval", label={"en": "At table"})

    def ask(key, **facts):
        QuestionFactory(event=event, key=key, stage="after_approval", **facts)

    QuestionFactory(event=event, key="visa", kind="choice", options=YES_NO)
    ask("flight", section=travel, required=True)
    ask("passport", section=travel, required=True, condition={"question": "visa", "is": "yes"})
    ask("ticket", section=travel, kind="file")
    ask("eats", section=diet, kind="choice", options=YES_NO)
    ask("what", section=diet, required=True, condition={"question": "eats", "is": "yes"})
    return category


def approved(category, **facts) -> Registration:
    return RegistrationFactory(category=category, **{"state": State.APPROVED, **facts})


def part(registration, name) -> str:
    section = registration.event.question_sections.get(label__en=name)
    return my(registration, f"second-form/{section.step}/")


def test_the_approval_opens_it_and_says_so_in_the_mail_with_its_date(category):
    SecondForm.objects.create(event=category.event, title={"en": "Your stay"}, due_days_before=10)
    registration = RegistrationFactory(category=category)
    actions.approve([registration.pk], by=OFFICER)
    text = Message.objects.get(kind="registration.approved").text
    assert "Your stay" in text
    assert my(registration, "second-form/") in text
    plain = RegistrationFactory(category=CategoryFactory())
    actions.approve([plain.pk], by=OFFICER)
    assert "second-form" not in Message.objects.of(plain).get().text


@pytest.mark.parametrize("state", [state for state in State if state != State.APPROVED])
def test_it_is_closed_to_everybody_else(client, category, state):
    registration = approved(category, state=state)
    assert client.get(my(registration, "second-form/"))["Location"] == my(registration)
    address = part(registration, "Travel")
    assert client.get(address)["Location"] == my(registration)
    assert client.post(address, {"q-flight": "LX1"}).status_code == 409
    registration.refresh_from_db()
    assert registration.answer_data == {}


def test_a_guest_answers_part_by_part_and_the_list_of_tasks_knows(client, category):
    registration = approved(category, answers=json.dumps({"visa": "yes"}))
    page = client.get(my(registration)).content.decode()
    assert 'id="task-second-form"' in page
    assert "Travel and stay" in page
    refused = client.post(part(registration, "Travel"), {"q-flight": "LX1", "q-ticket": upload()})
    assert 'id="id_q-passport_error"' in refused.content.decode()
    assert 'value="LX1"' in refused.content.decode()
    following = client.post(part(registration, "Travel"), {"q-flight": "LX1", "q-passport": "X1", "q-ticket": upload()})
    assert following["Location"] == part(registration, "At table")
    assert client.post(following["Location"], {"q-eats": "yes", "q-what": "rice"})["Location"] == my(
        registration, "second-form/"
    )
    registration.refresh_from_db()
    assert registration.answer_data == {"visa": "yes", "flight": "LX1", "passport": "X1", "eats": "yes", "what": "rice"}
    assert registration.second_form_complete
    assert registration.uploads.count() == 1
    html = client.get(my(registration, "second-form/")).content.decode()
    assert "Everything is answered" in html
    # The file that came with the refused answer was kept at once.
    assert [entry.verb for entry in HistoryEntry.objects.of(registration)] == ["second_form_saved"] * 3


def test_a_hidden_answer_is_dropped_and_the_sign_up_stays(client, category):
    registration = approved(category, answers=json.dumps({"visa": "no", "eats": "yes", "what": "rice"}))
    client.post(part(registration, "At table"), {"q-eats": "no", "q-what": "rice"})
    client.post(part(registration, "Travel"), {"q-flight": "LX1", "q-passport": "smuggled", "q-visa": "yes"})
    registration.refresh_from_db()
    assert registration.answer_data == {"visa": "no", "eats": "no", "flight": "LX1"}


def test_a_double_click_saves_once_and_an_older_page_overwrites_nothing(client, category):
    registration = approved(category)
    sent = {"q-flight": "LX1", "version": "0"}
    assert [client.post(part(registration, "Travel"), sent).status_code for _click in range(2)] == [302, 302]
    assert HistoryEntry.objects.of(registration).count() == 1
    stale = client.post(part(registration, "Travel"), {"q-flight": "LX2", "version": "0"})
    assert stale.status_code == 409
    registration.refresh_from_db()
    assert registration.answer_data == {"flight": "LX1"}


def test_after_its_freeze_it_is_read_and_no_longer_changed(client, category):
    SecondForm.objects.create(
        event=category.event, title={"en": "Your stay"}, frozen_at=timezone.now() - timedelta(minutes=1)
    )
    registration = approved(category, answers=json.dumps({"flight": "LX1"}), second_form_saved_at=timezone.now())
    html = client.get(part(registration, "Travel")).content.decode()
    assert "LX1" in html
    assert "Could be changed until" in html
    assert my(registration, "ask/flight/") in html
    assert 'name="q-flight"' not in html
    client.post(part(registration, "Travel"), {"q-flight": "LX2"})
    registration.refresh_from_db()
    assert registration.answer_data == {"flight": "LX1"}


def test_a_part_that_staff_took_away_leads_back_to_the_form(client, category):
    registration = approved(category)
    assert client.get(my(registration, "second-form/section-999999/"))["Location"] == my(registration, "second-form/")
    assert client.post(my(registration, "second-form/section-999999/"), {})["Location"] == my(
        registration, "second-form/"
    )
    assert client.get(my(approved(CategoryFactory()), "second-form/")).status_code == 404


# -- staff --------------------------------------------------------------------------------------------------------------
def test_staff_see_who_is_missing_and_remind_them_once_a_day(category):
    late, done = approved(category), approved(category, second_form_complete=True, second_form_saved_at=timezone.now())
    elsewhere = approved(CategoryFactory())
    client = Client()
    client.force_login(staff("Conference office"))
    address = reverse("vetting:second_form")
    html = client.get(address).content.decode()
    assert late.name in html
    assert done.name not in html
    assert elsewhere.name not in html
    assert done.name in client.get(address, {"show": "done"}).content.decode()
    for _click in range(2):
        client.post(address, {"event": category.event.pk})
    reminders = Message.objects.filter(kind="registration.second_form")
    assert [message.recipient for message in reminders] == [late.email]


def test_the_list_takes_as_many_statements_for_three_as_for_one(category, statements_of):
    client = Client()
    client.force_login(staff("Conference office"))
    approved(category)
    address = reverse("vetting:second_form")
    client.get(address)
    one = statements_of(lambda: client.get(address))
    for _number in range(2):
        approved(category)
    assert statements_of(lambda: client.get(address)) == one


def test_a_desk_lists_its_own_guests_alone(category):
    press = CategoryFactory(event=category.event, kind="press")
    mine, others = approved(press), approved(category)
    client = Client()
    client.force_login(staff("Vetting: press desk"))
    html = client.get(reverse("vetting:second_form")).content.decode()
    assert mine.name in html
    assert others.name not in html
    client.force_login(staff("Finance"))
    assert client.get(reverse("vetting:second_form")).status_code == 302


# -- API ----------------------------------------------------------------------------------------------------------------
def api(registration) -> str:
    return f"/api/v1/registrations/{guest_token(registration)}/second-form/"


def put(client, registration, answers):
    return client.put(api(registration), json.dumps({"answers": answers}), content_type="application/json")


def test_a_program_reads_and_answers_it_by_the_same_rules(client, category):
    registration = approved(category, answers=json.dumps({"visa": "yes"}))
    asked = client.get(api(registration)).json()
    assert asked["complete"] is False
    assert asked["missing"] == ["flight", "passport"]
    assert set(asked["questions"]["properties"]) == {"flight", "passport", "ticket", "eats", "what"}
    assert asked["questions"]["required"] == ["flight", "passport"]  # the visa is known already
    assert put(client, registration, {"flight": "LX1"}).status_code == 422
    told = put(client, registration, {"flight": "LX1", "passport": "X1"}).json()
    assert (told["complete"], told["answers"]) == (True, {"flight": "LX1", "passport": "X1"})
    assert put(client, registration, {"flight": "LX1", "passport": "X1"}).json() == told


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"flight": 3}, "/answers/flight"),
        ({"flight": "LX1", "eats": ["yes"]}, "/answers/eats"),
        ({"flight": "LX1", "eats": "perhaps"}, "/answers/eats"),
        ({"flight": "LX1", "visa": "yes"}, "/answers/visa"),
        ({"flight": "LX1", "staff": "x"}, "/answers/staff"),
    ],
)
def test_wrong_answers_are_pointed_at(client, category, answers, field):
    QuestionFactory(event=category.event, key="staff", staff_only=True, stage="after_approval")
    registration = approved(category)
    response = put(client, registration, answers)
    assert response.status_code == 422
    assert field in response.content.decode()
    registration.refresh_from_db()
    assert registration.answer_data == {}


def test_the_api_opens_it_to_the_guests_token_after_approval_alone(client, category):
    assert client.get(api(approved(category, state=State.SUBMITTED))).status_code == 409
    assert client.get(api(approved(CategoryFactory()))).status_code == 404
    assert client.get("/api/v1/registrations/nonsense-nonsense/second-form/").status_code == 404


# -- nothing typed is lost ---------------------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_and_no_answer_until_it_is_saved(client, category):
    registration = approved(category, answers=json.dumps({"visa": "yes", "eats": "yes"}))
    typed = {"q-flight": "LX1", "q-passport": "", "go": "save"}
    assert client.post(part(registration, "Travel"), typed).status_code == 204
    assert client.post(part(registration, "At table"), {"q-what": "rice", "go": "save"}).status_code == 204
    registration.refresh_from_db()
    assert registration.answer_data == {"visa": "yes", "eats": "yes"}
    assert registration.version == 0
    page = client.get(part(registration, "Travel")).content.decode()
    assert 'value="LX1"' in page
    assert "data-saved" in page
    assert "It counts once you save it" in page
    sent = {"q-flight": "LX1", "q-passport": "X1", "q-ticket": upload(), "version": "0"}
    assert client.post(part(registration, "Travel"), sent).status_code == 302
    assert "It counts once" not in client.get(part(registration, "Travel")).content.decode()
    assert "It counts once" in client.get(part(registration, "At table")).content.decode()
    client.post(part(registration, "At table"), {"q-eats": "no"})
    assert not MemberDraft.objects.exists()


def test_what_is_wrong_is_kept_too_and_a_good_file_beside_it_is_chosen_once(client, category):
    registration = approved(category, answers=json.dumps({"visa": "yes"}))
    sent = {"q-flight": "LX1", "q-passport": "", "q-ticket": upload(), "version": "0"}
    refused = client.post(part(registration, "Travel"), sent).content.decode()
    assert 'id="id_q-passport_error"' in refused
    assert "passport.png" in refused  # the file has arrived
    assert 'name="version" value="1"' in refused
    assert 'value="LX1"' in client.get(part(registration, "Travel")).content.decode()
    done = client.post(part(registration, "Travel"), {"q-flight": "LX1", "q-passport": "X1", "version": "1"})
    assert done.status_code == 302
    assert registration.uploads.count() == 1


def test_what_is_typed_is_stored_encrypted_and_forgotten_after_two_weeks(client, category):
    registration = approved(category)
    client.post(part(registration, "Travel"), {"q-flight": "LX1", "go": "save"})
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM registration_memberdraft")
        assert "LX1" not in str(cursor.fetchone())
    assert clear_drafts() == 0
    MemberDraft.objects.update(changed_at=timezone.now() - timedelta(days=15))
    assert clear_drafts() == 1
    assert not MemberDraft.objects.exists()


def test_nothing_is_kept_for_a_registration_that_is_not_approved(client, category):
    registration = approved(category, state=State.WITHDRAWN)
    assert client.post(part(registration, "Travel"), {"q-flight": "LX1", "go": "save"}).status_code == 409
    assert not MemberDraft.objects.exists()
