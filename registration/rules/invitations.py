"""Where an invitation stands, what its guest may still reply, and how far a chain of substitutes goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.rules.states import LIVE, State


class InvitationState(TextChoices):
    """Where an invitation stands. Whether a prominent guest is held is no state of its own: see `is_held`."""

    LISTED = "listed", pgettext_lazy("invitation", "not sent")
    SENT = "sent", pgettext_lazy("invitation", "sent, no reply yet")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "accepted")
    DECLINED = "declined", pgettext_lazy("invitation", "declined")
    SUBSTITUTED = "substituted", pgettext_lazy("invitation", "sends somebody else")
    WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "taken back")


class Delivery(TextChoices):
    """How an invitation goes out."""

    LETTER = "letter", _("formal letter")
    MAIL = "mail", _("plain mail")


# One of these keeps an address from being invited a second time.
OPEN = frozenset({InvitationState.LISTED, InvitationState.SENT, InvitationState.ACCEPTED})
MOST_SUBSTITUTIONS = 3
MOST_COMPANIONS = 10

_REPLIES: Mapping[str, frozenset[str]] = {
    InvitationState.SENT: frozenset({InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.SUBSTITUTED}),
    InvitationState.ACCEPTED: frozenset({InvitationState.DECLINED, InvitationState.SUBSTITUTED}),
    InvitationState.DECLINED: frozenset({InvitationState.ACCEPTED, InvitationState.SUBSTITUTED}),
}


def may_reply(current: str, reply: str) -> bool:
    """Whether a guest may answer so now. The same reply again is no reply: the caller answers what stands."""
    return reply in _REPLIES.get(current, frozenset())


def replies_open(*, today: date, reply_by: date | None) -> bool:
    """Whether replies are still taken; `today` is the event's own day, and the last day counts whole."""
    return reply_by is None or today <= reply_by


def keeps_place(state: str) -> bool:
    """Whether an accompanying person counts against the limit: one who withdrew or lapsed makes room, one who was refused
    does not, for an appeal may reopen the case."""
    return state in LIVE or state == State.REJECTED


def is_held(*, prominent: bool, assessed: bool) -> bool:
    """Whether an invitation must not go out yet: prominent persons need a risk assessment first (product.md 3.3)."""
    return prominent and not assessed
