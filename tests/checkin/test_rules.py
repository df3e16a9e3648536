"""The verdict, by the table of cases that browsers read too, and by what must hold for every case."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import checkin
from checkin.rules import (
    Badge,
    Direction,
    Effect,
    Entries,
    Moment,
    Outcome,
    Passage,
    Place,
    Reason,
    after,
    day_start,
    decide,
    moment,
)

CASES = json.loads((Path(checkin.__file__).parent / "cases.json").read_text(encoding="utf-8"))
NOW = datetime(2030, 5, 14, 9, 0, tzinfo=UTC)


def time_of(text):
    return datetime.fromisoformat(text) if text else None


def badge_of(facts):
    return Reason(facts) if isinstance(facts, str) else facts and Badge(**facts)


@pytest.mark.parametrize("case", CASES["verdicts"], ids=[case["fact"] for case in CASES["verdicts"]])
def test_the_verdict_of(case):
    place = case["place"] and case["place"] | {
        "categories": frozenset(case["place"]["categories"]),
        "escorted": frozenset(case["place"]["escorted"]),
        "opens_at": time_of(case["place"]["opens_at"]),
        "closes_at": time_of(case["place"]["closes_at"]),
    }
    verdict = decide(
        place=place and Place(**place),
        badge=badge_of(case["badge"]),
        passage=Passage(**{name: time_of(at) for name, at in case["passage"].items()}),
        direction=case["direction"],
        when=Moment(time_of(case["at"]), trusted=case["trusted"]),
        offline=case["offline"],
        escort=badge_of(case["escort"]),
        inside=case["inside"],
    )
    assert [verdict.outcome, verdict.reason, verdict.effect] == case["verdict"]


def test_every_reason_a_rule_gives_has_a_case():
    told = {case["verdict"][1] for case in CASES["verdicts"]}
    # A door's own word for a badge newer than itself, and what is asked of the device before any rule.
    assert set(Reason.values) - told == {"unsupported", "device_place", "device_time"}


@pytest.mark.parametrize("case", CASES["moments"], ids=[case["fact"] for case in CASES["moments"]])
def test_the_time_that_counts_when(case):
    found = moment(
        scanned_at=time_of(case["scanned_at"]), received_at=time_of(case["received_at"]), offline=case["offline"]
    )
    assert found == Moment(time_of(case["at"]), trusted=case["trusted"])


times = st.integers(0, 30 * 24 * 60).map(lambda minutes: datetime(2030, 5, 1, tzinfo=UTC) + timedelta(minutes=minutes))
places = st.builds(
    Place,
    active=st.booleans(),
    entries=st.sampled_from(Entries.values),
    categories=st.frozensets(st.integers(1, 3)),
    rights=st.integers(0, 7),
    escorted=st.frozensets(st.integers(1, 3), max_size=1),
    opens_at=st.none() | times,
    closes_at=st.none() | times,
    capacity=st.none() | st.integers(0, 3),
    pause=st.integers(0, 60),
    time_zone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
    day_change=st.sampled_from([0, 240]),
)
badges = st.builds(
    Badge,
    issue=st.integers(1, 3),
    current_issue=st.integers(1, 3),
    category=st.none() | st.integers(1, 3),
    withdrawn=st.booleans(),
    rights=st.integers(0, 7),
)
passages = st.builds(Passage, entered=st.none() | times, left=st.none() | times)
escorts = st.none() | badges | st.sampled_from([Reason.FORGED, Reason.UNKNOWN])


@given(places, badges, passages, st.sampled_from(Direction.values), times, st.booleans(), escorts, st.integers(0, 4))
def test_nothing_changes_who_is_inside_but_an_admission(place, badge, passage, direction, at, offline, escort, inside):
    verdict = decide(
        place=place, badge=badge, passage=passage, direction=direction, when=Moment(at), offline=offline,
        escort=escort, inside=inside,
    )  # fmt: skip
    if verdict.outcome != Outcome.ADMIT:
        assert verdict.effect == Effect.NONE
    assert (verdict.outcome == Outcome.ADMIT) == (verdict.reason in {Reason.OK, Reason.CLOCK})
    if verdict.outcome == Outcome.CONFLICT:
        assert offline


@given(places, badges, passages, st.booleans(), escorts)
def test_withdrawn_and_superseded_badges_never_enter(place, badge, passage, offline, escort):
    verdict = decide(
        place=place, badge=badge, passage=passage, direction="in", when=Moment(NOW), offline=offline, escort=escort
    )
    if badge.withdrawn or badge.issue < badge.current_issue:
        assert verdict.outcome == Outcome.REFUSE


@given(places, badges, st.lists(st.tuples(st.sampled_from(Direction.values), times), max_size=12))
def test_a_badge_enters_as_often_as_its_checkpoint_says_whatever_the_order(place, badge, scans):
    passage, entries, days = Passage(), 0, []
    for direction, at in scans:
        verdict = decide(place=place, badge=badge, passage=passage, direction=direction, when=Moment(at))
        if verdict.effect == Effect.ENTER:
            entries += 1
            days.append(day_start(place, at))
        passage = after(verdict.effect, passage, at)
    if place.entries == Entries.ONCE:
        assert entries <= 1
    if place.entries == Entries.DAILY:
        assert len(days) == len(set(days))
        assert days == sorted(days)


@given(places, st.lists(st.tuples(st.integers(0, 4), st.sampled_from(Direction.values)), max_size=20))
def test_a_room_never_holds_more_than_its_capacity(place, scans):
    if place.entries not in (Entries.ONCE, Entries.IN_OUT) or place.capacity is None:
        return
    passages = dict.fromkeys(range(5), Passage())
    badge = Badge(1, 1, category=None, rights=7)
    for position, (guest, direction) in enumerate(scans):
        at = NOW + timedelta(hours=2 * position)
        inside = sum(one.inside for one in passages.values())
        verdict = decide(
            place=place, badge=badge, passage=passages[guest], direction=direction, when=Moment(at), inside=inside
        )
        passages[guest] = after(verdict.effect, passages[guest], at)
        assert sum(one.inside for one in passages.values()) <= place.capacity


def test_an_online_scan_that_waited_a_few_minutes_keeps_its_own_time():
    assert moment(scanned_at=NOW - timedelta(minutes=10), received_at=NOW, offline=False).trusted
