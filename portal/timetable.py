"""What the agenda page draws: the days of `rules.plan_days` joined with the sessions and pages they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from plenary.events.models import Event, Room
from portal.querysets import Item
from portal.rules import MOST_LANES, STEPS_AN_HOUR, Block, DayPlan, Slot, day_of, plan_days

NARROW_LANES = 6  # so many columns fit a laptop; with more the timetable scrolls in a frame of its own


@dataclass(frozen=True)
class RoomHead:
    room: Room | None
    classes: str


@dataclass(frozen=True)
class HourMark:
    at: datetime
    classes: str


@dataclass(frozen=True)
class DayView:
    """One day as the template draws it."""

    plan: DayPlan
    classes: str
    wide: bool
    columns: list[RoomHead]
    hours: list[HourMark]
    slots: list[tuple[Item, str]]


@dataclass(frozen=True)
class DaySummary:
    """One day in short: how many sessions, from when to when."""

    day: date
    count: int
    first: datetime
    last: datetime


def timetable(event: Event, items: Sequence[Item], rooms: Sequence[Room]) -> list[DayView]:
    """The days of a programme with what is drawn in each."""
    by_key = {item.session.pk: item for item in items}
    slots = [Slot(s.pk, s.starts_at, s.ends_at, s.room_id) for s in (item.session for item in items)]
    plans = plan_days(slots, [room.pk for room in rooms], event.zone, event.day_change)
    return [_view(plan, by_key, {room.pk: room for room in rooms}) for plan in plans]


def _view(plan: DayPlan, items: dict[int, Item], rooms: dict[int, Room]) -> DayView:
    wide = plan.lanes > NARROW_LANES
    classes = f"timetable lanes{plan.lanes}" if plan.lanes <= MOST_LANES else "day__list"
    return DayView(
        plan=plan,
        classes=f"{classes} timetable--wide" if wide and plan.lanes <= MOST_LANES else classes,
        wide=wide,
        columns=[RoomHead(rooms.get(column.room or 0), f"c{column.first} w{column.lanes}") for column in plan.columns],
        hours=[HourMark(at, f"h{number}") for number, at in enumerate(plan.hours)],
        slots=[(items[block.key], _place(block)) for block in plan.blocks],
    )


def _place(block: Block) -> str:
    """Classes of css/agenda.css: hours and steps to its beginning, hours and steps it lasts, its column."""
    hour, step = divmod(block.start, STEPS_AN_HOUR)
    hours, steps = divmod(block.span, STEPS_AN_HOUR)
    column = "slot--whole" if block.whole else f"c{block.lane}"
    return f"h{hour} m{step} d{hours} p{steps} {column}"


def summary(event: Event, times: Iterable[tuple[datetime, timedelta]]) -> list[DaySummary]:
    """The days of a programme in short, for the event's front page, from when each session starts and how long it lasts."""
    by_day: dict[date, list[tuple[datetime, datetime]]] = {}
    for starts_at, duration in times:
        by_day.setdefault(day_of(starts_at, event.zone, event.day_change), []).append((starts_at, starts_at + duration))
    return [
        DaySummary(day, len(spans), min(first for first, _last in spans), max(last for _first, last in spans))
        for day, spans in sorted(by_day.items())
    ]
