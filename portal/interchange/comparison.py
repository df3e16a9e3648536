"""Tells what a file changes in an event's programme. Pure: two Programmes in, a Difference out.

Facts of the schedule follow the file. Texts are compared with what the file said last time, so a text that an editor
improved here stays as long as the file's own text stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from portal.interchange.programme import Conference, Person, Programme, Room, Session, Track

STATED = ("start", "duration", "room", "track", "kind", "language", "recorded", "licence", "logo", "persons", "links",
          "attachments", "feedback_url", "origin_url", "id", "code", "slug", "url")  # fmt: skip
PROSE = ("title", "subtitle", "abstract", "description")
# What calendars must be told of with a new SEQUENCE.
SCHEDULE = {"start", "duration", "room"}
Digests = Mapping[UUID, Mapping[str, str]]


def digest(text: str) -> str:
    """What is kept of an imported text, to see later whether the file changed it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Known:
    """What earlier imports left: digests of the texts they wrote, by session, person, room and track."""

    sessions: Digests = field(default_factory=dict)
    persons: Digests = field(default_factory=dict)
    rooms: frozenset[UUID] = frozenset()
    tracks: frozenset[str] = frozenset()
    owns_conference: bool = False


@dataclass(frozen=True)
class SessionChange:
    before: Session
    after: Session
    fields: tuple[str, ...]
    overwritten: tuple[str, ...] = ()  # texts that had been edited here and that the file changed too


@dataclass(frozen=True)
class PersonChange:
    before: Person
    after: Person
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """Everything a file adds, changes and removes. `room_names` and `track_names` map the file's names to ours."""

    added: tuple[Session, ...] = ()
    changed: tuple[SessionChange, ...] = ()
    removed: tuple[Session, ...] = ()
    persons_added: tuple[Person, ...] = ()
    persons_changed: tuple[PersonChange, ...] = ()
    persons_removed: tuple[Person, ...] = ()
    rooms_added: tuple[Room, ...] = ()
    rooms_changed: tuple[Room, ...] = ()
    rooms_removed: tuple[Room, ...] = ()
    tracks_added: tuple[Track, ...] = ()
    tracks_changed: tuple[Track, ...] = ()
    tracks_removed: tuple[Track, ...] = ()
    conference: tuple[str, ...] = ()
    kept: tuple[Session, ...] = ()  # sessions whose texts were edited here and stay so
    room_names: Mapping[str, str] = field(default_factory=dict)
    track_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        return not any(
            getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in {"kept", "room_names", "track_names"}
        )


def compare(current: Programme, wanted: Programme, known: Known) -> Difference:
    """What must happen to `current` so that it says what `wanted` says."""
    rooms = _pair_rooms(current.rooms, wanted.rooms)
    tracks = _pair_tracks(current.tracks, wanted.tracks)
    room_names = {theirs.name: ours.name for theirs, ours in rooms}
    track_names = {theirs.name: ours.name for theirs, ours in tracks}
    ours = {session.guid: session for session in current.sessions}
    theirs = {session.guid: session for session in wanted.sessions}
    changes = [
        _session_change(ours[guid], session, known.sessions.get(guid, {}), room_names, track_names)
        for guid, session in theirs.items()
        if guid in ours
    ]
    people = {person.guid: person for person in current.persons}
    their_people = {person.guid for person in wanted.persons}
    return Difference(
        added=tuple(session for guid, session in theirs.items() if guid not in ours),
        changed=tuple(change for change, _kept in changes if change),
        removed=tuple(session for guid, session in ours.items() if guid not in theirs and guid in known.sessions),
        kept=tuple(kept for _change, kept in changes if kept),
        persons_added=tuple(person for person in wanted.persons if person.guid not in people),
        persons_changed=tuple(
            change
            for person in wanted.persons
            if person.guid in people
            and (change := _person_change(people[person.guid], person, known.persons.get(person.guid, {})))
        ),
        persons_removed=tuple(
            person for guid, person in people.items() if guid not in their_people and guid in known.persons
        ),
        rooms_added=tuple(room for room in wanted.rooms if room.name not in room_names),
        rooms_changed=tuple(room for room, mine in rooms if _room_differs(mine, room)),
        rooms_removed=tuple(
            room for room in current.rooms if room.name not in room_names.values() and room.guid in known.rooms
        ),
        tracks_added=tuple(track for track in wanted.tracks if track.name not in track_names),
        tracks_changed=tuple(track for track, mine in tracks if track.colour and track.colour != mine.colour),
        tracks_removed=tuple(
            track for track in current.tracks if track.name not in track_names.values() and track.slug in known.tracks
        ),
        conference=_conference_changes(current, wanted, owned=known.owns_conference),
        room_names=room_names,
        track_names=track_names,
    )


