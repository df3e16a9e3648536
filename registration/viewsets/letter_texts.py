"""What letters say, in the admin: texts, letterheads with their seals, and the rules of the institution."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from plenary.core.actions import Actor
from plenary.core.permissions import own_events, signed_in, works_on
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from registration.actions import Refused
from registration.actions.letters import remove_holiday, save_letter_data, set_seal
from registration.models import Holiday, Letterhead, LetterRules, LetterTemplate
from registration.viewsets.letter_forms import HolidayForm, LetterheadForm, LetterRulesForm, LetterTemplateForm


class _Saved(OwnEventsRecord):
    """Saves by the action, which leaves a trace."""

    def save_instance(self) -> Any:
        by = Actor.staff(signed_in(self.request))
        saved = save_letter_data(self.form.save(commit=False), by=by)
        given = self.form.cleaned_data
        if given.get("seal_file"):
            set_seal(letterhead=saved, checked=given["seal_file"], by=by)
        elif given.get("remove_seal"):
            set_seal(letterhead=saved, checked=None, by=by)
        return saved

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


class AddView(_Saved, generic.CreateView):
    pass


class ChangeView(_Saved, generic.EditView):
    pass


class ListView(OwnEventsList, generic.IndexView):
    pass


class AddRulesView(AddView):
    event_path = None


class ChangeRulesView(ChangeView):
    event_path = None


class _LetterData(ModelViewSet):
    add_view_class = AddView
    edit_view_class = ChangeView
    index_view_class = ListView
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50

    gone = frozenset({"history", "history_results", "usage", "delete"})  # addresses that nothing serves

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.gone]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = {f"{name}_url_name" for name in self.gone}
        return {name: value for name, value in super().get_common_view_kwargs(**kwargs).items() if name not in gone}


class LetterTextViewSet(_LetterData):
    model = LetterTemplate
    name = "letter_texts"
    url_prefix = "letter-texts"
    icon = "edit"
    menu_label = _("Letter texts")
    list_display = ["kind", "event", "changed_at"]

    def get_form_class(self, for_update: bool = False) -> type[LetterTemplateForm]:
        return LetterTemplateForm


class LetterheadViewSet(_LetterData):
    model = Letterhead
    name = "letterheads"
    icon = "doc-empty"
    menu_label = _("Letterheads")
    list_display = ["institution", "event"]

    def get_form_class(self, for_update: bool = False) -> type[LetterheadForm]:
        return LetterheadForm


class _RulesList(generic.IndexView):
    pass


class LetterRulesViewSet(_LetterData):
    model = LetterRules
    name = "letter_rules"
    url_prefix = "letter-rules"
    icon = "list-ol"
    menu_label = _("Rules for letters")
    list_display = ["valid_from", "source", "visa_letter_days", "departure_days"]
    index_view_class = _RulesList
    add_view_class = AddRulesView
    edit_view_class = ChangeRulesView

    def get_form_class(self, for_update: bool = False) -> type[LetterRulesForm]:
        return LetterRulesForm


class AddHolidayView(AddView):
    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        if own_events(signed_in(self.request)) is not None:
            del form.fields["country"]
        return form


class RemoveHolidayView(OwnEventsRecord, generic.DeleteView):
    def delete_action(self) -> None:
        remove_holiday(self.object, by=Actor.staff(signed_in(self.request)))


class HolidayList(generic.IndexView):
    """The days of countries, which everybody with the right reads, and those of the events one works on."""

    def filter_queryset(self, queryset: QuerySet[Holiday]) -> QuerySet[Holiday]:
        mine = own_events(signed_in(self.request))
        if mine is not None:
            queryset = queryset.filter(Q(event__isnull=True) | Q(event__in=mine))
        return super().filter_queryset(queryset)

    def get_edit_url(self, instance: Holiday) -> str | None:
        return super().get_edit_url(instance) if self._is_own(instance) else None

    def get_delete_url(self, instance: Holiday) -> str | None:
        return super().get_delete_url(instance) if self._is_own(instance) else None

    def _is_own(self, holiday: Holiday) -> bool:
        return works_on(signed_in(self.request), holiday.event_id)


class HolidayViewSet(_LetterData):
    """Days that are not worked: facts, entered once for a country by those who work on all events."""

    model = Holiday
    name = "holidays"
    icon = "calendar"
    menu_label = _("Holidays")
    list_display = ["day", "name", "country", "event", "is_worked"]
    ordering = "-day"
    index_view_class = HolidayList
    add_view_class = AddHolidayView
    edit_view_class = ChangeView
    delete_view_class = RemoveHolidayView
    gone = frozenset({"history", "history_results", "usage"})

    def get_form_class(self, for_update: bool = False) -> type[HolidayForm]:
        return HolidayForm


class LetterDataGroup(ModelViewSetGroup):
    """What letters say and by when."""

    items = (LetterTextViewSet, LetterheadViewSet, LetterRulesViewSet, HolidayViewSet)
    menu_label = _("Letters")
    menu_name = "letter-data"
    menu_icon = "edit"
    menu_order = 135
