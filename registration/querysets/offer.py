"""Reads of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from plenary.events.models import Event
    from registration.models import Category


class CategoryQuerySet(models.QuerySet["Category"]):
    def offered_to_public(self, event: Event) -> CategoryQuerySet:
        """What an event's sign-up page lists, in its order."""
        return self.filter(event=event, public=True).select_related("event").order_by("position", "id")

    def to_sign_up(self, event_slug: str, slug: str) -> Category | None:
        """One public category of a public event by both names, with all that a mail tells, in one statement."""
        named = self.filter(event__slug=event_slug, slug=slug, public=True).select_related("event__venue")
        return next((category for category in named if category.event.is_public), None)
