"""Applies a Difference to an event's facts and pages. Called by the import action inside its transaction, by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from plenary.core import languages
from plenary.core.actions import Actor
from plenary.events import models as facts
from plenary.events.models import Event
from portal.actions import delete_session_pages, delete_speaker_pages
from portal.interchange import rules
from portal.interchange.comparison import PROSE, SCHEDULE, Difference, digest
from portal.interchange.pages import write_session_pages, write_speaker_pages
from portal.interchange.programme import Link, Person, Programme, Session
from portal.interchange.querysets import names_of

IDENTITIES = ("id", "code", "slug", "url")
BESIDE = ("licence", "logo", "feedback_url", "origin_url")  # what we keep for others and do not use


class Writing:
    """One import on its way into the database."""

    def __init__(self, event: Event, programme: Programme, difference: Difference, by: Actor) -> None:
        self.event = event
        self.programme = programme
        self.difference = difference
        self.by = by
        self.language = languages.get(event.source_language).code
        self.persons = {person.guid: person for person in event.persons.all()}
        self.sessions = {session.guid: session for session in event.sessions.all()}

    def write(self) -> None:
        self._conference()
        self._rooms()
        self._tracks()
        self._persons()
        self._sessions()
        self._removals()

    def _conference(self) -> None:
        about, event, said = self.programme.conference, self.event, self.event.interchange
        changed = set(self.difference.conference)
        said |= {
            name: getattr(about, name)
            for name in ("timeslot", "base_url", "url", "logo", "description")
            if name in changed
        }
        if "version" in changed:
            said["version"] = self.programme.version
        if "days" in changed:
            said["days"] = [
                {
                    "index": day.index,
                    "date": day.date.isoformat(),
                    "start": day.start.isoformat(),
                    "end": day.end.isoformat(),
                }
                for day in self.programme.days
            ]
        if "title" in changed:
            event.name = {**event.name, self.language: about.title}
        columns = {"acronym": "acronym", "start": "starts_on", "end": "ends_on", "time_zone": "time_zone",
                   "day_change": "day_change", "colour": "accent"}  # fmt: skip
        for name in changed & columns.keys():
            setattr(event, columns[name], getattr(about, name))
        event.programme_changed_at = timezone.now()
        event.full_clean(exclude=["number"])
        event.save()

    def _rooms(self) -> None:
        order = {room.name: position for position, room in enumerate(self.programme.rooms)}
        existing = {name: room for room, name in names_of(self.event.rooms.all(), self.language).items()}
        self.rooms = {theirs: existing[ours] for theirs, ours in self.difference.room_names.items()}
        taken = {room.slug for room in existing.values()}
        for room in self.difference.rooms_added:
            self.rooms[room.name] = facts.Room.objects.create(
                event=self.event,
                guid=room.guid,
                slug=free(rules.address(room.name, longest=70, otherwise="room"), taken),
                name={self.language: room.name},
                capacity=room.capacity,
                position=order[room.name],
                interchange={"imported": True, "description": room.description or ""},
            )
        for room in self.difference.rooms_changed:
            mine = self.rooms[room.name]
            mine.capacity = mine.capacity if room.capacity is None else room.capacity
            if room.description is not None:
                mine.interchange["description"] = room.description
            mine.save(update_fields=["capacity", "interchange"])

    def _tracks(self) -> None:
        order = {track.name: position for position, track in enumerate(self.programme.tracks)}
        existing = {name: track for track, name in names_of(self.event.tracks.all(), self.language).items()}
        self.tracks = {theirs: existing[ours] for theirs, ours in self.difference.track_names.items()}
        taken = {track.slug for track in existing.values()}
        for track in self.difference.tracks_added:
            self.tracks[track.name] = facts.Track.objects.create(
                event=self.event,
                slug=free(track.slug[:70].strip("-"), taken),
                name={self.language: track.name},
                colour=track.colour,
                position=order[track.name],
                interchange={"imported": True},
            )
        for track in self.difference.tracks_changed:
            self.tracks[track.name].colour = track.colour
            self.tracks[track.name].save(update_fields=["colour"])

    def _persons(self) -> None:
        taken = {person.slug for person in self.persons.values()}
        new = [person for person in self.difference.persons_added if person.guid not in self.persons]
        made = [
            facts.Person(
                event=self.event,
                guid=person.guid,
                slug=free(rules.address(person.name, longest=100, otherwise="person"), taken),
                name=person.name,
                interchange=_said_of_person(person, {}),
            )
            for person in new
        ]
        self.persons |= {person.guid: person for person in facts.Person.objects.bulk_create(made)}
        told: dict[UUID, str | None] = {person.guid: person.biography for person in new}
        for change in self.difference.persons_changed:
            mine, said = self.persons[change.after.guid], change.after
            if "name" in change.fields:
                mine.name = said.name
            mine.interchange = _said_of_person(said, mine.interchange)
            mine.save(update_fields=["name", "interchange"])
            if {"name", "biography"} & set(change.fields):
                told[said.guid] = said.biography if "biography" in change.fields else None
        write_speaker_pages(self.event, [(self.persons[guid], text) for guid, text in told.items()], by=self.by)

    def _sessions(self) -> None:
        taken = {session.slug for session in self.sessions.values()}
        told: dict[UUID, Mapping[str, str]] = {}
        new = []
        for session in self.difference.added:
            told[session.guid] = {name: getattr(session, name) for name in PROSE}
            if session.guid in self.sessions:  # cancelled here, and back in the file
                self._update(session, SCHEDULE)
                continue
            slug = free(rules.address(session.title, longest=140, otherwise="session"), taken)
            mine = facts.Session(event=self.event, guid=session.guid, slug=slug)
            self._tell(mine, session)
            new.append(mine)
        self.sessions |= {session.guid: session for session in facts.Session.objects.bulk_create(new)}
        for change in self.difference.changed:
            self._update(change.after, set(change.fields))
            if texts := {name: getattr(change.after, name) for name in PROSE if name in change.fields}:
                told[change.after.guid] = texts
        self._contributions()
        write_session_pages(self.event, [(self.sessions[guid], texts) for guid, texts in told.items()], by=self.by)

    def _update(self, session: Session, fields: set[str]) -> None:
        mine = self.sessions[session.guid]
        self._tell(mine, session)
        if fields & SCHEDULE:
            mine.revision += 1
        mine.state = facts.Session.State.CONFIRMED
        mine.save()

    def _tell(self, mine: facts.Session, session: Session) -> None:
        """Put what the file says of a session into its facts."""
        mine.working_title = session.title
        mine.starts_at, mine.duration = session.start, session.duration
        mine.room, mine.track = self.rooms.get(session.room), self.tracks.get(session.track)
        mine.kind, mine.spoken_language, mine.recorded = session.kind, session.language, session.recorded
        said: dict[str, Any] = {name: getattr(session, name) for name in BESIDE}
        said |= {name: value for name in IDENTITIES if (value := getattr(session, name)) is not None}
        said |= {"links": _links(session.links), "attachments": _links(session.attachments)}
        said["imported"] = {name: digest(getattr(session, name)) for name in PROSE}
        mine.interchange = {**mine.interchange, **said}

    def _contributions(self) -> None:
        """Name the persons of new sessions and of those where they changed; who stays keeps the part staff gave."""
        changed = [change.after for change in self.difference.changed if "persons" in change.fields]
        wanted = {session.guid: session.persons for session in [*self.difference.added, *changed]}
        roles: dict[tuple[int, int], str] = {}
        ids = [self.sessions[guid].pk for guid in wanted]
        for part in facts.SessionPerson.objects.filter(session_id__in=ids).order_by("-position"):
            roles[part.session_id, part.person_id] = part.role
        facts.SessionPerson.objects.filter(session_id__in=ids).delete()
        facts.SessionPerson.objects.bulk_create(
            facts.SessionPerson(
                session=self.sessions[guid],
                person=self.persons[person],
                position=position,
                role=roles.get((self.sessions[guid].pk, self.persons[person].pk), facts.SessionPerson.Role.SPEAKER),
            )
            for guid, persons in wanted.items()
            for position, person in enumerate(persons)
        )

    def _removals(self) -> None:
        """What the file no longer has goes, pages first; rooms, tracks and persons only where nothing else needs them."""
        sessions = [self.sessions[session.guid] for session in self.difference.removed]
        delete_session_pages(sessions)
        facts.Session.objects.filter(pk__in=[session.pk for session in sessions]).delete()
        guids = [person.guid for person in self.difference.persons_removed]
        persons = self.event.persons.filter(guid__in=guids, sessions__isnull=True)
        delete_speaker_pages(persons)
        persons.delete()
        rooms = {name: room for room, name in names_of(self.event.rooms.all(), self.language).items()}
        gone = [rooms[room.name].pk for room in self.difference.rooms_removed]
        self.event.rooms.filter(pk__in=gone, sessions__isnull=True).delete()
        tracks = {name: track for track, name in names_of(self.event.tracks.all(), self.language).items()}
        gone = [tracks[track.name].pk for track in self.difference.tracks_removed]
        self.event.tracks.filter(pk__in=gone, sessions__isnull=True).delete()


def free(slug: str, taken: set[str]) -> str:
    """The slug, with a number where it is taken; what comes out is taken from now on."""
    found, number = slug, 1
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    taken.add(found)
    return found


def _links(links: tuple[Link, ...]) -> list[dict[str, str]]:
    return [{"url": link.url, "title": link.title, "kind": link.kind} for link in links]


def _said_of_person(person: Person, before: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name in ("id", "code") if (value := getattr(person, name)) is not None}
    imported = {"name": digest(person.name)}
    if person.biography is not None:
        imported["biography"] = digest(person.biography)
    return {**before, **said, "imported": {**before.get("imported", {}), **imported}}
