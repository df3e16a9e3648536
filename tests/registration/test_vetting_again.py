"""Vetted again only where something material changed, whichever way it came: each place where a field can change, both ways."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from plenary.core.actions import SYSTEM, Actor
from registration import actions
from registration.actions import Particulars
from registration.actions.changes import ask_for_change, ask_for_person_change, decide_changes
from registration.actions.consents import withdraw_consent
from registration.actions.identity import remove_assignment_letter, remove_travel_document, save_assignment_letter
from registration.actions.second_form import save_second_form_answers
from registration.actions.staff_answers import fill_staff_answers
from registration.forms.questions import PREFIX
from registration.models import CategoryDesk, Consent, Desk, FieldChange, Question, Registration, Review
from registration.rules import State, Verdict
from registration.rules.information_requests import PERSON
from registration.uploads import Checked, inspect
from tests.factories.delegations import MemberFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.files import pdf, upload
from tests.registration.guest import my
from tests.registration.papers import document

pytestmark = pytest.mark.django_db
PLAIN, MATERIAL = "plain", "material"
ROLES = {"protocol": "Vetting: protocol desk", "security": "Vetting: security desk"}
PAPER = Checked("paper.pdf", "application/pdf", pdf())


def vetted(state=State.SUBMITTED, make=RegistrationFactory, stage="sign_up", kind="text", **facts_of):
    """Cleared by both desks; of the questions one is material, and read by security alone."""
    category = facts_of.pop("category", None) or CategoryFactory(asks_passport=True)
    for key in (PLAIN, MATERIAL):
        question = QuestionFactory(
            event=category.event, key=key, kind=kind, stage=stage, label={"en": key.title()}, material=key == MATERIAL,
            staff_only=facts_of.get("staff_only", False),
        )  # fmt: skip
        question.desks.set([Desk.objects.get(slug="security")] if key == MATERIAL else [])
    facts_of.pop("staff_only", None)
    found = make(category=category, name="Amina Diallo", answers='{"plain": "a", "material": "a"}', **facts_of)
    for slug, role in ROLES.items():
        desk = Desk.objects.get(slug=slug)
        CategoryDesk.objects.create(category=category, desk=desk)
        Review.objects.create(registration=found, desk=desk, verdict=Verdict.CLEAR, officer=staff(role))
    Registration.objects.filter(pk=found.pk).update(state=state, decided_at=timezone.now())
    return Registration.objects.with_event().get(pk=found.pk)


def asked_again(registration):
    """The desks that have something to do, by what stands in the queue."""
    fresh = Registration.objects.get(pk=registration.pk)
    standing = actions.standing.standing_of(fresh)
    waiting = {row.desk.slug for row in fresh.standings.select_related("desk") if row.state == "open"}
    assert waiting <= set(standing.missing)
    assert Review.objects.filter(registration=fresh, closed="changed").count() == len(standing.missing)
    return set(standing.missing) if waiting or not standing.missing else {"nobody sees it"}


def person(registration, **changed):
    now = {name: str(getattr(registration, name)) for name in PERSON}
    return Particulars(email=registration.email, **now | changed)


# -- the guest's own page, the API, a request for more, the head of delegation --------------------------------------------
def own_page(found, field, value):
    shown = Client().get(my(found, "change/")).content.decode()
    assert "Amina" in shown
    sent = {name: str(getattr(found, name)) for name in PERSON} | {"version": str(found.version)}
    answers = found.answer_data
    if field in PERSON:
        sent[field] = value
    else:
        answers[field] = value
    sent |= {f"{PREFIX}-{key}": answer for key, answer in answers.items()}
    response = Client().post(my(found, "change/"), sent)
    assert response.status_code == 302, response.content.decode()[-3000:]


def api_patch(found, field, value):
    body = {field: value} if field in PERSON else {"answers": {field: value}}
    token = my(found).rstrip("/").rsplit("/", 1)[1]
    response = Client().patch(f"/api/v1/registrations/{token}/data/", json.dumps(body), content_type="application/json")
    assert response.status_code == 200, response.content


def request_for_more(found, field, value):
    name = field if field in PERSON else f"answer:{field}"
    Registration.objects.filter(pk=found.pk).update(state=State.INFORMATION_REQUESTED, asked_fields=[name])
    actions.answer_request(
        registration_id=found.pk,
        person={field: value} if field in PERSON else {},
        answers={} if field in PERSON else {field: value},
        files={},
        text="Here.",
    )


def head_of_delegation(found, field, value):
    answers = found.answer_data if field in PERSON else found.answer_data | {field: value}
    actions.fill_in_member(
        delegation_id=found.delegation_id,
        member_id=found.pk,
        particulars=person(found, **({field: value} if field in PERSON else {})),
        answers=answers,
    )


def change_request(found, field, value):
    officer = Actor.staff(staff(ROLES["protocol"]))
    if field in PERSON:
        request = ask_for_person_change(registration_id=found.pk, name=field, value=value, reason="New.")
    else:
        question = Question.objects.get(event=found.event_id, key=field)
        request = ask_for_change(registration_id=found.pk, question=question, value=value, reason="New.")
    decide_changes(registration_id=found.pk, granted=[request.pk], refused=[], by=officer)


PLACES = [own_page, api_patch, request_for_more, head_of_delegation, change_request]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("field", "value", "again"),
    [
        ("job_title", "Director", set()),
        ("salutation", "Dr", set()),
        (PLAIN, "b", set()),
        (MATERIAL, "b", {"security"}),
        ("organisation", "Delta Media", {"protocol", "security"}),
        ("nationality", "SN", {"protocol", "security"}),
        ("name", "Amina Keita", {"protocol", "security"}),
    ],
)
def test_a_field_is_vetted_again_by_the_desks_that_need_it_wherever_it_changed(place, field, value, again):
    make = MemberFactory if place is head_of_delegation else RegistrationFactory
    found = vetted(make=make)
    place(found, field, value)
    assert asked_again(found) == again
    kept = FieldChange.objects.get(registration=found)
    assert kept.material is bool(again)
    assert (kept.field.removeprefix("answer:"), json.loads(kept.new) if kept.new[:1] == '"' else kept.new) == (
        field,
        value,
    )


@pytest.mark.parametrize(("field", "again"), [(PLAIN, set()), (MATERIAL, {"security"})])
def test_a_file_is_vetted_again_where_its_question_is_material(field, again):
    found = vetted(kind="file")
    question = Question.objects.get(key=field)
    actions.change_answers(
        registration_id=found.pk, particulars=person(found), answers={}, scope=[], files={question: inspect(upload())}
    )
    assert asked_again(found) == again


@pytest.mark.parametrize(("field", "again"), [(PLAIN, set()), (MATERIAL, {"security"})])
def test_what_staff_correct_is_vetted_again_where_it_is_material(field, again):
    found = vetted(staff_only=True)
    question = Question.objects.get(key=field)
    by = Actor.staff(staff("Conference office"))
    fill_staff_answers(registration_id=found.pk, scope=[question], answers={field: "b"}, versions={}, by=by)
    assert asked_again(found) == again


@pytest.mark.parametrize(("field", "again"), [(PLAIN, set()), (MATERIAL, {"security"})])
def test_a_consent_that_is_withdrawn_is_vetted_again_where_it_is_material(field, again):
    found = vetted(kind="consent")
    found.answers = '{"plain": true, "material": true}'
    found.save(update_fields=["answers"])
    consent = Consent.objects.create(registration=found, purpose=field, wording={"en": "I agree"}, source="guest")
    withdraw_consent(registration=found, consent_id=consent.pk)
    assert asked_again(found) == again


# -- once admitted --------------------------------------------------------------------------------------------------------
def second_form(found, field, value):
    question = Question.objects.get(event=found.event_id, key=field)
    save_second_form_answers(registration_id=found.pk, scope=[question], answers={field: value}, versions={})


@pytest.mark.parametrize("place", [second_form, change_request])
@pytest.mark.parametrize(("field", "again"), [(PLAIN, set()), (MATERIAL, {"security"})])
def test_after_the_approval_a_desk_looks_again_too_and_the_badge_stays(place, field, again):
    found = vetted(State.APPROVED, stage="after_approval" if place is second_form else "sign_up")
    place(found, field, "b")
    assert asked_again(found) == again
    found.refresh_from_db()
    assert found.state == State.APPROVED
    officer = Actor.staff(staff(ROLES["security"]))

    def say():
        return actions.give_verdict(
            registration_id=found.pk, desk=Desk.objects.get(slug="security"), verdict=Verdict.CLEAR, by=officer
        )

    if not again:
        with pytest.raises(actions.Refused, match=r"in the meantime|no desk is asked"):
            say()
        return
    queue = Client()
    queue.force_login(staff(ROLES["security"]))
    assert found.code in queue.get("/cms/vetting/?show=changed").text
    say()
    assert not found.standings.filter(state="open").exists()
    assert found.code not in queue.get("/cms/vetting/?show=changed").text


# -- papers ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("act", "again"),
    [
        (lambda pk: actions.save_travel_document(registration_id=pk, facts=document(number="X9876543")), True),
        (lambda pk: actions.save_travel_document(registration_id=pk, facts=document(given_names="AMINA B")), False),
        (lambda pk: actions.save_document_scan(registration_id=pk, checked=PAPER), True),
        (lambda pk: remove_travel_document(registration_id=pk), True),
        (lambda pk: save_assignment_letter(registration_id=pk, checked=PAPER), True),
        (lambda pk: remove_assignment_letter(registration_id=pk), True),
        (lambda pk: actions.exempt_from_portrait(registration_id=pk, reason="Faith.", by=SYSTEM), False),
    ],
)
def test_papers_are_vetted_again_by_the_desks_that_see_papers(act, again):
    found = vetted()
    actions.save_travel_document(registration_id=found.pk, facts=document())
    save_assignment_letter(registration_id=found.pk, checked=PAPER)
    FieldChange.objects.all().delete()
    Review.objects.update(closed="", closed_at=None)
    Desk.objects.filter(slug="protocol").update(sees_documents=False)
    actions.standing.refresh_standing(found)
    act(found.pk)
    assert asked_again(found) == ({"security"} if again else set())


# -- somebody else --------------------------------------------------------------------------------------------------------
def test_a_substitute_begins_with_no_verdict_of_the_one_who_left():
    found = vetted(make=MemberFactory)
    new = actions.substitute(
        delegation_id=found.delegation_id,
        member_id=found.pk,
        person=Particulars(email="", name="Binta Sow", nationality="SN"),
        origin=uuid4(),
    )
    assert not Review.objects.filter(registration=new).exists()
    Registration.objects.filter(pk=new.pk).update(state=State.SUBMITTED)
    assert set(actions.standing.standing_of(Registration.objects.get(pk=new.pk)).missing) == set(ROLES)
