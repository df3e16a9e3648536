"""The muster list in the admin: counts first, then the names by zone, on screen, on paper and as PDF. Looks are noted."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from checkin.models import Checkpoint
from checkin.muster import Group, Muster, muster_pdf
from checkin.permissions import VIEW_SCAN
from checkin.viewsets.shared import EventPage, PermittedMenuItem
from plenary.core.actions import Actor, record_looks
from plenary.core.permissions import signed_in

MEDIA_TYPE = "application/pdf"


class MusterView(EventPage):
    """The list of `?area=` (a zone's short name; all without) and `?part=`."""

    permissions = (VIEW_SCAN,)
    page_title = _("Muster list")
    header_icon = "group"
    template_name = "checkin/muster.html"

    @cached_property
    def muster(self) -> Muster:
        if self.event is None:
            raise Http404
        return Muster(self.event, timezone.now())

    @cached_property
    def area(self) -> Checkpoint | None:
        wanted = self.request.GET.get("area")
        return next((area for area in self.muster.areas if area.slug == wanted), None)

    @cached_property
    def number(self) -> int:
        wanted = self.request.GET.get("number", "")
        return min(max(1, int(wanted) if wanted.isdecimal() else 1), self.muster.parts_of(self.area))

    def groups(self) -> list[Group]:
        """What is shown; that it was, and to whom, is noted."""
        found = self.muster.part(self.area, self.number)
        shown = [one.guest for group in found for one in group.people]
        record_looks(shown, part="muster list", by=Actor.staff(signed_in(self.request)))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.event is None:
            return context
        parts = self.muster.parts_of(self.area)
        return {
            **context,
            "muster": self.muster,
            "area": self.area,
            "groups": self.groups(),
            "number": self.number,
            "numbers": range(1, parts + 1) if parts > 1 else [],
        }


class MusterPdfView(MusterView):
    """The same on paper."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(muster_pdf(self.muster, self.groups()), content_type=MEDIA_TYPE)
        name = "-".join(["muster", self.muster.event.slug, *([self.area.slug] if self.area else []), str(self.number)])
        response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        response.headers["Cache-Control"] = "private, no-store"
        return response


class MusterViewSet(ViewSet):
    name = "muster"
    url_prefix = "check-in/muster"
    icon = "group"
    menu_label = _("Muster list")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", MusterView.as_view(), name="index"), path("pdf/", MusterPdfView.as_view(), name="pdf")]

    def get_menu_item(self, order: int | None = None) -> PermittedMenuItem:
        return PermittedMenuItem(
            self.menu_label, self.menu_url, name=self.name, icon_name=self.icon, order=order, permissions=(VIEW_SCAN,)
        )
