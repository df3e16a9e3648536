"""The vetting queue: what awaits a decision, the oldest first, with filters, search in any script and a safe export."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import django_filters
from django.contrib.admin.utils import quote
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Table
from wagtail.admin.views import generic

from plenary.core.languages import LANGUAGES
from plenary.core.permissions import signed_in
from plenary.core.viewsets import SafeExportMixin
from plenary.core.viewsets.scoping import OwnEventsList
from plenary.events.models import Event
from registration.models import Category, Desk, Registration, SavedFilter
from registration.permissions import EXPORT, WATCH_LIST, sight_of, visible_to
from registration.querysets import RegistrationQuerySet
from registration.rules import State
from registration.viewsets.queue_numbers import count_of, numbers, some
from registration.viewsets.quick_checklist import QuickChecklist, QuickRadios

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


def country_choices() -> tuple[tuple[str, str], ...]:
    """Every country by its name in the active language."""
    return _countries(get_language())


@lru_cache(maxsize=20)
def _countries(_language: str | None) -> tuple[tuple[str, str], ...]:
    # Naming and sorting them anew takes longer than to find the page's lines.
    return tuple((code, str(name)) for code, name in countries)


MAY_WAIT_AGAIN = (State.SUBMITTED, State.INFORMATION_REQUESTED, State.APPROVED)


class CategoryChoice(django_filters.ModelMultipleChoiceFilter):
    """Categories of all events, told apart by the event's name."""

    class field_class(django_filters.fields.ModelMultipleChoiceField):
        def label_from_instance(self, obj: Category) -> str:
            return f"{obj} · {obj.event}"


class QueueFilterSet(WagtailFilterSet):
    """Filters of the queue. Without a choice of state it shows what awaits a decision.

    None asks for distinct lines: all are about the line itself, and to compare long lines takes longer than to find them.
    """

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(ALL, _("all states")), *State.choices],
        method="with_state",
        empty_label=_("awaiting a decision"),
        widget=QuickRadios,
    )
    event = django_filters.ModelChoiceFilter(
        label=_("Event"), queryset=Event.objects.all(), empty_label=_("all events"), widget=QuickRadios
    )
    category = CategoryChoice(
        label=_("Category"),
        queryset=Category.objects.select_related("event"),
        widget=QuickChecklist,
        distinct=False,
    )
    nationality = django_filters.MultipleChoiceFilter(
        label=_("Nationality"), choices=country_choices, widget=QuickChecklist, distinct=False
    )
    language = django_filters.MultipleChoiceFilter(
        label=_("Language"),
        choices=[(language.code, language.name) for language in LANGUAGES],
        widget=QuickChecklist,
        distinct=False,
    )
    source = django_filters.ChoiceFilter(
        label=_("Came by"), choices=SOURCES, empty_label=_("any way"), widget=QuickRadios
    )

    desk = django_filters.ModelChoiceFilter(
        label=_("Waits for"), queryset=Desk.objects.all(), empty_label=_("any desk"), widget=QuickRadios,
        method="waiting_for",
    )  # fmt: skip
    assigned = django_filters.ChoiceFilter(
        label=_("Assigned"),
        choices=[("me", _("to me")), ("nobody", _("to nobody")), ("others", _("to others"))],
        empty_label=_("to anybody"),
        widget=QuickRadios,
        method="with_assignment",
    )
    show = django_filters.ChoiceFilter(
        label=_("Only"),
        choices=[("late", _("late")), ("flagged", _("flagged")), ("hold", _("on hold")), ("changed", _("changed"))],
        empty_label=_("all"),
        widget=QuickRadios,
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
        """Without a choice of state, desk or change: what awaits a decision and is not on hold."""
        found = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        if chosen.get("state"):
            return found
        if chosen.get("show") == "changed":  # an admitted guest's change waits nowhere else
            return found.filter(state__in=MAY_WAIT_AGAIN)
        if chosen.get("desk"):
            return found.filter(state=State.SUBMITTED).at_hand(timezone.now())
        found = found.filter(state=State.SUBMITTED)
        return found if chosen.get("show") == "hold" else found.at_hand(timezone.now())


class QueueTable(Table):
    """All lines in one template: a template for each cell of them takes half of a page's time."""

    template_name = "vetting/lines.html"

    def __init__(self, *args: Any, watch_list: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watch_list = watch_list  # whether the reader may see its flags


def columns() -> list[BaseColumn]:
    """The queue's headings; the first makes bulk decisions possible. `plenary-wide` ones give way on a phone."""
    return [
        BulkActionsCheckboxColumn("bulk_actions", obj_type="registration"),
        BaseColumn("flags", label=_("Flags"), sort_key="flag_level"),
        BaseColumn("name", label=_("Name"), sort_key="name"),
        BaseColumn("category", label=_("Category"), sort_key="category", classname="plenary-wide"),
        BaseColumn("organisation", label=_("Organisation"), sort_key="organisation", classname="plenary-wide"),
        BaseColumn("nationality", label=_("Nationality"), sort_key="nationality", classname="plenary-wide"),
        BaseColumn("state", label=_("State")),
        BaseColumn("desks", label=_("Desks"), classname="plenary-wide"),
        BaseColumn("assigned", label=_("Assigned"), classname="plenary-wide"),
        BaseColumn("waiting", label=_("Waiting"), sort_key="created_at"),
        BaseColumn("code", label=_("Code"), classname="plenary-wide"),
    ]


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
    """Counts no further than anybody pages, and says so: the whole of a long list costs more than its page."""

    object_list: RegistrationQuerySet

    @cached_property
    def count(self) -> int:
        return count_of(self.object_list)

    @cached_property
    def items_count_label(self) -> str:
        return f"{some(self.count)} {self.verbose_name if self.count == 1 else self.verbose_name_plural}"

    def page(self, number: int | str) -> Page[Registration]:
        place = self.validate_number(number)
        start = (place - 1) * self.per_page
        return self._get_page(self.object_list.lines(start, start + self.per_page), place, self)


class QueueView(SafeExportMixin, OwnEventsList, generic.IndexView):
    """The list itself. Its statements do not grow with its lines."""

    page_title = _("Vetting queue")
    paginator_class = BoundedPaginator
    is_searchable = True
    any_permission_required = ["view"]
    export_permission = EXPORT
    export_part = "export of registrations"

    table_class = QueueTable

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return columns()

    def get_table_kwargs(self) -> dict[str, Any]:
        return {**super().get_table_kwargs(), "watch_list": self.request.user.has_perm(WATCH_LIST)}

    def get_base_queryset(self) -> RegistrationQuerySet:
        return visible_to(signed_in(self.request)).for_queue()

    def order_queryset(self, queryset: RegistrationQuerySet) -> RegistrationQuerySet:
        # All the same way round, so that one index gives the order.
        way = "-" if str(self.ordering).startswith("-") else ""
        ties = ("created_at", "id") if self.ordering == f"{way}nationality" else ("id",)
        return queryset.order_by(self.ordering, *(way + tie for tie in ties))

    def search_queryset(self, queryset: RegistrationQuerySet) -> RegistrationQuerySet:
        return queryset.searched(self.search_query) if self.is_searching else queryset

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
