"""Choosers for the facts that pages tell: an editor picks the event, session or person by name."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets.scoping import event_path
from plenary.events.models import Event, Person, Session


class _ChooseView(chooser.ChooseView):
    def get_object_list(self) -> QuerySet[Any]:
        return _own(self, super().get_object_list())


class _ChooseResultsView(chooser.ChooseResultsView):
    def get_object_list(self) -> QuerySet[Any]:
        return _own(self, super().get_object_list())


def _own(view: Any, found: QuerySet[Any]) -> QuerySet[Any]:
    return of_own_events(found, signed_in(view.request), event_path(view.model_class) or "event")


class _ChosenView(chooser.ChosenView):
    def get_object(self, pk: Any) -> Any:
        return get_object_or_404(_own(self, self.model_class.objects.all()), pk=pk)


class _ChosenMultipleView(chooser.ChosenMultipleView):
    def get_objects(self, pks: Any) -> QuerySet[Any]:
        return _own(self, super().get_objects(pks))


class OwnEventsChooser(ChooserViewSet):
    """Offers what belongs to the editor's own events."""

    choose_view_class = _ChooseView
    choose_results_view_class = _ChooseResultsView
    chosen_view_class = _ChosenView
    chosen_multiple_view_class = _ChosenMultipleView

    def get_urlpatterns(self) -> list[URLPattern]:
        """Without an address that creates: facts are made in their own forms, and this one had none to show."""
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]


class EventChooser(OwnEventsChooser):
    model = Event
    icon = "date"
    choose_one_text = _("Choose an event")
    choose_another_text = _("Choose another event")
    edit_item_text = _("Edit this event")


class SessionChooser(OwnEventsChooser):
    model = Session
    icon = "time"
    choose_one_text = _("Choose a session")
    choose_another_text = _("Choose another session")
    edit_item_text = _("Edit this session")
    url_filter_parameters = ["event"]


class PersonChooser(OwnEventsChooser):
    model = Person
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    edit_item_text = _("Edit this person")
    url_filter_parameters = ["event"]


choosers = [EventChooser("event_chooser"), SessionChooser("session_chooser"), PersonChooser("person_chooser")]
