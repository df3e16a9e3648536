"""Where a registration stands, and who moves it from where to where: the one table of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a registration stands, as the guest and the officer both read it."""

    RESERVE = "reserve", _("on the delegation's waiting list")  # named by a delegation beyond its places
    NOMINATED = "nominated", _("nominated, details missing")  # by a delegation, which holds the place
    UNCONFIRMED = "unconfirmed", _("address to be confirmed")
    SUBMITTED = "submitted", _("under review")
    INFORMATION_REQUESTED = "information_requested", _("more information requested")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("not approved")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CANCELLED = "cancelled", _("cancelled by the organiser")
    EXPIRED = "expired", _("lapsed")
    WAITLISTED = "waitlisted", _("on the waiting list")
    OFFERED = "offered", _("place offered")
    PAYMENT_DUE = "payment_due", _("approved, payment due")


LIVE = frozenset(
    {
        State.RESERVE,
        State.NOMINATED,
        State.UNCONFIRMED,
        State.SUBMITTED,
        State.INFORMATION_REQUESTED,
        State.APPROVED,
        State.WAITLISTED,
        State.OFFERED,
        State.PAYMENT_DUE,
    }
)
HOLDS_PLACE = LIVE - {State.RESERVE, State.WAITLISTED}  # counted against the quota
EDITABLE_BY_GUEST = frozenset(
    {
        State.NOMINATED,
        State.UNCONFIRMED,
        State.SUBMITTED,
        State.INFORMATION_REQUESTED,
        State.WAITLISTED,
        State.OFFERED,
    }
)
UNPROVED = frozenset({State.UNCONFIRMED, State.WAITLISTED})  # where an address may still have to be proved
CONFIRM_WITHIN = 72 * 3600  # seconds an address has to be proved before its place goes to somebody else


class Who(TextChoices):
    """Who may ask for a transition."""

    GUEST = "guest", _("guest")
    DELEGATION = "delegation", _("delegation")
    OFFICER = "officer", _("vetting officer")
    SYSTEM = "system", _("system")


@dataclass(frozen=True)
class Transition:
    """One allowed step: from where, to where, by whom, and whether a reason must be given."""

    source: State
    target: State
    who: frozenset[Who]
    needs_reason: bool = False


_OFFICER, _GUEST, _SYSTEM = frozenset({Who.OFFICER}), frozenset({Who.GUEST}), frozenset({Who.SYSTEM})
_DELEGATION = frozenset({Who.DELEGATION})  # the head or focal point, for a member
TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.RESERVE, State.NOMINATED, _DELEGATION | _OFFICER | _SYSTEM),  # a place became free
    Transition(State.RESERVE, State.WITHDRAWN, _GUEST | _DELEGATION),
    Transition(State.RESERVE, State.CANCELLED, _OFFICER, needs_reason=True),
    Transition(State.NOMINATED, State.SUBMITTED, _GUEST | _DELEGATION),
    Transition(State.NOMINATED, State.APPROVED, _SYSTEM),  # categories that need no review
    Transition(State.NOMINATED, State.WITHDRAWN, _GUEST | _DELEGATION),
    Transition(State.NOMINATED, State.CANCELLED, _OFFICER, needs_reason=True),
    Transition(State.UNCONFIRMED, State.SUBMITTED, _GUEST | _OFFICER),
    Transition(State.UNCONFIRMED, State.APPROVED, _SYSTEM),  # categories that need no review
    Transition(State.UNCONFIRMED, State.EXPIRED, _SYSTEM),
    Transition(State.UNCONFIRMED, State.WITHDRAWN, _GUEST),
    Transition(State.SUBMITTED, State.APPROVED, _OFFICER | _SYSTEM),
    Transition(State.SUBMITTED, State.REJECTED, _OFFICER, needs_reason=True),
    Transition(State.SUBMITTED, State.INFORMATION_REQUESTED, _OFFICER, needs_reason=True),
    Transition(State.SUBMITTED, State.WITHDRAWN, _GUEST | _DELEGATION),
    Transition(State.SUBMITTED, State.CANCELLED, _OFFICER, needs_reason=True),
    Transition(State.INFORMATION_REQUESTED, State.SUBMITTED, _GUEST | _DELEGATION | _OFFICER),
    Transition(State.INFORMATION_REQUESTED, State.APPROVED, _OFFICER),
    Transition(State.INFORMATION_REQUESTED, State.REJECTED, _OFFICER, needs_reason=True),
    Transition(State.INFORMATION_REQUESTED, State.WITHDRAWN, _GUEST | _DELEGATION),
    Transition(State.INFORMATION_REQUESTED, State.CANCELLED, _OFFICER, needs_reason=True),
    Transition(State.APPROVED, State.WITHDRAWN, _GUEST | _DELEGATION),
    Transition(State.APPROVED, State.CANCELLED, _OFFICER, needs_reason=True),
    # A waiting list: an address proved there stays there until a place is free.
    Transition(State.WAITLISTED, State.OFFERED, _OFFICER | _SYSTEM),
    Transition(State.WAITLISTED, State.WITHDRAWN, _GUEST),
    Transition(State.WAITLISTED, State.EXPIRED, _SYSTEM),  # the address was not proved in time
    Transition(State.WAITLISTED, State.REJECTED, _OFFICER, needs_reason=True),
    Transition(State.WAITLISTED, State.CANCELLED, _OFFICER, needs_reason=True),
    Transition(State.OFFERED, State.SUBMITTED, _GUEST),
    Transition(State.OFFERED, State.APPROVED, _SYSTEM),
    Transition(State.OFFERED, State.PAYMENT_DUE, _SYSTEM),
    Transition(State.OFFERED, State.WITHDRAWN, _GUEST),
    Transition(State.OFFERED, State.EXPIRED, _SYSTEM),  # nobody answered the offer in time
    Transition(State.OFFERED, State.CANCELLED, _OFFICER, needs_reason=True),
    # Approved while money is due: the badge waits for it. Decisions to approve lead here by themselves.
    Transition(State.UNCONFIRMED, State.PAYMENT_DUE, _SYSTEM),
    Transition(State.SUBMITTED, State.PAYMENT_DUE, _SYSTEM),
    Transition(State.INFORMATION_REQUESTED, State.PAYMENT_DUE, _SYSTEM),
    Transition(State.PAYMENT_DUE, State.APPROVED, _SYSTEM),
    Transition(State.PAYMENT_DUE, State.WITHDRAWN, _GUEST | _DELEGATION),
    Transition(State.PAYMENT_DUE, State.CANCELLED, _OFFICER | _SYSTEM, needs_reason=True),
    Transition(State.REJECTED, State.SUBMITTED, _OFFICER, needs_reason=True),  # an appeal reopens the case
)
_TABLE: Mapping[tuple[str, str], Transition] = {(step.source, step.target): step for step in TRANSITIONS}


def transition(source: str, target: str) -> Transition | None:
    """The step between two states, or None where there is none."""
    return _TABLE.get((source, target))


def targets(source: str, who: Who) -> list[State]:
    """The states somebody may move a registration to, in the order of the table."""
    return [step.target for step in TRANSITIONS if step.source == source and who in step.who]
