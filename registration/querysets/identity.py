"""Reads of travel documents and portraits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from plenary.core import crypto
from registration.rules import LIVE

if TYPE_CHECKING:
    from plenary.events.models import Event
    from registration.models import Portrait, TravelDocument


def document_index(number: str, issuing_country: str) -> str:
    """The blind index by which one document is found again: what it says is encrypted."""
    return crypto.blind_index(f"{issuing_country}:{number}", "registration.travel_document")


class TravelDocumentQuerySet(models.QuerySet["TravelDocument"]):
    def same_as(self, document: TravelDocument) -> TravelDocumentQuerySet:
        """The same document in other live registrations of the event, for an officer to look at."""
        return (
            self.filter(number_index=document.number_index, registration__event=document.registration.event_id)
            .filter(registration__state__in=LIVE)
            .exclude(pk=document.pk)
            .select_related("registration__category")
        )

    def of_number(self, event: Event, number: str, issuing_country: str) -> TravelDocumentQuerySet:
        """Live registrations of an event that gave the document of this number."""
        found = self.filter(number_index=document_index(number, issuing_country), registration__event=event)
        return found.filter(registration__state__in=LIVE).select_related("registration__category")


class PortraitQuerySet(models.QuerySet["Portrait"]):
    def of_registrations(self, ids: Iterable[UUID]) -> PortraitQuerySet:
        """Portraits by registration, without the name the sender's device gave them: for badges and doors."""
        return self.filter(registration__in=ids).exclude(malware_check="found").defer("name", "crop")
