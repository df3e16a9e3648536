"""The programme for other programs: `/EVENT/schedule.json`, `.xml` and `.ics`, for public events only."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from plenary.core import languages
from plenary.events.models import Event, Venue
from portal.interchange.calendar_writer import write_calendar
from portal.interchange.json_writer import write_json
from portal.interchange.querysets import Snapshot, snapshot_of
from portal.interchange.xml_writer import write_xml

SHARED = "public, max-age=60, stale-while-revalidate=600"


@require_safe
def schedule_json(request: HttpRequest, event: str) -> HttpResponseBase:
    snapshot = _snapshot(request, event)
    return _answer(request, snapshot, write_json(snapshot.programme), "application/json")


@require_safe
def schedule_xml(request: HttpRequest, event: str) -> HttpResponseBase:
    snapshot = _snapshot(request, event)
    return _answer(request, snapshot, write_xml(snapshot.programme), "application/xml")


@require_safe
def schedule_ics(request: HttpRequest, event: str) -> HttpResponseBase:
    snapshot = _snapshot(request, event)
    body = write_calendar(
        snapshot.programme,
        snapshot.entries,
        cancelled=snapshot.cancelled,
        place=_place(snapshot.event.venue, snapshot.language),
        language=snapshot.language,
    )
    response = _answer(request, snapshot, body, "text/calendar")
    response.headers["Content-Disposition"] = f'inline; filename="{snapshot.event.slug}.ics"'
    return response


def _snapshot(request: HttpRequest, slug: str) -> Snapshot:
    """The programme in the language of `?lang=`, or in the event's own where that is none of ours."""
    event = Event.objects.public().select_related("venue").filter(slug=slug).first()
    if event is None:
        raise Http404
    wished = request.GET.get("lang", "").lower()
    return snapshot_of(event, wished if wished in languages.BY_CODE else None)


def _place(venue: Venue | None, language: str) -> str:
    if venue is None:
        return ""
    parts = (venue.name, venue.address, venue.city)
    named = [part.get_for(language) for part in parts]
    return ", ".join(" ".join(part.split()) for part in [*named, _country(venue)] if part)


def _country(venue: Venue) -> str:
    return str(getattr(venue.country, "name", ""))


def _answer(request: HttpRequest, snapshot: Snapshot, body: bytes, media_type: str) -> HttpResponseBase:
    """The file, or 304 to a client that has it. The tag is of the content, so no change can hide behind the clock."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    changed = int(snapshot.changed_at.timestamp())
    headers = {
        "Cache-Control": SHARED,
        "Content-Language": languages.get(snapshot.language).bcp47,
        "Access-Control-Allow-Origin": "*",  # public data, made for other people's pages
    }
    response = HttpResponse(body, content_type=f"{media_type}; charset=utf-8", headers=headers)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(changed)
    return get_conditional_response(request, etag, changed, response) or response
