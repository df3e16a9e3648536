"""The timetable as a pure function: which day a session belongs to, which column and rows it takes. No database, no language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

STEP = timedelta(minutes=5)
STEPS_AN_HOUR = 12
LONGEST_DAY = 30 * STEPS_AN_HOUR  # the stylesheet has that many hours; what lasts longer is cut at the day's end
MOST_LANES = 40


@dataclass(frozen=True)
class Slot:
    """One session as the timetable sees it. `room` None: everywhere, like a break or a reception."""

    key: int
    starts_at: datetime
    ends_at: datetime
    room: int | None


@dataclass(frozen=True)
class Block:
    """Where a slot lies: rows are steps of five minutes from the day's opening, lanes are columns. `whole`: all columns."""

    key: int
    start: int
    span: int
    lane: int
    whole: bool = False

    @property
    def end(self) -> int:
        return self.start + self.span


@dataclass(frozen=True)
class Column:
    """One room's part of the grid; `lanes` is more than one where its sessions overlap."""

    room: int | None
    first: int
    lanes: int


@dataclass(frozen=True)
class DayPlan:
    day: date
    opens: datetime
    steps: int
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]  # in order of time

    @property
    def lanes(self) -> int:
        return max(sum(column.lanes for column in self.columns), 1)

    @property
    def hours(self) -> list[datetime]:
        """The hours of the time axis, from the day's opening, in UTC."""
        return [self.opens + timedelta(hours=hour) for hour in range(-(-self.steps // STEPS_AN_HOUR))]


def day_of(moment: datetime, zone: ZoneInfo, day_change: timedelta) -> date:
    """The day of the programme a moment belongs to: before `day_change` in the morning it is still the evening before."""
    return (moment.astimezone(zone).replace(tzinfo=None) - day_change).date()


def lanes_for(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A lane for each (start, end), given in order of start, so that no two of one lane overlap; as few lanes as possible."""
    free_from: list[int] = []
    chosen = []
    for start, end in spans:
        lane = next((number for number, free in enumerate(free_from) if free <= start), len(free_from))
        if lane == len(free_from):
            free_from.append(end)
        else:
            free_from[lane] = end
        chosen.append(lane)
    return chosen


def plan_days(slots: Iterable[Slot], rooms: Sequence[int], zone: ZoneInfo, day_change: timedelta) -> list[DayPlan]:
    """The programme day by day; `rooms` gives the order of the columns."""
    by_day: dict[date, list[Slot]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.key)):
        by_day.setdefault(day_of(slot.starts_at, zone, day_change), []).append(slot)
    return [_plan_day(day, by_day[day], rooms, zone) for day in sorted(by_day)]


def _plan_day(day: date, slots: list[Slot], rooms: Sequence[int], zone: ZoneInfo) -> DayPlan:
    # In UTC from here on: adding to a local time would skip or repeat an hour in the night the clocks change.
    opens = slots[0].starts_at.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    spans = {slot.key: _rows(slot, opens) for slot in slots}
    whole = {slot.key for slot in slots if slot.room is None and not _meets_others(slot.key, spans)}
    order: list[int | None] = [*rooms, None]
    columns: list[Column] = []
    lane_of: dict[int, int] = {}
    for room in order:
        here = [slot for slot in slots if slot.room == room and slot.key not in whole]
        if here:
            lanes = lanes_for([spans[slot.key] for slot in here])
            first = sum(column.lanes for column in columns)
            columns.append(Column(room, first, max(lanes) + 1))
            lane_of |= {slot.key: first + lane for slot, lane in zip(here, lanes, strict=True)}
    blocks = tuple(
        Block(
            slot.key,
            spans[slot.key][0],
            spans[slot.key][1] - spans[slot.key][0],
            lane_of.get(slot.key, 0),
            slot.key in whole,
        )
        for slot in slots
    )
    return DayPlan(day, opens, max(block.end for block in blocks), tuple(columns), blocks)


def _rows(slot: Slot, opens: datetime) -> tuple[int, int]:
    """First row and the row after the last. Both ends are rounded down alike, so what follows without a gap still does."""
    start = min((slot.starts_at - opens) // STEP, LONGEST_DAY - 1)
    end = min((slot.ends_at - opens) // STEP, LONGEST_DAY)
    return start, max(end, start + 1)


def _meets_others(key: int, spans: dict[int, tuple[int, int]]) -> bool:
    start, end = spans[key]
    return any(other != key and s < end and start < e for other, (s, e) in spans.items())


@dataclass(frozen=True)
class SignUp:
    """What the event's page says of registration. `state` is one of registration's openings, or "" where nothing is offered."""

    state: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def sign_up(offers: Sequence[tuple[str, datetime | None, datetime | None]]) -> SignUp:
    """All categories as one: (opening, opens, closes) of each. Open while one is open, until the last of those closes."""
    by_state: dict[str, list[tuple[datetime | None, datetime | None]]] = {}
    for state, opens_at, closes_at in offers:
        by_state.setdefault(state, []).append((opens_at, closes_at))
    if "open" in by_state:
        ends = [closes_at for _opens, closes_at in by_state["open"]]
        return SignUp("open", closes_at=None if None in ends else max(end for end in ends if end))
    if "not_yet" in by_state:
        return SignUp("not_yet", opens_at=min(opens for opens, _closes in by_state["not_yet"] if opens))
    return SignUp(next((state for state in ("full", "over", "event_closed") if state in by_state), ""))
