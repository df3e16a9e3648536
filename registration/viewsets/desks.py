"""What is set up for vetting, in the admin: desks, routes, reason codes; and the watch list, for whom it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from plenary.core.actions import Actor, record_look
from plenary.core.permissions import signed_in
from plenary.core.viewsets import TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsRecord
from plenary.events.models import Event
from registration import actions
from registration.labels import country_name
from registration.models import Category, CategoryDesk, Desk, ReasonCode, WatchListEntry
from registration.rules import Verdict
from registration.viewsets import watch_list_import


def _by(request: HttpRequest) -> Actor:
    return Actor.staff(signed_in(request))


class SetUpViewSet(ModelViewSet):
    """Lists and forms that save through actions; Wagtail's own history, usage and copying are left out."""

    copy_view_enabled = False
    add_to_reference_index = False
    inspect_view_enabled = False
    list_per_page = 50
    deletable = True

    @property
    def gone(self) -> set[str]:
        return {"history", "usage"} | (set() if self.deletable else {"delete"})

    def get_urlpatterns(self) -> list[Any]:
        gone = self.gone | {"history_results"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in gone]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = {f"{name}_url_name" for name in self.gone}
        return {name: value for name, value in super().get_common_view_kwargs(**kwargs).items() if name not in gone}


def _views(save: Any) -> tuple[Any, Any]:
    """The views that add and change, which save through an action."""

    class Add(generic.CreateView):
        def save_instance(self) -> Any:
            return save(self.form.save(commit=False), by=_by(self.request))

    class Edit(generic.EditView):
        def save_instance(self) -> Any:
            return save(self.form.save(commit=False), by=_by(self.request))

    return Add, Edit


# -- desks ---------------------------------------------------------------------------------------------------------------
AddDeskView, EditDeskView = _views(actions.save_desk)


class DeskViewSet(SetUpViewSet):
    model = Desk
    name = "desks"
    icon = "group"
    menu_label = gettext_lazy("Desks")
    deletable = False
    ordering = "slug"
    add_view_class, edit_view_class = AddDeskView, EditDeskView
    list_display = ["__str__", "group", "sees_contact", "sees_documents"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("slug"),
            FieldPanel("group", help_text=gettext_lazy("The accounts of this role are the desk's officers.")),
            FieldPanel("sees_contact"),
            FieldPanel("sees_documents"),
        ]
    )


