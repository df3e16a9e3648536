"""Checkpoints in the admin. One that is not needed any more is taken out of use; its scans keep it from being deleted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from checkin.actions import save_checkpoint
from checkin.models import Checkpoint
from checkin.querysets import CheckpointQuerySet
from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from registration.models import Category


class CategoryChoices(forms.ModelMultipleChoiceField):
    """Categories of all events, told apart by the event's name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.event}"


class CheckpointForm(WagtailAdminModelForm):
    """A checkpoint; saving is left to the action."""

    categories = CategoryChoices(
        label=_("Categories"),
        queryset=Category.objects.select_related("event").order_by("event", "position", "id"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None means: every category may pass."),
    )

    class Meta:
        model = Checkpoint
        fields = ["event", "name", "slug", "entries", "categories", "opens_at", "closes_at", "active", "position"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        event = cleaned.get("event")
        if event and any(category.event_id != event.pk for category in cleaned.get("categories") or []):
            raise ValidationError({"categories": _("Choose categories of the checkpoint's own event only.")})
        return dict(cleaned)


class _SavingByAction:
    """Wagtail's create and edit views write through our action."""

    request: Any
    form: Any

    def save_instance(self) -> Checkpoint:
        by = Actor.staff(signed_in(self.request))
        return save_checkpoint(self.form.instance, categories=self.form.cleaned_data["categories"], by=by)


class CheckpointCreateView(_SavingByAction, OwnEventsRecord, generic.CreateView):
    pass


class CheckpointEditView(_SavingByAction, OwnEventsRecord, generic.EditView):
    pass


class CheckpointIndexView(OwnEventsList, generic.IndexView):
    def get_base_queryset(self) -> CheckpointQuerySet:
        return Checkpoint.objects.select_related("event").with_counts()


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
