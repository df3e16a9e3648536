"""What the templates of pages get beyond the pages' own prose. Queries are in querysets."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from plenary.core.dates import zone_name
from plenary.events.models import Event, Session
from portal.models import NewsPage, SessionPage, SpeakerPage
from portal.querysets import programme
from portal.rules import SignUp, day_of, sign_up
from portal.timetable import summary, timetable
from registration.models import Category

SHOWN_SPEAKERS = 8
SHOWN_NEWS = 3


def event_overview(event: Event, language: str) -> dict[str, Any]:
    """The front page of an event: dates, place, the next step, and the first of everything."""
    address = f"/{language}/{event.slug}/"
    return {
        "signup": registration_state(event),
        "zone_label": zone_label(event, language),
        "days": summary(event, SessionPage.objects.times(event, language)),
        "speakers": SpeakerPage.objects.introduced(event, language)[:SHOWN_SPEAKERS],
        "news": NewsPage.objects.newest(event, language)[:SHOWN_NEWS],
        "agenda_address": f"{address}agenda/",
        "speakers_address": f"{address}speakers/",
        "news_address": f"{address}news/",
    }


def registration_state(event: Event) -> SignUp:
    offered = Category.objects.offered_to_public(event)
    return sign_up([(category.opening(), category.opens_at, category.closes_at) for category in offered])


def zone_label(event: Event, language: str) -> str:
    """What the event's clock is called on its first day."""
    return zone_name(datetime.combine(event.starts_on, time(12), event.zone), language)


def agenda(event: Event, language: str, track: str) -> dict[str, Any]:
    """The timetable, whole or of one track."""
    items = programme(event, language)
    tracks = {item.session.track.pk: item.session.track for item in items if item.session.track}
    chosen = next((found.slug for found in tracks.values() if found.slug == track), "")
    shown = [item for item in items if not chosen or (item.session.track and item.session.track.slug == chosen)]
    return {
        "days": timetable(event, shown, list(event.rooms.all())),
        "tracks": sorted(tracks.values(), key=lambda found: (found.position, found.pk)),
        "chosen_track": chosen,
        "partly_fallback": any(item.page.is_fallback for item in shown),
        "zone": event.zone,
        "zone_label": zone_label(event, language),
    }


def session_facts(session: Session, language: str) -> dict[str, Any]:
    """When, where and with whom; and the sessions before and after it in the same room."""
    event = session.event
    same_room = programme(event, language, room=session.room_id)
    position = next((number for number, item in enumerate(same_room) if item.session.pk == session.pk), None)
    told = same_room[position].session if position is not None else session
    parts = list(told.contributions.all())
    pages = SpeakerPage.objects.addresses([part.person for part in parts], language)
    day = day_of(session.starts_at, event.zone, event.day_change)
    return {
        "session": told,
        "parts": [(part, pages.get(part.person_id)) for part in parts],
        "earlier": same_room[position - 1] if position else None,
        "later": next(iter(same_room[position + 1 :]), None) if position is not None else None,
        "day": day,
        "day_address": f"/{language}/{event.slug}/agenda/#day-{day:%Y-%m-%d}",
        "zone_label": zone_label(event, language),
    }
