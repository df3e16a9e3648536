"""What the admin of all apps shares: exports that no spreadsheet can be tricked with, columns, and the numbers in
the menu and on the home page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from plenary.core.spreadsheets import csv_rows, xlsx_file


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
        count: Callable[[HttpRequest], int],
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
    """Replaces Wagtail's export: every cell neutralised, rows streamed, a permission of its own, each export logged."""

    export_permission = ""
    export_columns: Mapping[str, Callable[[Any], Any]] = {}  # heading → value of a row

    def may_export(self) -> bool:
        return bool(self.request.user.has_perm(self.export_permission))

    @property
    def show_export_buttons(self) -> bool:
        return self.may_export()

    def get_export_columns(self) -> Mapping[str, Callable[[Any], Any]]:
        return self.export_columns

    def get_export_rows(self, queryset: QuerySet[Any]) -> Iterable[Any]:
        return queryset.iterator(chunk_size=2_000)

    def log_export(self, queryset: QuerySet[Any]) -> None:
        """Note who took which data away; each view says against which record."""
        raise NotImplementedError

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> HttpResponseBase:
        if not self.may_export():
            raise PermissionDenied
        self.log_export(queryset)
        columns = self.get_export_columns()
        headings, rows = [str(heading) for heading in columns], self._cells(queryset, list(columns.values()))
        name = f"{self.get_filename()}.{spreadsheet_format}"
        if spreadsheet_format == self.FORMAT_XLSX:
            return FileResponse(xlsx_file(headings, rows), as_attachment=True, filename=name)
        response = StreamingHttpResponse(csv_rows(headings, rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _cells(self, queryset: QuerySet[Any], columns: list[Callable[[Any], Any]]) -> Iterator[list[Any]]:
        for row in self.get_export_rows(queryset):
            yield [column(row) for column in columns]
