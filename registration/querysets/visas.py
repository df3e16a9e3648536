"""Reads of the letters desk: whose letter, whose authority's letter and whose departure is due or late."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from plenary.events.models import Event
from registration.rules.letters import LetterKind
from registration.rules.states import State

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models import VisaCase


class VisaCaseQuerySet(models.QuerySet["VisaCase"]):
    def for_staff(self, user: User) -> VisaCaseQuerySet:
        """Cases of the events an account works on."""
        return self.filter(event__in=Event.objects.for_staff(user))

    def for_list(self) -> VisaCaseQuerySet:
        """What a line of the desk shows, in one statement; what is encrypted stays unread."""
        return self.select_related("event", "registration__category", "registration__event", "authority_file").defer(
            "authority_number"
        )

    def live(self) -> VisaCaseQuerySet:
        """Cases of guests who are still coming, or who came."""
        return self.filter(registration__state=State.APPROVED)

    def letter_waiting(self) -> VisaCaseQuerySet:
        """Guests who are approved and wait for our letter."""
        return self.live().filter(letter_issued_at__isnull=True)

    def authority_waiting(self) -> VisaCaseQuerySet:
        """Asked of the outside authority and not received."""
        return self.live().filter(authority="requested")

    def departure_open(self, today: date) -> VisaCaseQuerySet:
        """Departures nobody has registered, once the event is over; of every guest a letter was ever issued for."""
        return self.filter(_ever_issued(), departure="open", event__ends_on__lt=today)

    def departure_overdue(self, today: date) -> VisaCaseQuerySet:
        return self.departure_open(today).filter(departure_due__lt=today)

    def overdue(self, today: date) -> VisaCaseQuerySet:
        """Whatever is late, of the three."""
        late = models.Q(registration__state=State.APPROVED, letter_issued_at__isnull=True, letter_due__lt=today)
        late |= models.Q(registration__state=State.APPROVED, authority="requested", authority_due__lt=today)
        late |= models.Q(_ever_issued(), departure="open", event__ends_on__lt=today, departure_due__lt=today)
        return self.filter(late)


def _ever_issued() -> models.Exists:
    """That a visa letter was issued, also one that was withdrawn since: it may have brought its guest here."""
    from registration.models import Letter

    mine = Letter.objects.filter(registration=models.OuterRef("registration"), kind=LetterKind.VISA_SUPPORT)
    return models.Exists(mine)
