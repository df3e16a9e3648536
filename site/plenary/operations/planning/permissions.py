"""Who among staff may do what with a plan: the table of steps says which permission each takes."""

from __future__ import annotations

from django.contrib.auth.models import User

from plenary.operations.planning.models import Plan
from plenary.operations.planning.rules import WAYS, Department, Step, may_edit, review_permission, steps_from

VIEW, ADD, CHANGE = "planning.view_plan", "planning.add_plan", "planning.change_plan"


def departments_of(user: User) -> list[Department]:
    """The departments this person speaks for."""
    return [department for department in Department if user.has_perm(review_permission(department))]


def steps_for(user: User, plan: Plan) -> list[Step]:
    """What this person may do with this plan now. Reads its event."""
    return [step for step in steps_from(plan.event.approval) if user.has_perm(WAYS[step].permission)]


def may_edit_now(user: User, plan: Plan) -> bool:
    """Whether this person may change the text without a new approval."""
    return user.has_perm(CHANGE) and may_edit(plan.event.approval)
