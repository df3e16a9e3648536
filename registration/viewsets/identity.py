"""Travel documents, portraits and letters before officers: a panel of the dossier, the page of a document, and the files.

What a document says and shows stands behind a right of its own and behind an address of its own, so that the record of
reads tells who really looked.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor, record_look
from plenary.core.permissions import signed_in
from registration.forms.fields import country_name
from registration.identity import findings_of
from registration.models import (
    AssignmentLetter,
    DocumentScan,
    Portrait,
    PortraitExemption,
    Registration,
    StoredFile,
    TravelDocument,
)
from registration.permissions import IDENTITY, PASSPORT, may_see, visible_to
from registration.rules.documents import DocumentKind, Sex
from registration.uploads import open_upload
from registration.viewsets.panels import DossierPanel
from registration.viewsets.papers import entries_for

SHOWN_IN_BROWSER = frozenset({"image/jpeg", "image/png", "image/webp"})


def identity_panel(registration: Registration, user: User) -> DossierPanel | None:
    """What was asked, what came, what deserves a look; nothing of what the document says but how long it is valid."""
    category, sees_passport, sees_identity = registration.category, user.has_perm(PASSPORT), user.has_perm(IDENTITY)
    if not (sees_passport or sees_identity):
        return None
    document = TravelDocument.objects.filter(registration=registration).only("id", "expires_on", "changed_at").first()
    scan = DocumentScan.objects.filter(registration=registration).defer("name").first()
    portrait = Portrait.objects.filter(registration=registration).defer("name").first()
    letter = AssignmentLetter.objects.filter(registration=registration).first()
    asked = category.asks_passport or category.asks_portrait or category.asks_assignment_letter
    exemption = PortraitExemption.objects.filter(registration=registration).first() if sees_identity else None
    if not (asked or document or scan or portrait or letter):
        return None
    context: dict[str, Any] = {
        "registration": registration,
        "findings": findings_of(registration),
        "document": document,
        "scan": scan,
        "sees_passport": sees_passport,
        "sees_identity": sees_identity,
        "portrait": portrait if sees_identity else None,
        "letter": letter if sees_identity else None,
        "exemption": exemption,
        "entries": entries_for(registration, user),
    }
    if document is not None and sees_passport:
        context["days_left"] = (document.facts().expires_on - timezone.localdate(timezone=registration.event.zone)).days
    return DossierPanel("identity-papers", _("Identity papers"), "vetting/identity_panel.html", context)


def _own_desk(request: HttpRequest, pk: UUID, permission: str) -> Registration:
    """A registration of this person's desk and events, with the right asked for; PermissionDenied or 404 else."""
    user = signed_in(request)
    if not user.has_perm(permission):
        raise PermissionDenied
    registration = get_object_or_404(visible_to(user).select_related("event__venue", "category__event"), pk=pk)
    if not may_see(user, registration):
        raise PermissionDenied
    return registration


class DocumentPage(WagtailAdminTemplateMixin, TemplateView):
    """A travel document as it was given, beside the picture of its page. Looking is logged as a read of a passport."""

    template_name = "vetting/document.html"
    header_icon = "doc-full-inverse"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.registration = _own_desk(request, kwargs["pk"], PASSPORT)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    @cached_property
    def document(self) -> TravelDocument:
        return get_object_or_404(TravelDocument, registration=self.registration)

    def get_page_title(self) -> str:
        return _("Travel document")

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        dossier = reverse("vetting:dossier", args=[self.registration.pk])
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("vetting:index"), "label": _("Vetting queue")},
            {"url": dossier, "label": self.registration.name},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document, registration = self.document, self.registration
        user = signed_in(self.request)
        record_look(registration, part="passport", by=Actor.staff(user))
        facts = document.facts()
        same = TravelDocument.objects.same_as(document).values("registration")
        return {
            **super().get_context_data(**kwargs),
            "registration": registration,
            "facts": facts,
            "kind": DocumentKind(facts.kind).label,
            "sex": Sex(facts.sex).label,
            "issued_by": country_name(facts.issuing_country),
            "nationality": country_name(facts.nationality),
            "days_left": (facts.expires_on - timezone.localdate(timezone=registration.event.zone)).days,
            "document": document,
            "findings": findings_of(registration),
            "same": visible_to(user).filter(pk__in=same).select_related("category")[:10],
            "scan": DocumentScan.objects.filter(registration=registration).defer("name").first(),
        }


def _file(request: HttpRequest, pk: UUID, kind: type[Any], permission: str, part: str) -> HttpResponse:
    registration = _own_desk(request, pk, permission)
    stored: StoredFile = get_object_or_404(kind, registration=registration)
    record_look(registration, part=part, by=Actor.staff(signed_in(request)))
    response = HttpResponse(open_upload(stored), content_type=stored.media_type)
    shown = stored.media_type in SHOWN_IN_BROWSER
    # By code and part: the name a sender's device gave it may hold more than the file is for.
    ending = stored.media_type.rpartition("/")[2]
    name = f"{registration.code} {part}.{ending}"
    response.headers["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_GET
def scan_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The picture of the travel document's page."""
    return _file(request, pk, DocumentScan, PASSPORT, "passport scan")


@require_GET
def portrait_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The portrait."""
    return _file(request, pk, Portrait, IDENTITY, "portrait")


@require_GET
def letter_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The letter of assignment."""
    return _file(request, pk, AssignmentLetter, IDENTITY, "assignment letter")


URLS: list[URLPattern] = [
    path("passport/<uuid:pk>/", DocumentPage.as_view(), name="passport"),
    path("passport/<uuid:pk>/scan/", scan_view, name="passport_scan"),
    path("portrait/<uuid:pk>/", portrait_view, name="portrait"),
    path("assignment-letter/<uuid:pk>/", letter_view, name="assignment_letter"),
]
