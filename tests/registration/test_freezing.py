"""Until when guests change what they answered, in the event's own time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from registration.rules import deadline, is_over

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2027, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        (None, None, None),
        (MOMENT, None, MOMENT),
        (None, 3, datetime(2027, 5, 10, 16, tzinfo=UTC)),  # midnight of the 11th in Shanghai
        (None, 0, datetime(2027, 5, 13, 16, tzinfo=UTC)),
        (MOMENT, 3, MOMENT),  # the earlier of the two
        (MOMENT, 30, datetime(2027, 4, 13, 16, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_a_moment_or_days_before_the_event(at, days, expected):
    assert deadline(at, days, date(2027, 5, 14), SHANGHAI) == expected


def test_a_deadline_is_over_at_its_own_moment():
    assert is_over(MOMENT, MOMENT)
    assert not is_over(MOMENT, MOMENT.replace(hour=11))
    assert not is_over(None, MOMENT)
