"""Reads of what badges look like: named rights and designs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from checkin.models import BadgeDesign, Right
    from plenary.events.models import Event


class RightQuerySet(models.QuerySet["Right"]):
    def of(self, event: Event) -> RightQuerySet:
        """The named rights of an event, in the order in which they were made."""
        return self.filter(event=event).order_by("bit")

    def free_bit(self, event: Event) -> int | None:
        """The lowest bit that no right of an event uses; None when all fifteen are taken."""
        taken = set(self.filter(event=event).values_list("bit", flat=True))
        return next((bit for bit in range(1, 16) if bit not in taken), None)


class BadgeDesignQuerySet(models.QuerySet["BadgeDesign"]):
    def by_category(self, categories: Iterable[int]) -> dict[int, BadgeDesign]:
        """The design of each category (by id) that has one. One statement."""
        from checkin.models import DesignedCategory

        found = DesignedCategory.objects.filter(category__in=set(categories)).select_related("design")
        return {row.category_id: row.design for row in found}
