"""A conference programme as plain values, whatever file or event it came from. No database, no parsing.

Where a field is None the source did not speak of it, and nothing may be concluded; "" means it said "nothing".
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# Identities are derived for what files leave without one, so the same file gives the same identities every time.
_NAMESPACE = uuid.UUID("0c1c9e5e-5d0f-5a9b-9a52-1d2a6f3f6f57")


def derived_guid(kind: str, name: str) -> uuid.UUID:
    """The identity of something a file names but does not identify."""
    return uuid.uuid5(_NAMESPACE, f"{kind}:{name}")


@dataclass(frozen=True)
class Link:
    """A reference of a session: a web page, slides, a paper."""

    url: str
    title: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Room:
    name: str
    guid: uuid.UUID
    capacity: int | None = None
    description: str | None = None


@dataclass(frozen=True)
class Track:
    name: str
    slug: str
    colour: str = ""


@dataclass(frozen=True)
class Person:
    guid: uuid.UUID
    name: str
    id: int | None = None
    code: str | None = None
    biography: str | None = None


@dataclass(frozen=True)
class Day:
    """One day of the programme as its conference counts: it may end after midnight."""

    index: int
    date: date
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Session:
    """One item of the programme. `start` is an aware moment in UTC, `room` and `track` are names, `persons` identities."""

    guid: uuid.UUID
    title: str
    start: datetime
    duration: timedelta
    room: str = ""
    track: str = ""
    kind: str = ""
    language: str = ""
    subtitle: str = ""
    abstract: str = ""
    description: str = ""
    recorded: bool = True
    licence: str = ""
    logo: str = ""
    persons: tuple[uuid.UUID, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()
    feedback_url: str = ""
    origin_url: str = ""
    id: int | None = None
    code: str | None = None
    slug: str | None = None
    url: str | None = None

    @property
    def end(self) -> datetime:
        return self.start + self.duration


def in_order(session: Session) -> tuple[datetime, str, uuid.UUID]:
    """The order of a programme's sessions: by time, then by room."""
    return session.start, session.room, session.guid


@dataclass(frozen=True)
class Conference:
    title: str
    acronym: str  # in the form the published schemas ask for: rules.schema_acronym
    start: date
    end: date
    time_zone: str = ""
    timeslot: str = "00:05"
    day_change: timedelta = timedelta(0)
    base_url: str = ""
    url: str = ""
    logo: str = ""
    colour: str = ""
    description: str | None = None


@dataclass(frozen=True)
class Programme:
    """Everything a schedule file can say."""

    version: str
    conference: Conference
    days: tuple[Day, ...] = ()
    rooms: tuple[Room, ...] = ()
    tracks: tuple[Track, ...] = ()
    persons: tuple[Person, ...] = ()
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True)
class Remark:
    """Something to tell about a file, with the line or path where it stands."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


class BrokenProgramme(Exception):
    """The file cannot be taken: every reason, each with its place."""

    def __init__(self, problems: list[Remark]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Reading:
    """A programme read without error, and what a person should look at all the same."""

    programme: Programme
    warnings: tuple[Remark, ...] = ()
    source: str = ""  # "json" or "xml"
    acronym_as_written: str = ""
