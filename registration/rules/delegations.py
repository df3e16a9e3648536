"""When a delegation may change its list of members: until it has confirmed it, and until the deadline. And who gets a place
that becomes free."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST_IN_RESERVE = 50  # who may wait for places of one delegation in one category
AT_MOST = 500  # members of one delegation that one spreadsheet may bring


class Stage(TextChoices):
    """How far a delegation's list is."""

    OPEN = "open", _("open")
    CONFIRMED = "confirmed", _("confirmed")
    OVER = "over", _("deadline passed")
    EVENT_CLOSED = "event_closed", _("registration is not open")


class ReserveOrder(TextChoices):
    """Who on a delegation's waiting list gets a place that becomes free."""

    AUTOMATIC = "automatic", _("The first in line, at once")
    CHOSEN = "chosen", _("Whom the head or focal point chooses")


def stage(*, now: datetime, event_open: bool, deadline: datetime | None, confirmed_at: datetime | None) -> Stage:
    """Where the list stands; nobody is named, replaced or confirmed by the delegation itself unless it is open.

    A list that was confirmed in time stays confirmed. What is missing about members who are named, answers to
    questions and withdrawals are welcome at any time: staff would rather know.
    """
    if confirmed_at is not None:
        return Stage.CONFIRMED
    if deadline is not None and now >= deadline:
        return Stage.OVER
    return Stage.OPEN if event_open else Stage.EVENT_CLOSED
