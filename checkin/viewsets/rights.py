"""Named rights of an event in the admin: which categories carry each."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from checkin.actions import remove_right, save_right
from checkin.models import Right
from checkin.viewsets.records import OwnChoicesForm, RecordViewSet, categories_of_an_event
from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from registration.models import Category


class RightForm(OwnChoicesForm):
    """A right and who carries it; saving is left to the action."""

    categories = categories_of_an_event(
        _("Categories that carry it"), _("Single guests are given a right on the page of badges.")
    )

    own_choices = {"categories": _("Choose categories of the right's own event only.")}

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
        cleaned = super().clean()
        event = cleaned.get("event")
        if event and not self.instance.pk and Right.objects.free_bit(event) is None:
            raise ValidationError(_("An event can have fifteen badge rights, because a badge has no room for more."))
        return cleaned


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


class RightViewSet(RecordViewSet):
    form = RightForm
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
