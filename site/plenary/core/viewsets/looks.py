"""The ledger of looks at personal data: who looked, when, at what part of whose record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail_modeladmin.options import ModelAdmin

from plenary.core.models import AccessLog
from plenary.core.permissions import signed_in
from plenary.core.viewsets.ledgers import ChoiceFilter, FirstDay, LastDay, Ledger

# What record_look was told, and what people call it. A key with a space at its end is the beginning of many.
PARTS: dict[str, Promise] = {
    "identity": _("Dossier with identity"),
    "erasure request": _("Request for erasure"),
    "outline": _("Dossier without identity"),
    "delegation": _("List of a delegation"),
    "file ": _("Uploaded file"),
    "passport": _("Travel document"),
    "passport scan": _("Picture of a travel document"),
    "portrait": _("Portrait"),
    "assignment letter": _("Letter of assignment"),
    "message": _("Text of a message"),
    "badge": _("Badge"),
    "badges of ": _("Badges of a category"),
    "badge search": _("Search for badges"),
    "badge design": _("Preview of a badge design"),
    "door portrait": _("Portrait on a phone at a door"),
    "door search": _("Search at a door"),
    "kiosk": _("Kiosk"),
    "conflict": _("Conflict between doors"),
    "export of attendance": _("Export of attendance"),
    "export of conflicts": _("Export of conflicts"),
    "live board": _("Live board"),
    "muster list": _("Muster list"),
    "desk search": _("Search at the registration desk"),
    "export of registrations": _("Export of registrations"),
    "export of scans": _("Export of scans"),
    "export of passport reads": _("Export of the reads of passports"),
    "export of payments": _("Export of payments"),
    "export of orders": _("Export of orders"),
    "export of the guest list": _("Export of the guest list"),
    "export of a delegation": _("Export of the list of a delegation"),
    "passport, for a letter": _("Travel document, for a letter"),
    "visa case": _("Visa case"),
    "authority's letter": _("Letter of the authority"),
    "letter": _("Letter"),
    "letter ": _("Letter"),
    "invitation": _("Invitation"),
    "risk assessment": _("Risk assessment"),
    "watch list": _("Watch list"),
    "note of a contact": _("Note of a call or meeting"),
    "problem ": _("Problem of a guest"),
    "payment": _("Payment"),
    "financial document": _("Invoice, receipt or credit note"),
    "invoice of a sponsor": _("Invoice to a sponsor"),
    "requests for a change": _("Requests for a change"),
    "review of a mailing": _("Review of a mailing"),
    "readers of a reminder": _("Readers of a reminder"),
    "preview of a mail": _("Preview of a mail"),
}


def part_name(part: str) -> str:
    """What people call a part; one that is not known is shown as it was noted."""
    for key, name in PARTS.items():
        if part == key or (key.endswith(" ") and part.startswith(key)):
            return str(name)
    return part


@dataclass(frozen=True)
class Subject:
    """Whose record it was: what kind, how it is called, and where the person who looks at the ledger may open it."""

    kind: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Look:
    """One line of the ledger."""

    record: AccessLog
    part: str
    subject: Subject

    @property
    def taken(self) -> str:
        """Of an export: how many rows, by which filters."""
        detail = self.record.detail
        if "rows" not in detail:
            return ""
        rows = ngettext("%(count)d row", "%(count)d rows", detail["rows"]) % {"count": detail["rows"]}
        return "; ".join([rows, *(f"{name}={', '.join(values)}" for name, values in detail["filters"].items())])


def subjects_of(user: User, records: list[AccessLog]) -> dict[tuple[str, str], Subject]:
    """The subjects of these looks, in at most one statement for each kind that names its records."""
    wanted: dict[str, set[str]] = {}
    for record in records:
        wanted.setdefault(record.subject_type, set()).add(record.subject_id)
    found = {}
    for kind, ids in wanted.items():
        port = settings.PLENARY_SUBJECTS.get(kind)
        named = import_string(port)(user, ids) if port else {}
        for key in ids:
            label, url = named.get(key, (key, ""))
            found[kind, key] = Subject(_kind_name(kind), label, url)
    return found


def _kind_name(kind: str) -> str:
    try:
        return capfirst(str(apps.get_model(kind)._meta.verbose_name))
    except (LookupError, ValueError):  # of an app that is no longer there
        return kind


class PartFilter(ChoiceFilter):
    title = _("Part")
    parameter_name = "part"
    everything = _("Every part")

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [(key.strip(), str(name)) for key, name in PARTS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AccessLog]) -> QuerySet[AccessLog]:
        value = self.value()
        if f"{value} " in PARTS:
            return queryset.filter(part__startswith=f"{value} ")
        return queryset.filter(part=value) if value in PARTS else queryset


class LooksLedger(Ledger):
    """For whoever answers for the protection of personal data."""

    model = AccessLog
    base_url_path = "reports/looks"
    index_template_name = "ledgers/looks.html"
    menu_label = _("Looks at personal data")
    menu_item_name = "looks"
    menu_icon = "view"
    menu_order = 900
    list_filter: tuple[Any, ...] = (PartFilter, FirstDay, LastDay)
    search_fields = ("actor_label",)
    search_label = _("Who")

    def rows(self, request: HttpRequest, records: list[Any]) -> list[Any]:
        subjects = subjects_of(signed_in(request), records)
        return [
            Look(record, part_name(record.part), subjects[record.subject_type, record.subject_id]) for record in records
        ]
