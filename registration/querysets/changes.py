"""Reads of what guests ask to have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from registration.models import ChangeRequest, Registration
    from registration.querysets.people import RegistrationQuerySet


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def pending(self) -> ChangeRequestQuerySet:
        """What an officer has to decide, the oldest first."""
        return self.filter(state="pending").order_by("created_at", "id")

    def of(self, registration: Registration) -> ChangeRequestQuerySet:
        """Everything one guest asked for, the newest first."""
        return self.filter(registration=registration).order_by("-created_at", "id")

    def about(self, registrations: RegistrationQuerySet) -> ChangeRequestQuerySet:
        """Those of registrations somebody may see, with what a line of a list shows."""
        return self.filter(registration__in=registrations).select_related(
            "registration__category", "registration__event"
        )
