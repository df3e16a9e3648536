"""What the forms and lists of an event's records share here: choices of the same event, and the addresses there are."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.urls import URLPattern, path
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.viewsets.model import ModelViewSet

from registration.models import Category


class _ToldApart:
    """Records of all events, told apart by the event's name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.event}"


class OneOfAnEvent(_ToldApart, forms.ModelChoiceField):
    pass


class OfAnEvent(_ToldApart, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


def categories_of_an_event(label: Any, help_text: Any) -> OfAnEvent:
    """Any number of categories, none too."""
    categories = Category.objects.select_related("event").order_by("event", "position", "id")
    return OfAnEvent(label=label, queryset=categories, required=False, help_text=help_text)


class OwnChoicesForm(WagtailAdminModelForm):
    """A form whose choices have to be of the record's own event; `own_choices` says what is wrong where they are not."""

    own_choices: ClassVar[Mapping[str, Any]] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        event = cleaned.get("event")
        for name, problem in self.own_choices.items():
            if event and any(one.event_id != event.pk for one in cleaned.get(name) or []):
                self.add_error(name, problem)
        return dict(cleaned)


class RecordViewSet(ModelViewSet):
    """List, add, edit and, where there is a view for it, delete. Nothing is copied, inspected or looked for by reference."""

    form: type[WagtailAdminModelForm]
    deletes = True
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update: bool = False) -> type[WagtailAdminModelForm]:
        return self.form

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = super().get_common_view_kwargs(**kwargs)
        gone = {"history_url_name", "usage_url_name"} | (set() if self.deletes else {"delete_url_name"})
        return {name: value for name, value in kwargs.items() if name not in gone}

    def get_urlpatterns(self) -> list[URLPattern]:
        found = [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
        ]
        return [*found, path("delete/<int:pk>/", self.delete_view, name="delete")] if self.deletes else found
