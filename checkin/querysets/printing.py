"""Reads of badges printed in the background."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from checkin.models import PrintRun
    from plenary.events.models import Event

KEPT = timedelta(hours=24)  # long enough to print them, too short to become a second register of guests


class PrintRunQuerySet(models.QuerySet["PrintRun"]):
    def of(self, event: Event) -> PrintRunQuerySet:
        """What of an event is being printed or lies ready, the newest first."""
        return self.filter(event=event).select_related("event", "category", "by").prefetch_related("files")

    def free(self, now: datetime) -> PrintRunQuerySet:
        """What is to be printed and no living worker is at."""
        unclaimed = models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=now)
        return self.filter(unclaimed, state="printing")

    def outdated(self) -> PrintRunQuerySet:
        """What has lain there long enough."""
        return self.filter(started_at__lt=timezone.now() - KEPT)
