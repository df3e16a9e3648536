"""Officers, desks and guests at the same moment: one verdict is kept, one mail leaves, and the loser learns who was faster."""

import pytest

from plenary.core.actions import Actor
from plenary.core.models import HistoryEntry, Message
from registration import actions
from registration.actions.desks import seen_token
from registration.models import (
    Category,
    CategoryDesk,
    Desk,
    DeskStanding,
    InformationRequest,
    ReasonCode,
    Registration,
    Review,
)
from registration.rules import State, Verdict
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff
from tests.registration.test_concurrency import at_once, no_delivery

__all__ = ["no_delivery"]  # a fixture for every test here
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency, pytest.mark.slow]
PROTOCOL, SECURITY = "Vetting: protocol desk", "Vetting: security desk"
ROUNDS = 4  # a race is not always run; one round would sometimes test nothing


def officers(role, number=2):
    return [Actor.staff(staff(role)) for _number in range(number)]


def case(**four_eyes):
    """A registration on the way through these desks: `case(protocol=False, security=True)`."""
    found = RegistrationFactory()
    for slug, strict in four_eyes.items():
        CategoryDesk.objects.create(category=found.category, desk=Desk.objects.get(slug=slug), four_eyes=strict)
    return found


def say(registration, slug, verdict, by, seen="", note=""):
    """As from a page that was opened before anybody spoke."""
    return actions.give_verdict(
        registration_id=registration.pk,
        desk=Desk.objects.get(slug=slug),
        verdict=verdict,
        by=by,
        note=note,
        seen=seen,
        expected_version=registration.version,
    )


def split(answers, kind=actions.Refused):
    """Those who were heard, and what the others were told; anything else that went wrong is no answer."""
    heard = [answer for answer in answers if not isinstance(answer, Exception)]
    told = [str(answer) for answer in answers if isinstance(answer, kind)]
    assert len(heard) + len(told) == len(answers), answers
    return heard, told


@pytest.mark.parametrize("strict", [False, True])
def test_of_two_officers_of_a_desk_one_is_heard_and_the_other_reads_who_said_what(strict):
    both = officers(PROTOCOL)
    for _round in range(ROUNDS):
        found = case(protocol=strict)
        verdicts = [Verdict.CLEAR, Verdict.ABSTAIN]
        heard, told = split(at_once(2, lambda n: say(found, "protocol", verdicts[n], both[n])))  # noqa: B023
        [kept] = Review.objects.filter(registration=found)
        assert [kept.pk] == [review.pk for review in heard]
        [words] = told
        assert f"Protocol desk: {kept.get_verdict_display()}" in words
        assert f"({kept.officer.get_full_name()}, " in words
        assert HistoryEntry.objects.of(found).filter(verb="verdict").count() == 1


def test_one_officer_in_two_tabs_is_one_pair_of_eyes():
    [one] = officers(SECURITY, 1)
    for _round in range(ROUNDS):
        found = case(security=True)
        heard, told = split(at_once(2, lambda _n: say(found, "security", Verdict.CLEAR, one)))  # noqa: B023
        assert (len(heard), len(told)) == (1, 1)
        assert one.label in told[0]
        assert Review.objects.get(registration=found).officers == 1
        assert DeskStanding.objects.get(registration=found).state == "second"


def test_two_second_officers_at_once_are_one_second_officer():
    [first, *others] = officers(SECURITY, 3)
    for _round in range(ROUNDS):
        found = case(security=True)
        seen = seen_token(say(found, "security", Verdict.CLEAR, first))
        _heard, told = split(at_once(2, lambda n: say(found, "security", Verdict.CLEAR, others[n], seen)))  # noqa: B023
        kept = Review.objects.get(registration=found)
        assert (kept.officer, kept.officers, kept.round) == (first.user, 2, 1)
        assert kept.second_officer.get_full_name() in told[0]


def test_two_desks_at_once_are_both_heard_and_the_case_is_ripe():
    [protocol], [security] = officers(PROTOCOL, 1), officers(SECURITY, 1)
    speakers = [("protocol", protocol), ("security", security)]
    for _round in range(ROUNDS):
        found = case(protocol=False, security=False)
        _heard, told = split(at_once(2, lambda n: say(found, speakers[n][0], Verdict.CLEAR, speakers[n][1])))  # noqa: B023
        assert told == []
        assert set(DeskStanding.objects.filter(registration=found).values_list("state", flat=True)) == {"cleared"}


