"""Reads of private files by what the scanner for malware said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from registration.malware import Verdict

if TYPE_CHECKING:
    from registration.models import StoredFile

NOT_SCANNED = (Verdict.OFF.value, Verdict.MISSED.value)


def unscanned(kind: type[StoredFile]) -> QuerySet[StoredFile]:
    """Files of a kind that no scanner has seen, those first whose last try is the longest ago."""
    found: QuerySet[StoredFile] = kind._base_manager.filter(malware_check__in=NOT_SCANNED)
    return found.order_by(F("scan_tried_at").asc(nulls_first=True), "created_at")
