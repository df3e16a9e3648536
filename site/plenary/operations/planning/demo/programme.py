"""The forum's facts: the event with its approved plan, venue, rooms, tracks, persons and sessions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from plenary.core.actions import Actor
from plenary.events.actions import create_event, publish_event
from plenary.events.models import Event, Person, Room, Session, SessionPerson, Track, Venue
from plenary.operations.planning.actions import draft_plan, give_opinion, submit_plan, take_step
from plenary.operations.planning.demo.content import facts, in_language, label, local
from plenary.operations.planning.rules import Department, Step, Verdict

# Who speaks for each department, by account.
SPOKESPERSONS = {
    Department.HR: "hr",
    Department.FINANCE: "finance",
    Department.SECURITY: "security",
    Department.IT: "it",
    Department.PUBLICITY: "press",
}


def make_event(staff: dict[str, Actor]) -> Event:
    """The event, planned, reviewed by five departments, put in force by the leading group and published."""
    told = facts()["event"]
    venue = Venue.objects.create(
        **{name: label("venue", name) for name in ("name", "address", "city")},
        **facts()["venue"],
    )
    event = create_event(
        slug=told["slug"],
        by=staff["office"],
        name=label("event", "name"),
        acronym=told["acronym"],
        starts_on=date.fromisoformat(told["starts_on"]),
        ends_on=date.fromisoformat(told["ends_on"]),
        time_zone=told["time_zone"],
        day_change=timedelta(hours=told["day_change_hours"]),
        accent=told["accent"],
        contact_email=told["contact_email"],
        venue=venue,
    )
    _approve(event, staff)
    event.refresh_from_db()
    return publish_event(event, by=staff["office"])


def _approve(event: Event, staff: dict[str, Actor]) -> None:
    plan = draft_plan(
        event=event,
        by=staff["office"],
        purpose="Agree on a common set of water measurements that neighbouring states exchange, and on who pays for them.",
        theme="Shared rivers, shared knowledge",
        outcomes="A communiqué signed by at least 40 delegations\nA common atlas of glaciers from 8 countries\n"
        "At least 85 % of participants satisfied or very satisfied",
        participants=520,
        publicity="Press room in six languages, two releases before the forum, briefings every day, live stream.",
        safety="Crowd at the opening; evening transport to the observatory; heat. Emergency plan attached to the dossier.",
    )
    submit_plan(plan, by=staff["office"])
    for department, account in SPOKESPERSONS.items():
        give_opinion(plan, department=department, verdict=Verdict.AGREE, remark="", by=staff[account])
    take_step(plan, step=Step.APPROVE, by=staff["director"], reason="Approved as submitted.")


def make_programme(event: Event) -> dict[str, Session]:
    """Rooms, tracks, persons and sessions; answers the sessions by their short name."""
    rooms = {
        room["slug"]: Room(event=event, name=label("rooms", room["slug"]), position=position, **room)
        for position, room in enumerate(facts()["rooms"])
    }
    Room.objects.bulk_create(rooms.values())
    tracks = {
        track["slug"]: Track(event=event, name=label("tracks", track["slug"]), position=position, **track)
        for position, track in enumerate(facts()["tracks"])
    }
    Track.objects.bulk_create(tracks.values())
    persons = {told["slug"]: _person(event, told) for told in facts()["persons"]}
    Person.objects.bulk_create(persons.values())
    sessions = {told["slug"]: _session(event, told, rooms, tracks) for told in facts()["sessions"]}
    Session.objects.bulk_create(sessions.values())
    SessionPerson.objects.bulk_create(
        _contribution(sessions[told["slug"]], position, entry, persons)
        for told in facts()["sessions"]
        for position, entry in enumerate(told["persons"])
    )
    return sessions


def _identity(event: Event, kind: str, slug: str) -> Any:
    """The same identity on every machine, so that a calendar of one demonstration knows the sessions of another."""
    return uuid5(NAMESPACE_URL, f"https://{event.slug}.example/{kind}/{slug}")


def _person(event: Event, told: dict[str, str]) -> Person:
    return Person(
        event=event,
        guid=_identity(event, "person", told["slug"]),
        slug=told["slug"],
        name=told["name"],
        latin_name=told["latin"],
        country=told["country"],
        affiliation=label("persons", told["slug"], "affiliation"),
    )


def _session(event: Event, told: dict[str, Any], rooms: dict[str, Room], tracks: dict[str, Track]) -> Session:
    interpreted = told["room"] in {"yangtze-hall", "press-room"}
    return Session(
        event=event,
        guid=_identity(event, "session", told["slug"]),
        slug=told["slug"],
        working_title=in_language("en", "sessions", told["slug"], "title"),
        starts_at=local(told["start"]),
        duration=timedelta(minutes=told["minutes"]),
        room=rooms.get(told["room"]),
        track=tracks.get(told["track"]),
        kind=told["kind"],
        spoken_language="" if interpreted or not told["persons"] else "en",
        recorded=told.get("recorded", True),
    )


def _contribution(session: Session, position: int, entry: str, persons: dict[str, Person]) -> SessionPerson:
    slug, _colon, role = entry.partition(":")
    role = role or SessionPerson.Role.SPEAKER
    return SessionPerson(session=session, person=persons[slug], role=role, position=position)
