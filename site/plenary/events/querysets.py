"""Reads of events and their programme."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Prefetch

from plenary.core.permissions import of_own_events
from plenary.events.rules import ApprovalState

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from plenary.events.models import Event, Session


class EventQuerySet(models.QuerySet["Event"]):
    def public(self) -> EventQuerySet:
        """Events that visitors may read: published, and their plan in force or the event closed."""
        return self.filter(published=True, approval__in=[ApprovalState.IN_FORCE, ApprovalState.CLOSED])

    def upcoming(self, now: datetime) -> EventQuerySet:
        """Events that are not over, the next first."""
        return self.filter(ends_on__gte=now.date()).order_by("starts_on")

    def for_staff(self, user: User) -> EventQuerySet:
        """The events an account works on: those it is listed for, or all when it is listed for none."""
        return of_own_events(self, user, "pk")


class SessionQuerySet(models.QuerySet["Session"]):
    def times_of(self, event: Event) -> models.QuerySet[Session, tuple[datetime, timedelta]]:
        """Beginning and duration of each session that takes place: what a calendar needs and no more."""
        return self.filter(event=event, state="confirmed").order_by("starts_at").values_list("starts_at", "duration")

    def programme_of(self, event: Event) -> SessionQuerySet:
        """The whole programme in time order, with room, track and persons, in four statements however long it is."""
        from plenary.events.models import SessionPerson

        return (
            self.filter(event=event)
            .select_related("room", "track")
            .prefetch_related(
                Prefetch("contributions", SessionPerson.objects.select_related("person").order_by("position", "id"))
            )
            .order_by("starts_at", "room__position", "id")
        )
