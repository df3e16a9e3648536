"""What the office's own screens have in common: a permission asked before anything else, and the events a person works on."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.events.models import Event


class OfficeView(WagtailAdminTemplateMixin):
    """A screen behind one permission. `trail` are the steps above it: label and address."""

    permission = ""
    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in(request).has_perm(self.permission):
            raise PermissionDenied
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    @property
    def by(self) -> Actor:
        return Actor.staff(signed_in(self.request))

    @cached_property
    def events(self) -> QuerySet[Event]:
        return Event.objects.for_staff(signed_in(self.request))

    def trail(self) -> list[tuple[str, str]]:
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        steps = [{"url": url, "label": label} for label, url in self.trail()]
        return [*super().get_breadcrumbs_items(), *steps, {"url": "", "label": self.get_page_title()}]
