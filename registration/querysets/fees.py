"""Reads of fees and of who pays in a guest's place."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from registration.models import Category, Fee


class FeeQuerySet(models.QuerySet["Fee"]):
    def of_event(self, event_id: int | UUID) -> FeeQuerySet:
        """An event's fees in the order that decides, with the categories they are for: two statements."""
        return self.filter(event=event_id).prefetch_related("categories").order_by("position", "id")

    def with_code(self, category: Category) -> FeeQuerySet:
        """Fees of a category that a member's code leads to."""
        of_it = models.Q(categories=category) | models.Q(categories__isnull=True)
        return self.filter(of_it, event=category.event_id).exclude(code="")
