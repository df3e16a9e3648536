"""Reads of guest lists: by staff, by state, what is due for a reminder."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import TruncDate

from plenary.core.names import fold
from plenary.events.models import Event
from plenary.events.rules import ApprovalState
from registration.rules.invitations import InvitationState

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models import Invitation


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def for_staff(self, user: User) -> InvitationQuerySet:
        """Invitations of the events an account works on."""
        return self.filter(event__in=Event.objects.for_staff(user))

    def with_event(self) -> InvitationQuerySet:
        """With what the reply page and every mail show, in one statement."""
        return self.select_related(
            "event__venue", "category__event", "companion_category", "registration", "draft__event"
        )

    def for_list(self) -> InvitationQuerySet:
        """What a line of the guest list shows, in one statement; what is encrypted stays unread."""
        return (
            self.select_related("event", "category", "registration__category", "substitutes_for")
            .annotate(companion_count=models.Count("companions"))
            .defer("note", "reply_text", "email")
        )

    def matching(self, words: str) -> InvitationQuerySet:
        """Search by name or organisation in any script: every word must be found, as written or folded."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                models.Q(search_text__contains=word.casefold()) | models.Q(search_text__contains=fold(word) or word)
            )
        return found

    def held(self) -> InvitationQuerySet:
        """Prominent guests who wait for a risk assessment."""
        return self.filter(prominent=True, assessed_at__isnull=True, state=InvitationState.LISTED)

    def refused_unnoted(self) -> InvitationQuerySet:
        """Prominent guests who declined or send somebody else, until a colleague has taken note."""
        refused = (InvitationState.DECLINED, InvitationState.SUBSTITUTED)
        return self.filter(prominent=True, state__in=refused, reply_noted_at__isnull=True)

    def unanswered_after(self, today: date) -> InvitationQuerySet:
        """Sent, and the last day to reply is over."""
        return self.filter(state=InvitationState.SENT, reply_by__lt=today)

    def totals(self) -> dict[str, int]:
        """How many invitations stand in each state; states nobody is in are missing."""
        return dict(self.order_by().values_list("state").annotate(models.Count("pk")))

    def replies_by_day(self) -> list[tuple[date, int]]:
        """How many replied on each day (UTC), in order; days without a reply are missing."""
        found = self.filter(replied_at__isnull=False).annotate(day=TruncDate("replied_at"))
        return list(found.order_by("day").values_list("day").annotate(models.Count("pk")))

    def to_remind(self, today: date, longest: int) -> InvitationQuerySet:
        """Unanswered invitations near their last day, while the plan is in force. Each event's own day may differ by one."""
        return self.filter(
            state=InvitationState.SENT,
            reply_by__gte=today - timedelta(days=1),
            reply_by__lte=today + timedelta(days=longest + 1),
            event__approval=ApprovalState.IN_FORCE,
            event__published=True,
        )

    def open_addresses(self, event: Event, indexes: list[str]) -> set[str]:
        """Which of these addresses have an open invitation of the event."""
        from registration.rules.invitations import OPEN

        found: set[str] = set()
        for start in range(0, len(indexes), 500):
            chunk = indexes[start : start + 500]
            rows: Any = self.filter(event=event, state__in=OPEN, email_index__in=chunk)
            found |= set(rows.values_list("email_index", flat=True))
        return found
