"""The vetting queue: what awaits a decision, the oldest first, with filters, search in any script and a safe export."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import django_filters
from django import forms
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn
from wagtail.admin.views import generic

from plenary.core.languages import LANGUAGES
from plenary.core.permissions import signed_in
from plenary.core.viewsets import SafeExportMixin, TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsList
from plenary.events.models import Event
from registration.models import Category, Desk, Registration, SavedFilter
from registration.permissions import EXPORT, WATCH_LIST, sight_of, visible_to
from registration.querysets import RegistrationQuerySet
from registration.rules import State
from registration.viewsets.queue_numbers import numbers
from registration.viewsets.quick_checklist import QuickChecklist

ALL = "all"
SOURCES = (
    ("site", _("the site")),
    ("api", _("the API")),
    ("delegation", _("a delegation")),
    ("invitation", _("an invitation")),
    ("desk", _("the desk")),
    ("paper", _("a paper form")),
    ("seed", _("sample data")),
)


class CategoryChoice(django_filters.ModelMultipleChoiceFilter):
    """Categories of all events, told apart by the event's name."""

    class field_class(django_filters.fields.ModelMultipleChoiceField):
        def label_from_instance(self, obj: Category) -> str:
            return f"{obj} · {obj.event}"


class QueueFilterSet(WagtailFilterSet):
    """Filters of the queue. Without a choice of state it shows what awaits a decision."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(ALL, _("all states")), *State.choices],
        method="with_state",
        empty_label=_("awaiting a decision"),
        widget=forms.RadioSelect,
    )
    event = django_filters.ModelChoiceFilter(
        label=_("Event"), queryset=Event.objects.all(), empty_label=_("all events"), widget=forms.RadioSelect
    )
    category = CategoryChoice(
        label=_("Category"),
        queryset=Category.objects.select_related("event"),
        widget=forms.CheckboxSelectMultiple,
    )
    nationality = django_filters.MultipleChoiceFilter(label=_("Nationality"), choices=countries, widget=QuickChecklist)
    language = django_filters.MultipleChoiceFilter(
        label=_("Language"),
        choices=[(language.code, language.name) for language in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )
    source = django_filters.ChoiceFilter(
        label=_("Came by"), choices=SOURCES, empty_label=_("any way"), widget=forms.RadioSelect
    )

    desk = django_filters.ModelChoiceFilter(
        label=_("Waits for"), queryset=Desk.objects.all(), empty_label=_("any desk"), widget=forms.RadioSelect,
        method="waiting_for",
    )  # fmt: skip
    assigned = django_filters.ChoiceFilter(
        label=_("Assigned"),
        choices=[("me", _("to me")), ("nobody", _("to nobody")), ("others", _("to others"))],
        empty_label=_("to anybody"),
        widget=forms.RadioSelect,
        method="with_assignment",
    )
    show = django_filters.ChoiceFilter(
        label=_("Only"),
        choices=[("late", _("late")), ("flagged", _("flagged")), ("hold", _("on hold")), ("changed", _("changed"))],
        empty_label=_("all"),
        widget=forms.RadioSelect,
        method="with_mark",
    )

    class Meta:
        model = Registration
        fields = ["state", "desk", "assigned", "show", "event", "category", "nationality", "language", "source"]

    def with_state(self, queryset: RegistrationQuerySet, _name: str, value: str) -> RegistrationQuerySet:
        return queryset if value == ALL else queryset.filter(state=value)

    def waiting_for(self, queryset: RegistrationQuerySet, _name: str, desk: Desk) -> RegistrationQuerySet:
        return queryset.for_desks([desk])

    def with_assignment(self, queryset: RegistrationQuerySet, _name: str, value: str) -> RegistrationQuerySet:
        user = self.request.user.pk
        if value == "me":
            return queryset.filter(assigned_to=user)
        if value == "nobody":
            return queryset.filter(assigned_to__isnull=True)
        return queryset.filter(assigned_to__isnull=False).exclude(assigned_to=user)

    def with_mark(self, queryset: RegistrationQuerySet, _name: str, value: str) -> RegistrationQuerySet:
        now = timezone.now()
        match value:
            case "late":
                return queryset.late(now)
            case "hold":
                return queryset.on_hold(now)
            case "changed":
                return queryset.changed_materially()
        return queryset.flagged(watch_list=self.request.user.has_perm(WATCH_LIST))

    def filter_queryset(self, queryset: RegistrationQuerySet) -> RegistrationQuerySet:
        """Without a choice of state or desk: what awaits a decision and is not on hold."""
        found = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        if chosen.get("state"):
            return found
        if chosen.get("desk"):
            return found.filter(state=State.SUBMITTED).at_hand(timezone.now())
        found = found.filter(state=State.SUBMITTED)
        return found if chosen.get("show") == "hold" else found.at_hand(timezone.now())


class MarkColumn(TemplateColumn):
    """The gravest open flag of each line, out of the line itself; the watch list's for those who may see it."""

    def __init__(self, *args: Any, watch_list: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watch_list = watch_list

    def get_cell_context_data(self, instance: Registration, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        level = max(instance.flag_level, instance.watch_level if self.watch_list else 0)
        return {**context, "level": {1: "info", 2: "warning", 3: "danger"}.get(level, "")}


def columns(*, watch_list: bool = False) -> list[BaseColumn]:
    """The queue's columns; the first makes bulk decisions possible. `plenary-wide` ones give way on a phone."""
    ticks = BulkActionsCheckboxColumn("bulk_actions", obj_type="registration")
    return [
        ticks,
        MarkColumn(
            "flags",
            label=_("Flags"),
            template="vetting/cells/flags.html",
            sort_key="flag_level",
            watch_list=watch_list,
        ),
        _column("name", _("Name"), sort_key="name"),
        _column("category", _("Category"), sort_key="category", classname="plenary-wide"),
        _column("organisation", _("Organisation"), sort_key="organisation", classname="plenary-wide"),
        _column("nationality", _("Nationality"), sort_key="nationality", classname="plenary-wide"),
        _column("state", _("State")),
        _column("desks", _("Desks"), classname="plenary-wide"),
        _column("assigned", _("Assigned"), classname="plenary-wide"),
        _column("waiting", _("Waiting"), sort_key="created_at"),
        _column("code", _("Code"), classname="plenary-wide"),
    ]


def _column(name: str, label: Any, **kwargs: Any) -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"vetting/cells/{name}.html", **kwargs)


@lru_cache(maxsize=2_000)
def _country_name(code: str, language: str | None) -> str:
    """A country's name in the active language; looking it up afresh for every line of an export takes half its time."""
    return str(countries.name(code) or "")


EXPORT_COLUMNS: Mapping[Any, Callable[[Registration], Any]] = {
    _("Code"): lambda found: found.code,
    _("State"): lambda found: found.get_state_display(),
    _("Event"): lambda found: str(found.event),
    _("Category"): lambda found: str(found.category),
    _("Name in original script"): lambda found: found.name,
    _("Name in Latin letters"): lambda found: found.latin_name,
    _("Organisation"): lambda found: found.organisation,
    pgettext_lazy("of a person", "Function"): lambda found: found.job_title,
    _("Nationality"): lambda found: _country_name(str(found.nationality), get_language()),
    _("Language"): lambda found: found.get_language_display(),
    _("Came by"): lambda found: found.source,
    _("Signed up"): lambda found: found.created_at,
    _("Decided"): lambda found: found.decided_at,
}


class BoundedPaginator(WagtailPaginator):
    """Counts no further than anybody pages: the whole of a long list costs more than its page."""

    @cached_property
    def count(self) -> int:
        found: RegistrationQuerySet = self.object_list
        return found.count_some()


class QueueView(SafeExportMixin, OwnEventsList, generic.IndexView):
    """The list itself. Its statements do not grow with its lines."""

    page_title = _("Vetting queue")
    paginator_class = BoundedPaginator
    is_searchable = True
    any_permission_required = ["view"]
    export_permission = EXPORT
    export_part = "export of registrations"

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return columns(watch_list=self.request.user.has_perm(WATCH_LIST))

    def get_base_queryset(self) -> RegistrationQuerySet:
        return visible_to(signed_in(self.request)).for_queue()

    def order_queryset(self, queryset: RegistrationQuerySet) -> RegistrationQuerySet:
        # Both the same way round, so that one index gives the order.
        return queryset.order_by(self.ordering, "-id" if str(self.ordering).startswith("-") else "id")

    def search_queryset(self, queryset: RegistrationQuerySet) -> RegistrationQuerySet:
        return queryset.matching(self.search_query) if self.is_searching else queryset

    def get_filename(self) -> str:
        return f"registrations-{timezone.localdate():%Y-%m-%d}"

    def get_export_columns(self) -> Mapping[Any, Callable[[Registration], Any]]:
        if not sight_of(signed_in(self.request)).contact:
            return EXPORT_COLUMNS
        return {**EXPORT_COLUMNS, gettext("E-mail address"): lambda found: found.email}

    def get_export_rows(self, queryset: QuerySet[Registration]) -> Any:
        # Deferred anew: the queue leaves addresses unread, and each would be fetched by a statement of its own here.
        return (
            queryset.prefetch_related(None)
            .defer(None)
            .defer("answers", "replies", "information_request")
            .iterator(chunk_size=2_000)
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        if not self.is_export:
            context |= {
                "summary": self._numbers(),
                "saved": SavedFilter.objects.for_officer(signed_in(self.request)),
                "current_query": _filters_of(self.request.GET),
                "model_name": "registration",
                "app_label": "registration",
            }
        return context

    def _numbers(self) -> list[dict[str, Any]]:
        chosen = self.filters.form.cleaned_data if self.filters.is_valid() else {}
        return numbers(signed_in(self.request), chosen, self.index_url)


def _filters_of(query: QueryDict) -> str:
    """The filters of an address, without the page."""
    kept = query.copy()
    for name in ("p", "_w_filter_fragment", "export"):
        kept.pop(name, None)
    return kept.urlencode()


def title_id(registration: Registration) -> str:
    """The id of the cell that names a registration, which its checkbox points to."""
    return f"registration_{quote(registration.pk)}_title"


def is_late(registration: Registration) -> bool:
    """Whether a guest has waited longer for a decision than a guest should."""
    return (
        registration.state == State.SUBMITTED
        and registration.late_at is not None
        and registration.late_at < (now := timezone.now())
        and (registration.held_until is None or registration.held_until <= timezone.localdate(now))
    )
