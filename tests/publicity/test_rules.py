"""What an embargo allows, case by case."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publicity.rules import Use, may_read, may_take, under_embargo

NOW = datetime(2030, 5, 14, 9, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(("until", "held"), [(None, False), (EARLIER, False), (NOW, False), (LATER, True)])
def test_an_embargo_holds_until_its_minute_and_not_in_it(until: datetime | None, held: bool) -> None:
    assert under_embargo(until, NOW) is held


@pytest.mark.parametrize(
    ("until", "accredited", "staff", "readable"),
    [
        (None, False, False, True),
        (EARLIER, False, False, True),
        (LATER, False, False, False),
        (LATER, True, False, True),
        (LATER, False, True, True),
    ],
)
def test_before_the_end_only_the_accredited_and_staff_read(
    until: datetime | None, accredited: bool, staff: bool, readable: bool
) -> None:
    assert may_read(embargo_until=until, now=NOW, accredited=accredited, staff=staff) is readable


LIVE_FREE, LIVE_HELD = Use(True, None), Use(True, LATER)
DRAFT_FREE, DRAFT_HELD = Use(False, None), Use(False, LATER)


@pytest.mark.parametrize(
    ("uses", "public", "journalist"),
    [
        ([], True, True),
        ([LIVE_FREE], True, True),
        ([LIVE_HELD], False, True),
        ([LIVE_FREE, LIVE_HELD], False, True),
        ([LIVE_FREE, DRAFT_HELD], False, True),  # told already, but the next release asks to hold it
        ([LIVE_FREE, DRAFT_FREE], True, True),  # the French page is not published yet, the English one is
        ([DRAFT_FREE], False, False),
        ([DRAFT_HELD], False, False),
    ],
)
def test_the_strictest_release_decides_over_a_file(uses: list[Use], public: bool, journalist: bool) -> None:
    assert may_take(uses, now=NOW, accredited=False) is public
    assert may_take(uses, now=NOW, accredited=True) is journalist
    assert may_take(uses, now=NOW, accredited=False, staff=True)


def test_a_file_of_the_press_kit_is_free_unless_a_release_holds_it() -> None:
    assert may_take([DRAFT_FREE], now=NOW, accredited=False, elsewhere=True)
    assert not may_take([DRAFT_HELD], now=NOW, accredited=False, elsewhere=True)
    assert not may_take([LIVE_HELD], now=NOW, accredited=False, elsewhere=True)


moments = st.one_of(st.none(), st.sampled_from([EARLIER, NOW, LATER]))


@given(st.lists(st.builds(Use, st.booleans(), moments)), st.booleans())
def test_who_is_accredited_never_gets_less_than_the_public(uses: list[Use], elsewhere: bool) -> None:
    public = may_take(uses, now=NOW, accredited=False, elsewhere=elsewhere)
    assert may_take(uses, now=NOW, accredited=True, elsewhere=elsewhere) or not public
