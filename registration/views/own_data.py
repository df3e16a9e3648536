"""A guest's rights on the own page: see everything that is held, take it along, end a consent, ask to be forgotten."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plenary.core.actions import GUEST, record_history
from plenary.core.models import Message
from plenary.core.spreadsheets import Drain
from plenary.core.viewsets.looks import part_name
from registration.actions.certifying import is_sound
from registration.actions.consents import withdraw_consent
from registration.actions.forgetting import ask_for_erasure
from registration.actions.guests import read_guest_link
from registration.actions.transitions import Refused
from registration.certificates import searched
from registration.forms.privacy import ErasureForm
from registration.models import Consent, ErasureCertificate, ErasureRequest, Question, Registration, StoredFile, Upload
from registration.querysets.own_data import as_json, files_of, looks_at
from registration.review import sections_of
from registration.rules import EDITABLE_BY_GUEST
from registration.uploads import open_upload
from registration.views.pages import private


@private
@require_GET
def own_data(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that is held, in words."""
    return _page(request, read_guest_link(token), token, ErasureForm())


def _page(
    request: HttpRequest,
    registration: Registration,
    token: str,
    form: ErasureForm,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    context = {
        "registration": registration,
        "event": registration.event,
        "token": token,
        "sections": sections_of(
            registration, Question.objects.asked_in(registration.category), Upload.objects.of_registration(registration)
        ),
        "files": list(files_of(registration)),
        "messages_sent": Message.objects.of(registration).defer("text", "html", "recipient"),
        "looks": [(look, part_name(look.part)) for look in looks_at(registration)],
        "consents": Consent.objects.filter(registration=registration),
        "request_made": ErasureRequest.objects.filter(registration=registration).order_by("-created_at").first(),
        "form": form,
        "refusal": refusal,
        "may_change": registration.state in EDITABLE_BY_GUEST,
    }
    return render(request, "registration/own_data.html", context, status=status)


@private
@require_GET
def as_file(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """Everything that is held, as JSON; that it was taken is noted."""
    registration = read_guest_link(token)
    record_history(registration, verb="data_taken", by=GUEST, event=registration.event, data={"form": "json"})
    response = StreamingHttpResponse(as_json(registration), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{registration.code}.json"'
    return response


@private
@require_GET
def as_archive(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """The same with every file, one after the other, so that no memory holds them all."""
    registration = read_guest_link(token)
    record_history(registration, verb="data_taken", by=GUEST, event=registration.event, data={"form": "zip"})
    parts, files = as_json(registration), files_of(registration)
    response = StreamingHttpResponse(_archive(parts, files), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{registration.code}.zip"'
    return response


def _archive(document: Iterator[bytes], files: Iterator[StoredFile]) -> Iterator[bytes]:
    drain = Drain()
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("data.json", "w") as written:
            for part in document:
                written.write(part)
                if drain.parts:  # an empty part would end the answer where it is sent in chunks
                    yield drain.take()
        for number, stored in enumerate((one for one in files if not one.is_closed), start=1):
            name = get_valid_filename(stored.name or "file") or "file"
            archive.writestr(f"files/{stored._meta.model_name}/{number}-{name}", open_upload(stored))
            yield drain.take()
    yield drain.take()


@private
@require_POST
def end_consent(request: HttpRequest, token: str, consent: int) -> HttpResponse:
    """End one consent."""
    registration = read_guest_link(token)
    try:
        withdraw_consent(registration=registration, consent_id=consent)
    except Refused as refusal:
        return _page(request, registration, token, ErasureForm(), status=404, refusal=str(refusal))
    return HttpResponseRedirect(f"{reverse('registration:own_data', args=[token])}#consents")


@private
@require_POST
def ask_to_be_forgotten(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for erasure."""
    registration = read_guest_link(token)
    form = ErasureForm(request.POST)
    if not form.is_valid():
        return _page(request, registration, token, form)
    try:
        ask_for_erasure(registration=registration, text=form.cleaned_data["text"])
    except Refused as refusal:
        return _page(request, registration, token, form, status=409, refusal=str(refusal))
    return HttpResponseRedirect(f"{reverse('registration:own_data', args=[token])}#erasure")


@require_GET
def certificate(request: HttpRequest, number: int, digest: str) -> HttpResponse:
    """Whether a certificate of erasure is genuine: whoever holds its number and the beginning of its digest may ask."""
    found = get_object_or_404(ErasureCertificate.objects.select_related("event"), number=number)
    if len(digest) < 16 or not found.digest.startswith(digest):
        return render(
            request, "registration/certificate.html", {"genuine": False, "title": _("Not genuine")}, status=404
        )
    content = found.content
    fields = sum(line["count"] for line in content["erased"])
    context = {
        "genuine": is_sound(found),
        "certificate": found,
        "event": found.event,
        "content": content,
        "people": len(content["subjects"]),
        "values": fields,
        "searched": searched(content),
    }
    return render(request, "registration/certificate.html", context)
