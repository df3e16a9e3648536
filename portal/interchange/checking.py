"""Judges a raw schedule: either a Programme, with warnings, or every problem with its place. Pure; writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.interchange import rules
from portal.interchange.fields import Fields
from portal.interchange.programme import (
    BrokenProgramme,
    Conference,
    Day,
    Link,
    Person,
    Programme,
    Reading,
    Room,
    Session,
    Track,
    derived_guid,
    in_order,
)
from portal.interchange.raw import Raw, RawDay, RawRoom, RawSchedule

MOST_REMARKS = 50
MOST_SESSIONS = 20_000


def check(raw: RawSchedule, *, zone: str = "") -> Reading:
    """The programme a file tells; raises BrokenProgramme. `zone` serves where the file names no time zone of its own."""
    return _Check(raw, zone).reading()


class _Check(Fields):
    """One file on its way to a Programme."""

    def __init__(self, raw: RawSchedule, zone_otherwise: str) -> None:
        super().__init__()
        self.raw = raw
        self.zone_otherwise = zone_otherwise
        self.base_url = ""
        self.rooms: dict[str, Room] = {}
        self.tracks: dict[str, Track] = {}
        self.persons: dict[UUID, Person] = {}

    def reading(self) -> Reading:
        head, about = self.raw.head, self.raw.conference
        self.base_url = self.web(about, "base_url", "") or self.web(head, "base_url", "")
        time_zone = self.time_zone()
        starts, ends = self.conference_day("start"), self.conference_day("end")
        if starts and ends and ends < starts:
            self.problem(about.place_of("end"), _("The conference ends before it starts."))
        days = self.days()
        day_change = max((_night(day, self.zone) for day in days), default=timedelta(0))
        if not days:
            day_change = rules.read_duration(str(about.get("day_change") or "")) or day_change
        written = self.text(about, "acronym", longest=40)
        conference = Conference(
            title=self.text(about, "title", longest=250, required=True),
            acronym=rules.schema_acronym(written or self.text(about, "title")),
            start=starts or date.min,
            end=ends or date.min,
            time_zone=time_zone,
            timeslot=self.timeslot(),
            day_change=day_change,
            base_url=self.base_url,
            url=self.web(about, "url", self.base_url) or self.web(head, "url", self.base_url),
            logo=self.web(about, "logo", self.base_url),
            colour=self.colour(about),
            description=self.optional(about, "description"),
        )
        for room in self.raw.rooms:
            self.listed_room(room)
        for track in self.raw.tracks:
            self.listed_track(track)
        sessions = self.sessions(days, conference)
        programme = Programme(
            version=self.text(head, "version", longest=100) or "1",
            conference=conference,
            days=tuple(days),
            rooms=tuple(self.rooms.values()),
            tracks=tuple(self.tracks.values()),
            persons=tuple(sorted(self.persons.values(), key=lambda person: person.guid)),
            sessions=tuple(sorted(sessions, key=in_order)),
        )
        self.overlaps(programme)
        if self.problems:
            raise BrokenProgramme(self.problems[:MOST_REMARKS])
        return Reading(programme, tuple(self.warnings[:MOST_REMARKS]), self.raw.source, written)

    # -- the conference ----------------------------------------------------------------------------------------------------
    def time_zone(self) -> str:
        written = self.text(self.raw.conference, "time_zone_name").strip()
        name = rules.schema_zone(written) if written else ""
        if name is None:
            place = self.raw.conference.place_of("time_zone_name")
            problem = _("“%(name)s” is not a time zone of the IANA list, like Europe/Paris.")
            self.problem(place, problem % {"name": written[:60]})
            return ""
        if not name:
            told = {"zone": self.zone_otherwise or "UTC"}
            self.warn(self.raw.conference.where, _("No time zone is named; %(zone)s is taken.") % told)
        self.zone = ZoneInfo(name or self.zone_otherwise or "UTC")
        return name

    def conference_day(self, key: str) -> date | None:
        """The first or last day; older files leave it out, then the first or last day of the programme is meant."""
        about = self.raw.conference
        if about.get(key):
            return self.day(about, key)
        if not self.raw.days:
            self.problem(about.place_of(key), _("“%(field)s” is missing or empty.") % {"field": key})
            return None
        return self.day(self.raw.days[0 if key == "start" else -1].head, "date")

    def timeslot(self) -> str:
        written = self.text(self.raw.conference, "timeslot_duration")
        span = rules.read_duration(written) if written else timedelta(minutes=5)
        if span is None:
            place = self.raw.conference.place_of("timeslot_duration")
            self.problem(place, _("“%(value)s” is no duration like 00:45.") % {"value": written[:40]})
        return rules.write_duration(span or timedelta(minutes=5))

    def colour(self, about: Raw) -> str:
        colours = about.get("colors")
        primary = colours.get("primary") if isinstance(colours, dict) else None
        return primary.lower() if isinstance(primary, str) and re.fullmatch("#[0-9a-fA-F]{6}", primary) else ""

    def days(self) -> list[Day]:
        """The programme's days with the hours they reach over."""
        found = []
        for number, day in enumerate(self.raw.days, start=1):
            on, start, end = (
                self.day(day.head, "date"),
                self.moment(day.head, "day_start"),
                self.moment(day.head, "day_end"),
            )
            if on is None:
                continue
            midnight = datetime.combine(on, time(), self.zone)
            start = start or midnight.astimezone(UTC)
            end = end or (midnight + timedelta(days=1)).astimezone(UTC)
            if end <= start or end - start > timedelta(days=2):
                self.problem(day.head.place_of("day_end"), _("The day does not end after it starts, within two days."))
                continue
            found.append(Day(self.whole(day.head, "index", least=0) or number, on, start, end))
        self.once([(str(day.index), raw.head.place_of("index")) for day, raw in zip(found, self.raw.days, strict=False)],
                  _("day"))  # fmt: skip
        return found

    # -- rooms, tracks, persons ----------------------------------------------------------------------------------------------
    def listed_room(self, raw: Raw) -> None:
        name = self.text(raw, "name", longest=200, required=True)
        if name in self.rooms:
            self.problem(raw.where, _("The room “%(name)s” is listed twice.") % {"name": name})
        self.rooms[name] = Room(
            name,
            self.guid(raw, "guid") or derived_guid("room", name),
            self.whole(raw, "capacity", least=0),
            self.optional(raw, "description") if not isinstance(raw.get("description"), dict) else None,
        )

    def listed_track(self, raw: Raw) -> None:
        name = self.text(raw, "name", longest=200, required=True)
        colour = raw.get("color")
        good = isinstance(colour, str) and re.fullmatch("#[0-9a-fA-F]{6}", colour)
        slug = self.text(raw, "slug") or name
        self.tracks[name] = Track(name, rules.schema_track_slug(slug), str(colour).lower() if good else "")

    def person(self, raw: Raw) -> Person | None:
        name = self.text(raw, "public_name", longest=300) or self.text(raw, "name", longest=300)
        if not name.strip():
            self.problem(raw.where, _("The person has no name."))
            return None
        number, code = self.whole(raw, "id", least=0), self.code(raw)
        guid = self.guid(raw, "guid") or derived_guid("person", str(number) if number is not None else code or name)
        found = Person(guid, name, number, code, self.optional(raw, "biography"))
        known = self.persons.setdefault(guid, found)
        if known.name != name:
            told = {"name": name[:80], "known": known.name[:80]}
            self.warn(raw.where, _("“%(name)s” has the identity of “%(known)s”; the first name is kept.") % told)
        return known

    # -- sessions ------------------------------------------------------------------------------------------------------------
    def sessions(self, days: list[Day], conference: Conference) -> list[Session]:
        places: list[tuple[Raw, Session]] = []
        for day in self.raw.days:
            seen: dict[str, str] = {}
            for room in day.rooms:
                name = self.room(room, seen)
                places += [(raw, found) for raw in room.sessions if (found := self.session(raw, name, day))]
        if len(places) > MOST_SESSIONS:
            self.problem("", _("The file has more than %(most)s sessions.") % {"most": MOST_SESSIONS})
        identities: dict[str, Callable[[Session], Any]] = {
            "guid": lambda session: session.guid,
            "id": lambda session: session.id,
            "code": lambda session: session.code,
            "slug": lambda session: session.slug,
        }
        for kind, identity in identities.items():
            self.once([(str(identity(s)), raw.place_of(kind)) for raw, s in places if identity(s) is not None], kind)
        for raw, session in places:
            self.within(raw, session, conference)
        return [session for _raw, session in places]

    def room(self, raw: RawRoom, seen: dict[str, str]) -> str:
        """Note the room a day lists; "" is the place of sessions that have none yet."""
        if not isinstance(raw.name, str):
            self.problem(raw.where, _("The room has no name."))
            return ""
        name = rules.one_line(raw.name)
        if name in seen:
            told = {"name": name[:80], "first": seen[name]}
            self.problem(raw.where, _("The room “%(name)s” stands twice in one day (%(first)s).") % told)
        seen[name] = raw.where
        if len(name) > 200:
            self.problem(raw.where, _("The room's name is longer than 200 characters."))
        if name and name not in self.rooms:
            attributes = Raw(raw.where, {"guid": raw.guid}, lambda _key: raw.where)
            self.rooms[name] = Room(name, self.guid(attributes, "guid") or derived_guid("room", name))
        return name

    def session(self, raw: Raw, room: str, day: RawDay) -> Session | None:
        before = len(self.problems)
        guid = self.guid(raw, "guid")
        if guid is None and not raw.get("guid"):
            self.problem(raw.place_of("guid"), _("The session has no guid, so it could never be updated."))
        start, duration = self.start(raw, day), self.duration(raw)
        self.same_room(raw, room)
        title = self.text(raw, "title", longest=255, required=True)
        track = self.text(raw, "track", longest=200)
        if track and track not in self.tracks:
            self.tracks[track] = Track(track, rules.schema_track_slug(track))
        persons = [person.guid for found in raw.get("persons") or [] if (person := self.person(found))]
        slug = self.text(raw, "slug", longest=200)
        found = Session(
            guid=guid or UUID(int=0),
            title=title,
            start=start or datetime.min.replace(tzinfo=UTC),
            duration=duration or timedelta(minutes=1),
            room=room,
            track=track,
            kind=self.text(raw, "type", longest=60),
            language=self.text(raw, "language", longest=20),
            subtitle=self.text(raw, "subtitle", longest=500),
            abstract=self.prose(raw, "abstract"),
            description=self.prose(raw, "description"),
            recorded=raw.get("do_not_record") is not True,
            licence=self.text(raw, "recording_license", longest=200),
            logo=self.web(raw, "logo", self.base_url),
            persons=tuple(dict.fromkeys(persons)),
            links=self.links(raw, "links"),
            attachments=self.links(raw, "attachments"),
            feedback_url=self.web(raw, "feedback_url", self.base_url),
            origin_url=self.web(raw, "origin_url", self.base_url),
            id=self.whole(raw, "id", least=1),
            code=self.code(raw),
            slug=rules.schema_slug(slug) if slug else None,
            url=self.web(raw, "url", self.base_url) or None,
        )
        return found if len(self.problems) == before else None

    def start(self, raw: Raw, day: RawDay) -> datetime | None:
        """The moment a session begins: its date, or in pentabarf's oldest files the day's date and the hour alone."""
        if raw.get("date"):
            return self.moment(raw, "date")
        hour = rules.read_duration(str(raw.get("start") or ""))
        on = self.day(day.head, "date") if hour is not None else None
        if hour is None or on is None:
            self.problem(raw.place_of("date"), _("The session has no date."))
            return None
        change = rules.read_duration(str(self.raw.conference.get("day_change") or "")) or timedelta(0)
        if hour < change:
            on += timedelta(days=1)  # after midnight, and still part of the evening before
        return (datetime.combine(on, time(), self.zone) + hour).astimezone(UTC)

    def duration(self, raw: Raw) -> timedelta | None:
        written = raw.get("duration")
        if written is None and raw.get("date") and raw.get("end"):
            start, end = self.moment(raw, "date"), self.moment(raw, "end")
            span = end - start if start and end else None
        else:
            span = rules.read_duration(written) if isinstance(written, str) else None
        if span is None:
            told = {"value": str(written if written is not None else "")[:40]}
            self.problem(raw.place_of("duration"), _("“%(value)s” is no duration like 00:45.") % told)
            return None
        if not timedelta(0) < span <= rules.LONGEST_SESSION:
            self.problem(raw.place_of("duration"), _("A session lasts longer than nothing and at most a day."))
            return None
        return span

    def same_room(self, raw: Raw, room: str) -> None:
        """The room stands twice, around the session and in it; a file that contradicts itself is not guessed about."""
        if not isinstance(raw.get("room"), str):
            self.problem(raw.place_of("room"), _("The session names no room."))
        elif rules.one_line(raw.get("room")) != room:
            told = {"inner": str(raw.get("room"))[:80], "outer": room[:80]}
            problem = _("The session says room “%(inner)s” but stands in “%(outer)s”.")
            self.problem(raw.place_of("room"), problem % told)

    def links(self, raw: Raw, key: str) -> tuple[Link, ...]:
        found = []
        for link in raw.get(key) or []:
            if url := self.web(link, "url", self.base_url):
                kind = link.get("type")
                found.append(Link(url, self.text(link, "title", longest=500), kind if kind in rules.LINK_KINDS else ""))
        return tuple(found)

    # -- the whole ---------------------------------------------------------------------------------------------------------
    def within(self, raw: Raw, session: Session, conference: Conference) -> None:
        if conference.start == date.min or conference.end == date.min or self.outside_calendar(session):
            return
        on = (session.start.astimezone(self.zone) - conference.day_change).date()
        if not conference.start <= on <= conference.end:
            told = {"date": on.isoformat(), "start": conference.start.isoformat(), "end": conference.end.isoformat()}
            problem = _("%(date)s is outside the conference, which lasts from %(start)s to %(end)s.")
            self.problem(raw.place_of("date"), problem % told)

    def outside_calendar(self, session: Session) -> bool:
        return session.start.year < 2 or session.start.year > 9997

    def overlaps(self, programme: Programme) -> None:
        """Two sessions at once in one room: real programmes have them (poster sessions, changes of plan), so only a warning."""
        last: dict[str, Session] = {}
        for session in programme.sessions:
            before = last.get(session.room) if session.room else None
            if before and session.start < before.end:
                told = {"room": session.room, "first": before.title[:80], "second": session.title[:80]}
                self.warn(str(session.guid), _("In “%(room)s”, “%(second)s” begins before “%(first)s” ends.") % told)
            if before is None or session.end > before.end:
                last[session.room] = session


def _night(day: Day, zone: ZoneInfo) -> timedelta:
    """How far past midnight a day reaches, in full minutes; an end at 03:59 means 04:00."""
    end = day.end.astimezone(zone)
    over = end.replace(tzinfo=None) - datetime.combine(day.date + timedelta(days=1), time())
    if end.minute == 59:
        over += timedelta(minutes=1)
    return min(max(over, timedelta(0)), timedelta(hours=12))
