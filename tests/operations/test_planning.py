"""The approval of a plan: five opinions, one leading group, and nothing opens before the plan is in force."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plenary.core.actions import Actor
from plenary.core.models import HistoryEntry
from plenary.events.rules import ALLOWED, ApprovalState, may_become
from plenary.operations.planning import actions
from plenary.operations.planning.actions import StepRefused
from plenary.operations.planning.models import Plan, Submission
from plenary.operations.planning.rules import WAYS, Department, Step, Verdict, may_edit, outcome, steps_from
from registration.models import Category
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

pytestmark = pytest.mark.django_db
OFFICE = Actor("office")


def drafted(approval: str = ApprovalState.DRAFT) -> Plan:
    event = EventFactory(approval=approval, published=True)
    return actions.draft_plan(event=event, by=OFFICE, purpose="Share the data of the basin.")


def reviewed(plan: Plan, **objections: str) -> Plan:
    """Every department speaks; those named object with that remark."""
    for department in Department:
        remark = objections.get(department.value, "")
        verdict = Verdict.OBJECT if remark else Verdict.AGREE
        actions.give_opinion(plan, department=department, verdict=verdict, remark=remark, by=Actor(department.label))
    plan.event.refresh_from_db()
    return plan


def test_a_plan_goes_from_draft_through_five_opinions_and_the_leading_group_into_force() -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    reviewed(plan)
    assert plan.event.approval == ApprovalState.LEADING_GROUP
    actions.take_step(plan, step=Step.APPROVE, by=Actor("chair"))
    plan.event.refresh_from_db()
    assert plan.event.approval == ApprovalState.IN_FORCE


def test_nothing_is_public_and_no_category_opens_before_the_plan_is_in_force() -> None:
    plan = drafted()
    category = CategoryFactory(event=plan.event)
    walk = [
        lambda: actions.submit_plan(plan, by=OFFICE),
        lambda: reviewed(plan),
        lambda: actions.take_step(plan, step=Step.APPROVE, by=OFFICE),
    ]
    for step in walk:
        plan.event.refresh_from_db()
        assert not plan.event.is_public
        assert not plan.event.takes_registrations
        assert Category.objects.select_related("event").get(pk=category.pk).opening() == "event_closed"
        step()
    plan.event.refresh_from_db()
    assert plan.event.is_public
    assert plan.event.takes_registrations


def test_four_opinions_do_not_move_a_plan() -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    for department in list(Department)[:4]:
        actions.give_opinion(plan, department=department, verdict=Verdict.AGREE, remark="", by=OFFICE)
    plan.event.refresh_from_db()
    assert plan.event.approval == ApprovalState.JOINT_REVIEW


def test_one_objection_sends_the_plan_back_with_every_reason_once_all_have_spoken() -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    reviewed(plan, finance="No budget line for interpreters.", it="The hall has no wired network.")
    assert plan.event.approval == ApprovalState.RETURNED
    told = HistoryEntry.objects.of(plan.event).filter(verb="approval").first()
    assert told is not None
    assert "No budget line" in told.reason
    assert "no wired network" in told.reason


def test_an_opinion_can_be_revised_until_the_last_department_has_spoken() -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    actions.give_opinion(plan, department=Department.IT, verdict=Verdict.OBJECT, remark="No network.", by=OFFICE)
    reviewed(plan)
    assert plan.event.approval == ApprovalState.LEADING_GROUP


def test_an_objection_says_what_has_to_change() -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    with pytest.raises(StepRefused):
        actions.give_opinion(plan, department=Department.IT, verdict=Verdict.OBJECT, remark="  ", by=OFFICE)


def test_no_department_speaks_outside_the_review() -> None:
    with pytest.raises(StepRefused):
        actions.give_opinion(drafted(), department=Department.IT, verdict=Verdict.AGREE, remark="", by=OFFICE)


@pytest.mark.parametrize("step", [Step.RETURN, Step.CANCEL])
def test_the_leading_group_gives_a_reason_when_it_sends_back_or_cancels(step: Step) -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    reviewed(plan)
    with pytest.raises(StepRefused):
        actions.take_step(plan, step=step, by=OFFICE)
    actions.take_step(plan, step=step, by=OFFICE, reason="The date collides with the assembly.")
    assert HistoryEntry.objects.of(plan).filter(verb=step.value, reason__contains="assembly").exists()


def test_a_plan_under_review_or_in_force_cannot_be_changed_silently() -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    with pytest.raises(StepRefused):
        actions.edit_plan(plan, by=OFFICE, purpose="Something else.")
    reviewed(plan)
    actions.take_step(plan, step=Step.APPROVE, by=OFFICE)
    with pytest.raises(StepRefused):
        actions.edit_plan(plan, by=OFFICE, purpose="Something else.")
    plan.refresh_from_db()
    assert plan.purpose == "Share the data of the basin."


def test_a_change_to_an_approved_plan_ends_the_approval_and_keeps_what_was_submitted_before() -> None:
    plan = drafted()
    actions.submit_plan(plan, by=OFFICE)
    reviewed(plan)
    actions.take_step(plan, step=Step.APPROVE, by=OFFICE)
    with pytest.raises(StepRefused):
        actions.amend_plan(plan, by=OFFICE, reason="", participants=400)
    actions.amend_plan(plan, by=OFFICE, reason="Twice as many guests.", participants=400)
    plan.event.refresh_from_db()
    assert plan.event.approval == ApprovalState.JOINT_REVIEW
    assert not plan.event.takes_registrations
    first, second = Submission.objects.filter(plan=plan).order_by("number")
    assert (first.content["participants"], second.content["participants"]) == (None, 400)
    assert second.opinions.count() == 0


CASES = [(state, step) for state, step in itertools.product(ApprovalState, Step)]


@pytest.mark.parametrize(("state", "step"), CASES)
def test_each_step_is_taken_exactly_where_the_table_says(state: ApprovalState, step: Step) -> None:
    plan = drafted(state)
    take = {
        Step.SUBMIT: lambda: actions.submit_plan(plan, by=OFFICE),
        Step.AMEND: lambda: actions.amend_plan(plan, by=OFFICE, reason="Because."),
    }.get(step, lambda: actions.take_step(plan, step=step, by=OFFICE, reason="Because."))
    if state in WAYS[step].sources:
        take()
        plan.event.refresh_from_db()
        assert plan.event.approval == WAYS[step].target
    else:
        with pytest.raises(StepRefused):
            take()
        plan.event.refresh_from_db()
        assert plan.event.approval == state


def test_the_steps_and_the_events_own_table_agree() -> None:
    for way in WAYS.values():
        assert all(may_become(source, way.target) for source in way.sources)
    by_opinions = {(ApprovalState.JOINT_REVIEW, ApprovalState.LEADING_GROUP), (ApprovalState.JOINT_REVIEW, "returned")}
    by_steps = {(source, way.target) for way in WAYS.values() for source in way.sources}
    assert by_steps | by_opinions == {(source, target) for source, targets in ALLOWED.items() for target in targets}


@given(st.dictionaries(st.sampled_from(Department), st.sampled_from(Verdict)))
def test_a_round_decides_only_when_all_have_spoken_and_then_objects_if_anybody_does(
    verdicts: dict[Department, Verdict],
) -> None:
    found = outcome(verdicts)
    if len(verdicts) < len(Department):
        assert found is None
    elif Verdict.OBJECT in verdicts.values():
        assert found == ApprovalState.RETURNED
    else:
        assert found == ApprovalState.LEADING_GROUP


@given(st.sampled_from(ApprovalState))
def test_a_text_is_free_only_where_it_can_be_submitted(state: ApprovalState) -> None:
    assert may_edit(state) == (Step.SUBMIT in steps_from(state))
