"""Invoices, receipts and credit notes as PDF, set from the content that was fixed when they were issued."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from plenary.core import languages, typesetting
from plenary.core.dates import date_range, long_date
from plenary.core.fields import Label
from plenary.core.links import make_link
from plenary.core.money import Money
from plenary.core.typesetting import printable, text_run
from registration.models import FinancialDocument
from registration.rules.payments import Method
from registration.rules.references import in_groups

TEMPLATE = Path(__file__).parent / "typst" / "financial.typ"
MEDIA_TYPE = "application/pdf"


def financial_attachment(document_id: str, language: str) -> tuple[str, bytes, str]:
    """A document as a mail carries it (settings.PLENARY_ATTACHMENTS)."""
    found = FinancialDocument.objects.get(pk=UUID(document_id))
    return file_name(found), financial_pdf(found), MEDIA_TYPE


def file_name(document: FinancialDocument) -> str:
    return f"{document.label.lower()}.pdf"


def financial_pdf(document: FinancialDocument) -> bytes:
    """The document in the language it was issued in: made anew, it is the same."""
    with override(document.language):
        data = document_data(document)
    pdf: bytes = typesetting.typeset(TEMPLATE, {"document.json": data})
    return pdf


def verification_address(document: FinancialDocument) -> str:
    path = reverse("registration:verify_document", args=[make_link("financial-document", document.pk)])
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def document_data(document: FinancialDocument) -> dict[str, Any]:
    """What the template prints, every text ready in the active language."""
    told, language = json.loads(document.content), document.language

    def money(minor: int) -> dict[str, Any]:
        return text_run(Money(minor, document.currency).text(language))

    return {
        "rtl": languages.get(language).direction == "rtl",
        "lang": languages.get(language).bcp47.split("-")[0],
        "title": text_run(_title(document)),
        "number": text_run(document.label),
        "issuer": [text_run(printable(part)) for part in told["issuer"].split("|") if part.strip()],
        "to": [text_run(line) for line in _address(told["to"])],
        "facts": [[text_run(name), text_run(value)] for name, value in _facts(document, told) if value],
        "heads": {name: text_run(text) for name, text in _heads().items()},
        "lines": [
            {
                "label": text_run(_what(line, language)),
                "tax": text_run(_rate(line)),
                "amount": money(line["minor"]),
            }
            for line in told["lines"]
        ],
        "taxes": [[text_run(label), money(minor)] for label, minor in _taxes(told["lines"])],
        "total": money(document.total_minor),
        "verify": text_run(
            # Isolated: wrapped on a page that runs to the left, the address would change the order of its parts.
            _("To check that this document is ours: %(address)s")
            % {"address": f"\u2066{verification_address(document)}\u2069"}
        ),
    }


def _title(document: FinancialDocument) -> str:
    return {
        FinancialDocument.Kind.INVOICE: _("Invoice"),
        FinancialDocument.Kind.RECEIPT: _("Receipt"),
        FinancialDocument.Kind.CREDIT_NOTE: _("Credit note"),
    }[FinancialDocument.Kind(document.kind)]


def _heads() -> dict[str, str]:
    return {"what": _("What"), "tax": _("Tax included"), "amount": _("Amount"), "total": _("Total")}


def _address(to: dict[str, str]) -> list[str]:
    parts = [to.get("name", ""), to.get("organisation", ""), *to.get("address", "").splitlines(), to.get("country", "")]
    if to.get("tax_id"):
        parts.append(_("Tax number: %(number)s") % {"number": to["tax_id"]})
    return [line for part in parts if (line := printable(part))]


def _facts(document: FinancialDocument, told: dict[str, Any]) -> list[tuple[str, str]]:
    event, language = told["event"], document.language
    first, last = date.fromisoformat(event["starts_on"]), date.fromisoformat(event["ends_on"])
    zone = ZoneInfo(event.get("zone", "UTC"))
    rows = [
        (_("Date"), long_date(document.issued_at.astimezone(zone).date(), language)),
        (_("Event"), printable(Label(event["name"]).get_for(language))),
        (_("Takes place"), date_range(first, last, language)),
        (_("Guest"), printable(f"{told['guest']} ({told['code']})") if told.get("guest") else ""),
        (_("Reference"), in_groups(told.get("reference", ""))),
        (_("For invoice"), told.get("invoice", "")),
    ]
    if document.kind == FinancialDocument.Kind.RECEIPT:
        rows.append((_("Paid by"), str(Method(told["method"]).label)))
        rows.append(
            (_("Received"), long_date(datetime.fromisoformat(told["received_at"]).astimezone(zone).date(), language))
        )
    return rows


def _what(line: dict[str, Any], language: str) -> str:
    label = printable(Label(line["label"]).get_for(language))
    return f"{label}: {printable(line['of'])}" if line.get("of") else label


def _rate(line: dict[str, Any]) -> str:
    return f"{float(line['vat_rate']):g} %" if line["vat_rate"] is not None else "—"


def _taxes(lines: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """The tax by rate, where fees name one."""
    sums: dict[str, int] = {}
    for line in lines:
        if line["tax"] is not None:
            sums[_rate(line)] = sums.get(_rate(line), 0) + line["tax"]
    return [(_("Tax included, %(rate)s") % {"rate": rate}, minor) for rate, minor in sums.items()]
