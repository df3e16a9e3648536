"""Facts in the admin: events, venues, rooms, tracks, persons and sessions, saved and deleted through actions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import formats
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from plenary.events.actions import StillNeeded, create_event, publish_event, remove_fact, save_fact
from plenary.events.forms import EventForm, SessionForm
from plenary.events.models import Event, Person, Room, Session, Track, Venue
from plenary.events.viewsets_staff import EventStaffViewSet

EVENT_FACTS = ("slug", "name", "acronym", "starts_on", "ends_on", "time_zone", "day_change", "venue", "accent",
               "contact_email", "source_language")  # fmt: skip


def starts_at_local(session: Session) -> str:
    """When a session begins, in its event's own time, whatever zone the reader's account is set to."""
    local = session.event.local(session.starts_at)
    return formats.date_format(local.replace(tzinfo=None), "SHORT_DATETIME_FORMAT")


class AddView(OwnEventsRecord, generic.CreateView):
    def save_instance(self) -> Any:
        by = Actor.staff(signed_in(self.request))
        return save_fact(self.form.save(commit=False), by=by)


class EditView(OwnEventsRecord, generic.EditView):
    def save_instance(self) -> Any:
        by = Actor.staff(signed_in(self.request))
        return save_fact(self.form.save(commit=False), by=by)


class RemoveView(OwnEventsRecord, generic.DeleteView):
    """Refuses, with the reason, while something hangs on the record."""

    def form_valid(self, form: Any) -> HttpResponse:
        self.usage = None  # the action decides, and says what the record is needed for
        try:
            return super().form_valid(form)
        except StillNeeded as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.get_success_url())

    def delete_action(self) -> None:
        remove_fact(self.object, by=Actor.staff(signed_in(self.request)))


class AddEventView(generic.CreateView):
    """A new event begins as a draft; its plan decides on the rest."""

    def save_instance(self) -> Event:
        drafted = self.form.save(commit=False)
        return create_event(
            by=Actor.staff(signed_in(self.request)), **{name: getattr(drafted, name) for name in EVENT_FACTS}
        )


class EditEventView(OwnEventsRecord, generic.EditView):
    event_path = "pk"

    def save_instance(self) -> Event:
        by = Actor.staff(signed_in(self.request))
        event = self.form.save(commit=False)
        wished = event.published
        if "published" in self.form.changed_data:
            publish_event(event, by=by, published=wished)
        return save_fact(event, by=by)


class FactList(OwnEventsList, generic.IndexView):
    """A list that loads what its columns show in the same statement."""

    related: tuple[str, ...] = ("event",)

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().select_related(*self.related)


class EventList(FactList):
    event_path = "pk"
    related = ("venue",)


class VenueList(FactList):
    event_path = None
    related = ()

    def get_base_queryset(self) -> QuerySet[Any]:
        return Venue.objects.order_by("pk")


class SessionList(FactList):
    related = ("event", "room", "track")


class EditVenueView(EditView):
    event_path = None


class RemoveVenueView(RemoveView):
    event_path = None


class FactViewSet(ModelViewSet):
    gone: frozenset[str] = frozenset(
        {"history", "history_results", "usage"}
    )  # Wagtail's log; ours is written by the actions
    copy_view_enabled = False
    inspect_view_enabled = False
    list_per_page = 50
    index_view_class = FactList
    add_view_class = AddView
    edit_view_class = EditView
    delete_view_class = RemoveView
    list_filter = ["event"]

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.gone]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = super().get_common_view_kwargs(**kwargs)
        return {name: value for name, value in kwargs.items() if name.removesuffix("_url_name") not in self.gone}


class EventViewSet(FactViewSet):
    """Without deletion: an event is closed or cancelled, its records stay."""

    gone = FactViewSet.gone | {"delete"}
    model = Event
    name = "events"
    icon = "calendar-alt"
    menu_label = gettext_lazy("Events")
    index_view_class = EventList
    add_view_class = AddEventView
    edit_view_class = EditEventView
    list_display = ["__str__", "starts_on", "ends_on", Column("approval", label=gettext_lazy("Approval"),
                    accessor="get_approval_display"), "published"]  # fmt: skip
    list_filter = ["approval", "published"]
    search_fields = ["slug", "name", "acronym"]
    ordering = "-starts_on"
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("slug"), FieldPanel("acronym")]),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                    FieldRowPanel([FieldPanel("time_zone"), FieldPanel("day_change")]),
                    FieldPanel("venue"),
                ],
                heading=gettext_lazy("When and where"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("published", permission="events.publish_event"),
                    FieldPanel("source_language"),
                    FieldPanel("accent"),
                    FieldPanel("contact_email"),
                ],
                heading=gettext_lazy("Public pages"),
                help_text=gettext_lazy("Visitors see a published event once its plan is in force."),
            ),
        ],
        base_form_class=EventForm,
    )


class SessionViewSet(FactViewSet):
    model = Session
    name = "sessions"
    icon = "time"
    menu_label = gettext_lazy("Sessions")
    index_view_class = SessionList
    list_display = [
        "working_title",
        Column(
            "starts_at", label=gettext_lazy("Begins (event's time)"), accessor=starts_at_local, sort_key="starts_at"
        ),
        "room",
        "track",
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        "event",
    ]
    list_filter = ["event", "state", "kind"]
    search_fields = ["working_title", "slug"]
    ordering = "starts_at"
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("working_title"),
            FieldPanel("slug"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("starts_at"), FieldPanel("duration")]),
                    FieldRowPanel([FieldPanel("room"), FieldPanel("track")]),
                    FieldPanel("state"),
                ],
                heading=gettext_lazy("When and where"),
            ),
            InlinePanel(
                "contributions",
                panels=[FieldRowPanel([FieldPanel("person"), FieldPanel("role"), FieldPanel("position")])],
                heading=gettext_lazy("Who takes part"),
                label=gettext_lazy("Person"),
            ),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("spoken_language"), FieldPanel("recorded")]),
        ],
        base_form_class=SessionForm,
    )


class PersonViewSet(FactViewSet):
    model = Person
    name = "persons"
    icon = "user"
    menu_label = gettext_lazy("Persons")
    list_display = ["name", "latin_name", "country", "event"]
    list_filter = ["event", "country"]
    search_fields = ["name", "latin_name", "slug"]
    ordering = "name"
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("name"),
            FieldPanel("latin_name"),
            FieldPanel("slug"),
            FieldPanel("affiliation"),
            FieldPanel("country"),
        ]
    )


class RoomViewSet(FactViewSet):
    model = Room
    name = "rooms"
    icon = "home"
    menu_label = gettext_lazy("Rooms")
    list_display = ["__str__", "capacity", "step_free", "event"]
    search_fields = ["slug", "name"]
    ordering = "position"
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("name"),
            FieldPanel("slug"),
            FieldRowPanel([FieldPanel("capacity"), FieldPanel("step_free"), FieldPanel("position")]),
        ]
    )


class TrackViewSet(FactViewSet):
    model = Track
    name = "tracks"
    icon = "tag"
    menu_label = gettext_lazy("Tracks")
    list_display = ["__str__", "colour", "event"]
    search_fields = ["slug", "name"]
    ordering = "position"
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("name"),
            FieldPanel("slug"),
            FieldRowPanel([FieldPanel("colour"), FieldPanel("position")]),
        ]
    )


class VenueViewSet(FactViewSet):
    model = Venue
    name = "venues"
    icon = "globe"
    menu_label = gettext_lazy("Venues")
    index_view_class = VenueList
    edit_view_class = EditVenueView
    delete_view_class = RemoveVenueView
    list_display = ["__str__", "city", "country"]
    list_filter = ["country"]
    search_fields = ["name", "city"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("address"),
            FieldRowPanel([FieldPanel("city"), FieldPanel("country")]),
            FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
        ]
    )


class FactsGroup(ModelViewSetGroup):
    """When, where and who of every event."""

    items = (
        *(EventViewSet, SessionViewSet, PersonViewSet, RoomViewSet, TrackViewSet, VenueViewSet),
        EventStaffViewSet,
    )
    menu_label = gettext_lazy("Events")
    menu_name = "events"
    menu_icon = "calendar-alt"
    menu_order = 110
