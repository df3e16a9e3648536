"""The way into the press room with a link from one's own page, previews of photographs, and the guard before every file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.documents.models import Document
from wagtail.documents.views.serve import serve

from plenary.events.models import Event
from publicity import access
from publicity.actions import ROOM_SLUG, record_download
from publicity.documents import press_document
from publicity.previews import preview_of

PRIVATE = "private, no-store"


@require_safe
@never_cache
def enter(request: HttpRequest, event: str, token: str) -> HttpResponse:
    """Exchange the link on a journalist's own page for the cookie, then show the press room."""
    found = get_object_or_404(Event.objects.public(), slug=event)
    registration = access.by_link(found, token)
    if registration is None:
        return render(request, "publicity/not_accredited.html", {"event": found}, status=403)
    response = HttpResponseRedirect(f"/{get_language()}/{found.slug}/{ROOM_SLUG}/")
    access.remember(response, registration)
    return response


@require_safe
def preview(request: HttpRequest, event: str, document_id: int) -> HttpResponse:
    """A small picture of a photograph, under the same embargo as the photograph."""
    file = get_object_or_404(Document, pk=document_id)
    told = press_document(file)
    if told is None or told.event.slug != event or not told.may_take(access.visitor_of(request, told.event)):
        raise Http404
    picture = preview_of(file)
    if picture is None:
        raise Http404
    response = HttpResponse(picture, content_type="image/webp")
    response["Cache-Control"] = "public, max-age=3600" if told.free else PRIVATE
    return response


def guard_document(document: Document, request: HttpRequest) -> None:
    """Before any document is served: a file under embargo does not exist for the public. What is taken is noted."""
    told = press_document(document)
    if told is None:
        return
    visitor = access.visitor_of(request, told.event)
    if not told.may_take(visitor):
        raise Http404
    if _begins_a_download(request):
        record_download(document, told, visitor)
    request.__dict__["_press_private"] = not told.free


def _begins_a_download(request: HttpRequest) -> bool:
    """Not a look at the headers, not the middle of a download that goes on, not a copy the browser already has."""
    going_on = not request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
    return request.method == "GET" and not going_on and "If-None-Match" not in request.headers


@require_safe
def document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """Wagtail's view of a document, which calls the guard; it says nothing of caches, so what only this visitor may have
    would be kept by a cache on the way and handed to the next one."""
    response: HttpResponseBase = serve(request, document_id, document_filename)
    if request.__dict__.get("_press_private"):
        response.headers["Cache-Control"] = PRIVATE
    return response