# -- routes --------------------------------------------------------------------------------------------------------------
class StopForm(WagtailAdminModelForm):
    """The category stays: another category's stop is another stop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        if isinstance(category, forms.ModelChoiceField):
            events = Event.objects.for_staff(self.for_user) if isinstance(self.for_user, User) else Event.objects.all()
            category.queryset = Category.objects.filter(event__in=events).select_related("event")
            category.choices = [("", "—"), *((one.pk, f"{one} · {one.event}") for one in category.queryset)]
        if self.instance.pk:
            category.disabled = True


class RouteListView(generic.IndexView):
    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            TemplateColumn("stop", label=_("Category"), template="vetting/cells/stop.html"),
            Column("desk", label=_("Desk")),
            Column("step", label=_("Step")),
            TemplateColumn("rules", label=_("Rules"), template="vetting/cells/stop_rules.html"),
        ]

    def get_base_queryset(self) -> QuerySet[CategoryDesk]:
        mine = Event.objects.for_staff(signed_in(self.request))
        return CategoryDesk.objects.filter(category__event__in=mine).select_related("category__event", "desk")

    def order_queryset(self, queryset: QuerySet[CategoryDesk]) -> QuerySet[CategoryDesk]:
        return queryset.order_by("-category__event__starts_on", "category__position", "category", "step", "desk")


AddStopView = _views(actions.save_stop)[0]


class EditStopView(OwnEventsRecord, generic.EditView):
    event_path = "category__event"

    def save_instance(self) -> CategoryDesk:
        return actions.save_stop(self.form.save(commit=False), by=_by(self.request))


class RemoveStopView(OwnEventsRecord, generic.DeleteView):
    event_path = "category__event"

    def delete_action(self) -> None:
        actions.remove_stop(self.object, by=_by(self.request))


class RouteViewSet(SetUpViewSet):
    model = CategoryDesk
    name = "routes"
    icon = "order-down"
    menu_label = gettext_lazy("Routes")
    index_view_class = RouteListView
    add_view_class, edit_view_class, delete_view_class = AddStopView, EditStopView, RemoveStopView
    edit_handler = ObjectList(
        [
            FieldPanel("category"),
            FieldPanel("desk"),
            FieldPanel("step"),
            FieldPanel("four_eyes"),
            FieldPanel("may_veto"),
        ],
        base_form_class=StopForm,
    )


# -- reasons -------------------------------------------------------------------------------------------------------------
class ReasonForm(WagtailAdminModelForm):
    verdicts = forms.MultipleChoiceField(
        label=gettext_lazy("For which verdicts"), choices=Verdict.choices, widget=forms.CheckboxSelectMultiple
    )


AddReasonView, EditReasonView = _views(actions.save_reason_code)


class ReasonViewSet(SetUpViewSet):
    model = ReasonCode
    name = "reasons"
    icon = "list-ul"
    menu_label = gettext_lazy("Reason codes")
    ordering = "position"
    deletable = False
    add_view_class, edit_view_class = AddReasonView, EditReasonView
    list_display = ["__str__", "slug", "needs_text", "active"]
    edit_handler = ObjectList(
        [
            FieldPanel("label"),
            FieldPanel("slug"),
            FieldPanel("verdicts"),
            FieldPanel("needs_text"),
            FieldPanel("active"),
            FieldPanel("position"),
        ],
        base_form_class=ReasonForm,
    )


class SetUpGroup(ModelViewSetGroup):
    """What vetting stands on: rules of practice are data."""

    items = (RouteViewSet, DeskViewSet, ReasonViewSet)
    menu_label = gettext_lazy("Vetting rules")
    menu_name = "vetting-rules"
    menu_icon = "clipboard-list"
    menu_order = 131


# -- the watch list --------------------------------------------------------------------------------------------------------
class EntryForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("valid_from"), cleaned.get("valid_to")
        if since and until and until < since:
            self.add_error("valid_to", _("It has to end after it begins."))
        return cleaned


class WatchListView(generic.IndexView):
    """Source and dates; names stand in the entry itself, where a look is logged."""

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            TemplateColumn("entry", label=_("Source"), template="vetting/cells/entry.html"),
            Column("birth_year", label=_("Year of birth")),
            Column(
                "nationality",
                label=_("Nationality"),
                accessor=lambda entry: country_name(str(entry.nationality)) or "—",
            ),
            Column("valid_from", label=_("Valid from")),
            Column("valid_to", label=_("Valid to")),
        ]

    @cached_property
    def header_buttons(self) -> list[Any]:
        imports = HeaderButton(_("Import a list"), url=reverse("watch_list:import"), icon_name="upload")
        return [*super().header_buttons, imports]

    def get_base_queryset(self) -> QuerySet[WatchListEntry]:
        return WatchListEntry.objects.defer("names", "note")


AddEntryView = _views(actions.save_entry)[0]


class EditEntryView(generic.EditView):
    """Whoever opens an entry sees names: every look is logged."""

    def save_instance(self) -> WatchListEntry:
        return actions.save_entry(self.form.save(commit=False), by=_by(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record_look(self.object, part="watch list", by=_by(self.request))
        return super().get_context_data(**kwargs)


class RemoveEntryView(generic.DeleteView):
    def delete_action(self) -> None:
        actions.remove_entry(self.object, by=_by(self.request))


class WatchListViewSet(SetUpViewSet):
    model = WatchListEntry
    name = "watch_list"
    url_prefix = "watch-list"
    icon = "warning"
    menu_label = gettext_lazy("Watch list")
    menu_name = "watch-list"
    menu_order = 132
    add_to_admin_menu = True
    ordering = "-created_at"
    list_filter = ["nationality"]
    index_view_class = WatchListView
    add_view_class, edit_view_class, delete_view_class = AddEntryView, EditEntryView, RemoveEntryView
    edit_handler = ObjectList(
        [
            FieldPanel("names"),
            FieldPanel("birth_year"),
            FieldPanel("nationality"),
            FieldPanel("source"),
            FieldPanel("note"),
            FieldPanel("valid_from"),
            FieldPanel("valid_to"),
        ],
        base_form_class=EntryForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("import/", watch_list_import.ImportView.as_view(), name="import"),
            path("import/<uuid:pk>/", watch_list_import.PreviewView.as_view(), name="preview"),
            path("import/example/", watch_list_import.sample_view, name="sample"),
        ]
