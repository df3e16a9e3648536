"""Frozen files and fields of the person are changed by request, like answers; what a removed question was asked stays with its
desks; two at once are one."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from plenary.core.actions import Actor
from plenary.core.models import AccessLog, HistoryEntry, Message
from registration import actions
from registration.actions import Refused, ask_for_change, ask_for_person_change, decide_changes
from registration.actions.erasing import erase_guest
from registration.actions.questions import remove_question
from registration.models import ChangeFile, ChangeRequest, Desk, FieldChange, Question, Registration, Upload
from registration.rules import State
from registration.uploads import Checked, open_upload
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration import files
from tests.registration.guest import my
from tests.registration.test_concurrency import at_once

OFFICER = Actor("Officer Lin")


@pytest.fixture
def registration() -> Registration:
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="letter", kind="file", label={"en": "Letter"}, material=True)
    found: Registration = RegistrationFactory(
        category=category, state=State.APPROVED, name="Amina Diallo", language="fr"
    )
    actions.attach_upload(owner=found, question=letter(found), checked=Checked("old.pdf", "application/pdf", b"old"))
    return found


def letter(registration) -> Question:
    found: Question = registration.event.questions.get(key="letter")
    return found


def office(role="Conference office") -> Client:
    client = Client()
    client.force_login(staff(role))
    return client


def ask_for_file(client, registration):
    sent = {"q-letter": SimpleUploadedFile("new.jpg", files.picture("JPEG")), "reason": "The old one was wrong."}
    return client.post(my(registration, "ask/letter/"), sent)


# -- files -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_frozen_file_waits_beside_the_old_one_until_an_officer_has_seen_both(client, registration):
    assert my(registration, "ask/letter/") in client.get(my(registration)).content.decode()
    assert "old.pdf" in client.get(my(registration, "ask/letter/")).content.decode()
    assert ask_for_file(client, registration).status_code == 302
    assert open_upload(Upload.objects.get()) == b"old"
    request, wanted = ChangeRequest.objects.get(), ChangeFile.objects.get()
    assert (request.old, request.new) == ("old.pdf", "new.jpg")
    officer, old = office(), reverse("vetting:file", args=[Upload.objects.get().pk])
    page = officer.get(reverse("changes:decide", args=[registration.pk])).content.decode()
    address = reverse("vetting:change_file", args=[wanted.pk])
    assert address in page
    assert old in page
    shown = officer.get(address)
    assert shown.content == open_upload(wanted)
    assert "no-store" in shown["Cache-Control"]
    assert AccessLog.objects.filter(part=f"file {wanted.pk}").count() == 1
    sent = {f"decision-{request.pk}": "grant"}
    assert officer.post(reverse("changes:decide", args=[registration.pk]), sent).status_code == 302
    stored = Upload.objects.get()
    assert (stored.name, stored.media_type) == ("new.jpg", "image/jpeg")
    assert not ChangeFile.objects.exists()
    assert FieldChange.objects.get(field="answer:letter").material


@pytest.mark.django_db
def test_a_file_that_was_asked_for_is_seen_by_those_alone_who_see_the_old_one(client, registration):
    ask_for_file(client, registration)
    address = reverse("vetting:change_file", args=[ChangeFile.objects.get().pk])
    assert office("Finance").get(address).status_code in {302, 403}
    assert office("Vetting: protocol desk").get(address).status_code == 200
    desk = Desk.objects.create(
        slug="letters", name={"en": "Letters"}, group=Group.objects.get(name="Vetting: press desk")
    )
    letter(registration).desks.add(desk)
    assert office("Vetting: protocol desk").get(address).status_code in {302, 403}
    assert Client().get(address).status_code == 302


@pytest.mark.django_db
def test_a_file_that_is_refused_taken_back_or_erased_is_gone(client, registration):
    ask_for_file(client, registration)
    client.post(my(registration, "take-back/letter/"))
    assert not ChangeFile.objects.exists()
    ask_for_file(client, registration)
    request = ChangeRequest.objects.pending().get()
    decide_changes(registration_id=registration.pk, granted=[], refused=[request.pk], by=OFFICER, answer="No.")
    assert not ChangeFile.objects.exists()
    assert open_upload(Upload.objects.get()) == b"old"
    ask_for_file(client, registration)
    erase_guest(registration, by=OFFICER)
    assert not ChangeFile.objects.exists()


@pytest.mark.django_db
def test_a_file_is_asked_for_with_a_file_and_an_optional_one_can_go(client, registration):
    nothing = client.post(my(registration, "ask/letter/"), {"reason": "x"})
    assert nothing.status_code == 409
    assert "Choose the file" in nothing.content.decode()
    assert not ChangeRequest.objects.exists()
    horror = {"q-letter": SimpleUploadedFile("x.jpg", b"<html>"), "reason": "x"}
    assert "not a picture or a PDF" in client.post(my(registration, "ask/letter/"), horror).content.decode()
    client.post(my(registration, "ask/letter/"), {"q-letter-remove": "on", "reason": "Not mine."})
    request = ChangeRequest.objects.get()
    assert request.new is None
    decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)
    assert not Upload.objects.exists()


# -- the person --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_after_the_decision_the_fields_of_the_person_are_changed_by_request(client, registration):
    page = client.get(my(registration)).content.decode()
    for name in ("name", "nationality", "job_title"):  # the function is empty, and can be asked for
        assert my(registration, f"ask/person.{name}/") in page
    assert my(registration, "ask/person.email/") not in page
    address = my(registration, "ask/person.name/")
    assert "Amina Diallo" in client.get(address).content.decode()
    assert client.post(address, {"name": "Amina Ba", "reason": "I married."})["Location"] == address
    request = ChangeRequest.objects.get()
    html = office("Vetting: protocol desk").get(reverse("changes:decide", args=[registration.pk])).content.decode()
    assert all(word in html for word in ("Full name", "Amina Diallo", "Amina Ba", "I married."))
    report = decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)
    assert report.material
    registration.refresh_from_db()
    assert (registration.name, registration.name_key) == ("Amina Ba", "amina ba")
    assert Registration.objects.matching("Ba").exists()
    change = FieldChange.objects.get(field="name")
    assert (change.old, change.new, change.material) == ("Amina Diallo", "Amina Ba", True)
    message = Message.objects.get(kind="registration.changes_decided")
    assert message.language == "fr"
    assert "Amina Ba" not in message.subject
    told = json.dumps([entry.data for entry in HistoryEntry.objects.of(registration)])
    assert "Amina Ba" not in told
    assert "Changes you asked for" in client.get(my(registration)).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["person.email", "person.state", "person.", "person.answers", "email"])
def test_nothing_but_the_persons_own_fields_is_requested(client, registration, key):
    for send in (client.get, client.post):
        assert send(my(registration, f"ask/{key}/"), {"reason": "x"}).status_code == 404
    with pytest.raises(KeyError):
        ask_for_person_change(registration_id=registration.pk, name=key, value="x", reason="x")


@pytest.mark.django_db
def test_before_the_decision_the_person_is_changed_freely_and_after_the_end_not_at_all(client, registration):
    for state in (State.SUBMITTED, State.WITHDRAWN, State.REJECTED):
        Registration.objects.filter(pk=registration.pk).update(state=state)
        assert my(registration, "ask/person.name/") not in client.get(my(registration)).content.decode()
        assert client.get(my(registration, "ask/person.name/")).status_code == 404


@pytest.mark.django_db
def test_a_name_that_doors_cannot_read_needs_its_latin_letters(client, registration):
    address = my(registration, "ask/person.name/")
    assert "Latin letters" in client.post(address, {"name": "أمينة", "reason": "x"}).content.decode()
    assert not ChangeRequest.objects.exists()
    client.post(my(registration, "ask/person.latin_name/"), {"latin_name": "Amina", "reason": "x"})
    latin = ChangeRequest.objects.get()
    name = ask_for_person_change(registration_id=registration.pk, name="name", value="أمينة", reason="x")
    with pytest.raises(Refused, match="Latin letters"):
        decide_changes(registration_id=registration.pk, granted=[name.pk], refused=[], by=OFFICER)
    decide_changes(registration_id=registration.pk, granted=[name.pk, latin.pk], refused=[], by=OFFICER)
    registration.refresh_from_db()
    assert (registration.name, registration.latin_name) == ("أمينة", "Amina")


@pytest.mark.django_db
def test_a_change_of_nationality_decides_what_is_asked(registration):
    QuestionFactory(event=registration.event, key="visa", condition={"question": "nationality", "is": "KE"})
    registration.answers, registration.nationality = json.dumps({"visa": "x"}), "KE"
    registration.save()
    request = ask_for_person_change(registration_id=registration.pk, name="nationality", value="FR", reason="x")
    decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)
    registration.refresh_from_db()
    assert registration.nationality == "FR"
    assert registration.answer_data == {}


@pytest.mark.django_db
def test_nothing_is_granted_to_a_registration_that_has_ended(registration):
    request = ask_for_person_change(registration_id=registration.pk, name="name", value="Amina Ba", reason="x")
    Registration.objects.filter(pk=registration.pk).update(state=State.WITHDRAWN)
    with pytest.raises(Refused, match="no longer"):
        decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)


# -- a removed question ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_a_removed_question_was_answered_stays_with_the_desks_that_saw_it(registration):
    group = Group.objects.get(name="Vetting: security desk")
    desk = Desk.objects.create(slug="secret", name={"en": "Secret"}, group=group)
    question = QuestionFactory(event=registration.event, key="illness", label={"en": "Illness"})
    registration.answers = json.dumps({"illness": "leucaemia"})
    registration.answer_versions = {"illness": 1}
    registration.save()
    ask_for_change(registration_id=registration.pk, question=question, value="none", reason="Cured.")
    actions.save_question(question, categories=[], desks=[desk], by=OFFICER)

    def shown_to(role) -> tuple[bool, bool]:
        client = office(role)
        dossier = client.get(reverse("vetting:dossier", args=[registration.pk])).content.decode()
        asked = client.get(reverse("changes:decide", args=[registration.pk]))
        return "leucaemia" in dossier, "leucaemia" in asked.content.decode()

    assert shown_to("Vetting: protocol desk") == (False, False)
    remove_question(Question.objects.get(key="illness"), by=OFFICER)
    assert shown_to("Vetting: protocol desk") == (False, False)
    assert shown_to("Vetting: security desk")[0]
    assert shown_to("Conference office") == (True, True)


@pytest.mark.django_db
def test_a_question_that_a_category_asks_no_more_keeps_its_desks_too(registration):
    desk = Desk.objects.create(
        slug="secret", name={"en": "Secret"}, group=Group.objects.get(name="Vetting: security desk")
    )
    elsewhere = CategoryFactory(event=registration.event)
    question = QuestionFactory(event=registration.event, key="illness", categories=[elsewhere])
    question.desks.add(desk)
    registration.answers = json.dumps({"illness": "leucaemia"})
    registration.save()
    dossier = reverse("vetting:dossier", args=[registration.pk])
    assert "leucaemia" not in office("Vetting: protocol desk").get(dossier).content.decode()
    assert "leucaemia" in office("Vetting: security desk").get(dossier).content.decode()


# -- at once ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def no_delivery(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.slow
def test_two_officers_at_once_decide_one_request_once(no_delivery, registration):
    request = ask_for_person_change(registration_id=registration.pk, name="name", value="Amina Ba", reason="x")

    def act(n):
        wish = {"granted": [request.pk], "refused": []} if n % 2 else {"granted": [], "refused": [request.pk]}
        return decide_changes(registration_id=registration.pk, by=Actor(f"Officer {n}"), answer=f"Said {n}.", **wish)

    outcomes = at_once(8, act)
    assert sum(isinstance(one, Refused) and "in the meantime" in str(one) for one in outcomes) == 7
    registration.refresh_from_db()
    request.refresh_from_db()
    assert (registration.name == "Amina Ba") is (request.state == "approved")
    assert request.state in {"approved", "refused"}
    assert Message.objects.filter(kind="registration.changes_decided").count() == 1
    assert HistoryEntry.objects.of(registration).filter(verb__in=["change_granted", "change_refused"]).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.slow
def test_one_field_asked_for_twice_at_once_is_one_request_with_one_file(no_delivery, registration):
    question = letter(registration)

    def act(n):
        checked = Checked(f"{n}.pdf", "application/pdf", b"%d" % n)
        return ask_for_change(
            registration_id=registration.pk, question=question, value=None, reason="x", checked=checked
        )

    outcomes = at_once(6, act)
    assert sum(isinstance(one, ChangeRequest) for one in outcomes) == 1
    assert sum(isinstance(one, Refused) for one in outcomes) == 5
    [wanted] = ChangeFile.objects.all()
    assert wanted.name == ChangeRequest.objects.get().new


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.slow
def test_taking_back_and_granting_at_once_leave_one_outcome(no_delivery, registration):
    request = ask_for_person_change(registration_id=registration.pk, name="name", value="Amina Ba", reason="x")

    def act(n):
        if n % 2:
            return actions.take_back_change(registration_id=registration.pk, key="person.name")
        return decide_changes(registration_id=registration.pk, granted=[request.pk], refused=[], by=OFFICER)

    at_once(2, act)
    request.refresh_from_db()
    registration.refresh_from_db()
    assert request.state in {"approved", "taken_back"}
    assert (registration.name == "Amina Ba") is (request.state == "approved")
