"""Badges in the admin: print many by category in files of a few hundred, find one, replace a lost one."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from checkin.actions import reprint_badge
from checkin.badges import MEDIA_TYPE, badge_pdf, badges_pdf, file_name
from checkin.models import Credential
from checkin.permissions import PRINT_BADGE
from checkin.viewsets.shared import EventPage, PermittedMenuItem
from plenary.core.actions import Actor, record_look, record_looks
from plenary.core.permissions import of_own_events, signed_in
from registration.models import Category

PART = 500  # badges in one file: what a printer takes at a time, and less than a second's work
MOST_FOUND = 20


@dataclass(frozen=True)
class Part:
    """One file of badges: the first and the last it holds, counted from one."""

    number: int
    first: int
    last: int


def parts(count: int) -> list[Part]:
    return [
        Part(number, start + 1, min(start + PART, count)) for number, start in enumerate(range(0, count, PART), start=1)
    ]


class BadgesView(EventPage):
    """What there is to print."""

    permission = PRINT_BADGE
    template_name = "checkin/badges.html"
    page_title = gettext_lazy("Badges")
    header_icon = "user"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.event is None:
            return context
        counts = Credential.objects.counts_by_category(self.event)
        words = self.request.GET.get("q", "").strip()[:100]
        found = list(Credential.objects.search(self.event, words)[:MOST_FOUND]) if len(words) > 1 else []
        if found:
            record_looks(found, part="badge search", by=Actor.staff(signed_in(self.request)))
        return {
            **context,
            "words": words,
            "found": found,
            "total": sum(counts.values()),
            "categories": [
                {"category": category, "count": counts.get(category.pk, 0), "parts": parts(counts.get(category.pk, 0))}
                for category in Category.objects.filter(event=self.event)
            ],
        }


def _permitted(request: HttpRequest) -> Actor:
    user = signed_in(request)
    if not user.has_perm(PRINT_BADGE):
        raise PermissionDenied
    return Actor.staff(user)


def _credential(request: HttpRequest, registration: UUID) -> Credential:
    """What one guest's badge is printed from, at an event this person works on."""
    found = of_own_events(Credential.objects.for_badges(), signed_in(request))
    return get_object_or_404(found, registration_id=registration)


@require_safe
def many(request: HttpRequest, event: str, category: str, part: int) -> FileResponse:
    """One file of a category's badges, in the order of the names; who took it is logged."""
    by = _permitted(request)
    mine = of_own_events(Category.objects.select_related("event"), signed_in(request))
    found = get_object_or_404(mine, event__slug=event, slug=category)
    credentials = Credential.objects.for_badges().filter(registration__category=found)
    chosen = list(credentials[(part - 1) * PART : part * PART])
    if not chosen:
        raise Http404
    record_look(found.event, part=f"badges of {found.slug}, part {part}"[:60], by=by)
    name = f"badges-{event}-{category}-{part}.pdf"
    return FileResponse(BytesIO(badges_pdf(chosen)), content_type=MEDIA_TYPE, filename=name, as_attachment=True)


@require_safe
def one(request: HttpRequest, registration: UUID) -> HttpResponse:
    """One guest's badge."""
    by = _permitted(request)
    credential = _credential(request, registration)
    record_look(credential.registration, part="badge", by=by)
    response = HttpResponse(badge_pdf(credential), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(credential)}"'
    return response


@require_POST
def replace(request: HttpRequest, registration: UUID) -> HttpResponse:
    """Replace a lost badge: the old one is refused from now on."""
    by = _permitted(request)
    credential = _credential(request, registration)
    reprint_badge(credential, by=by, reason=request.POST.get("reason", "").strip()[:500])
    messages.success(request, _("Replaced: print the new badge; doors refuse the old one."))
    event, code = credential.event, credential.registration.code
    return HttpResponseRedirect(f"{reverse('badges:index')}?event={event.slug}&q={code}")


class BadgesViewSet(ViewSet):
    name = "badges"
    url_prefix = "check-in/badges"
    icon = "user"
    menu_label = gettext_lazy("Badges")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", BadgesView.as_view(), name="index"),
            path("one/<uuid:registration>/", one, name="one"),
            path("one/<uuid:registration>/replace/", replace, name="replace"),
            path("<slug:event>/<slug:category>/<int:part>/", many, name="many"),
        ]

    def get_menu_item(self, order: int | None = None) -> PermittedMenuItem:
        return PermittedMenuItem(
            self.menu_label, self.menu_url, name=self.name, icon_name=self.icon, order=order, permission=PRINT_BADGE
        )
