"""Whether a badge may pass here now, whose clock counts, which credential is meant. Pure: doors decide by the same cases
(`cases.json`), so nothing here may ask the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Direction(TextChoices):
    IN = "in", _("in")
    OUT = "out", _("out")


class Entries(TextChoices):
    """How often one badge may enter at a checkpoint."""

    ONCE = "once", _("once")
    IN_OUT = "in_out", _("again after leaving")
    UNLIMITED = "unlimited", _("without limit")


class Outcome(TextChoices):
    """The one word a door shows."""

    ADMIT = "admit", _("admitted")
    REFUSE = "refuse", _("refused")
    CONFLICT = "conflict", _("conflict")


class Reason(TextChoices):
    """Why, as a code that programs rely on (contract.md); the labels are what staff read."""

    OK = "ok", _("valid")
    CLOCK = "clock", _("valid, but the device's clock is wrong")
    DUPLICATE = "duplicate", _("already used")
    NOT_INSIDE = "not_inside", _("leaves without having entered")
    WITHDRAWN = "withdrawn", _("badge withdrawn")
    SUPERSEDED = "superseded", _("replaced by a newer badge")
    NOT_ENTITLED = "not_entitled", _("not allowed at this checkpoint")
    NOT_OPEN = "not_open", _("checkpoint not open yet")
    CLOSED = "closed", _("checkpoint closed")
    UNKNOWN = "unknown", _("unknown badge")
    FORGED = "forged", _("forged badge")
    OTHER_EVENT = "other_event", _("badge of another event")
    MALFORMED = "malformed", _("not readable as a badge")
    UNKNOWN_CHECKPOINT = "unknown_checkpoint", _("unknown checkpoint")
    UNSUPPORTED = "unsupported", _("not supported")


class Effect(TextChoices):
    """What a verdict does to the list of who is through."""

    NONE = "none"
    ENTER = "enter"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Place:
    """What the rules need to know of a checkpoint. Zones will add what must have been passed before."""

    active: bool
    entries: str
    categories: Collection[int] = frozenset()  # empty: every category may pass
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Badge:
    """What the rules need to know of a presented badge whose signature is good."""

    issue: int
    current_issue: int
    category: int
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """What is known of this badge at this checkpoint before the scan."""

    entered: bool = False
    left: bool = False

    @property
    def inside(self) -> bool:
        return self.entered and not self.left


@dataclass(frozen=True, slots=True)
class Moment:
    """When a scan counts as made, and whether the device's own clock could be believed."""

    at: datetime
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    reason: Reason
    effect: Effect = Effect.NONE


ONLINE_TOLERANCE = timedelta(minutes=15)  # a queue of scans that waited for a signal is still "now"
FUTURE_TOLERANCE = timedelta(minutes=5)
OFFLINE_AGE = timedelta(days=14)  # a phone that stayed in a drawer; anything older is a reset clock


def moment(*, scanned_at: datetime, received_at: datetime, offline: bool) -> Moment:
    """The time that counts: the device's while it is plausible, else ours. Both are kept in the ledger."""
    age = received_at - scanned_at
    oldest = OFFLINE_AGE if offline else ONLINE_TOLERANCE
    if -FUTURE_TOLERANCE <= age <= oldest:
        return Moment(scanned_at)
    return Moment(received_at, trusted=False)


def refuse(reason: Reason) -> Verdict:
    return Verdict(Outcome.REFUSE, reason)


def decide(
    *,
    place: Place | None,
    badge: Badge | Reason,
    passage: Passage,
    direction: str,
    when: Moment,
    offline: bool = False,
) -> Verdict:
    """The verdict on one scan. `badge` is a Reason when the text was no good badge of this event.

    `offline` means that the device has already let the person through; a second entry is then a conflict for staff,
    because nobody stands at the door any more to be refused.
    """
    if isinstance(badge, Reason):
        return refuse(badge)
    if place is None or not place.active:
        return refuse(Reason.UNKNOWN_CHECKPOINT)
    if direction == Direction.OUT:
        return _leaving(place, passage, when)
    if (obstacle := _obstacle(place, badge, when.at)) is not None:
        return refuse(obstacle)
    if place.entries == Entries.UNLIMITED:
        return _admitted(Effect.NONE, when)
    if passage.inside or (passage.entered and place.entries == Entries.ONCE):
        return Verdict(Outcome.CONFLICT if offline else Outcome.REFUSE, Reason.DUPLICATE)
    return _admitted(Effect.ENTER, when)


def _leaving(place: Place, passage: Passage, when: Moment) -> Verdict:
    """Nobody is kept inside: a withdrawn badge or a closed checkpoint does not stop who wants to leave."""
    if place.entries == Entries.UNLIMITED:
        return _admitted(Effect.NONE, when)
    return _admitted(Effect.LEAVE, when) if passage.inside else refuse(Reason.NOT_INSIDE)


def _obstacle(place: Place, badge: Badge, at: datetime) -> Reason | None:
    """The first thing that stands in the way of entering, in the order in which staff can do something about it."""
    if badge.withdrawn:
        return Reason.WITHDRAWN
    if badge.issue < badge.current_issue:
        return Reason.SUPERSEDED
    if place.categories and badge.category not in place.categories:
        return Reason.NOT_ENTITLED
    if place.opens_at and at < place.opens_at:
        return Reason.NOT_OPEN
    if place.closes_at and at >= place.closes_at:
        return Reason.CLOSED
    return None


def _admitted(effect: Effect, when: Moment) -> Verdict:
    return Verdict(Outcome.ADMIT, Reason.OK if when.trusted else Reason.CLOCK, effect)


def after(effect: Effect, passage: Passage) -> Passage:
    """The passage once a verdict's effect has happened; the next scan of the same batch starts from it."""
    if effect == Effect.ENTER:
        return Passage(entered=True)
    if effect == Effect.LEAVE:
        return Passage(entered=True, left=True)
    return passage
