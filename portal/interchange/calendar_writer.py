"""An event's programme as an iCalendar file (RFC 5545) for calendar programs to subscribe to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText, vUri

from portal.interchange.programme import Programme, Session

REFRESH = timedelta(hours=1)
MARGIN = timedelta(days=400)  # of the zone's rules around the event: more would only be weight on a phone


@dataclass(frozen=True)
class Entry:
    """What a calendar needs of a session beyond the programme: how often it moved, when it changed, whether it takes place."""

    revision: int
    changed_at: datetime
    language: str
    speakers: tuple[str, ...] = ()
    cancelled: bool = False


def write_calendar(
    programme: Programme,
    entries: Mapping[UUID, Entry],
    *,
    cancelled: tuple[Session, ...] = (),
    place: str = "",
    language: str,
) -> bytes:
    """`place` is the venue as people write it in addresses. The UID is the session's identity, wherever it is served."""
    about = programme.conference
    zone = ZoneInfo(about.time_zone or "UTC")
    calendar = Calendar()
    calendar.add("prodid", f"-//Plenary//Programme//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", vText(about.title))
    calendar.add("x-wr-calname", vText(about.title))
    calendar.add("x-wr-timezone", vText(zone.key))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if about.url:
        calendar.add("url", vUri(about.url))
    for session in sorted([*programme.sessions, *cancelled], key=lambda session: (session.start, session.guid)):
        calendar.add_component(_entry(session, entries[session.guid], zone, place))
    calendar.add_missing_timezones(about.start - MARGIN, about.end + MARGIN)
    return bytes(calendar.to_ical())


def _entry(session: Session, entry: Entry, zone: ZoneInfo, place: str) -> Event:
    found = Event()
    told = {"LANGUAGE": entry.language}
    found.add("uid", str(session.guid))
    found.add("dtstamp", entry.changed_at)
    found.add("last-modified", entry.changed_at)
    found.add("sequence", entry.revision)
    found.add("dtstart", session.start.astimezone(zone))
    found.add("dtend", session.end.astimezone(zone))
    found.add("summary", _title(session), parameters=told)
    if text := _description(session, entry):
        found.add("description", text, parameters=told)
    if where := ", ".join(part for part in (session.room, place) if part):
        found.add("location", where)
    if session.url:
        found.add("url", vUri(session.url))
    if session.track:
        found.add("categories", [session.track])
    found.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    found.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    return found


def _title(session: Session) -> str:
    return f"{session.title.strip()}: {session.subtitle.strip()}" if session.subtitle.strip() else session.title.strip()


def _description(session: Session, entry: Entry) -> str:
    parts = (", ".join(entry.speakers), session.abstract.strip(), session.description.strip())
    return "\n\n".join(part.replace("\r\n", "\n") for part in parts if part)
