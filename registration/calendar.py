"""The event as a calendar file for one guest: one entry a day, from the first session to the end of the last."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation
from icalendar import Calendar
from icalendar import Event as Entry

from plenary.events.models import Session
from registration.models import Registration
from registration.wording import event_place


def calendar_file(registration: Registration) -> bytes:
    """iCalendar (RFC 5545) with the zone's definition; entries keep their UID, so a later file changes and never doubles."""
    event = registration.event
    with translation.override(registration.language):
        calendar = Calendar()
        calendar.add("prodid", "-//Plenary//Registration//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", str(event.name))
        for number, (start, end) in enumerate(_days(registration), start=1):
            calendar.add_component(_entry(registration, number, start, end))
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _days(registration: Registration) -> list[tuple[datetime, datetime]]:
    """Beginning and end of each day in the event's zone; nine to six where the programme is not known yet."""
    event = registration.event
    spans: dict[object, tuple[datetime, datetime]] = {}
    for starts_at, duration in Session.objects.times_of(event):
        start = event.local(starts_at)
        end = event.local(starts_at + duration)
        day = (start - event.day_change).date()
        first, last = spans.get(day, (start, end))
        spans[day] = (min(first, start), max(last, end))
    if spans:
        return [spans[day] for day in sorted(spans, key=str)]
    found = []
    day = event.starts_on
    while day <= event.ends_on:
        opening = datetime(day.year, day.month, day.day, 9, tzinfo=event.zone)
        found.append((opening, opening.replace(hour=18)))
        day += timedelta(days=1)
    return found


def _entry(registration: Registration, number: int, start: datetime, end: datetime) -> Entry:
    event = registration.event
    entry = Entry()
    entry.add("uid", f"{registration.pk}-{number}@plenary")
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", start)
    entry.add("dtend", end)
    entry.add("summary", str(event.name))
    if place := event_place(event):
        entry.add("location", place)
    # The event's page and not the guest's own: calendars are shared.
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    entry.add("url", f"{base}/{registration.language}/{event.slug}/")
    entry.add("transp", "OPAQUE")
    return entry
