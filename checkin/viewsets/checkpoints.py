"""Checkpoints in the admin. One that is not needed any more is taken out of use; its scans keep it from being deleted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn, TitleColumn
from wagtail.admin.views import generic

from checkin.actions import save_checkpoint
from checkin.models import Checkpoint, Right
from checkin.querysets import CheckpointQuerySet
from checkin.rules import Kind
from checkin.viewsets.records import OfAnEvent, OneOfAnEvent, OwnChoicesForm, RecordViewSet, categories_of_an_event
from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord


class CheckpointForm(OwnChoicesForm):
    """A checkpoint; saving is left to the action."""

    zone = OneOfAnEvent(
        label=_("Leads into"),
        queryset=Checkpoint.objects.filter(kind=Kind.ZONE).select_related("event").order_by("event", "position", "id"),
        required=False,
        help_text=Checkpoint._meta.get_field("zone").help_text,
    )
    categories = categories_of_an_event(_("Categories"), Checkpoint._meta.get_field("categories").help_text)
    rights = OfAnEvent(
        label=_("Badge rights"),
        queryset=Right.objects.select_related("event"),
        required=False,
        help_text=_("One of them is enough, whatever the category."),
    )
    escorted = categories_of_an_event(_("Only with an escort"), Checkpoint._meta.get_field("escorted").help_text)

    own_choices = {
        "categories": _("Choose categories of the checkpoint's own event only."),
        "escorted": _("Choose categories of the checkpoint's own event only."),
        "rights": _("Choose rights of the checkpoint's own event only."),
    }

    class Meta:
        model = Checkpoint
        fields = [
            *("event", "name", "slug", "kind", "zone", "session", "entries", "pause", "capacity", "categories"),
            *("escorted", "opens_at", "closes_at", "mode", "photos", "pictogram", "active", "position"),
        ]
        widgets = {"session": forms.Select}

    field_order = [
        *("event", "name", "slug", "kind", "zone", "session", "entries", "pause", "capacity", "categories", "rights"),
        *("escorted", "opens_at", "closes_at", "mode", "photos", "pictogram", "active", "position"),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            opening = [right for right in Right.objects.of(self.instance.event) if right.mask & self.instance.rights]
            self.initial["rights"] = opening

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        event, session = cleaned.get("event"), cleaned.get("session")
        if event and session and session.event_id != event.pk:
            self.add_error("session", _("Choose a session of the checkpoint's own event."))
        return cleaned


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


class CheckpointViewSet(RecordViewSet):
    form = CheckpointForm
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
    deletes = False
