"""Which days an office works: the weekend of a country as CLDR has it, and the holidays staff have entered. Reads only."""

from __future__ import annotations

from datetime import date, timedelta

from babel import Locale, UnknownLocaleError

from plenary.events.models import Event
from registration.models import Holiday
from registration.rules.letters import SATURDAY_SUNDAY, WorkingDays


def weekend_of(country: str) -> frozenset[int]:
    """The days of a country's weekend, Monday being 0 (Unicode CLDR, week data); Saturday and Sunday where it is unknown."""
    try:
        week = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return SATURDAY_SUNDAY
    first, last = week.weekend_start, week.weekend_end
    return frozenset((first + number) % 7 for number in range((last - first) % 7 + 1))


def working_days_of(event: Event, day: date) -> WorkingDays:
    """The working days of the country an event is held in, from a day on; reads two years ahead, past any deadline."""
    country = str(event.venue.country) if event.venue else ""
    listed = Holiday.objects.of_event(event, country).filter(day__range=(day, day + timedelta(days=731)))
    # The event's own line goes last: it has the last word about its day.
    found = {holiday.day: holiday.is_worked for holiday in listed}
    return WorkingDays(
        weekend=weekend_of(country),
        free=frozenset(day for day, worked in found.items() if not worked),
        worked=frozenset(day for day, worked in found.items() if worked),
    )
