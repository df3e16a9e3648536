"""Desks vet: in parallel and in order, with four eyes and reasons, again only after something material changed."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.models import HistoryEntry, Message
from registration import actions
from registration.actions import Particulars, Refused
from registration.actions.desks import seen_token
from registration.models import (
    CategoryDesk,
    Desk,
    DeskStanding,
    FieldChange,
    Hold,
    InformationRequest,
    ReasonCode,
    Review,
)
from registration.rules import State, Verdict
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
PROTOCOL, SECURITY = "Vetting: protocol desk", "Vetting: security desk"


def desk(slug):
    return Desk.objects.get(slug=slug)


def officer(role):
    return Actor.staff(staff(role))


def route(category, *stops):
    """`route(category, ("security", 1, {"four_eyes": True}), …)`."""
    for slug, step, *rules in stops:
        CategoryDesk.objects.create(category=category, desk=desk(slug), step=step, **(rules[0] if rules else {}))


def say(registration, slug, verdict, by, *, code=None, note="", seen=None, **more):
    current = Review.objects.filter(registration=registration, desk__slug=slug, closed="").first()
    return actions.give_verdict(
        registration_id=registration.pk,
        desk=desk(slug),
        verdict=verdict,
        by=by,
        reason_code=ReasonCode.objects.get(slug=code) if code else None,
        note=note,
        seen=seen_token(current) if seen is None else seen,
        **more,
    )


def states(registration):
    rows = DeskStanding.objects.filter(registration=registration).values_list("desk__slug", "state")
    return dict(rows)


@pytest.fixture
def registration():
    found = RegistrationFactory(name="Amina Diallo")
    route(found.category, ("protocol", 1), ("security", 1, {"four_eyes": True, "may_veto": True}))
    return found


def approve(registration):
    return actions.approve([registration.pk], by=officer(PROTOCOL))


def test_a_fresh_database_has_the_three_desks_and_reasons():
    assert set(Desk.objects.values_list("slug", flat=True)) == {"protocol", "security", "press"}
    assert ReasonCode.objects.filter(active=True).count() >= 8


def test_desks_look_in_parallel_and_approval_waits_for_all_of_them(registration):
    assert "Protocol desk, Security desk" in approve(registration).refused[registration.pk]
    say(registration, "protocol", Verdict.CLEAR, officer(PROTOCOL))
    assert "Security desk" in approve(registration).refused[registration.pk]
    say(registration, "security", Verdict.CLEAR, officer(SECURITY))
    assert states(registration) == {"protocol": "cleared", "security": "second"}
    assert approve(registration).refused
    say(registration, "security", Verdict.CLEAR, officer(SECURITY))
    assert states(registration) == {"protocol": "cleared", "security": "cleared"}
    assert approve(registration).done == [registration.pk]


def test_four_eyes_are_never_one_persons_in_two_tabs(registration):
    one = officer(SECURITY)
    say(registration, "security", Verdict.CLEAR, one)
    with pytest.raises(Refused, match="second officer"):
        say(registration, "security", Verdict.CLEAR, one)
    # The other tab was opened before the first opinion was given.
    with pytest.raises(Refused, match=f"No objection .*{one.label}"):
        say(registration, "security", Verdict.CLEAR, one, seen="")
    assert Review.objects.get().second_officer is None


def test_a_second_officer_who_disagrees_begins_a_new_round_and_the_first_can_agree(registration):
    one, other = officer(SECURITY), officer(SECURITY)
    say(registration, "security", Verdict.CLEAR, one)
    say(registration, "security", Verdict.OBJECT, other, code="security")
    assert states(registration)["security"] == "second"
    say(registration, "security", Verdict.OBJECT, one, code="security")
    assert list(Review.objects.order_by("round").values_list("round", "verdict", "closed")) == [
        (1, "clear", "overruled"),
        (2, "object", ""),
    ]
    assert states(registration) == {"protocol": "spared", "security": "objected"}
    assert "veto" in approve(registration).refused[registration.pk]
    assert actions.reject([registration.pk], by=officer(PROTOCOL), reason="Not this time.").done


def test_an_objection_needs_a_reason_that_belongs_to_it_and_a_note_where_the_reason_asks_for_one(registration):
    by = officer(SECURITY)
    for wrong, words in [
        ({}, "Choose the reason"),
        ({"code": "checked"}, "does not belong"),
        ({"code": "other"}, "needs a note"),
    ]:
        with pytest.raises(Refused, match=words):
            say(registration, "security", Verdict.OBJECT, by, **wrong)
    ReasonCode.objects.filter(slug="duplicate").update(active=False)
    with pytest.raises(Refused, match="does not belong"):
        say(registration, "security", Verdict.OBJECT, by, code="duplicate")
    say(registration, "security", Verdict.OBJECT, by, code="other", note="See the file.")
    assert Review.objects.get().note == "See the file."


def test_an_officer_of_another_desk_or_of_none_has_no_voice(registration):
    for role, slug in [(PROTOCOL, "security"), ("Conference office", "protocol")]:
        with pytest.raises(Refused, match="not an officer of this desk"):
            say(registration, slug, Verdict.CLEAR, officer(role))
    with pytest.raises(Refused, match="not an officer"):
        say(registration, "protocol", Verdict.CLEAR, Actor("nobody"))
    with pytest.raises(Refused, match="does not look at this category"):
        say(registration, "press", Verdict.CLEAR, officer("Vetting: press desk"))


def test_a_stale_version_is_refused(registration):
    registration.version += 1
    registration.save(update_fields=["version"])
    with pytest.raises(Refused, match="in the meantime"):
        say(registration, "protocol", Verdict.CLEAR, officer(PROTOCOL), expected_version=registration.version - 1)


def test_desks_in_order_wait_for_each_other():
    found = RegistrationFactory()
    route(found.category, ("security", 1), ("protocol", 2))
    with pytest.raises(Refused, match="Security desk"):
        say(found, "protocol", Verdict.CLEAR, officer(PROTOCOL))
    say(found, "security", Verdict.CLEAR, officer(SECURITY))
    say(found, "protocol", Verdict.CLEAR, officer(PROTOCOL))
    assert approve(found).done


def test_a_category_without_a_route_is_decided_as_the_roles_say():
    assert approve(found := RegistrationFactory()).done == [found.pk]
    assert not DeskStanding.objects.exists()


def test_verdicts_are_kept_encrypted_and_history_names_desk_and_code_alone(registration):
    say(registration, "security", Verdict.OBJECT, officer(SECURITY), code="security", note="Seen with K.")
    entry = HistoryEntry.objects.of(registration).get(verb="verdict")
    assert entry.data["desk"] == "security"
    assert entry.data["code"] == "security"
    assert "Seen with" not in json.dumps(entry.data) + entry.reason
    stored = Review.objects.values_list("note", flat=True).get()
    assert "Seen with" not in str(stored)
    assert not Message.objects.exists()


# -- asking --------------------------------------------------------------------------------------------------------------
def test_a_desk_asks_the_other_goes_on_and_the_answer_brings_the_desk_back(registration):
    say(registration, "protocol", Verdict.ASK, officer(PROTOCOL), note="Which ministry?", fields=["organisation"])
    registration.refresh_from_db()
    assert (registration.state, registration.asked_fields) == (State.INFORMATION_REQUESTED, ["organisation"])
    assert states(registration) == {"protocol": "asked", "security": "open"}
    say(registration, "security", Verdict.CLEAR, officer(SECURITY))
    assert "/requested/" in Message.objects.get(kind="registration.information_requested").text
    actions.answer_request(
        registration_id=registration.pk,
        person={"organisation": "Ministry of Health", "name": "Somebody Else"},
        answers={},
        files={},
        text="The new one.",
    )
    registration.refresh_from_db()
    assert (registration.state, registration.organisation) == (State.SUBMITTED, "Ministry of Health")
    assert registration.name == "Amina Diallo"
    asked = InformationRequest.objects.get()
    assert (asked.answered, asked.reply, asked.desk.slug) == (True, "The new one.", "protocol")
    # The organisation is material: what security said before rested on the old one.
    assert states(registration) == {"protocol": "open", "security": "open"}


def test_several_rounds_of_asking_are_kept(registration):
    for number in (1, 2):
        actions.ask_for_more([registration.pk], by=officer(PROTOCOL), reason=f"Question {number}?")
        actions.reply_to_request(registration_id=registration.pk, text=f"Answer {number}.")
    rounds = InformationRequest.objects.order_by("asked_at")
    assert [(one.text, one.reply) for one in rounds] == [("Question 1?", "Answer 1."), ("Question 2?", "Answer 2.")]


# -- changed afterwards ------------------------------------------------------------------------------------------------------
def change(registration, answers=None, **person):
    now = {"name": registration.name, "organisation": registration.organisation, "nationality": "KE"} | person
    return actions.change_answers(
        registration_id=registration.pk,
        particulars=Particulars(email=registration.email, **now),
        answers=registration.answer_data if answers is None else answers,
    )


def cleared(registration):
    say(registration, "protocol", Verdict.CLEAR, officer(PROTOCOL))
    for _number in range(2):
        say(registration, "security", Verdict.CLEAR, officer(SECURITY))


def test_a_material_change_asks_the_desks_again_and_shows_old_and_new(registration):
    cleared(registration)
    change(registration, name="Amina Diallo-Keita")
    assert states(registration) == {"protocol": "open", "security": "open"}
    assert set(Review.objects.values_list("closed", flat=True)) == {"changed"}
    kept = FieldChange.objects.get()
    assert (kept.field, kept.old, kept.new, kept.material) == ("name", "Amina Diallo", "Amina Diallo-Keita", True)
    assert approve(registration).refused


def test_what_is_not_material_asks_nobody_again(registration):
    cleared(registration)
    change(registration, job_title="Director")
    assert states(registration) == {"protocol": "cleared", "security": "cleared"}
    assert FieldChange.objects.get().material is False


def test_a_material_question_asks_only_the_desks_that_see_it_again(registration):
    question = QuestionFactory(event=registration.event, key="visits", material=True)
    question.desks.set([desk("security")])
    cleared(registration)
    change(registration, answers={"visits": "2019"})
    assert states(registration) == {"protocol": "cleared", "security": "open"}


def test_an_appeal_reopens_the_objections_and_keeps_what_was_cleared():
    found = RegistrationFactory()
    route(found.category, ("protocol", 1), ("security", 1, {"may_veto": True}))
    say(found, "protocol", Verdict.CLEAR, officer(PROTOCOL))
    say(found, "security", Verdict.OBJECT, officer(SECURITY), code="security")
    actions.reject([found.pk], by=officer(PROTOCOL), reason="No.")
    actions.decide([found.pk], to=State.SUBMITTED, by=officer(PROTOCOL), reason="Appeal heard.")
    assert states(found) == {"protocol": "cleared", "security": "open"}


# -- sharing the work ------------------------------------------------------------------------------------------------------
def test_a_hold_has_a_reason_and_a_day_and_is_no_state_the_guest_sees(registration):
    by, tomorrow = officer(PROTOCOL), timezone.localdate() + timedelta(days=1)
    for until, reason in [(timezone.localdate(), "Why"), (tomorrow, " ")]:
        with pytest.raises(Refused):
            actions.hold(registration_id=registration.pk, until=until, reason=reason, by=by)
    actions.hold(registration_id=registration.pk, until=tomorrow, reason="Waits for the embassy.", by=by)
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED
    assert not type(registration).objects.at_hand(timezone.now()).exists()
    assert type(registration).objects.at_hand(timezone.now() + timedelta(days=1)).exists()
    assert not Message.objects.exists()
    actions.resume(registration_id=registration.pk, by=by)
    assert Hold.objects.get().ended_at is not None
    assert type(registration).objects.at_hand(timezone.now()).exists()


def test_of_two_officers_who_take_it_one_gets_it_and_the_other_learns_who(registration):
    one, other = staff(PROTOCOL, first_name="Ines", last_name="One"), staff(PROTOCOL)
    actions.assign(registration_id=registration.pk, to=one, by=Actor.staff(one))
    with pytest.raises(Refused, match="Ines One"):
        actions.assign(registration_id=registration.pk, to=other, by=Actor.staff(other))
    actions.assign(registration_id=registration.pk, to=other, by=Actor.staff(other), expected=one.pk)
    actions.release(registration_id=registration.pk, by=Actor.staff(other))
    registration.refresh_from_db()
    assert registration.assigned_to is None


def test_notes_are_encrypted_and_a_desks_own_notes_stay_at_the_desk(registration):
    note = actions.add_note(
        registration_id=registration.pk, text="Known from 2019.", by=officer(SECURITY), desk=desk("security")
    )
    actions.add_note(registration_id=registration.pk, text="Called back.", by=officer(PROTOCOL), about="organisation")
    assert "2019" not in str(type(note).objects.values_list("text", flat=True).first())
    notes = type(note).objects.for_desks(registration, [desk("protocol")])
    assert [one.text for one in notes] == ["Called back."]
    with pytest.raises(Refused):
        actions.add_note(registration_id=registration.pk, text="x", by=officer(PROTOCOL), desk=desk("security"))


def test_a_desk_of_ones_own_sees_what_its_route_brings_and_nothing_else():
    from registration.permissions import may_see_queue, sight_of, visible_to

    group = Group.objects.create(name="Vetting: medical desk")
    group.permissions.set(Group.objects.get(name=PROTOCOL).permissions.exclude(codename__startswith="handle_"))
    Desk.objects.create(slug="medical", name={"en": "Medical"}, group=group, sees_contact=False, sees_documents=False)
    mine, _other = RegistrationFactory(), RegistrationFactory(category=CategoryFactory())
    route(mine.category, ("medical", 1))
    user = staff("Vetting: medical desk")
    assert may_see_queue(user)
    assert list(visible_to(user)) == [mine]
    sight = sight_of(user)
    assert (sight.answers, sight.contact, sight.documents, sight.watch_list) == (True, False, False, False)
