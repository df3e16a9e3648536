"""JSON reads of events and their programme: facts only. Titles and texts are pages, at /api/v2/pages/."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from plenary.core.api import Cursor, Limit, Page, answers, cached_for, page
from plenary.core.languages import LANGUAGES
from plenary.core.problems import NOT_FOUND, Problem
from plenary.events.models import Event, Room, Session, SessionPerson, Track, Venue

router = Router()
EventSlug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="The event's name in addresses.")]
Names = dict[str, str]  # by language code


class VenueFacts(Schema):
    """Where the event meets."""

    name: Names
    address: Names
    city: Names
    country: str = Field(description="ISO 3166-1 code of two letters, empty if not known.")
    latitude: float | None
    longitude: float | None


class EventLinks(Schema):
    """Where more of the event is; `pages`, `press` and `sign_up` by language."""

    self: str
    sessions: str
    categories: str
    schedule_json: str
    schedule_xml: str
    schedule_ics: str
    pages: Names
    press: Names
    sign_up: Names


class EventFacts(Schema):
    """One event."""

    slug: str
    name: Names
    acronym: str
    starts_on: date
    ends_on: date
    time_zone: str = Field(description="IANA name of the event's own time zone.")
    source_language: str
    accent: str = Field(description="The event's colour, as #rrggbb.")
    venue: VenueFacts | None
    registration: Literal["open", "closed"] = Field(
        description="Whether registration is open at all; each category has its own dates and places."
    )
    links: EventLinks


class PlaceFacts(Schema):
    """A room or a track."""

    slug: str
    name: Names


class ContributorFacts(Schema):
    """A person's part in a session."""

    guid: str
    slug: str
    name: str
    latin_name: str
    affiliation: Names
    country: str
    role: str


class SessionFacts(Schema):
    """One item of the programme. Its title is that of its page, in each language."""

    guid: str
    slug: str
    state: Literal["confirmed", "cancelled"]
    starts_at: datetime
    ends_at: datetime
    kind: str
    spoken_language: str
    recorded: bool
    room: PlaceFacts | None
    track: PlaceFacts | None
    persons: list[ContributorFacts]
    pages: Names = Field(description="Its page in each language.")


def _address(path: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL}{path}"


def _in_all_languages(path: str) -> Names:
    return {language.code: _address(f"/{language.code}{path}") for language in LANGUAGES}


def _venue_as_json(venue: Venue) -> dict[str, Any]:
    return {
        "name": venue.name,
        "address": venue.address,
        "city": venue.city,
        "country": str(venue.country),
        "latitude": venue.latitude,
        "longitude": venue.longitude,
    }


def event_as_json(event: Event) -> dict[str, Any]:
    """The public facts of an event, whose venue is loaded."""
    own = f"/api/v1/events/{event.slug}/"
    return {
        "slug": event.slug,
        "name": event.name,
        "acronym": event.acronym,
        "starts_on": event.starts_on,
        "ends_on": event.ends_on,
        "time_zone": event.time_zone,
        "source_language": event.source_language,
        "accent": event.accent,
        "venue": _venue_as_json(event.venue) if event.venue else None,
        "registration": "open" if event.takes_registrations else "closed",
        "links": {
            "self": _address(own),
            "sessions": _address(f"{own}sessions/"),
            "categories": _address(f"{own}categories/"),
            "schedule_json": _address(f"/{event.slug}/schedule.json"),
            "schedule_xml": _address(f"/{event.slug}/schedule.xml"),
            "schedule_ics": _address(f"/{event.slug}/schedule.ics"),
            "pages": _in_all_languages(f"/{event.slug}/"),
            "press": _in_all_languages(f"/{event.slug}/press/"),
            "sign_up": _in_all_languages(f"/register/{event.slug}/"),
        },
    }


def _place_as_json(place: Room | Track | None) -> dict[str, Any] | None:
    return {"slug": place.slug, "name": place.name} if place else None


def _contribution_as_json(contribution: SessionPerson) -> dict[str, Any]:
    person = contribution.person
    return {
        "guid": str(person.guid),
        "slug": person.slug,
        "name": person.name,
        "latin_name": person.latin_name,
        "affiliation": person.affiliation,
        "country": str(person.country),
        "role": contribution.role,
    }


def session_as_json(event: Event, session: Session) -> dict[str, Any]:
    """The public facts of a session, loaded with its room, track and persons."""
    return {
        "guid": str(session.guid),
        "slug": session.slug,
        "state": session.state,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "kind": session.kind,
        "spoken_language": session.spoken_language,
        "recorded": session.recorded,
        "room": _place_as_json(session.room),
        "track": _place_as_json(session.track),
        "persons": [_contribution_as_json(contribution) for contribution in session.contributions.all()],
        "pages": _in_all_languages(f"/{event.slug}/agenda/{session.slug}/"),
    }


def public_event(slug: str) -> Event:
    """The event visitors may read under this name; raises Problem(not_found)."""
    event = Event.objects.public().select_related("venue").filter(slug=slug).first()
    if event is None:
        raise Problem(NOT_FOUND)
    return event


@router.get("/", response=answers({200: Page[EventFacts], 304: None}))
@cached_for(60)
def list_events(request: HttpRequest, cursor: Cursor, limit: Limit) -> dict[str, Any]:
    """Events that are public, the latest first."""
    events = Event.objects.public().select_related("venue")
    found, following = page(events, by=("-starts_on", "slug"), scope="events", cursor=cursor, limit=limit)
    return {"items": [event_as_json(event) for event in found], "next": following}


@router.get("/{slug:event}/", response=answers({200: EventFacts, 304: None}, NOT_FOUND))
@cached_for(60)
def get_event(request: HttpRequest, event: EventSlug) -> dict[str, Any]:
    """One event: names, dates, zone, venue, whether registration is open, and where the rest is."""
    return event_as_json(public_event(event))


@router.get("/{slug:event}/sessions/", response=answers({200: Page[SessionFacts], 304: None}, NOT_FOUND))
@cached_for(60)
def list_sessions(request: HttpRequest, event: EventSlug, cursor: Cursor, limit: Limit) -> dict[str, Any]:
    """The programme of an event in the order of time."""
    found_event = public_event(event)
    sessions, following = page(
        Session.objects.programme_of(found_event),
        by=("starts_at", "id"),
        scope=f"sessions.{found_event.pk}",
        cursor=cursor,
        limit=limit,
    )
    return {"items": [session_as_json(found_event, session) for session in sessions], "next": following}
