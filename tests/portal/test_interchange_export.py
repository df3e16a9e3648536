"""Import of an export is the identity, for our own files, for the real ones, and for any programme Hypothesis thinks of."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from plenary.core.actions import SYSTEM
from plenary.events.models import Event, Session
from portal.interchange import rules
from portal.interchange.actions import import_programme
from portal.interchange.comparison import Known, compare
from portal.interchange.json_writer import computed_day, write_json
from portal.interchange.programme import (
    Conference,
    Link,
    Person,
    Programme,
    Room,
    Track,
    in_order,
)
from portal.interchange.programme import Session as Entry
from portal.interchange.querysets import programme_of
from portal.interchange.reading import read
from portal.interchange.xml_writer import write_xml
from tests.factories.events import EventFactory, RoomFactory, SessionFactory, SessionPersonFactory
from tests.portal.conftest import OWN, REAL

WRITERS: list[Callable[[Programme], bytes]] = [write_json, write_xml]
FILES = [*sorted(OWN.glob("*.*")), *sorted(REAL.glob("*-*.json"))]
FILES = [path for path in FILES if "schema" not in path.name]
SCHEDULES = [path for path in FILES if path.parent == REAL]


def bring(data: bytes, slug: str) -> Programme:
    import_programme(data, slug=slug, by=SYSTEM, create=True)
    return programme_of(Event.objects.get(slug=slug))


@pytest.mark.django_db
@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.slow
def test_import_of_an_export_is_the_identity(path: Path, write: Callable[[Programme], bytes]) -> None:
    imported = bring(path.read_bytes(), "first")
    exported = write(imported)

    assert read(exported).programme == imported
    fresh = bring(exported, "second")
    assert write(fresh) == exported
    assert import_programme(exported, slug="first", by=SYSTEM).difference.nothing


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.slow
def test_what_a_file_said_is_all_there(path: Path) -> None:
    told = read(path.read_bytes()).programme
    held = bring(path.read_bytes(), "event")

    assert compare(held, told, Known()).nothing
    assert [session.title for session in held.sessions] == [session.title for session in told.sessions]
    assert [session.persons for session in held.sessions] == [session.persons for session in told.sessions]


@pytest.mark.parametrize(
    ("name", "sessions", "persons", "rooms", "tracks"),
    [("frab-camp2019.json", 79, 90, 2, 7), ("pretalx-democon.json", 36, 27, 2, 2)],
)
@pytest.mark.parametrize("path", SCHEDULES, ids=lambda path: path.name)
@pytest.mark.django_db
@pytest.mark.slow
def test_the_real_files_arrive_whole(
    path: Path, name: str, sessions: int, persons: int, rooms: int, tracks: int
) -> None:
    if path.name == name:
        held = bring(path.read_bytes(), "event")
        assert [len(found) for found in (held.sessions, held.persons, held.rooms, held.tracks)] == [
            sessions,
            persons,
            rooms,
            tracks,
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("schema", sorted(REAL.glob("*.schema.json")), ids=lambda path: path.name)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.slow
def test_json_is_valid_by_the_published_schema(path: Path, schema: Path) -> None:
    validator = jsonschema.Draft6Validator(json.loads(schema.read_text()))

    assert [
        error.message for error in validator.iter_errors(json.loads(write_json(bring(path.read_bytes(), "e"))))
    ] == []


@pytest.mark.django_db
@pytest.mark.parametrize("schema", sorted(REAL.glob("*.xsd")), ids=lambda path: path.name)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.slow
def test_xml_is_valid_by_the_published_schema(path: Path, schema: Path) -> None:
    xsd = etree.XMLSchema(etree.parse(schema))
    xsd.validate(etree.fromstring(write_xml(bring(path.read_bytes(), "event"))))

    assert [error.message for error in xsd.error_log] == []


@pytest.mark.django_db
@pytest.mark.parametrize("write", WRITERS)
def test_an_event_kept_by_hand_survives_the_way_out_and_in(write: Callable[[Programme], bytes]) -> None:
    event = EventFactory(day_change=timedelta(hours=4), accent="#aa0011")
    part = SessionPersonFactory(session__event=event)
    SessionFactory(event=event, room=None, track=None, starts_at=datetime(2030, 5, 15, 22, 45, tzinfo=UTC))
    SessionFactory(event=event, room=RoomFactory(event=event, name=part.session.room.name))
    SessionFactory(event=event, state=Session.State.CANCELLED)
    event.refresh_from_db()
    programme = programme_of(event)

    assert len(programme.sessions) == 3
    assert len({room.name for room in programme.rooms}) == len(programme.rooms)
    assert read(write(programme)).programme == programme
    assert import_programme(write(programme), slug=event.slug, by=SYSTEM).difference.nothing


@pytest.mark.django_db
def test_a_session_outside_the_days_a_file_gave_gets_a_day_of_its_own() -> None:
    bring((OWN / "frab.json").read_bytes(), "river")
    event = Event.objects.get(slug="river")
    SessionFactory(event=event, starts_at=datetime(2030, 5, 17, 9, 0, tzinfo=UTC))

    assert [day.date for day in programme_of(event).days] == [date(2030, 5, 14), date(2030, 5, 15), date(2030, 5, 17)]


# -- any programme ---------------------------------------------------------------------------------------------------------
WRITABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
    lambda c: rules.writable(c) == c
)
PROSE = st.text(WRITABLE, max_size=40)
LINE = st.text(WRITABLE.filter(lambda c: c not in "\r\n\t"), max_size=20)
NAME = LINE.filter(str.strip)
GUIDS = st.uuids()
ADDRESS = st.sampled_from(["", "https://example.org/a?b=c&d=%20", "http://xn--fiq228c.example/é"])
LINKS = st.lists(st.builds(Link, ADDRESS.filter(bool), LINE, st.sampled_from(["", "slides", "web"])), max_size=2).map(
    tuple
)


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]))
    day_change = timedelta(hours=draw(st.integers(0, 11)))
    start = draw(st.dates(date(1990, 1, 2), date(2100, 1, 1)))
    conference = Conference(
        title=draw(NAME),
        acronym=rules.schema_acronym(draw(LINE)),
        start=start,
        end=start + timedelta(days=1),
        time_zone=zone,
        day_change=day_change,
        base_url=draw(ADDRESS),
        colour=draw(st.sampled_from(["", "#00ff7f"])),
        description=draw(PROSE),
    )
    event = EventFactory.build(time_zone=zone)
    days = tuple(computed_day(n + 1, start + timedelta(days=n), event.zone, day_change) for n in range(2))
    rooms = tuple(
        Room(name, guid, capacity, text)
        for name, guid, capacity, text in draw(
            st.lists(
                st.tuples(NAME, GUIDS, st.none() | st.integers(0, 9999), PROSE), unique_by=lambda r: r[0], max_size=3
            )
        )
    )
    tracks = tuple(Track(name, rules.schema_track_slug(name)) for name in draw(st.lists(NAME, unique=True, max_size=2)))
    persons = draw(
        st.lists(
            st.builds(Person, GUIDS, NAME, st.none() | st.integers(0, 10**6), st.none() | st.just("AB12CD"), PROSE),
            unique_by=lambda person: person.guid,
            max_size=3,
        )
    )
    sessions = [
        Entry(
            guid=guid,
            title=draw(NAME),
            start=days[0].start.astimezone(UTC) + timedelta(minutes=draw(st.integers(0, 47 * 60))),
            duration=timedelta(minutes=draw(st.integers(1, 24 * 60))),
            room=draw(st.sampled_from(["", *(room.name for room in rooms)])),
            track=draw(st.sampled_from(["", *(track.name for track in tracks)])),
            kind=draw(LINE),
            language=draw(LINE),
            subtitle=draw(LINE),
            abstract=draw(PROSE),
            description=draw(PROSE),
            recorded=draw(st.booleans()),
            licence=draw(LINE),
            logo=draw(ADDRESS),
            persons=tuple(draw(st.lists(st.sampled_from(persons), unique=True))) if persons else (),
            links=draw(LINKS),
            attachments=draw(LINKS),
            id=number + 1,
            slug=rules.schema_slug(f"abcd-{number}"),
            url="https://example.org/",
        )
        for number, guid in enumerate(draw(st.lists(GUIDS, unique=True, max_size=3)))
    ]
    sessions = [_with_guids(session) for session in sessions]
    named = {guid for session in sessions for guid in session.persons}
    return Programme(
        version=draw(NAME),
        conference=conference,
        days=tuple(_in_utc(day) for day in days),
        rooms=rooms,
        tracks=tracks,
        persons=tuple(sorted((person for person in persons if person.guid in named), key=lambda p: p.guid)),
        sessions=tuple(sorted(sessions, key=in_order)),
    )


def _with_guids(session: Any) -> Any:
    guids: tuple[UUID, ...] = tuple(person.guid for person in session.persons)
    return replace(session, persons=guids)


def _in_utc(day: Any) -> Any:
    return replace(day, start=day.start.astimezone(UTC), end=day.end.astimezone(UTC))


@pytest.mark.parametrize("write", WRITERS)
@settings(deadline=None, max_examples=60)
@given(programme=programmes())
@pytest.mark.slow
def test_any_programme_comes_back_as_it_went(write: Callable[[Programme], bytes], programme: Programme) -> None:
    assert read(write(programme)).programme == programme


@given(st.text())
def test_every_form_of_a_name_is_its_own_fixed_point(text: str) -> None:
    for form in (rules.schema_acronym, rules.schema_slug, rules.schema_track_slug, rules.writable, rules.one_line):
        assert form(form(text)) == form(text)


@given(st.text())
def test_every_slug_is_taken_by_both_schemas(text: str) -> None:
    slug = rules.schema_slug(text)
    assert re.fullmatch(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}", slug)
    assert re.fullmatch(r"[a-z0-9_-]+[a-z0-9]", slug)
    assert re.fullmatch(r"[a-z][a-z0-9-]+", rules.schema_track_slug(text))
    assert re.fullmatch(r"[a-z0-9_-]{4,}", rules.schema_acronym(text))
