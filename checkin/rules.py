"""Whether a badge may pass here now, whose clock counts, which credential is meant. Pure: doors decide by the same cases
(`cases.json`), so nothing here may ask the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Direction(TextChoices):
    IN = "in", _("in")
    OUT = "out", _("out")


class Kind(TextChoices):
    """What a checkpoint guards; lists and boards group by it, the rules do not ask."""

    GATE = "gate", _("gate")
    ZONE = "zone", _("zone")
    SESSION = "session", _("session")
    MEAL = "meal", _("meal")
    MATERIALS = "materials", _("materials desk")
    PRESS = "press", _("press area")
    VIP = "vip", _("VIP entrance")


class Mode(TextChoices):
    """Whether a door waits for the server before it shows green."""

    STRICT = "strict", _("strict")
    FAST = "fast", _("fast")


class Entries(TextChoices):
    """How often one badge may enter at a checkpoint."""

    ONCE = "once", _("once")
    DAILY = "daily", _("once a day")
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
    TOO_SOON = "too_soon", _("again too soon")
    FULL = "full", _("full")
    ESCORT = "escort", _("only with an escort")
    NOT_OPEN = "not_open", _("checkpoint not open yet")
    CLOSED = "closed", _("checkpoint closed")
    UNKNOWN = "unknown", _("unknown badge")
    FORGED = "forged", _("forged badge")
    OTHER_EVENT = "other_event", _("badge of another event")
    MALFORMED = "malformed", _("not readable as a badge")
    UNKNOWN_CHECKPOINT = "unknown_checkpoint", _("unknown checkpoint")
    DEVICE_PLACE = "device_place", _("device not meant for this checkpoint")
    DEVICE_TIME = "device_time", _("device not valid at this time")
    UNSUPPORTED = "unsupported", _("not supported")


class Finding(TextChoices):
    """What staff found out about a conflict between doors."""

    SAME = "same", _("same person twice through, counted once")
    SHARED = "shared", _("badge shared, investigate")
    CLOCK = "clock", _("clock of a device")


class Effect(TextChoices):
    """What a verdict does to the list of who is through."""

    NONE = "none"
    ENTER = "enter"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Place:
    """What the rules need to know of a checkpoint; where it leads into a zone, how often and how many is the zone's."""

    active: bool
    entries: str
    categories: Collection[int] = frozenset()  # with `rights` empty too: every category may pass
    rights: int = 0  # named rights, a bit each; one of them is enough
    escorted: Collection[int] = frozenset()  # categories that pass only with somebody who may pass alone
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    capacity: int | None = None  # how many may be inside at a time
    pause: int = 0  # minutes before the same badge enters again: it was handed back through the fence
    time_zone: str = "UTC"  # where days are counted
    day_change: int = 0  # minutes after midnight at which a new day begins