def _pair_rooms(ours: Iterable[Room], theirs: Iterable[Room]) -> list[tuple[Room, Room]]:
    """Rooms of the same name; then rooms of the same identity, where no two rooms share it (pretalx has files where they do)."""
    by_name = {room.name: room for room in ours}
    pairs = [(room, by_name.pop(room.name)) for room in theirs if room.name in by_name]
    paired = {room.name for room, _mine in pairs}
    left = [room for room in theirs if room.name not in paired]
    for room in left:
        same = [mine for mine in by_name.values() if mine.guid == room.guid]
        if len(same) == 1 and sum(other.guid == room.guid for other in left) == 1:
            pairs.append((room, by_name.pop(same[0].name)))
    return pairs


def _pair_tracks(ours: Iterable[Track], theirs: Iterable[Track]) -> list[tuple[Track, Track]]:
    """Tracks of the same name; then of the same slug."""
    by_name = {track.name: track for track in ours}
    pairs = [(track, by_name.pop(track.name)) for track in theirs if track.name in by_name]
    paired = {track.name for track, _mine in pairs}
    by_slug = {track.slug: track for track in by_name.values()}
    pairs += [
        (track, by_slug.pop(track.slug)) for track in theirs if track.name not in paired and track.slug in by_slug
    ]
    return pairs


def _room_differs(mine: Room, theirs: Room) -> bool:
    return any(
        said is not None and said != has
        for has, said in ((mine.capacity, theirs.capacity), (mine.description, theirs.description))
    )


def _session_change(
    mine: Session,
    theirs: Session,
    last: Mapping[str, str],
    rooms: Mapping[str, str],
    tracks: Mapping[str, str],
) -> tuple[SessionChange | None, Session | None]:
    """The change, if there is one, and the session whose own text stays although the file's differs."""
    fields: list[str] = []
    for name in STATED:
        said = getattr(theirs, name)
        if name in {"room", "track"}:
            said = (rooms if name == "room" else tracks).get(said, said)
        if said is not None and said != getattr(mine, name):
            fields.append(name)
    kept, overwritten = False, []
    for name in PROSE:
        said, has = getattr(theirs, name), getattr(mine, name)
        if said == has:
            continue
        if last.get(name) == digest(said):
            kept = True
            continue
        fields.append(name)
        if name in last and last[name] != digest(has):
            overwritten.append(name)
    change = SessionChange(mine, theirs, tuple(fields), tuple(overwritten)) if fields else None
    return change, mine if kept else None


def _person_change(mine: Person, theirs: Person, last: Mapping[str, str]) -> PersonChange | None:
    fields = [name for name in ("id", "code") if getattr(theirs, name) not in (None, getattr(mine, name))]
    for name in ("name", "biography"):
        said = getattr(theirs, name)
        if said is not None and said != getattr(mine, name) and last.get(name) != digest(said):
            fields.append(name)
    return PersonChange(mine, theirs, tuple(fields)) if fields else None


def _conference_changes(current: Programme, wanted: Programme, *, owned: bool) -> tuple[str, ...]:
    """Name, dates and zone follow the file only where a file made the event: others were approved with their plan."""
    free = ("timeslot", "base_url", "url", "logo", "description")
    approved = ("title", "acronym", "start", "end", "time_zone", "day_change", "colour")
    changed = [
        name for name in (free + approved if owned else free) if _says_else(name, current.conference, wanted.conference)
    ]
    if wanted.version != current.version:
        changed.append("version")
    if owned and [(day.date, day.start, day.end) for day in wanted.days] != [
        (day.date, day.start, day.end) for day in current.days
    ]:
        changed.append("days")
    return tuple(changed)


def _says_else(name: str, mine: Conference, theirs: Conference) -> bool:
    """Whether a file says something, and something else. An address or zone it leaves out is no statement."""
    said = getattr(theirs, name)
    silent = said is None or (said == "" and name in {"time_zone", "url", "colour", "logo", "base_url"})
    return not silent and said != getattr(mine, name)
