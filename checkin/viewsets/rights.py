"""Named rights of an event in the admin: which categories carry each."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from checkin.actions import remove_right, save_right
from checkin.models import Right
from checkin.viewsets.checkpoints import OfAnEvent
from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from registration.models import Category


class RightForm(WagtailAdminModelForm):
    """A right and who carries it; saving is left to the action."""

    categories = OfAnEvent(
        label=_("Categories that carry it"),
        queryset=Category.objects.select_related("event").order_by("event", "position", "id"),
        required=False,
        help_text=_("Single guests are given a right on the page of badges."),
    )

    class Meta:
        model = Right
        fields = ["event", "name", "pictogram", "categories"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["event"].disabled = True  # its bit is this event's
            carrying = Category.objects.filter(event=self.instance.event)
            self.initial["categories"] = [one for one in carrying if one.rights & self.instance.mask]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        event = cleaned.get("event")
        if event and any(category.event_id != event.pk for category in cleaned.get("categories") or []):
            self.add_error("categories", _("Choose categories of the right's own event only."))
        if event and not self.instance.pk and Right.objects.free_bit(event) is None:
            raise ValidationError(_("An event can have fifteen badge rights, because a badge has no room for more."))
        return dict(cleaned)


class _SavingByAction:
    request: Any
    form: Any

    def save_instance(self) -> Right:
        by = Actor.staff(signed_in(self.request))
        return save_right(self.form.instance, categories=self.form.cleaned_data["categories"], by=by)


class RightCreateView(_SavingByAction, OwnEventsRecord, generic.CreateView):
    pass


class RightEditView(_SavingByAction, OwnEventsRecord, generic.EditView):
    pass


class RightDeleteView(OwnEventsRecord, generic.DeleteView):
    def delete_action(self) -> None:
        remove_right(self.object, by=Actor.staff(signed_in(self.request)))


class RightIndexView(OwnEventsList, generic.IndexView):
    def get_base_queryset(self) -> Any:
        return Right.objects.select_related("event")


class RightViewSet(ModelViewSet):
    model = Right
    name = "badge-rights"
    url_prefix = "check-in/rights"
    icon = "key"
    menu_label = _("Badge rights")
    add_view_class = RightCreateView
    edit_view_class = RightEditView
    delete_view_class = RightDeleteView
    index_view_class = RightIndexView
    list_display = [
        TitleColumn("name", label=_("Name"), url_name="badge-rights:edit"),
        Column("event", label=_("Event")),
    ]
    list_filter = ["event"]
    ordering = ["event", "bit"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update: bool = False) -> type[RightForm]:
        return RightForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = super().get_common_view_kwargs(**kwargs)
        gone = {"history_url_name", "usage_url_name"}  # no such addresses below
        return {name: value for name, value in kwargs.items() if name not in gone}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
            path("delete/<int:pk>/", self.delete_view, name="delete"),
        ]
