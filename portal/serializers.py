"""Facts as the content API gives them beside the prose of a page: language-neutral, with labels in every language they have."""

from __future__ import annotations

from typing import Any

from rest_framework.fields import Field

from plenary.events.models import Event, Person, Room, Session, Track


def _local(event: Event, session: Session) -> dict[str, Any]:
    return {
        "starts_at": event.local(session.starts_at).isoformat(),
        "ends_at": event.local(session.ends_at).isoformat(),
        "duration_minutes": int(session.duration.total_seconds() // 60),
        "time_zone": event.time_zone,
    }


def _room(room: Room | None) -> dict[str, Any] | None:
    return {"slug": room.slug, "name": dict(room.name), "step_free": room.step_free} if room else None


def _track(track: Track | None) -> dict[str, Any] | None:
    return {"slug": track.slug, "name": dict(track.name), "colour": track.colour} if track else None


def _person(person: Person) -> dict[str, Any]:
    return {
        "slug": person.slug,
        "guid": str(person.guid),
        "name": person.name,
        "latin_name": person.latin_name,
        "affiliation": dict(person.affiliation),
        "country": str(person.country or ""),
    }


class Facts(Field):
    """Given to the API with `source="*"`: the page itself."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, source="*", **kwargs)


class EventFacts(Facts):
    """When and where an event is."""

    def to_representation(self, page: Any) -> dict[str, Any]:
        event: Event = page.event
        venue = event.venue
        return {
            "slug": event.slug,
            "name": dict(event.name),
            "acronym": event.acronym,
            "starts_on": event.starts_on.isoformat(),
            "ends_on": event.ends_on.isoformat(),
            "time_zone": event.time_zone,
            "accent": event.accent,
            "venue": venue
            and {
                "name": dict(venue.name),
                "address": dict(venue.address),
                "city": dict(venue.city),
                "country": str(venue.country or ""),
            },
        }


class SessionFacts(Facts):
    """When, where and with whom a session is."""

    def to_representation(self, page: Any) -> dict[str, Any]:
        session: Session = page.session
        return {
            "guid": str(session.guid),
            "slug": session.slug,
            "event": session.event.slug,
            **_local(session.event, session),
            "room": _room(session.room),
            "track": _track(session.track),
            "kind": session.kind,
            "state": session.state,
            "spoken_language": session.spoken_language,
            "recorded": session.recorded,
            "persons": [_person(part.person) | {"role": part.role} for part in session.contributions.all()],
        }


class PersonFacts(Facts):
    """Who a person on the programme is."""

    def to_representation(self, page: Any) -> dict[str, Any]:
        return _person(page.person)
