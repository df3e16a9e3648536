"""Keeps staff to their own events: lists, single records, and the choices of every form and filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property

from plenary.core.permissions import of_own_events, own_events, signed_in, works_on

if TYPE_CHECKING:
    from wagtail.admin.views.generic import EditView as _Form
    from wagtail.admin.views.generic import IndexView as _List
else:
    _Form = _List = object


def event_path(model: Any) -> str | None:
    """How a model leads to its event: "pk" for events themselves, None for what belongs to no event."""
    if model._meta.label == "events.Event":
        return "pk"
    try:
        model._meta.get_field("event")
    except FieldDoesNotExist:
        return None
    return "event"


def narrow_choices(fields: Mapping[str, Any], user: User) -> None:
    """Offer, in every choice of a form, the records of this person's events only: an event, a category, a checkpoint."""
    if own_events(user) is None:
        return
    for field in fields.values():
        choices = getattr(field, "queryset", None)
        if choices is not None and (path := event_path(choices.model)):
            field.queryset = of_own_events(choices, user, path)


class OwnEventsList(_List):
    """For index views: rows and filters of one's own events. Asks before the search, whatever the base list is."""

    event_path: str | None = "event"

    @cached_property
    def filters(self) -> Any:
        found = super().filters
        if found:
            narrow_choices(found.form.fields, signed_in(self.request))
        return found

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.event_path:
            queryset = of_own_events(queryset, signed_in(self.request), self.event_path)
        return super().filter_queryset(queryset)


class OwnEventsRecord(_Form):
    """For views that add, edit or delete: a record of somebody else's event is not there, and no form offers one."""

    event_path: str | None = "event"

    def get_queryset(self) -> QuerySet[Any]:
        found = super().get_queryset()
        return of_own_events(found, signed_in(self.request), self.event_path) if self.event_path else found

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        user = signed_in(self.request)
        narrow_choices(form.fields, user)
        if own_events(user) is not None and "event" in form.fields:
            form.fields["event"].required = True  # without one it would hold for every event
        return form


def require_own(user: User, event_id: int | None) -> None:
    """Raise Http404 for what belongs to an event this person does not work on."""
    if not works_on(user, event_id):
        raise Http404
