"""Until when guests change what they answered: a moment, or days before the event in the event's own time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def deadline(at: datetime | None, days_before: int | None, starts_on: date, zone: ZoneInfo) -> datetime | None:
    """The earlier of a moment and the midnight that many days before the first day; None where neither is set.

    With 3 days before an event that starts on the 14th, the 11th is the first day on which it is over.
    """
    found = [at] if at else []
    if days_before is not None:
        found.append(datetime.combine(starts_on - timedelta(days=days_before), time.min, zone))
    return min(found) if found else None


def is_over(moment: datetime | None, now: datetime) -> bool:
    """Whether a deadline has passed."""
    return moment is not None and now >= moment
