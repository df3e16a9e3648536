"""Reads of history and of the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from plenary.core.models import HistoryEntry, Message


class HistoryQuerySet(models.QuerySet["HistoryEntry"]):
    def of(self, subject: models.Model) -> HistoryQuerySet:
        """Everything that happened to one record, newest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk)).select_related("actor")


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> MessageQuerySet:
        """Messages to send now: waiting, their time has come, and no living worker holds them."""
        return self.filter(
            models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=now),
            state="waiting",
            next_attempt_at__lte=now,
        ).order_by("next_attempt_at")

    def abandoned(self, now: datetime) -> MessageQuerySet:
        """Messages whose sender died with them in hand: whether they left is not known."""
        return self.filter(state="waiting", claimed_until__lt=now)

    def failed(self) -> MessageQuerySet:
        """Messages given up, or that may not have left: somebody has to look."""
        return self.filter(state__in=["failed", "unknown"])

    def bounced(self) -> MessageQuerySet:
        """Messages that came back or were reported as spam."""
        return self.filter(delivery__in=["bounced", "complained"])

    def of(self, subject: models.Model) -> MessageQuerySet:
        """Messages about one record, newest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def for_staff(self, events: Any) -> MessageQuerySet:
        """Messages of the events a member of staff may see."""
        return self.filter(event__in=events).select_related("event")
