"""Checkpoints in the admin. One that is not needed any more is taken out of use; its scans keep it from being deleted."""

from typing import Any

from django import forms
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from checkin.actions import save_checkpoint
from checkin.models import Checkpoint, Right
from checkin.querysets import CheckpointQuerySet
from checkin.rules import Kind
from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from registration.models import Category


class OfAnEvent(forms.ModelMultipleChoiceField):
    """Categories or rights of all events, told apart by the event's name."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.event}"


class ZoneChoice(forms.ModelChoiceField):
    """A checkpoint of the kind "zone", told apart by its event's name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.event}"


class CheckpointForm(WagtailAdminModelForm):
    """A checkpoint; saving is left to the action."""

    zone = ZoneChoice(
        label=_("Leads into"),
        queryset=Checkpoint.objects.filter(kind=Kind.ZONE).select_related("event").order_by("event", "position", "id"),
        required=False,
        help_text=Checkpoint._meta.get_field("zone").help_text,
    )
    categories = OfAnEvent(
        label=_("Categories"),
        queryset=Category.objects.select_related("event").order_by("event", "position", "id"),
        required=False,
        help_text=Checkpoint._meta.get_field("categories").help_text,
    )
    rights = OfAnEvent(
        label=_("Badge rights"),
        queryset=Right.objects.select_related("event"),
        required=False,
        help_text=_("One of them is enough, whatever the category."),
    )
    escorted = OfAnEvent(
        label=_("Only with an escort"),
        queryset=Category.objects.select_related("event").order_by("event", "position", "id"),
        required=False,
        help_text=Checkpoint._meta.get_field("escorted").help_text,
    )

    class Meta:
        model = Checkpoint
        fields = [
            *("event", "name", "slug", "kind", "zone", "session", "entries", "pause", "capacity", "categories"),
            *("escorted", "opens_at", "closes_at", "mode", "photos", "active", "position"),
        ]
        widgets = {"session": forms.Select}

    field_order = [
        *("event", "name", "slug", "kind", "zone", "session", "entries", "pause", "capacity", "categories", "rights"),
        *("escorted", "opens_at", "closes_at", "mode", "photos", "active", "position"),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            opening = [right for right in Right.objects.of(self.instance.event) if right.mask & self.instance.rights]
            self.initial["rights"] = opening

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        event = cleaned.get("event")
        for name, problem in self._OWN.items():
            if event and any(one.event_id != event.pk for one in cleaned.get(name) or []):
                self.add_error(name, problem)
        session = cleaned.get("session")
        if event and session and session.event_id != event.pk:
            self.add_error("session", _("Choose a session of the checkpoint's own event."))
        return dict(cleaned)

    _OWN = {
        "categories": _("Choose categories of the checkpoint's own event only."),
        "escorted": _("Choose categories of the checkpoint's own event only."),
        "rights": _("Choose rights of the checkpoint's own event only."),
    }


class _SavingByAction:
    """Wagtail's create and edit views write through our action."""

    request: Any
    form: Any

    def save_instance(self) -> Checkpoint:
        by = Actor.staff(signed_in(self.request))
        chosen = {name: self.form.cleaned_data[name] for name in ("categories", "rights", "escorted")}
        return save_checkpoint(self.form.instance, **chosen, by=by)


class CheckpointCreateView(_SavingByAction, OwnEventsRecord, generic.CreateView):
    pass


class CheckpointEditView(_SavingByAction, OwnEventsRecord, generic.EditView):
    pass


class CheckpointIndexView(OwnEventsList, generic.IndexView):
    def get_base_queryset(self) -> CheckpointQuerySet:
        return Checkpoint.objects.select_related("event", "zone").with_counts()


class CheckpointViewSet(ModelViewSet):
    model = Checkpoint
    name = "checkpoints"
    url_prefix = "check-in/checkpoints"
    icon = "site"
    menu_label = _("Checkpoints")
    add_view_class = CheckpointCreateView
    edit_view_class = CheckpointEditView
    index_view_class = CheckpointIndexView
    list_display = [
        TitleColumn("name", label=_("Name"), url_name="checkpoints:edit"),
        Column("event", label=_("Event")),
        Column("slug", label=_("Short name")),
        Column("get_kind_display", label=_("Kind")),
        Column("get_entries_display", label=_("Entry with one badge")),
        BooleanColumn("active", label=_("In use")),
        NumberColumn("arrived", label=_("Arrived")),
    ]
    list_filter = ["event", "active"]
    ordering = ["event", "position", "id"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update: bool = False) -> type[CheckpointForm]:
        return CheckpointForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = super().get_common_view_kwargs(**kwargs)
        gone = {"delete_url_name", "history_url_name", "usage_url_name"}  # no such addresses below
        return {name: value for name, value in kwargs.items() if name not in gone}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
        ]
