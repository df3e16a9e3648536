"""When the time of a datum is over."""

from collections.abc import Mapping
from datetime import date, timedelta

from plenary.core.privacy import Retention

# What the rules mean where an institution has entered nothing of its own (models.RetentionRule).
DAYS: Mapping[str, int] = {
    Retention.DECIDED: 30,
    Retention.EVENT: 0,
    Retention.DEPARTURE: 30,  # departure is registered within 30 days of the event (domain practice)
    Retention.DAYS_30: 30,
    Retention.DAYS_90: 90,
    Retention.YEAR_1: 365,
    Retention.YEARS_5: 1_826,
    Retention.YEARS_10: 3_652,
    Retention.YEARS_30: 10_957,
}
ANSWER_WITHIN = timedelta(days=30)  # a person who asks to be forgotten is answered


def ends_on(retention: str, event_ends_on: date, days: Mapping[str, int]) -> date | None:
    """The first day on which a datum must be gone; None where no day ends its time."""
    if retention not in DAYS:
        return None
    return event_ends_on + timedelta(days=days.get(retention, DAYS[retention]) + 1)


def is_over(retention: str, event_ends_on: date, days: Mapping[str, int], today: date) -> bool:
    """Whether the time of a datum is over."""
    ends = ends_on(retention, event_ends_on, days)
    return ends is not None and today >= ends
