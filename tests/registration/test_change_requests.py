"""Frozen answers: read with the reason why, changed by request alone, decided by an officer, told in the guest's language."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from plenary.core.actions import Actor
from plenary.core.models import AccessLog, HistoryEntry, Message
from registration import actions
from registration.actions import Refused, ask_for_change, decide_changes
from registration.models import ChangeRequest, Desk, Registration
from registration.rules import State
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.guest import my

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
PAST = timezone.now() - timedelta(days=1)


@pytest.fixture
def registration() -> Registration:
    category = CategoryFactory()
    event = category.event
    QuestionFactory(event=event, key="hotel", label={"en": "Hotel"}, frozen_at=PAST, material=True)
    QuestionFactory(event=event, key="room", label={"en": "Room"}, condition={"question": "hotel", "is": "Grand"})
    QuestionFactory(event=event, key="diet", label={"en": "Diet"})
    found: Registration = RegistrationFactory(
        category=category, answers=json.dumps({"hotel": "Grand", "room": "12", "diet": "vegan"}), language="ar"
    )
    return found


def question(registration, key):
    return registration.event.questions.get(key=key)


def ask(registration, key="hotel", value="Plaza") -> ChangeRequest:
    return ask_for_change(
        registration_id=registration.pk, question=question(registration, key), value=value, reason="My plans changed."
    )


# -- the guest ----------------------------------------------------------------------------------------------------------
def test_a_frozen_answer_is_read_with_the_reason_and_whatever_is_sent_for_it_counts_for_nothing(client, registration):
    html = client.get(my(registration, "change/")).content.decode()
    assert "Grand" in html
    assert "Could be changed until" in html
    assert 'name="q-hotel"' not in html
    assert 'name="q-diet"' in html
    person = {"name": registration.name, "nationality": "KE", "organisation": "Ministry of Water"}
    sent = person | {"q-hotel": "Plaza", "q-diet": "halal", "q-room": "14"}
    assert client.post(my(registration, "change/"), sent).status_code == 302
    registration.refresh_from_db()
    assert registration.answer_data == {"hotel": "Grand", "room": "14", "diet": "halal"}


def test_a_guest_asks_for_a_change_and_takes_it_back(client, registration):
    page = client.get(my(registration)).content.decode()
    assert my(registration, "ask/hotel/") in page
    assert my(registration, "ask/diet/") not in page
    address = my(registration, "ask/hotel/")
    assert "Write a reason" in client.post(address, {"q-hotel": "Plaza"}).content.decode()
    assert 'value="Plaza"' in client.post(address, {"q-hotel": "Plaza"}).content.decode()
    assert client.post(address, {"q-hotel": "Plaza", "reason": "My plans changed."})["Location"] == address
    request = ChangeRequest.objects.get()
    assert (request.old, request.new, request.reason) == ("Grand", "Plaza", "My plans changed.")
    registration.refresh_from_db()
    assert registration.answer_data["hotel"] == "Grand"
    assert "is with the organiser" in client.get(address).content.decode()
    for _click in range(2):
        assert client.post(my(registration, "take-back/hotel/")).status_code == 302
    request.refresh_from_db()
    assert request.state == ChangeRequest.State.TAKEN_BACK
    assert client.get(my(registration, "take-back/hotel/")).status_code == 405


def test_one_field_has_one_open_request(registration):
    ask(registration)
    with pytest.raises(Refused, match="already"):
        ask(registration, value="Third")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.create(registration=registration, key="hotel")


def test_what_is_not_frozen_not_asked_or_the_same_is_no_request(client, registration):
    QuestionFactory(event=registration.event, key="risk", staff_only=True, frozen_at=PAST)
    for key in ("diet", "risk", "elsewhere"):
        assert client.get(my(registration, f"ask/{key}/")).status_code == 404
        assert client.post(my(registration, f"ask/{key}/"), {f"q-{key}": "x", "reason": "x"}).status_code == 404
    same = client.post(my(registration, "ask/hotel/"), {"q-hotel": "Grand", "reason": "x"})
    assert same.status_code == 409
    assert not ChangeRequest.objects.exists()


def test_after_the_decision_every_answer_of_the_sign_up_is_changed_by_request(client, registration):
    actions.approve([registration.pk], by=OFFICER)
    page = client.get(my(registration)).content.decode()
    assert my(registration, "ask/diet/") in page
    assert "decided by this answer" in client.get(my(registration, "ask/diet/")).content.decode()
    for state in (State.REJECTED, State.WITHDRAWN):
        Registration.objects.filter(pk=registration.pk).update(state=state)
        assert my(registration, "ask/diet/") not in client.get(my(registration)).content.decode()


def test_what_is_asked_and_why_is_stored_encrypted(registration):
    request = ask(registration, value="Plaza")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT old_value, new_value, reason FROM registration_changerequest")
        stored = " ".join(cursor.fetchone())
    assert "Plaza" not in stored
    assert "plans" not in stored
    assert request.new == "Plaza"
    for entry in HistoryEntry.objects.of(registration):
        assert "Plaza" not in json.dumps(entry.data) + entry.reason


# -- the officer --------------------------------------------------------------------------------------------------------
def test_granting_changes_the_answer_drops_what_no_longer_applies_and_writes_to_the_guest(registration):
    request = ask(registration)
    report = decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)
    assert report.material  # the desks are to look again
    registration.refresh_from_db()
    assert registration.answer_data == {"hotel": "Plaza", "diet": "vegan"}
    message = Message.objects.get(kind="registration.changes_decided")
    assert message.language == "ar"
    assert "Plaza" not in message.text
    assert next(entry.verb for entry in HistoryEntry.objects.of(registration)) == "change_granted"


def test_refusing_needs_a_reason_and_changes_nothing(registration):
    request = ask(registration)
    with pytest.raises(Refused, match="reason"):
        decide_changes(registration_id=registration.pk, granted=[], refused=[request.pk], by=OFFICER)
    decide_changes(
        registration_id=registration.pk, granted=[], refused=[request.pk], by=OFFICER, answer="Fully booked."
    )
    registration.refresh_from_db()
    request.refresh_from_db()
    assert registration.answer_data["hotel"] == "Grand"
    assert (request.state, request.answer, request.officer_label) == ("refused", "Fully booked.", "Officer Lin")
    assert "Fully booked." in Message.objects.get(kind="registration.changes_decided").text
    ask(registration)  # and may ask again


def test_several_are_decided_together_with_one_mail(registration):
    actions.approve([registration.pk], by=OFFICER)
    hotel, diet = ask(registration), ask(registration, "diet", None)
    decide_changes(registration_id=registration.pk, granted=[diet.pk], refused=[hotel.pk], by=OFFICER, answer="No.")
    registration.refresh_from_db()
    assert registration.answer_data == {"hotel": "Grand", "room": "12"}
    assert Message.objects.filter(kind="registration.changes_decided").count() == 1


def test_the_second_officer_is_told_and_nothing_is_decided_twice(registration):
    request = ask(registration)
    decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)
    with pytest.raises(Refused, match="in the meantime"):
        decide_changes(registration_id=registration.pk, granted=[], refused=[request.pk], by=OFFICER, answer="No.")
    request.refresh_from_db()
    assert request.state == "approved"


def test_a_question_that_is_gone_can_only_be_refused(registration):
    actions.approve([registration.pk], by=OFFICER)
    request = ask(registration, "diet", "halal")
    question(registration, "diet").delete()
    with pytest.raises(Refused, match="asked no more"):
        decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)
    decide_changes(registration_id=registration.pk, granted=[], refused=[request.pk], by=OFFICER, answer="Not asked.")


def office(role="Vetting: protocol desk") -> Client:
    client = Client()
    client.force_login(staff(role))
    return client


def test_an_officer_sees_old_and_new_side_by_side_and_decides(registration):
    request = ask(registration)
    client = office()
    assert registration.name in client.get(reverse("changes:index")).content.decode()
    assert (
        "The guest asks for a change" in client.get(reverse("vetting:dossier", args=[registration.pk])).content.decode()
    )
    address = reverse("changes:decide", args=[registration.pk])
    html = client.get(address).content.decode()
    assert all(word in html for word in ("Hotel", "Grand", "Plaza", "My plans changed."))
    assert AccessLog.objects.filter(part="requests for a change").exists()
    kept = client.post(address, {f"decision-{request.pk}": "refuse", "answer": " "})
    assert kept.status_code == 409
    assert client.post(address, {f"decision-{request.pk}": "grant"}).status_code == 302
    registration.refresh_from_db()
    assert registration.answer_data["hotel"] == "Plaza"


def test_a_request_is_seen_by_those_who_see_the_answer(registration):
    ask(registration)
    address = reverse("changes:decide", args=[registration.pk])
    allowed = {"Conference office", "Vetting: protocol desk"}
    for role in (
        "Conference office",
        "Vetting: protocol desk",
        "Vetting: press desk",
        "Vetting: security desk",
        "Finance",
    ):
        assert (office(role).get(address).status_code == 200) is (role in allowed), role
        listed = office(role).get(reverse("changes:index"))
        assert (listed.status_code == 200 and registration.name in listed.content.decode()) is (role in allowed), role
    from django.contrib.auth.models import Group

    desk = Desk.objects.create(
        slug="hotels", name={"en": "Hotels"}, group=Group.objects.get(name="Vetting: press desk")
    )
    question(registration, "hotel").desks.add(desk)
    html = office().get(address).content.decode()
    assert "Plaza" not in html
    assert "Grand" not in office().get(reverse("vetting:dossier", args=[registration.pk])).content.decode()
    assert (
        "Grand" in office("Conference office").get(reverse("vetting:dossier", args=[registration.pk])).content.decode()
    )


# -- fields of staff ----------------------------------------------------------------------------------------------------
def test_staff_fill_in_what_no_guest_sees(client, registration):
    QuestionFactory(event=registration.event, key="risk", label={"en": "Assessment"}, staff_only=True)
    officer, address = office(), reverse("vetting:staff_answers", args=[registration.pk])
    assert officer.post(address, {"q-risk": "harmless", "q-hotel": "Plaza"}).status_code == 302
    registration.refresh_from_db()
    assert registration.staff_answer_data == {"risk": "harmless"}
    assert registration.answer_data["hotel"] == "Grand"
    assert "harmless" in officer.get(reverse("vetting:dossier", args=[registration.pk])).content.decode()
    for page in (
        my(registration),
        my(registration, "change/"),
        f"/api/v1/events/{registration.event.slug}/categories/",
    ):
        html = client.get(page).content.decode()
        assert "harmless" not in html
        assert "Assessment" not in html
    assert client.post(address, {"q-risk": "x"}).status_code == 302  # to the login
    security = office("Vetting: security desk")
    assert security.post(address, {"q-risk": "x"}).status_code == 302  # no right: sent away
    registration.refresh_from_db()
    assert registration.staff_answer_data == {"risk": "harmless"}
    assert HistoryEntry.objects.of(registration).filter(verb="staff_answered").get().data == {"fields": ["risk"]}


def test_a_desk_overwrites_no_field_of_another_and_nobody_what_was_just_written(registration):
    from django.contrib.auth.models import Group

    mine = QuestionFactory(event=registration.event, key="mine", staff_only=True)
    theirs = QuestionFactory(event=registration.event, key="theirs", staff_only=True)
    theirs.desks.add(
        Desk.objects.create(slug="d", name={"en": "D"}, group=Group.objects.get(name="Vetting: press desk"))
    )
    fill = {"registration_id": registration.pk, "versions": {}, "by": OFFICER}
    actions.fill_staff_answers(scope=[mine, theirs], answers={"mine": "a", "theirs": "b"}, **fill)
    office().post(reverse("vetting:staff_answers", args=[registration.pk]), {"q-mine": "c", "q-theirs": "smuggled"})
    registration.refresh_from_db()
    assert registration.staff_answer_data == {"mine": "c", "theirs": "b"}
    with pytest.raises(Refused, match="in the meantime"):
        actions.fill_staff_answers(scope=[mine], answers={"mine": "d"}, expected={"mine": "a"}, **fill)


def test_the_mail_is_in_the_guests_language_whoever_decides(registration):
    request = ask(registration)
    with translation.override("fr"):
        decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)
    assert Message.objects.get(kind="registration.changes_decided").language == "ar"
