"""The report of reads of identity papers: who opened whose passport or portrait, and when. For whoever answers to the guests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.options import ModelAdmin

from plenary.core.models import AccessLog
from plenary.core.permissions import signed_in
from plenary.core.viewsets import SafeExportMixin
from plenary.core.viewsets.ledgers import DayFilter, FirstDay, LastDay, LedgerView
from plenary.core.viewsets.looks import PARTS, Look, LooksLedger, PartFilter
from plenary.events.ledgers import EventFilter
from registration.models import Registration

EXPORT = "core.export_accesslog"
OF_PAPERS = ("passport", "passport scan", "portrait", "assignment letter")


class PaperFilter(PartFilter):
    """Documents, their pictures, portraits, letters."""

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [(key, str(PARTS[key])) for key in OF_PAPERS]


class CodeFilter(DayFilter):
    """Whose papers, by the code that a guest reads to the office: "who has looked at my passport?\""""

    title = _("Registration code")
    parameter_name = "code"
    template = "ledgers/filter_text.html"

    @property
    def text(self) -> str:
        return (self.value() or "").replace("\x00", "").strip()[:20]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AccessLog]) -> QuerySet[AccessLog]:
        if not self.text:
            return queryset
        found = Registration.objects.filter(code=self.text.upper()).values_list("pk", flat=True)
        return queryset.filter(subject_type=Registration._meta.label_lower, subject_id__in=[str(pk) for pk in found])


class PassportReadsView(SafeExportMixin, LedgerView):
    """The list, and the same list as a file for whoever may take it away."""

    export_permission = EXPORT
    export_part = "export of passport reads"
    export_columns: Mapping[str, Callable[[Look], Any]] = {
        "when": lambda look: look.record.at,
        "who": lambda look: look.record.actor_label,
        "account": lambda look: look.record.actor.get_username() if look.record.actor else "",
        "part": lambda look: look.part,
        "whose": lambda look: look.subject.label,
        "event": lambda look: look.record.event.slug if look.record.event else "",
    }

    def get_filename(self) -> str:
        return "reads-of-passports"

    def export_counts(self, queryset: QuerySet[AccessLog]) -> Mapping[Any, int]:
        # Against whoever took it: a list of looks belongs to no one guest, and may span events.
        return {signed_in(self.request): queryset.count()}

    def export_filters(self) -> Iterable[str]:
        return [one.parameter_name for one in self.model_admin.list_filter]

    def get_export_rows(self, queryset: QuerySet[AccessLog]) -> Iterator[Look]:
        records: Iterable[AccessLog] = queryset.select_related("actor", "event").iterator(chunk_size=1_000)
        for page in _pages(records, 1_000):
            yield from self.model_admin.rows(self.request, page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "may_export": self.may_export()}


def _pages(records: Iterable[AccessLog], size: int) -> Iterator[list[AccessLog]]:
    remaining = iter(records)
    while page := list(islice(remaining, size)):
        yield page


class PassportReads(LooksLedger):
    """A part of the ledger of looks, with whose papers they were and a file to hand on."""

    base_url_path = "reports/passport-reads"
    index_view_class = PassportReadsView
    index_template_name = "ledgers/passport_reads.html"
    menu_label = _("Reads of passports")
    menu_item_name = "passport-reads"
    menu_icon = "view"
    menu_order = 910
    list_filter = (EventFilter, CodeFilter, PaperFilter, FirstDay, LastDay)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessLog]:
        return super().get_queryset(request).filter(part__in=OF_PAPERS)
