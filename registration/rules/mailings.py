"""Whom a mailing or a reminder is for, the steps of a mailing, and the day a reminder is due. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailingState(TextChoices):
    """Where a mailing stands."""

    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("being sent")
    STOPPED = "stopped", _("stopped")
    DONE = "done", _("sent")
    CANCELLED = "cancelled", _("cancelled")


# A mailing that has reached its last guest is not touched again: further guests get another mailing.
STEPS: Mapping[str, frozenset[str]] = {
    MailingState.DRAFT: frozenset({MailingState.SCHEDULED, MailingState.SENDING, MailingState.CANCELLED}),
    MailingState.SCHEDULED: frozenset({MailingState.DRAFT, MailingState.SENDING, MailingState.CANCELLED}),
    MailingState.SENDING: frozenset({MailingState.STOPPED, MailingState.DONE}),
    MailingState.STOPPED: frozenset({MailingState.SENDING, MailingState.CANCELLED}),
    MailingState.DONE: frozenset(),
    MailingState.CANCELLED: frozenset(),
}


def mailing_may_become(source: str, target: str) -> bool:
    """Whether a mailing may go from one state to another."""
    return target in STEPS.get(source, frozenset())


class Anchor(TextChoices):
    """The date a reminder counts from."""

    EVENT_START = "event_start", _("the first day of the event")
    EVENT_END = "event_end", _("the last day of the event")
    CLOSING = "closing", _("the close of sign-up in the guest's category")
    SIGNED_UP = "signed_up", _("the day the guest signed up")
    CHANGED = "changed", _("the last change of the registration")
    PAYMENT_DUE = "payment_due", _("the day the guest's payment is due")
    SECOND_FORM = "second_form", _("the day the form after approval is due")


LATE_BY_AT_MOST = timedelta(days=3)  # a rule switched on long after its day must not write to everybody at once


def is_due(*, counted_from: date | None, days: int, today: date) -> bool:
    """Whether a reminder is due: on its day, or shortly after it where the worker stood still."""
    if counted_from is None:
        return False
    day = counted_from + timedelta(days=days)
    return day <= today <= day + LATE_BY_AT_MOST


LISTS = ("categories", "delegations", "states", "languages", "conditions")


@dataclass(frozen=True)
class Audience:
    """Which registrations of an event: an empty list means any. `conditions` all have to hold (registration/audiences.py)."""

    categories: tuple[int, ...] = ()
    delegations: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    answered: str = ""  # the key of a question
    unanswered: str = ""
    conditions: tuple[str, ...] = ()

    @classmethod
    def stored(cls, found: Any) -> Audience:
        """From what a record keeps; what is not known is passed over."""
        kept = found if isinstance(found, dict) else {}
        lists = {name: tuple(kept.get(name) or ()) for name in LISTS}
        return cls(**lists, answered=str(kept.get("answered") or ""), unanswered=str(kept.get("unanswered") or ""))

    def as_stored(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }


class LeftOut(TextChoices):
    """Why somebody of the audience gets no message."""

    UNCONFIRMED = "unconfirmed", _("address never confirmed")
    FAILING = "failing", _("mail to this address comes back")
    COMPLAINED = "complained", _("has reported our mail as spam")
    NO_CONSENT = "no_consent", _("has not agreed to text messages")
    NO_ADDRESS = "no_address", _("no e-mail address")
