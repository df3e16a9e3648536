"""What an event's approval state allows. Pure functions; the workflow that moves the state is in operations/planning."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ApprovalState(TextChoices):
    """product.md 3.2: draft, joint review by the departments, the leading group, in force."""

    DRAFT = "draft", _("draft")
    JOINT_REVIEW = "joint_review", _("in joint review")
    LEADING_GROUP = "leading_group", _("with the leading group")
    RETURNED = "returned", _("sent back")
    IN_FORCE = "in_force", _("in force")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


ALLOWED: Mapping[str, frozenset[str]] = {
    ApprovalState.DRAFT: frozenset({ApprovalState.JOINT_REVIEW, ApprovalState.CANCELLED}),
    ApprovalState.JOINT_REVIEW: frozenset(
        {ApprovalState.LEADING_GROUP, ApprovalState.RETURNED, ApprovalState.CANCELLED}
    ),
    ApprovalState.LEADING_GROUP: frozenset({ApprovalState.IN_FORCE, ApprovalState.RETURNED, ApprovalState.CANCELLED}),
    ApprovalState.RETURNED: frozenset({ApprovalState.JOINT_REVIEW, ApprovalState.CANCELLED}),
    # A material change of an approved plan starts the review again (product.md 3.3, 3.4).
    ApprovalState.IN_FORCE: frozenset({ApprovalState.JOINT_REVIEW, ApprovalState.CLOSED, ApprovalState.CANCELLED}),
    ApprovalState.CLOSED: frozenset(),
    ApprovalState.CANCELLED: frozenset(),
}


def may_become(current: str, target: str) -> bool:
    """Whether the approval may go from one state to another."""
    return target in ALLOWED.get(current, frozenset())


def may_publish(state: str) -> bool:
    """Whether visitors may read the event: approved once and not withdrawn (product.md 3.2)."""
    return state in {ApprovalState.IN_FORCE, ApprovalState.CLOSED}


def may_register(state: str) -> bool:
    """Whether invitations, registration and payment are open at all: only while the plan is in force (product.md 3.2)."""
    return state == ApprovalState.IN_FORCE
