"""Reads of flags and of the watch list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from registration.models import Finding, Registration, WatchListEntry  # noqa: F401

WATCH_LIST = "watch_list"


class WatchListQuerySet(models.QuerySet["WatchListEntry"]):
    def valid_on(self, day: date) -> WatchListQuerySet:
        """Entries that count on a day."""
        return self.filter(valid_from__lte=day).filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=day))


class FindingQuerySet(models.QuerySet["Finding"]):
    def of(self, registration: Registration, *, watch_list: bool) -> FindingQuerySet:
        """The flags of one registration, the gravest first; likeness to the watch list for those who may see it."""
        found = self.filter(registration=registration).select_related(
            "other__category", "other__event", "other__delegation"
        )
        return found if watch_list else found.exclude(kind=WATCH_LIST)
