"""Reads for the interchange: an event as a Programme, in a fixed number of statements however long the programme is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from wagtail.models import Locale

from plenary.core import languages
from plenary.events import models as facts
from plenary.events.models import Event
from portal.interchange import rules
from portal.interchange.calendar_writer import Entry
from portal.interchange.comparison import Known
from portal.interchange.json_writer import computed_day, day_of
from portal.interchange.programme import Conference, Day, Link, Person, Programme, Room, Session, Track, in_order
from portal.models import SessionPage, SpeakerPage

Place = TypeVar("Place", facts.Room, facts.Track)
DEFAULT_ACCENT = str(Event._meta.get_field("accent").get_default())


@dataclass(frozen=True)
class Told:
    """What pages say of one session or person, and in which language they say it."""

    texts: Mapping[str, str]
    language: str
    published_at: datetime | None


@dataclass(frozen=True)
class Snapshot:
    """An event's programme with what a publisher needs beside it."""

    event: Event
    language: str
    programme: Programme
    changed_at: datetime
    entries: Mapping[UUID, Entry]
    cancelled: tuple[Session, ...]


def programme_of(event: Event) -> Programme:
    """The programme as a file in the event's own language would tell it."""
    return snapshot_of(event).programme


def snapshot_of(event: Event, language: str | None = None) -> Snapshot:
    """The programme in one language, with the event's own where a translation is missing."""
    source = languages.get(event.source_language).code
    language = language or source
    sessions = list(facts.Session.objects.programme_of(event))
    told = _session_prose(event, language, source)
    biographies = _biographies(event, language, source)
    rooms, tracks = names_of(event.rooms.all(), language), names_of(event.tracks.all(), language)
    listed = {session.guid: session for session in _sessions(event, sessions, told, language, rooms, tracks)}
    held = [session for session in sessions if session.state == facts.Session.State.CONFIRMED]
    programme = Programme(
        version=_version(event, sessions),
        conference=_conference(event, language),
        days=tuple(_days(event, held)),
        rooms=tuple(_room(room, name) for room, name in rooms.items()),
        tracks=tuple(_track(track, name) for track, name in tracks.items()),
        persons=tuple(sorted(_persons(held, biographies), key=lambda person: person.guid)),
        sessions=tuple(sorted((listed[session.guid] for session in held), key=in_order)),
    )
    published = [page.published_at for page in [*told.values(), *biographies.values()] if page.published_at]
    changed = [event.programme_changed_at, *published, *(session.changed_at for session in sessions)]
    return Snapshot(
        event=event,
        language=language,
        programme=programme,
        changed_at=max(changed),
        entries={session.guid: _entry(session, told.get(session.pk), source) for session in sessions},
        cancelled=tuple(listed[session.guid] for session in sessions if session not in held),
    )


def _entry(session: facts.Session, told: Told | None, source: str) -> Entry:
    return Entry(
        revision=session.revision,
        changed_at=max(session.changed_at, (told and told.published_at) or session.changed_at),
        language=languages.get(told.language if told else source).bcp47,
        speakers=tuple(dict.fromkeys(part.person.name for part in session.contributions.all())),
        cancelled=session.state == facts.Session.State.CANCELLED,
    )


def _session_prose(event: Event, language: str, source: str) -> dict[int, Told]:
    pages = SessionPage.objects.filter(session__event=event, live=True)
    fields = ("title", "subtitle", "abstract", "description")
    return _told(pages.values("session_id", "locale_id", "last_published_at", *fields), "session_id", language, source)


def _biographies(event: Event, language: str, source: str) -> dict[int, Told]:
    pages = SpeakerPage.objects.filter(person__event=event, live=True)
    return _told(
        pages.values("person_id", "locale_id", "last_published_at", "biography"), "person_id", language, source
    )


def _told(rows: Iterable[Mapping[str, Any]], key: str, language: str, source: str) -> dict[int, Told]:
    """One text per subject: in the wished language, else in the event's own, else none."""
    locales = {locale.pk: locale.language_code for locale in Locale.objects.all()}
    found: dict[int, Told] = {}
    for row in rows:
        code = locales.get(row["locale_id"], "")
        if code == language or (code == source and row[key] not in found):
            found[row[key]] = Told(row, code, row["last_published_at"])
    return found


def _version(event: Event, sessions: list[facts.Session]) -> str:
    stated = event.interchange.get("version")
    last = max([event.programme_changed_at, *(session.changed_at for session in sessions)])
    return str(stated or f"{last:%Y-%m-%d %H:%M}")


def _conference(event: Event, language: str) -> Conference:
    said = event.interchange
    return Conference(
        title=rules.one_line(event.name.get_for(language)),
        acronym=rules.schema_acronym(event.acronym or event.slug),
        start=event.starts_on,
        end=event.ends_on,
        time_zone=rules.schema_zone(event.time_zone) or "UTC",
        timeslot=said.get("timeslot", "00:05"),
        day_change=event.day_change,
        base_url=said.get("base_url", ""),
        url=said.get("url") or f"{settings.WAGTAILADMIN_BASE_URL}/{language}/{event.slug}/",
        logo=said.get("logo", ""),
        colour="" if event.accent.lower() == DEFAULT_ACCENT else event.accent.lower(),
        description=said.get("description", ""),
    )