@dataclass(frozen=True, slots=True)
class Badge:
    """What the rules need to know of a presented badge whose signature is good."""

    issue: int
    current_issue: int
    category: int | None  # None where a door without a list knows only what the badge says of itself
    withdrawn: bool = False
    rights: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """What is known of this badge at this checkpoint before the scan."""

    entered: datetime | None = None
    left: datetime | None = None

    @property
    def inside(self) -> bool:
        return self.entered is not None and self.left is None


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


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and how long a device may work."""

    checkpoints: Collection[int] = frozenset()  # empty: everywhere
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the device may work at a moment; its last one is outside."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )


UNDO_WITHIN = timedelta(minutes=3)  # the app offers it for two; a code takes a while to type
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


def outside(scope: Scope, checkpoint: int | None, at: datetime) -> Reason | None:
    """Why a device may not scan at a checkpoint (by id) at a moment. What it scanned in time may arrive late."""
    if not scope.covers(at):
        return Reason.DEVICE_TIME
    if scope.checkpoints and checkpoint is not None and checkpoint not in scope.checkpoints:
        return Reason.DEVICE_PLACE
    return None


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
    escort: Badge | Reason | None = None,
    inside: int = 0,
) -> Verdict:
    """The verdict on one scan. `badge` is a Reason when the text was no good badge of this event.

    `offline` means that the device has already let the person through; a second entry, or one too many, is then a
    conflict for staff, because nobody stands at the door any more to be refused. `escort` is the badge of who comes
    along, `inside` how many are in before this one.
    """
    if isinstance(badge, Reason):
        return refuse(badge)
    if place is None or not place.active:
        return refuse(Reason.UNKNOWN_CHECKPOINT)
    if direction == Direction.OUT:
        return _leaving(place, passage, when)
    if (obstacle := _obstacle(place, badge, when.at)) is not None:
        return refuse(obstacle)
    if badge.category in place.escorted and not _may_escort(place, escort, when.at):
        return refuse(Reason.ESCORT)
    if (objection := _objection(place, passage, when.at, inside)) is not None:
        return Verdict(Outcome.CONFLICT if offline else Outcome.REFUSE, objection)
    return _admitted(_effect(place, passage, when.at), when)


def _leaving(place: Place, passage: Passage, when: Moment) -> Verdict:
    """Nobody is kept inside: a withdrawn badge or a closed checkpoint does not stop who wants to leave."""
    if not _counts(place):
        return _admitted(Effect.NONE, when)
    return _admitted(Effect.LEAVE, when) if passage.inside else refuse(Reason.NOT_INSIDE)


def _obstacle(place: Place, badge: Badge, at: datetime) -> Reason | None:
    """The first thing that stands in the way of entering, in the order in which staff can do something about it."""
    if badge.withdrawn:
        return Reason.WITHDRAWN
    if badge.issue < badge.current_issue:
        return Reason.SUPERSEDED
    if (place.categories or place.rights) and not (badge.category in place.categories or badge.rights & place.rights):
        return Reason.NOT_ENTITLED
    if place.opens_at and at < place.opens_at:
        return Reason.NOT_OPEN
    if place.closes_at and at >= place.closes_at:
        return Reason.CLOSED
    return None


def _may_escort(place: Place, escort: Badge | Reason | None, at: datetime) -> bool:
    """Whether who comes along could pass here alone; whether that badge is inside already does not matter."""
    if escort is None or isinstance(escort, Reason) or escort.category in place.escorted:
        return False
    return _obstacle(place, escort, at) is None


def _objection(place: Place, passage: Passage, at: datetime, inside: int) -> Reason | None:
    """What those who came before say against one more entry: the same badge, or the room's size."""
    if _used(place, passage, at):
        return Reason.DUPLICATE
    last = passage.left or passage.entered
    if place.pause and last is not None and abs(at - last) < timedelta(minutes=place.pause):
        return Reason.TOO_SOON  # on either side of it: what a door tells late may have been the earlier one
    if place.capacity is not None and place.entries != Entries.UNLIMITED and inside >= place.capacity:
        return Reason.FULL
    return None


def _used(place: Place, passage: Passage, at: datetime) -> bool:
    if passage.entered is None or place.entries == Entries.UNLIMITED:
        return False
    if place.entries == Entries.DAILY:
        return _day(place, passage.entered) == _day(place, at)
    return place.entries == Entries.ONCE or passage.inside


def _day(place: Place, at: datetime) -> date:
    return (at - timedelta(minutes=place.day_change)).astimezone(ZoneInfo(place.time_zone)).date()


def day_start(place: Place, at: datetime) -> datetime:
    """When the day of a moment began at a place, in its zone."""
    midnight = datetime.combine(_day(place, at), time.min, ZoneInfo(place.time_zone))
    return midnight + timedelta(minutes=place.day_change)


def _counts(place: Place) -> bool:
    """Whether it is written down who is through. Without limit and without a pause nobody asks."""
    return place.entries != Entries.UNLIMITED or place.pause > 0


def _effect(place: Place, passage: Passage, at: datetime) -> Effect:
    """Where entries are counted one by one, one told late, from before the one that is known, moves nobody back in time.
    Where people come and go, an entry after the last leaving lets in, whatever two clocks say."""
    late = place.entries != Entries.IN_OUT and passage.entered is not None and at < passage.entered
    return Effect.ENTER if _counts(place) and not late else Effect.NONE


def _admitted(effect: Effect, when: Moment) -> Verdict:
    return Verdict(Outcome.ADMIT, Reason.OK if when.trusted else Reason.CLOCK, effect)


def after(effect: Effect, passage: Passage, at: datetime) -> Passage:
    """The passage once a verdict's effect has happened; the next scan of the same batch starts from it."""
    if effect == Effect.ENTER:
        return Passage(entered=at)
    if effect == Effect.LEAVE:
        return Passage(entered=passage.entered, left=at)
    return passage


def replay(place: Place, steps: Iterable[tuple[str, datetime]]) -> tuple[Passage, int | None]:
    """The passage that admitted scans, as (direction, moment) in the ledger's order, lead to, and which of them (by
    position) is the entry that counts."""
    passage, entry = Passage(), None
    for position, (direction, at) in enumerate(steps):
        if direction == Direction.OUT:
            effect = Effect.LEAVE if _counts(place) and passage.inside else Effect.NONE
        else:
            effect = _effect(place, passage, at)
        passage = after(effect, passage, at)
        entry = position if effect == Effect.ENTER else entry
    return passage, entry
