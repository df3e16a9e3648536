"""Tables that leave: one way for all of them. It writes down who takes what, how much of it and by which filters, and answers
with a file that is written while it is read and in which nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.http import QueryDict, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override

from plenary.core.actions import Actor, record_look
from plenary.core.spreadsheets import csv_rows, xlsx_parts

Item = TypeVar("Item")
WRITERS: Mapping[str, tuple[Callable[[Sequence[str], Iterable[Sequence[Any]]], Iterator[bytes]], str]] = {
    "csv": (csv_rows, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_parts, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
# What people type to search by may be a name, and no log holds one: that they searched is noted, not for whom.
WORDS = frozenset({"q", "code"})


@dataclass(frozen=True)
class Taking:
    """Who takes what: `part` as the ledger of looks calls it, and the number of rows about each record it is noted against."""

    part: str
    by: Actor
    counts: Mapping[Any, int]
    filters: Mapping[str, list[str]] = field(default_factory=dict)

    def note(self) -> None:
        """Write it into the ledger of looks, before the first row leaves."""
        for subject, rows in self.counts.items():
            record_look(subject, part=self.part, by=self.by, detail={"rows": rows, "filters": dict(self.filters)})


def table_response(
    form: str, *, name: str, headings: Iterable[Any], rows: Iterable[Sequence[Any]], taking: Taking | None
) -> StreamingHttpResponse:
    """A table as a file, `form` being "csv" or "xlsx" and `name` without it; `taking` None where it tells of nobody."""
    if taking is not None:
        taking.note()
    write, media_type = WRITERS[form]
    parts = write([str(heading) for heading in headings], in_language(rows))
    response = StreamingHttpResponse(parts, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{form}") or "attachment"
    return response


def in_language(items: Iterable[Item]) -> Iterator[Item]:
    """Items that are made later, in the language of now: by then the request is answered and its language is gone."""
    return _spoken(iter(items), get_language())


def _spoken(items: Iterator[Item], language: str | None) -> Iterator[Item]:
    while True:
        try:
            with override(language):
                item = next(items)
        except StopIteration:
            return
        yield item


def by_event(rows: models.QuerySet[Any], path: str = "event") -> dict[models.Model, int]:
    """How many of these rows each event has, in two statements; `path` leads from a row to its event."""
    mine = rows.model._base_manager.filter(pk__in=rows.order_by().values("pk")).order_by()
    counts = dict(mine.values_list(path).annotate(models.Count("pk")))
    events = apps.get_model("events.Event")._base_manager.filter(pk__in=counts)
    return {event: counts[event.pk] for event in events}


def filters_of(query: QueryDict, names: Iterable[str]) -> dict[str, list[str]]:
    """The filters of an address that a list knows, as they are noted."""
    known = {name: [value[:60] for value in query.getlist(name) if value][:20] for name in names}
    return {name: ["…"] if name in WORDS else values for name, values in known.items() if values}
