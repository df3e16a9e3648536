"""The waiting list on the guest's own page: the offer to be answered. Reads, writes nothing."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from registration.guest_tasks import GuestTask, Progress
from registration.models import Registration
from registration.rules import State


def offer_task(registration: Registration, token: str) -> GuestTask | None:
    """Answer the offer, while there is one."""
    if registration.state != State.OFFERED:
        return None
    return GuestTask(
        name="offer",
        title=_("Accept or decline your place"),
        progress=Progress.OPEN,
        url=reverse("registration:offer", args=[token]),
        due=registration.offer_expires_at,
    )