def test_of_two_desks_that_ask_the_guest_at_once_one_question_leaves():
    [protocol], [security] = officers(PROTOCOL, 1), officers(SECURITY, 1)
    speakers = [("protocol", protocol), ("security", security)]
    for _round in range(ROUNDS):
        found = case(protocol=False, security=False)
        answers = at_once(2, lambda n: say(found, speakers[n][0], Verdict.ASK, speakers[n][1], note=f"Question {n}?"))  # noqa: B023
        _heard, told = split(answers)
        kept = Review.objects.get(registration=found)
        assert f"More information requested ({kept.officer.get_full_name()}, " in told[0]
        assert InformationRequest.objects.get(registration=found).text == kept.note
        assert Message.objects.of(found).count() == 1


@pytest.mark.parametrize("kinds", [(State.APPROVED, State.REJECTED), (State.APPROVED, State.APPROVED)])
def test_of_two_decisions_on_a_vetted_case_one_is_kept_and_one_mail_leaves(kinds):
    both = officers(PROTOCOL)
    for _round in range(ROUNDS):
        found = case(protocol=False)
        say(found, "protocol", Verdict.CLEAR, both[0])

        def act(n, found=found):
            return actions.decide(
                [found.pk], to=kinds[n], by=both[n], reason="By the rules.", expected_version=found.version
            )

        reports = at_once(2, act)
        [loser] = [report for report in reports if report.refused]
        [step] = HistoryEntry.objects.of(found).exclude(verb="verdict")
        assert f"({step.actor_label}, " in loser.refused[found.pk]
        assert Registration.objects.get(pk=found.pk).state == step.verb
        assert Message.objects.of(found).count() == 1


def test_an_objection_and_an_approval_at_once_never_leave_an_approval_that_passed_over_the_objection():
    [protocol], [security] = officers(PROTOCOL, 1), officers(SECURITY, 1)
    for _round in range(ROUNDS):
        found = case(protocol=False, security=False)
        say(found, "protocol", Verdict.CLEAR, protocol)
        seen = seen_token(say(found, "security", Verdict.CLEAR, security))
        words = Review.objects.last_words([found])

        def act(n, found=found, seen=seen, words=words):
            if n:
                code = ReasonCode.objects.get(slug="other")
                return actions.give_verdict(
                    registration_id=found.pk, desk=Desk.objects.get(slug="security"), verdict=Verdict.OBJECT,
                    by=security, reason_code=code, note="Seen.", seen=seen, expected_version=found.version,
                )  # fmt: skip
            return actions.decide(
                [found.pk], to=State.APPROVED, by=protocol, expected_version=found.version, expected_words=words
            )

        report, objection = at_once(2, act)
        if report.done:
            assert f"Approved ({protocol.label}, " in str(objection)
        else:
            assert f"Security desk: Objection ({security.label}, " in report.refused[found.pk]
            assert isinstance(objection, Review)


def test_an_approval_and_a_withdrawal_at_once_end_withdrawn_with_no_place_held():
    [officer] = officers(PROTOCOL, 1)
    for _round in range(ROUNDS):
        found = RegistrationFactory()
        Category.objects.filter(pk=found.category_id).update(taken=1)

        def act(n, found=found):
            if n:
                return actions.withdraw(registration_id=found.pk)
            return actions.decide([found.pk], to=State.APPROVED, by=officer, expected_version=found.version)

        report, withdrawn = at_once(2, act)
        assert isinstance(withdrawn, Registration)
        steps = list(HistoryEntry.objects.of(found).order_by("id").values_list("verb", flat=True))
        if report.done:
            assert steps == ["approved", "withdrawn"]
        else:
            assert steps == ["withdrawn"]
            assert "Withdrawn (the guest, " in report.refused[found.pk]
        kinds = list(Message.objects.of(found).values_list("kind", flat=True))
        assert len(kinds) == len(set(kinds)) == len(steps)
        assert Registration.objects.get(pk=found.pk).state == State.WITHDRAWN
        assert Category.objects.get(pk=found.category_id).taken == 0
