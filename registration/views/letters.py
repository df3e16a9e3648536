"""Letters in public: a page that says whether one is genuine, and the PDF for whom it was issued to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from plenary.core.actions import GUEST
from plenary.core.links import BadLink, read_link
from registration.actions import Refused, read_guest_link
from registration.actions.visas import open_case
from registration.letters import MEDIA_TYPE, file_name, initials, letter_pdf
from registration.models import Letter
from registration.views.pages import private


@private
@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Genuine, withdrawn or unknown, with as little as a reader of the letter needs to compare."""
    try:
        letter = Letter.objects.with_subject().filter(pk=read_link("letter", token).subject).first()
    except BadLink:
        letter = None
    if letter is None:
        return render(request, "registration/letter.html", {"letter": None}, status=404)
    context = {
        "letter": letter,
        "event": letter.event,
        "initials": initials(letter),
        "replaced": not letter.stands and Letter.objects.successors_of(letter).exists(),
    }
    return render(request, "registration/letter.html", context)


@private
@require_safe
def my_letter(request: HttpRequest, token: str, letter: UUID) -> HttpResponse:
    """A guest's own letter."""
    registration = read_guest_link(token)
    found = get_object_or_404(Letter.objects.valid().with_subject(), pk=letter, registration=registration)
    return pdf_response(found)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def ask_letter(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a visa support letter: a page that explains, and a button that asks."""
    registration = read_guest_link(token)
    context = {"event": registration.event, "registration": registration, "token": token}
    if request.method != "POST":
        return render(request, "registration/ask_letter.html", context)
    try:
        open_case(registration_id=registration.pk, by=GUEST)
    except Refused as refusal:
        return render(request, "registration/ask_letter.html", context | {"refusal": str(refusal)}, status=409)
    return HttpResponseRedirect(reverse("registration:my", args=[token]))


def pdf_response(letter: Letter) -> HttpResponse:
    """A letter as a download that no cache keeps."""
    response = HttpResponse(letter_pdf(letter), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(letter)) or "attachment"
    response.headers["Cache-Control"] = "no-store, private"
    return response
