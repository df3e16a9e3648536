"""Reads of notes and of guests' problems."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from registration.rules.issues import OPEN, WITH_US

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models import ContactNote, Issue, Registration


class ContactNoteQuerySet(models.QuerySet["ContactNote"]):
    def of_registration(self, registration: Registration) -> ContactNoteQuerySet:
        """Notes about one guest, the newest first."""
        return self.filter(registration=registration)


class IssueQuerySet(models.QuerySet["Issue"]):
    def open(self) -> IssueQuerySet:
        """Problems that are not at their end."""
        return self.filter(state__in=OPEN)

    def with_us(self) -> IssueQuerySet:
        """Problems in which the guest waits for staff."""
        return self.filter(state__in=WITH_US)

    def overdue(self, now: datetime) -> IssueQuerySet:
        """Problems that should be solved by now."""
        return self.with_us().filter(due_at__lt=now)

    def unowned(self) -> IssueQuerySet:
        """Open problems nobody has taken on."""
        return self.open().filter(owner__isnull=True)

    def owned_by(self, user: User) -> IssueQuerySet:
        """Open problems of one member of staff."""
        return self.open().filter(owner=user)

    def visible_in(self, registrations: models.QuerySet[Registration]) -> IssueQuerySet:
        """Problems of guests that somebody may see."""
        return self.filter(registration__in=registrations)

    def for_list(self) -> IssueQuerySet:
        """With what a line of the list shows."""
        return self.select_related("registration__category", "event", "owner")

    def of_guest(self, registration: Registration) -> IssueQuerySet:
        """One guest's problems, the newest first."""
        return self.filter(registration=registration).order_by("-created_at")
