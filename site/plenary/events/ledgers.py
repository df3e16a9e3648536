"""What ledgers about events share."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.options import ModelAdmin

from plenary.core.permissions import signed_in
from plenary.core.viewsets.ledgers import ChoiceFilter
from plenary.events.models import Event


class EventFilter(ChoiceFilter):
    """One of the events this person works on."""

    title = _("Event")
    parameter_name = "event"
    everything = _("all events")

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [
            (event.slug, str(event))
            for event in Event.objects.for_staff(signed_in(request)).order_by("-starts_on", "slug")
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = self.value() in {slug for slug, _name in self.lookup_choices}
        return queryset.filter(event__slug=self.value()) if known else queryset
