"""Reads of letters, their texts and rules, and of what is due at the letters desk."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from plenary.events.models import Event

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models import (
        Holiday,
        Letter,
        Letterhead,
        LetterRules,
        LetterTemplate,
    )


class LetterTemplateQuerySet(models.QuerySet["LetterTemplate"]):
    def for_event(self, event: Event, kind: str) -> LetterTemplate | None:
        """The text of a kind for an event: its own, else the general one."""
        return (
            self.filter(models.Q(event=event) | models.Q(event__isnull=True), kind=kind)
            .order_by(models.F("event").asc(nulls_last=True))
            .first()
        )


class LetterheadQuerySet(models.QuerySet["Letterhead"]):
    def for_event(self, event: Event) -> Letterhead | None:
        """The letterhead of an event: its own, else the general one."""
        return (
            self.filter(models.Q(event=event) | models.Q(event__isnull=True))
            .select_related("seal")
            .order_by(models.F("event").asc(nulls_last=True))
            .first()
        )


class LetterRulesQuerySet(models.QuerySet["LetterRules"]):
    def on(self, day: date) -> LetterRules | None:
        """The rules valid on a day."""
        return self.filter(valid_from__lte=day).order_by("-valid_from").first()


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def of_event(self, event: Event, country: str) -> HolidayQuerySet:
        """The calendar of an event: that of the country it is held in, then its own."""
        mine = models.Q(event=event)
        if country:
            mine |= models.Q(country=country, event__isnull=True)
        return self.filter(mine).order_by(models.F("event").asc(nulls_first=True), "day")


class LetterQuerySet(models.QuerySet["Letter"]):
    def for_staff(self, user: User) -> LetterQuerySet:
        """Letters of the events an account works on."""
        return self.filter(event__in=Event.objects.for_staff(user))

    def with_subject(self) -> LetterQuerySet:
        """With all that decides whether it stands and what is said of it, in one statement."""
        return self.select_related("event__venue", "registration", "invitation")

    def valid(self) -> LetterQuerySet:
        """Letters nobody has withdrawn."""
        return self.filter(revoked_at__isnull=True)

    def successors_of(self, letter: Letter) -> LetterQuerySet:
        """Valid letters of the same kind for the same person: what took the place of one that was withdrawn."""
        mine = self.valid().filter(kind=letter.kind).exclude(pk=letter.pk)
        if letter.registration_id is not None:
            return mine.filter(registration=letter.registration_id)
        return mine.filter(invitation=letter.invitation_id) if letter.invitation_id else mine.none()

    def of_registration(self, registration_id: UUID, kind: str) -> LetterQuerySet:
        """The valid letter of a kind that somebody has, if any."""
        return self.valid().filter(registration_id=registration_id, kind=kind)