def _days(event: Event, sessions: list[facts.Session]) -> list[Day]:
    """The days a file gave, as long as they still fit; days of the event otherwise."""
    days = [
        Day(day["index"], date.fromisoformat(day["date"]), _moment(day["start"]), _moment(day["end"]))
        for day in event.interchange.get("days", [])
    ] or [
        computed_day(number + 1, event.starts_on + timedelta(days=number), event.zone, event.day_change)
        for number in range((event.ends_on - event.starts_on).days + 1)
    ]
    for session in sessions:
        on = (session.starts_at.astimezone(event.zone) - event.day_change).date()
        inside = day_of(session.starts_at, days, event.zone, event.day_change)
        if on != inside.date and not inside.start <= session.starts_at < inside.end:
            days.append(computed_day(max(day.index for day in days) + 1, on, event.zone, event.day_change))
    return days


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def names_of(places: Iterable[Place], language: str) -> dict[Place, str]:
    """The name of each room or track in a file, where two of one name would become one: then the short name tells them apart."""
    found: dict[Place, str] = {}
    for place in places:
        name = rules.one_line(place.name.get_for(language)) or place.slug
        found[place] = f"{name} ({place.slug})" if name in found.values() else name
    return found


def _room(room: facts.Room, name: str) -> Room:
    return Room(name, room.guid, room.capacity, room.interchange.get("description", ""))


def _track(track: facts.Track, name: str) -> Track:
    return Track(name, rules.schema_track_slug(track.slug), track.colour.lower())


def _persons(sessions: list[facts.Session], biographies: Mapping[int, Told]) -> Iterable[Person]:
    """Everybody with a part in a session, in the order of first appearance."""
    contributors = (part.person for session in sessions for part in session.contributions.all())
    for person in {person.pk: person for person in contributors}.values():
        told = biographies.get(person.pk)
        yield Person(
            person.guid,
            rules.one_line(person.name),
            person.interchange.get("id"),
            person.interchange.get("code"),
            rules.writable(told.texts["biography"]) if told else "",
        )


def _sessions(
    event: Event,
    sessions: list[facts.Session],
    told: Mapping[int, Told],
    language: str,
    rooms: Mapping[facts.Room, str],
    tracks: Mapping[facts.Track, str],
) -> Iterable[Session]:
    taken = {number for session in sessions if (number := session.interchange.get("id"))}
    numbers: dict[UUID, int] = {}
    for session in sorted(sessions, key=lambda session: session.guid):
        number = session.interchange.get("id") or rules.number_from(session.guid, taken)
        numbers[session.guid] = number
        taken.add(number)
    acronym = rules.schema_acronym(event.acronym or event.slug)
    for session in sessions:
        number = numbers[session.guid]
        said = session.interchange
        yield Session(
            guid=session.guid,
            start=session.starts_at,
            duration=session.duration,
            room=rooms.get(session.room, "") if session.room else "",
            track=tracks.get(session.track, "") if session.track else "",
            kind=session.kind,
            language=session.spoken_language,
            recorded=session.recorded,
            licence=said.get("licence", ""),
            logo=said.get("logo", ""),
            persons=tuple(dict.fromkeys(part.person.guid for part in session.contributions.all())),
            links=tuple(Link(**link) for link in said.get("links", [])),
            attachments=tuple(Link(**link) for link in said.get("attachments", [])),
            feedback_url=said.get("feedback_url", ""),
            origin_url=said.get("origin_url", ""),
            id=number,
            code=said.get("code"),
            slug=said.get("slug") or rules.schema_slug(f"{acronym}-{number}-{session.slug}"),
            url=said.get("url") or address_of(event, session, language),
            **_prose(session, told.get(session.pk)),
        )


def known_of(event: Event) -> Known:
    """What earlier imports left in an event."""
    return Known(
        sessions={
            guid: said["imported"]
            for guid, said in event.sessions.values_list("guid", "interchange")
            if "imported" in said
        },
        persons={
            guid: said["imported"]
            for guid, said in event.persons.values_list("guid", "interchange")
            if "imported" in said
        },
        rooms=frozenset(room.guid for room in event.rooms.all() if room.interchange.get("imported")),
        tracks=frozenset(
            rules.schema_track_slug(track.slug) for track in event.tracks.all() if track.interchange.get("imported")
        ),
        owns_conference=bool(event.interchange.get("owns_conference")),
    )


def address_of(event: Event, session: facts.Session, language: str) -> str:
    """The public address of a session's page, the same whether it is translated yet or not."""
    return f"{settings.WAGTAILADMIN_BASE_URL}/{language}/{event.slug}/agenda/{session.slug}/"


def _prose(session: facts.Session, told: Told | None) -> dict[str, str]:
    if told is None:
        return {"title": rules.one_line(session.working_title)}
    texts = {name: rules.writable(told.texts[name]) for name in ("abstract", "description")}
    return texts | {name: rules.one_line(told.texts[name]) for name in ("title", "subtitle")}
