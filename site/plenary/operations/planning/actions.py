"""The approval of a plan: draft it, submit it, give a department's opinion, decide. Each step is logged (product.md 3.2)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from plenary.events.actions import change_approval
from plenary.events.models import Event
from plenary.events.rules import ApprovalState
from plenary.operations.planning.models import Opinion, Plan, Submission
from plenary.operations.planning.rules import WAYS, Department, Step, Verdict, may_edit, outcome

CONTENT = ("purpose", "theme", "outcomes", "participants", "publicity", "safety")


class StepRefused(Exception):
    """The plan does not stand where this step begins, or its reason is missing. The text can be shown to staff."""


@transaction.atomic
def draft_plan(*, event: Event, by: Actor, **content: Any) -> Plan:
    """Begin the plan of an event that has none."""
    plan = Plan(event=event, **content)
    plan.full_clean()
    plan.save(force_insert=True)
    record_history(plan, verb="drafted", by=by, event=event)
    return plan


@transaction.atomic
def edit_plan(plan: Plan, *, by: Actor, **content: Any) -> Plan:
    """Change the text of a plan nobody is judging; raises StepRefused once it is under review or in force."""
    locked = _lock(plan)
    if not may_edit(locked.event.approval):
        raise StepRefused(
            _("This plan is %(state)s and cannot be changed without a new approval.")
            % {"state": locked.event.get_approval_display()}
        )
    return _write(locked, content, by)


@transaction.atomic
def submit_plan(plan: Plan, *, by: Actor) -> Submission:
    """Hand a draft or a returned plan to all five departments at once."""
    locked = _lock(plan)
    _check(locked, Step.SUBMIT, reason="")
    return _start_round(locked, by=by, reason="")


@transaction.atomic
def amend_plan(plan: Plan, *, by: Actor, reason: str, **content: Any) -> Submission:
    """Change an approved plan: the old approval ends and the review starts again (product.md 3.3, 3.4)."""
    locked = _lock(plan)
    _check(locked, Step.AMEND, reason=reason)
    _write(locked, content, by)
    return _start_round(locked, by=by, reason=reason)


@transaction.atomic
def give_opinion(plan: Plan, *, department: Department, verdict: Verdict, remark: str, by: Actor) -> Opinion:
    """Speak for a department. The fifth opinion sends the plan on to the leading group, or back with every objection."""
    locked = _lock(plan)
    submission = locked.submissions.order_by("-number").first()
    if locked.event.approval != ApprovalState.JOINT_REVIEW or submission is None:
        raise StepRefused(_("This plan is not in joint review."))
    if verdict == Verdict.OBJECT and not remark.strip():
        raise StepRefused(_("Say what has to change."))
    opinion, _created = Opinion.objects.update_or_create(
        submission=submission,
        department=department,
        defaults={
            "verdict": verdict,
            "remark": remark.strip(),
            "given_by": by.user,
            "given_by_label": by.label[:120],
        },
    )
    record_history(
        locked,
        verb="opinion",
        by=by,
        event=locked.event,
        reason=remark.strip(),
        data={"department": department, "verdict": verdict, "round": submission.number},
    )
    _close_round(locked, submission, by=by)
    return opinion


@transaction.atomic
def take_step(plan: Plan, *, step: Step, by: Actor, reason: str = "") -> Event:
    """Approve, send back, close or cancel; raises StepRefused where the plan stands elsewhere or a reason is missing."""
    locked = _lock(plan)
    if step in {Step.SUBMIT, Step.AMEND}:
        raise ValueError("a round of review begins with submit_plan or amend_plan")
    _check(locked, step, reason=reason)
    record_history(locked, verb=step.value, by=by, event=locked.event, reason=reason.strip())
    return change_approval(locked.event, to=WAYS[step].target, by=by, reason=reason.strip())


def _lock(plan: Plan) -> Plan:
    """The event's row is the lock: whoever moves its approval by another way waits, too."""
    event = Event.objects.select_for_update().get(pk=plan.event_id)
    locked = Plan.objects.get(pk=plan.pk)
    locked.event = event
    return locked


def _check(plan: Plan, step: Step, *, reason: str) -> None:
    way = WAYS[step]
    if plan.event.approval not in way.sources:
        raise StepRefused(
            _("“%(step)s” is not possible: the plan is %(state)s.")
            % {"step": step.label, "state": plan.event.get_approval_display()}
        )
    if way.needs_reason and not reason.strip():
        raise StepRefused(_("Give a reason: it is kept with the plan."))


def _write(plan: Plan, content: dict[str, Any], by: Actor) -> Plan:
    changed = [name for name in CONTENT if name in content and getattr(plan, name) != content[name]]
    for name in changed:
        setattr(plan, name, content[name])
    try:
        plan.full_clean(validate_unique=False)
    except ValidationError as error:
        raise StepRefused(" ".join(error.messages)) from error
    plan.save()
    if changed:
        record_history(plan, verb="edited", by=by, event=plan.event, data={"fields": changed})
    return plan


def _start_round(plan: Plan, *, by: Actor, reason: str) -> Submission:
    last = plan.submissions.order_by("-number").first()
    submission = Submission.objects.create(
        plan=plan,
        number=(last.number if last else 0) + 1,
        content=model_to_dict(plan, fields=CONTENT),
        submitted_by=by.user,
    )
    record_history(
        plan, verb="submitted", by=by, event=plan.event, reason=reason.strip(), data={"round": submission.number}
    )
    change_approval(plan.event, to=ApprovalState.JOINT_REVIEW, by=by, reason=reason.strip())
    return submission


def _close_round(plan: Plan, submission: Submission, *, by: Actor) -> None:
    opinions = list(submission.opinions.order_by("id"))
    target = outcome({opinion.department: opinion.verdict for opinion in opinions})
    if target is None:
        return
    objections = [
        f"{opinion.get_department_display()}: {opinion.remark}"
        for opinion in opinions
        if opinion.verdict == Verdict.OBJECT
    ]
    change_approval(plan.event, to=target, by=by, reason="\n".join(objections))
