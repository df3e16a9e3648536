"""The guest's own pages for travel document, portrait and letter of assignment.

What was given is told back only in part: whoever finds the link learns no passport number and sees no scan.
"""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from plenary.core.dates import long_date
from registration import actions
from registration.actions.guests import read_guest_link
from registration.forms import AssignmentLetterForm, PortraitForm, TravelDocumentForm
from registration.forms.fields import country_name
from registration.forms.identity import ScanField, validity_note
from registration.models import AssignmentLetter, DocumentScan, Portrait, Registration, TravelDocument
from registration.rules.documents import TAKES_IDENTITY, DocumentKind
from registration.rules.portraits import HEIGHT, LEAST_WIDTH, WIDTH
from registration.uploads import open_upload
from registration.views.own_page import GuestFormView, own_page
from registration.views.pages import private

SHOWN = 3  # characters of a number that are told back: enough to know which passport it was


class _PapersView(GuestFormView):
    """One of the three pages. Where the category does not ask, or the registration has ended, it leads back."""

    asked_by = ""  # the category's flag
    address = ""
    template = ""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        registration = read_guest_link(token)
        if not self.is_asked(registration):
            return HttpResponseRedirect(reverse("registration:my", args=[token]))
        return self.page(request, registration, token, self.form(registration))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        registration = read_guest_link(token)
        if not self.is_asked(registration):
            return own_page(request, registration, token, status=409)
        if request.POST.get("go") == "remove":
            self.remove(registration)
            return HttpResponseRedirect(reverse(self.address, args=[token]))
        form = self.form(registration, request)
        is_valid = form.is_valid()
        try:
            self.keep(registration, form) if is_valid else self.keep_in_part(registration, form)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(request, registration, token, form, status=409)
        if not is_valid:
            return self.page(request, registration, token, form)
        return HttpResponseRedirect(reverse(self.address, args=[token]))

    def is_asked(self, registration: Registration) -> bool:
        return bool(getattr(registration.category, self.asked_by)) and registration.state in TAKES_IDENTITY

    def page(
        self, request: HttpRequest, registration: Registration, token: str, form: Any, *, status: int = 200
    ) -> HttpResponse:
        context = {
            "registration": registration,
            "event": registration.event,
            "category": registration.category,
            "token": token,
            "form": form,
            "again": "again" in request.GET or form.is_bound,
            **self.given(registration),
        }
        return render(request, self.template, context, status=status)

    def form(self, registration: Registration, request: HttpRequest | None = None) -> Any:
        raise NotImplementedError

    def given(self, registration: Registration) -> dict[str, Any]:
        raise NotImplementedError

    def keep(self, registration: Registration, form: Any) -> None:
        raise NotImplementedError

    def keep_in_part(self, registration: Registration, form: Any) -> None:
        """What is right although another field is wrong, and could not be shown again: files."""

    def remove(self, registration: Registration) -> None:
        raise NotImplementedError


@method_decorator([private, csrf_exempt], name="dispatch")
class DocumentView(_PapersView):
    """The travel document."""

    asked_by = "asks_passport"
    address = "registration:identity"
    template = "registration/identity.html"

    def form(self, registration: Registration, request: HttpRequest | None = None) -> TravelDocumentForm:
        data, files = (request.POST, request.FILES) if request else (None, None)
        stored = DocumentScan.objects.filter(registration=registration).first()
        return TravelDocumentForm(
            data, files, registration=registration, stored_scan=stored, too_large=self.limit.too_large
        )

    def given(self, registration: Registration) -> dict[str, Any]:
        document = TravelDocument.objects.filter(registration=registration).first()
        if document is None:
            return {"document": None}
        facts = document.facts()
        return {
            "document": {
                "kind": DocumentKind(facts.kind).label,
                "number": f"…{facts.number[-SHOWN:]}",
                "issued_by": country_name(facts.issuing_country),
                "expires_on": long_date(facts.expires_on, get_language()),
                "version": document.version,
            },
            "note": validity_note(facts.expires_on, registration),
        }

    def keep(self, registration: Registration, form: TravelDocumentForm) -> None:
        actions.save_travel_document(registration_id=registration.pk, facts=form.facts(), scan=form.new_scan())

    def keep_in_part(self, registration: Registration, form: TravelDocumentForm) -> None:
        if scan := form.new_scan():
            stored = actions.save_document_scan(registration_id=registration.pk, checked=scan)
            cast(ScanField, form.fields["scan"]).stored = stored

    def remove(self, registration: Registration) -> None:
        actions.remove_travel_document(registration_id=registration.pk)


@method_decorator([private, csrf_exempt], name="dispatch")
class PortraitView(_PapersView):
    """The portrait: chosen by hand where scripts run, shown as it will be in every case."""

    asked_by = "asks_portrait"
    address = "registration:portrait"
    template = "registration/portrait.html"

    def form(self, registration: Registration, request: HttpRequest | None = None) -> PortraitForm:
        data, files = (request.POST, request.FILES) if request else (None, None)
        return PortraitForm(data, files, too_large=self.limit.too_large)

    def given(self, registration: Registration) -> dict[str, Any]:
        portrait = Portrait.objects.filter(registration=registration).defer("name").first()
        return {"portrait": portrait, "width": WIDTH, "height": HEIGHT, "least_width": LEAST_WIDTH}

    def keep(self, registration: Registration, form: PortraitForm) -> None:
        actions.save_portrait(registration_id=registration.pk, portrait=form.portrait())

    def remove(self, registration: Registration) -> None:
        actions.remove_portrait(registration_id=registration.pk)


@method_decorator([private, csrf_exempt], name="dispatch")
class LetterView(_PapersView):
    """The letter of assignment."""

    asked_by = "asks_assignment_letter"
    address = "registration:assignment_letter"
    template = "registration/assignment_letter.html"

    def form(self, registration: Registration, request: HttpRequest | None = None) -> AssignmentLetterForm:
        data, files = (request.POST, request.FILES) if request else (None, None)
        return AssignmentLetterForm(data, files, too_large=self.limit.too_large)

    def given(self, registration: Registration) -> dict[str, Any]:
        return {"letter": AssignmentLetter.objects.filter(registration=registration).first()}

    def keep(self, registration: Registration, form: AssignmentLetterForm) -> None:
        actions.save_assignment_letter(registration_id=registration.pk, checked=form.cleaned_data["letter"])

    def remove(self, registration: Registration) -> None:
        actions.remove_assignment_letter(registration_id=registration.pk)


@private
@require_GET
def portrait_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The portrait as it will be on the badge, to the guest alone."""
    registration = read_guest_link(token)
    portrait = Portrait.objects.filter(registration=registration).first()
    if portrait is None:
        raise Http404
    response = HttpResponse(open_upload(portrait), content_type=portrait.media_type)
    response.headers["Content-Disposition"] = 'inline; filename="portrait.jpg"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
