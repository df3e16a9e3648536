"""What the admin of all apps shares: exports that no spreadsheet can be tricked with, columns, and the numbers in
the menu and on the home page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from plenary.core.actions import Actor
from plenary.core.exports import Taking, by_event, filters_of, table_response
from plenary.core.permissions import signed_in


class TemplateColumn(Column):
    """A column whose cell is a template; it finds the row's object as `instance`."""

    def __init__(self, name: str, *, template: str, **kwargs: Any) -> None:
        super().__init__(name, accessor=lambda instance: None, **kwargs)
        self.cell_template_name = template


class CountingMenuItem(MenuItem):
    """A menu item that says how many things wait behind it."""

    def __init__(
        self,
        *args: Any,
        shown: Callable[[HttpRequest], bool],
        count: Callable[[HttpRequest], int | str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.shown, self.count = shown, count

    def is_shown(self, request: HttpRequest) -> bool:
        return self.shown(request)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        waiting = self.count(request)
        label = f"{self.label} ({waiting})" if waiting else str(self.label)
        return LinkMenuItem(
            self.name, label, self.url, icon_name=self.icon_name, classname=self.classname, attrs=self.attrs
        )


@dataclass(frozen=True)
class Number:
    """One number of a home panel, and the list behind it; `bad` ones stand out unless they are nought."""

    label: str
    count: int
    url: str
    bad: bool = False
    shown: str = ""  # where it is counted only so far: "10,000+"


class NumbersPanel(Component):
    """A panel of the admin's home page: what waits for this person, and a way to the next piece of work."""

    template_name = "wagtailadmin/home_numbers.html"
    name = ""
    title: Any = ""
    order = 100

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def numbers(self) -> list[Number]:
        raise NotImplementedError

    def action(self) -> dict[str, Any] | None:
        """The button below the numbers: `url` and `label`, or nothing."""
        return None

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"panel": self, "numbers": self.numbers(), "action": self.action()}


class SafeExportMixin(SpreadsheetExportMixin):
    """Replaces Wagtail's export: a permission of its own, and the one way of core.exports."""

    export_permission = ""
    export_part = ""  # as the ledger of looks calls it
    export_columns: Mapping[str, Callable[[Any], Any]] = {}  # heading → value of a row

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Wagtail builds the page first, and counts a list without pages by loading all of it.
        if self.is_export:
            return self.as_spreadsheet(self.get_queryset(), request.GET["export"])
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def may_export(self) -> bool:
        return bool(self.request.user.has_perm(self.export_permission))

    @property
    def show_export_buttons(self) -> bool:
        return self.may_export()

    def get_export_columns(self) -> Mapping[str, Callable[[Any], Any]]:
        return self.export_columns

    def get_export_rows(self, queryset: QuerySet[Any]) -> Iterable[Any]:
        return queryset.iterator(chunk_size=2_000)

    def export_counts(self, queryset: QuerySet[Any]) -> Mapping[Any, int]:
        """The records the export is noted against, with how many rows it has of each."""
        return by_event(queryset)

    def export_filters(self) -> Iterable[str]:
        """The names of the filters this list knows."""
        return ("q", *self.filters.form.fields) if self.filters else ("q",)

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> HttpResponseBase:
        if not self.may_export():
            raise PermissionDenied
        columns = self.get_export_columns()
        return table_response(
            spreadsheet_format,
            name=self.get_filename(),
            headings=columns,
            rows=self._cells(queryset, list(columns.values())),
            taking=Taking(
                self.export_part,
                Actor.staff(signed_in(self.request)),
                self.export_counts(queryset),
                filters_of(self.request.GET, self.export_filters()),
            ),
        )

    def _cells(self, queryset: QuerySet[Any], columns: list[Callable[[Any], Any]]) -> Iterator[list[Any]]:
        for row in self.get_export_rows(queryset):
            yield [column(row) for column in columns]
