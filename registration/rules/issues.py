"""A guest's problem from raised to solved: its states, who may take which step, and when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.rules.states import Who


class IssueState(TextChoices):
    """Where a problem stands."""

    RAISED = "raised", pgettext_lazy("a problem", "raised")
    IN_WORK = "in_work", _("in work")
    WAITING = "waiting", _("waiting for the guest")
    SOLVED = "solved", _("solved")
    DROPPED = "dropped", _("not pursued")


class Urgency(TextChoices):
    """How fast it has to be dealt with."""

    LOW = "low", _("can wait")
    NORMAL = "normal", _("normal")
    URGENT = "urgent", _("urgent")


OPEN = frozenset({IssueState.RAISED, IssueState.IN_WORK, IssueState.WAITING})
WITH_US = frozenset({IssueState.RAISED, IssueState.IN_WORK})  # the guest waits for staff, not the other way round
AT_MOST_OPEN = 5  # of one guest: more is one problem told in pieces, or nobody's problem
_WITHIN: Mapping[str, timedelta] = {
    Urgency.URGENT: timedelta(hours=4),
    Urgency.NORMAL: timedelta(days=2),
    Urgency.LOW: timedelta(days=7),
}
_STAFF, _EITHER = frozenset({Who.OFFICER}), frozenset({Who.OFFICER, Who.GUEST})
STEPS: Mapping[tuple[str, str], frozenset[Who]] = {
    (IssueState.RAISED, IssueState.IN_WORK): _STAFF,
    (IssueState.RAISED, IssueState.WAITING): _STAFF,
    (IssueState.RAISED, IssueState.SOLVED): _EITHER,
    (IssueState.RAISED, IssueState.DROPPED): _STAFF,
    (IssueState.IN_WORK, IssueState.WAITING): _STAFF,
    (IssueState.IN_WORK, IssueState.SOLVED): _EITHER,
    (IssueState.IN_WORK, IssueState.DROPPED): _STAFF,
    (IssueState.WAITING, IssueState.IN_WORK): _EITHER,  # the guest answers, and it is ours again
    (IssueState.WAITING, IssueState.SOLVED): _EITHER,
    (IssueState.WAITING, IssueState.DROPPED): _STAFF,
    (IssueState.SOLVED, IssueState.IN_WORK): _EITHER,  # it was not solved after all
    (IssueState.DROPPED, IssueState.IN_WORK): _STAFF,
}


def may_step(source: str, target: str, who: Who) -> bool:
    """Whether somebody may take a problem from one state to another."""
    return who in STEPS.get((source, target), frozenset())


def next_states(source: str, who: Who) -> list[IssueState]:
    """The states somebody may take a problem to, in the order of the table."""
    return [IssueState(target) for (start, target), whose in STEPS.items() if start == source and who in whose]


def due_by(raised: datetime, urgency: str) -> datetime:
    """When a problem should be solved."""
    return raised + _WITHIN[urgency]
