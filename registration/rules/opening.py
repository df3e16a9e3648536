"""When a category takes sign-ups."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Opening(TextChoices):
    """Why a category takes sign-ups now, or does not."""

    OPEN = "open", _("open")
    EVENT_CLOSED = "event_closed", _("registration is not open")
    NOT_YET = "not_yet", _("opens later")
    OVER = "over", _("registration has ended")
    FULL = "full", _("fully booked")


class WaitingList(TextChoices):
    """What happens when a category is full."""

    OFF = "off", _("no waiting list")
    AUTOMATIC = "automatic", _("free places are offered in order, by themselves")
    MANUAL = "manual", _("staff choose who is offered a place")


class WhenOverdue(TextChoices):
    """What happens to somebody approved who has not paid in time."""

    FLAG = "flag", _("staff are told and decide")
    CANCEL = "cancel", _("the registration is cancelled and its place given back")


def opening(
    *,
    now: datetime,
    event_open: bool,
    opens_at: datetime | None,
    closes_at: datetime | None,
    quota: int | None,
    taken: int,
    waiting: int = 0,
) -> Opening:
    """Whether a category takes one more sign-up now. All times aware; the quota is decided again by the database.

    While somebody waits, a place that has become free is theirs: nobody new passes them by.
    """
    if not event_open:
        return Opening.EVENT_CLOSED
    if opens_at and now < opens_at:
        return Opening.NOT_YET
    if closes_at and now >= closes_at:
        return Opening.OVER
    if quota is not None and (taken >= quota or waiting):
        return Opening.FULL
    return Opening.OPEN
