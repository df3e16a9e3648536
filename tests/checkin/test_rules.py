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
    decide,
    moment,
)

CASES = json.loads((Path(checkin.__file__).parent / "cases.json").read_text(encoding="utf-8"))
NOW = datetime(2030, 5, 14, 9, 0, tzinfo=UTC)


def time_of(text):
    return datetime.fromisoformat(text) if text else None


@pytest.mark.parametrize("case", CASES["verdicts"], ids=[case["fact"] for case in CASES["verdicts"]])
def test_the_verdict_of(case):
    place, badge, passage = case["place"], case["badge"], case["passage"]
    verdict = decide(
        place=place
        and Place(
            active=place["active"],
            entries=place["entries"],
            categories=frozenset(place["categories"]),
            opens_at=time_of(place["opens_at"]),
            closes_at=time_of(place["closes_at"]),
        ),
        badge=Reason(badge) if isinstance(badge, str) else Badge(**badge),
        passage=Passage(**passage),
        direction=case["direction"],
        when=Moment(time_of(case["at"]), trusted=case["trusted"]),
        offline=case["offline"],
    )
    assert [verdict.outcome, verdict.reason, verdict.effect] == case["verdict"]


@pytest.mark.parametrize("case", CASES["moments"], ids=[case["fact"] for case in CASES["moments"]])
def test_the_time_that_counts_when(case):
    found = moment(
        scanned_at=time_of(case["scanned_at"]), received_at=time_of(case["received_at"]), offline=case["offline"]
    )
    assert found == Moment(time_of(case["at"]), trusted=case["trusted"])


places = st.builds(
    Place,
    active=st.booleans(),
    entries=st.sampled_from(Entries.values),
    categories=st.frozensets(st.integers(1, 3)),
    opens_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    closes_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
badges = st.builds(
    Badge, issue=st.integers(1, 3), current_issue=st.integers(1, 3), category=st.integers(1, 3), withdrawn=st.booleans()
)
passages = st.builds(Passage, entered=st.booleans(), left=st.booleans())


@given(places, badges, passages, st.sampled_from(Direction.values), st.booleans())
def test_nothing_changes_who_is_inside_but_an_admission(place, badge, passage, direction, offline):
    verdict = decide(place=place, badge=badge, passage=passage, direction=direction, when=Moment(NOW), offline=offline)
    if verdict.outcome != Outcome.ADMIT:
        assert verdict.effect == Effect.NONE
    assert (verdict.outcome == Outcome.ADMIT) == (verdict.reason in {Reason.OK, Reason.CLOCK})


@given(places, badges, passages, st.booleans())
def test_withdrawn_and_superseded_badges_never_enter(place, badge, passage, offline):
    verdict = decide(place=place, badge=badge, passage=passage, direction="in", when=Moment(NOW), offline=offline)
    if badge.withdrawn or badge.issue < badge.current_issue:
        assert verdict.outcome == Outcome.REFUSE


@given(places, badges, st.lists(st.sampled_from(Direction.values), max_size=12))
def test_a_badge_for_one_entry_enters_at_most_once_whatever_the_order(place, badge, directions):
    passage, entries = Passage(), 0
    for direction in directions:
        verdict = decide(place=place, badge=badge, passage=passage, direction=direction, when=Moment(NOW))
        entries += verdict.effect == Effect.ENTER
        passage = after(verdict.effect, passage)
    if place.entries == Entries.ONCE:
        assert entries <= 1


def test_an_online_scan_that_waited_a_few_minutes_keeps_its_own_time():
    assert moment(scanned_at=NOW - timedelta(minutes=10), received_at=NOW, offline=False).trusted
