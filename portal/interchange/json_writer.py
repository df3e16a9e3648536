"""A Programme as JSON of the published c3voc schema. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from portal.interchange.programme import Day, Link, Person, Programme, Room, Session, Track
from portal.interchange.rules import write_duration

SCHEMA = "https://c3voc.de/schedule/schema.json"
Days = list[tuple[Day, dict[str, list[Session]]]]


def write_json(programme: Programme) -> bytes:
    about = programme.conference
    zone = ZoneInfo(about.time_zone or "UTC")
    persons = {person.guid: person for person in programme.persons}
    conference: dict[str, Any] = {
        "acronym": about.acronym,
        "title": about.title,
        "start": about.start.isoformat(),
        "end": about.end.isoformat(),
        "daysCount": len(programme.days),
        "timeslot_duration": about.timeslot,
        "time_zone_name": about.time_zone or "UTC",
        **_said(url=about.url, logo=about.logo),
        **({} if about.description is None else {"description": about.description}),
        **({"colors": {"primary": about.colour}} if about.colour else {}),
        "tracks": [_track(track) for track in programme.tracks],
        "rooms": [_room(room) for room in programme.rooms],
        "days": [
            {
                "index": day.index,
                "date": day.date.isoformat(),
                "day_start": _local(day.start, zone),
                "day_end": _local(day.end, zone),
                "rooms": {
                    name: [_session(session, persons, zone) for session in sessions] for name, sessions in rooms.items()
                },
            }
            for day, rooms in by_day_and_room(programme)
        ],
    }
    schedule = {"version": programme.version, **_said(base_url=about.base_url), "conference": conference}
    whole = {"$schema": SCHEMA, "generator": {"name": "Plenary"}, "schedule": schedule}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def by_day_and_room(programme: Programme) -> Days:
    """Every session under its day and room; a day lists all rooms, so that an unused one survives the way."""
    zone = ZoneInfo(programme.conference.time_zone or "UTC")
    rooms = [room.name for room in programme.rooms]
    found: Days = [(day, {name: [] for name in rooms}) for day in programme.days]
    for session in programme.sessions:
        day = day_of(session.start, programme.days, zone, programme.conference.day_change)
        place = next(listed for other, listed in found if other is day)
        place.setdefault(session.room, []).append(session)
    return found


def day_of(start: datetime, days: Iterable[Day], zone: ZoneInfo, day_change: timedelta) -> Day:
    """The day whose hours hold a moment; in the gaps between, the day of that date; else the nearest."""
    listed = list(days)
    on = (start.astimezone(zone) - day_change).date()
    for day in listed:
        if day.start <= start < day.end:
            return day
    return min(listed, key=lambda day: (abs((day.date - on).days), day.index))


def computed_day(index: int, on: Any, zone: ZoneInfo, day_change: timedelta) -> Day:
    """A day that begins and ends at the hour the conference's days change."""
    midnight = datetime.combine(on, time())
    start = (midnight + day_change).replace(tzinfo=zone)
    end = (midnight + timedelta(days=1) + day_change).replace(tzinfo=zone)
    return Day(index, on, start, end)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _said(**values: Any) -> dict[str, Any]:
    """The values there are: a schema that wants an address takes no empty text."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _track(track: Track) -> dict[str, Any]:
    return {"name": track.name, "slug": track.slug, **_said(color=track.colour)}


def _room(room: Room) -> dict[str, Any]:
    return {
        "name": room.name,
        "guid": str(room.guid),
        "capacity": room.capacity,
        **({} if room.description is None else {"description": room.description}),
    }


def _person(person: Person) -> dict[str, Any]:
    # The schema takes a person either with `public_name` and `id` or with `name`, never both: `oneOf`.
    named = {"name": person.name} if person.id is None else {"id": person.id, "public_name": person.name}
    biography = {} if person.biography is None else {"biography": person.biography}
    return {"guid": str(person.guid), **named, **_said(code=person.code), **biography}


def _link(link: Link) -> dict[str, str]:
    return {"url": link.url, "title": link.title, **_said(type=link.kind)}


def _session(session: Session, persons: dict[Any, Person], zone: ZoneInfo) -> dict[str, Any]:
    local = session.start.astimezone(zone)
    return {
        "guid": str(session.guid),
        **_said(id=session.id, code=session.code, slug=session.slug, url=session.url),
        "logo": session.logo or None,
        "date": local.isoformat(timespec="seconds"),
        "start": f"{local:%H:%M}",
        "end": _local(session.end, zone),
        "duration": write_duration(session.duration),
        "room": session.room,
        "title": session.title,
        "subtitle": session.subtitle,
        "track": session.track or None,
        "type": session.kind,
        "language": session.language,
        "abstract": session.abstract,
        "description": session.description,
        "recording_license": session.licence,
        "do_not_record": not session.recorded,
        "persons": [_person(persons[guid]) for guid in session.persons],
        "links": [_link(link) for link in session.links],
        "attachments": [_link(link) for link in session.attachments],
        **_said(feedback_url=session.feedback_url, origin_url=session.origin_url),
    }
