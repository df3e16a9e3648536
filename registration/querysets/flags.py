"""Reads of flags and of the watch list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from registration.models import Finding, Registration, WatchListEntry

WATCH_LIST = "watch_list"


class WatchListQuerySet(models.QuerySet["WatchListEntry"]):
    def valid_on(self, day: date) -> WatchListQuerySet:
        """Entries that count on a day."""
        return self.filter(valid_from__lte=day).filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=day))

    def meeting(self, keys: Collection[str]) -> WatchListQuerySet:
        """Entries that share a key with a person: all of them, however many a frequent name brings."""
        from registration.models import MatchKey

        return self.filter(pk__in=MatchKey.objects.filter(key__in=keys, entry__isnull=False).values("entry"))

    def uncompared(self) -> WatchListQuerySet:
        """Valid today and not yet compared with everybody who is registered: added, changed, imported or valid since."""
        return self.valid_on(timezone.localdate()).filter(compared_at__isnull=True)


class FindingQuerySet(models.QuerySet["Finding"]):
    def of(self, registration: Registration, *, watch_list: bool) -> FindingQuerySet:
        """The flags of one registration, the gravest first; likeness to the watch list for those who may see it."""
        found = self.filter(registration=registration).select_related(
            "other__category", "other__event", "other__delegation"
        )
        return found if watch_list else found.exclude(kind=WATCH_LIST)
