"""A ledger: a read-only list in the admin of what actions wrote. It has one address, the list, and closes every other that
wagtail-modeladmin would open for adding, changing, deleting, inspecting or exporting a record."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import URLPattern, re_path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView

from plenary.core.permissions import of_own_events, signed_in


class ChoiceFilter(SimpleListFilter):
    """One of a few answers, chosen from a list; `everything` is what no choice is called."""

    template = "ledgers/filter_choice.html"
    everything: Any = ""


class DayFilter(SimpleListFilter):
    """One end of a span of days, in the time zone of the person who looks. What is no date is no limit."""

    template = "ledgers/filter_day.html"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True

    @property
    def day(self) -> date | None:
        try:
            return parse_date(self.value() or "")
        except ValueError:  # a 31st of June
            return None


class FirstDay(DayFilter):
    title = gettext_lazy("From")
    parameter_name = "from"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(at__gte=_midnight(self.day)) if self.day else queryset


class LastDay(DayFilter):
    title = gettext_lazy("Until")
    parameter_name = "until"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.day is None or self.day == date.max:
            return queryset
        return queryset.filter(at__lt=_midnight(self.day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    # Two days off either end of the calendar, or the conversion to the database's time zone leaves it.
    day = min(max(day, date.min + timedelta(days=2)), date.max - timedelta(days=2))
    return timezone.make_aware(datetime.combine(day, time.min))


class LedgerPermissions(PermissionHelper):
    """Who holds the right to view may list. Nobody does anything else here, a superuser neither."""

    def user_can_list(self, user: User) -> bool:
        return self.user_has_specific_permission(user, self.get_perm_codename("view"))

    def user_can_create(self, user: User) -> bool:
        return False

    def user_can_inspect_obj(self, user: User, obj: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: User, obj: Any) -> bool:
        return False

    def user_can_delete_obj(self, user: User, obj: Any) -> bool:
        return False


class LedgerView(WagtailAdminTemplateMixin, IndexView):
    """The list with its filters in one form, which works without JavaScript."""

    @cached_property
    def header_icon(self) -> str:
        return self.model_admin.get_menu_icon()

    def get_page_title(self) -> str:
        return str(self.model_admin.menu_label)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_template_names(self) -> str:
        return self.model_admin.get_index_template()

    def get_filters(self, request: HttpRequest) -> tuple[list[Any], bool, dict[str, Any], bool]:
        """The declared filters and no others: modeladmin would also take any lookup from the address, such as the first
        letters of somebody's password hash."""
        declared = {spec.parameter_name for spec in self.model_admin.get_list_filter(request)}
        self.params: QueryDict = _only(request.GET, declared)
        return super().get_filters(request)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> QuerySet[Any]:
        # PostgreSQL refuses a text with a null character.
        return super().get_search_results(request, queryset, search_term.replace("\x00", "")[:100])

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> HttpResponseBase:
        raise PermissionDenied  # even without columns modeladmin hands out a file

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["object_list"] = self.model_admin.rows(self.request, list(context["object_list"]))
        kept = self.params.copy()
        if self.query:
            kept[self.SEARCH_VAR] = self.query
        return {**context, "kept": kept.urlencode(), "filtered": bool(kept)}


def _only(params: QueryDict, names: set[str]) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in sorted(names & set(params)):
        if value := params.get(name):
            kept[name] = str(value)
    return kept


class Ledger(ModelAdmin):
    """What every ledger shares. A ledger names its model, its address, its template, its filters and what is searched."""

    index_view_class = LedgerView
    permission_helper_class = LedgerPermissions
    add_to_admin_menu = False  # ledgers are reports, see menu_item
    inspect_view_enabled = False
    history_view_enabled = False
    list_per_page = 50
    ordering = ("-at", "-pk")
    search_label: Any = ""
    event_path = "event"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The lines of the events this person works on; modeladmin narrows nothing but the list by it, and there is no more."""
        return of_own_events(super().get_queryset(request), signed_in(request), self.event_path)

    def rows(self, request: HttpRequest, records: list[Any]) -> list[Any]:
        """The records of one page as its template shows them."""
        return records

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        index = self.url_helper.get_action_url_pattern("index")
        return (re_path(index, self.index_view, name=self.url_helper.get_action_url_name("index")),)

    def register_admin_url_finders(self) -> None:
        """No record has an address to be found."""

    def register_indexing(self) -> None:
        """No record uses a page, an image or a document in a sense an editor would look for."""

    def menu_item(self) -> LedgerMenuItem:
        return LedgerMenuItem(self)


class LedgerMenuItem(MenuItem):
    """A ledger among the reports, for whoever may list it."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(
            ledger.menu_label,
            ledger.url_helper.index_url,
            name=ledger.menu_item_name,
            icon_name=ledger.get_menu_icon(),
            order=ledger.get_menu_order(),
        )
        self.ledger = ledger

    def is_shown(self, request: HttpRequest) -> bool:
        return self.ledger.permission_helper.user_can_list(request.user)
