"""Rules of the approval of a plan, without a database: who speaks, which steps there are, what a round of opinions means."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from plenary.events.rules import ApprovalState


class Department(TextChoices):
    """The five that review a plan together (product.md 2.1, 3.2)."""

    HR = "hr", _("Human resources")
    FINANCE = "finance", _("Finance")
    SECURITY = "security", _("Security")
    IT = "it", _("Information technology")
    PUBLICITY = "publicity", _("Publicity")


class Verdict(TextChoices):
    """What a department says of a plan."""

    AGREE = "agree", _("agrees")
    OBJECT = "object", _("asks for changes")


class Step(TextChoices):
    """What staff do with a plan as a whole; giving an opinion is not a step, only the fifth one moves the plan."""

    SUBMIT = "submit", _("Submit for joint review")
    AMEND = "amend", _("Change the approved plan")
    APPROVE = "approve", _("Put in force")
    RETURN = "return", _("Send back")
    CLOSE = "close", _("Close the event")
    CANCEL = "cancel", _("Cancel the event")


@dataclass(frozen=True)
class Way:
    """One step: from which states, to which state, with which permission, and whether a reason must be given."""

    sources: frozenset[ApprovalState]
    target: ApprovalState
    permission: str
    needs_reason: bool = False


_OPEN = frozenset(ApprovalState) - {ApprovalState.CLOSED, ApprovalState.CANCELLED}
WAYS: Mapping[Step, Way] = {
    Step.SUBMIT: Way(
        frozenset({ApprovalState.DRAFT, ApprovalState.RETURNED}), ApprovalState.JOINT_REVIEW, "planning.submit_plan"
    ),
    Step.AMEND: Way(
        frozenset({ApprovalState.IN_FORCE}), ApprovalState.JOINT_REVIEW, "planning.submit_plan", needs_reason=True
    ),
    Step.APPROVE: Way(frozenset({ApprovalState.LEADING_GROUP}), ApprovalState.IN_FORCE, "planning.approve_plan"),
    Step.RETURN: Way(
        frozenset({ApprovalState.LEADING_GROUP}), ApprovalState.RETURNED, "planning.approve_plan", needs_reason=True
    ),
    Step.CLOSE: Way(frozenset({ApprovalState.IN_FORCE}), ApprovalState.CLOSED, "planning.submit_plan"),
    Step.CANCEL: Way(_OPEN, ApprovalState.CANCELLED, "planning.approve_plan", needs_reason=True),
}


def steps_from(state: str) -> list[Step]:
    """What can be done with a plan whose event stands in this state, in the order of the table."""
    return [step for step, way in WAYS.items() if state in way.sources]


def may_edit(state: str) -> bool:
    """Whether the text of a plan may change without a new approval: never while it is judged or in force (product.md 3.4)."""
    return state in {ApprovalState.DRAFT, ApprovalState.RETURNED}


def review_permission(department: str) -> str:
    """The permission to speak for a department."""
    return f"planning.review_plan_{department}"


def outcome(verdicts: Mapping[str, str]) -> ApprovalState | None:
    """Where a round of opinions (by department) sends the plan; None while a department has not spoken.

    All five are heard before a plan goes back, so that the office gets every objection at once.
    """
    if any(department not in verdicts for department in Department.values):
        return None
    if any(verdict == Verdict.OBJECT for verdict in verdicts.values()):
        return ApprovalState.RETURNED
    return ApprovalState.LEADING_GROUP
