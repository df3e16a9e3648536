"""Who attended, who did not, who is excused; and for how long somebody was there, as the scans tell it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from checkin.rules import Direction

LATE = timedelta(days=7)  # before the event: who withdraws later was expected, and has said so


class Attendance(TextChoices):
    """What became of somebody who was expected."""

    ATTENDED = "attended", _("attended")
    ABSENT = "absent", _("absent")
    EXCUSED = "excused", _("excused")


@dataclass(frozen=True, slots=True)
class Passage:
    """One scan that let somebody in, or saw them leave, at a checkpoint or the zone it leads into."""

    area: int
    direction: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """The days on which somebody came, in the event's own time, and for how long; None where leaving is not scanned."""

    days: tuple[date, ...]
    time: timedelta | None


def presence(passages: Iterable[Passage], *, zone: ZoneInfo, day_change: timedelta) -> Presence:
    """Days and time from scans.

    Time counts from an entry to the next exit of the same area on the same day; where areas lie inside each other it
    counts once. Unless every day has such a pair nothing is said of hours: a certificate guesses none.
    """
    opened: dict[int, tuple[date, datetime]] = {}
    days: set[date] = set()
    spans: list[tuple[datetime, datetime]] = []
    timed: set[date] = set()
    for passage in sorted(passages, key=lambda one: one.at):
        day = (passage.at.astimezone(zone) - day_change).date()
        if passage.direction == Direction.IN:
            days.add(day)
            opened.setdefault(passage.area, (day, passage.at))
            if opened[passage.area][0] != day:  # nobody saw them leave the day before
                opened[passage.area] = (day, passage.at)
        elif (begun := opened.pop(passage.area, None)) and begun[0] == day:
            spans.append((begun[1], passage.at))
            timed.add(day)
    return Presence(tuple(sorted(days)), _union(spans) if days and timed >= days else None)


def _union(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """How long at least one of some spans lasted."""
    total, reached = timedelta(), None
    for start, end in sorted(spans):
        start = start if reached is None else max(start, reached)
        if end > start:
            total += end - start
            reached = end
    return total
