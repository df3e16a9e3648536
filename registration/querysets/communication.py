"""Reads of the office's own texts, mailings and reminders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models

from registration.rules.mailings import MailingState

if TYPE_CHECKING:
    from plenary.events.models import Event
    from registration.models import Mailing, MessageTemplate, Reminder


class MessageTemplateQuerySet(models.QuerySet["MessageTemplate"]):
    def for_event(self, event: Event) -> MessageTemplateQuerySet:
        """Texts that hold for an event, its own after those for all: who reads them in this order keeps the nearer one."""
        mine = models.Q(event=event) | models.Q(event__isnull=True)
        return self.filter(mine).order_by(models.F("event").asc(nulls_first=True))

    def visible_to(self, events: models.QuerySet[Event]) -> MessageTemplateQuerySet:
        """Texts of the events somebody works on, and those for all events."""
        return self.filter(models.Q(event__in=events) | models.Q(event__isnull=True)).select_related("event")


class MailingQuerySet(models.QuerySet["Mailing"]):
    def of_events(self, events: models.QuerySet[Event]) -> MailingQuerySet:
        """Mailings of the events somebody works on."""
        return self.filter(event__in=events).select_related("event")

    def to_begin(self, now: datetime) -> MailingQuerySet:
        """Scheduled mailings whose time has come."""
        return self.filter(state=MailingState.SCHEDULED, send_at__lte=now)

    def to_continue(self, now: datetime) -> MailingQuerySet:
        """Mailings on their way that no living worker is at."""
        free = models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=now)
        return self.filter(free, state=MailingState.SENDING)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def of_events(self, events: models.QuerySet[Event]) -> ReminderQuerySet:
        """Reminders of the events somebody works on."""
        return self.filter(event__in=events).select_related("event__venue")

    def running(self, now: datetime) -> ReminderQuerySet:
        """Rules that are switched on, of events that are not long over."""
        over = (now - timedelta(days=370)).date()
        return self.filter(active=True, event__ends_on__gte=over).select_related("event__venue")
