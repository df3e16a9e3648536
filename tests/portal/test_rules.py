"""The timetable's rules: days, lanes and places, for any programme."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import LONGEST_DAY, STEP, STEPS_AN_HOUR, SignUp, Slot, day_of, lanes_for, plan_days, sign_up

ROOMS = (11, 12, 13)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = timedelta(hours=6)

slots = st.lists(
    st.builds(
        lambda minute, length, room: (minute, length, room),
        st.integers(0, 4 * 24 * 60),
        st.integers(1, 16 * 60),
        st.sampled_from([*ROOMS, None]),
    ),
    min_size=1,
    max_size=40,
).map(
    lambda rows: [
        Slot(
            key,
            start := datetime(2030, 3, 29, 9, tzinfo=UTC) + timedelta(minutes=minute),
            start + timedelta(minutes=length),
            room,
        )
        for key, (minute, length, room) in enumerate(rows)
    ]
)
zones = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")])
changes = st.sampled_from([timedelta(0), timedelta(hours=4), timedelta(hours=6)])


@pytest.mark.parametrize(
    ("local", "day_change", "day"),
    [
        ("2030-05-14T23:30", timedelta(0), date(2030, 5, 14)),
        ("2030-05-15T00:30", timedelta(0), date(2030, 5, 15)),
        ("2030-05-15T00:30", NIGHT, date(2030, 5, 14)),
        ("2030-05-15T05:59", NIGHT, date(2030, 5, 14)),
        ("2030-05-15T06:00", NIGHT, date(2030, 5, 15)),
    ],
)
def test_a_session_after_midnight_belongs_to_the_evening_before_until_the_day_changes(
    local: str, day_change: timedelta, day: date
) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=BERLIN)

    assert day_of(moment.astimezone(UTC), BERLIN, day_change) == day


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda row: (row[0], row[0] + row[1]))))
def test_no_two_of_one_lane_overlap_and_no_lane_is_wasted(spans: list[tuple[int, int]]) -> None:
    spans.sort()
    lanes = lanes_for(spans)

    for (start, end), lane in zip(spans, lanes, strict=True):
        others = [span for span, other in zip(spans, lanes, strict=True) if other == lane]
        assert sum(1 for s, e in others if s < end and start < e) == 1
    busiest = max((sum(1 for s, e in spans if s <= start < e) for start, _end in spans), default=0)
    assert len(set(lanes)) == busiest


@given(slots, zones, changes)
def test_every_session_is_drawn_once_on_its_own_day_at_its_own_time(
    programme: list[Slot], zone: ZoneInfo, day_change: timedelta
) -> None:
    days = plan_days(programme, ROOMS, zone, day_change)

    assert [day.day for day in days] == sorted({day.day for day in days})
    assert sorted(block.key for day in days for block in day.blocks) == [slot.key for slot in programme]
    by_key = {slot.key: slot for slot in programme}
    for day in days:
        for block in day.blocks:
            slot = by_key[block.key]
            assert day_of(slot.starts_at, zone, day_change) == day.day
            assert timedelta(0) <= slot.starts_at - (day.opens + block.start * STEP) < STEP
            assert block.span >= 1
            assert block.end <= LONGEST_DAY
            if slot.ends_at < day.opens + LONGEST_DAY * STEP:
                assert block.end == max((slot.ends_at - day.opens) // STEP, block.start + 1)


@given(slots, zones, changes)
def test_no_two_sessions_cover_each_other_and_each_stands_in_its_rooms_column(
    programme: list[Slot], zone: ZoneInfo, day_change: timedelta
) -> None:
    by_key = {slot.key: slot for slot in programme}
    for day in plan_days(programme, ROOMS, zone, day_change):
        columns = {column.room: range(column.first, column.first + column.lanes) for column in day.columns}
        taken: set[tuple[int, int]] = set()
        for block in day.blocks:
            lanes = range(day.lanes) if block.whole else [block.lane]
            assert block.whole or block.lane in columns[by_key[block.key].room]
            cells = {(lane, row) for lane in lanes for row in range(block.start, block.end)}
            assert not cells & taken
            taken |= cells


def test_the_time_axis_starts_at_the_full_hour_and_reaches_the_last_minute() -> None:
    start = datetime(2030, 5, 14, 9, 40, tzinfo=BERLIN)
    (day,) = plan_days([Slot(1, start, start + timedelta(minutes=90), 11)], ROOMS, BERLIN, timedelta(0))

    assert day.opens == datetime(2030, 5, 14, 9, 0, tzinfo=BERLIN)
    assert [hour.astimezone(BERLIN).hour for hour in day.hours] == [9, 10, 11]
    assert (day.blocks[0].start, day.blocks[0].span) == (8, 18)


def test_a_break_without_a_room_takes_the_whole_width_unless_something_runs_beside_it() -> None:
    noon = datetime(2030, 5, 14, 12, 0, tzinfo=UTC)
    hour = timedelta(hours=1)
    lunch, talk = Slot(1, noon, noon + hour, None), Slot(2, noon + hour, noon + 2 * hour, 11)
    beside = Slot(3, noon, noon + hour, 12)

    alone = plan_days([lunch, talk], ROOMS, ZoneInfo("UTC"), timedelta(0))[0]
    crowded = plan_days([lunch, talk, beside], ROOMS, ZoneInfo("UTC"), timedelta(0))[0]

    assert alone.blocks[0].whole
    assert not next(block for block in crowded.blocks if block.key == 1).whole
    assert [column.room for column in crowded.columns] == [11, 12, None]


def test_the_night_the_clocks_change_keeps_its_length() -> None:
    start = datetime(2030, 3, 31, 1, 0, tzinfo=BERLIN)  # 02:00 becomes 03:00
    (day,) = plan_days([Slot(1, start, start.astimezone(UTC) + timedelta(hours=2), 11)], ROOMS, BERLIN, timedelta(0))

    assert day.blocks[0].span == 2 * STEPS_AN_HOUR
    assert [hour.astimezone(BERLIN).hour for hour in day.hours] == [1, 3]


EARLY, LATE = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("offers", "state"),
    [
        ([], SignUp("")),
        ([("open", None, EARLY), ("open", None, LATE), ("full", None, None)], SignUp("open", closes_at=LATE)),
        ([("open", None, EARLY), ("open", None, None)], SignUp("open")),
        ([("over", None, EARLY), ("not_yet", LATE, None), ("not_yet", EARLY, None)], SignUp("not_yet", opens_at=EARLY)),
        ([("over", None, EARLY), ("full", None, None)], SignUp("full")),
        ([("over", None, EARLY)], SignUp("over")),
        ([("event_closed", None, None)], SignUp("event_closed")),
    ],
)
def test_registration_is_open_while_one_category_is(offers: list, state: SignUp) -> None:
    assert sign_up(offers) == state
