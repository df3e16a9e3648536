"""The self-service kiosk: a guest shows a code, says "that is me", and the badge is printed. Kiosks see nothing else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router

from checkin.actions.kiosk import AtTheDesk, TooManyCodes, hand_out_badge, look_up
from checkin.api.auth import TOKEN_REVOKED, DeviceAuth, device_of, enrolled_kiosk
from checkin.api.schemas import KioskBadge, KioskCode, KioskGuest, KioskTicket
from plenary.core.api import answers
from plenary.core.problems import TOO_MANY_REQUESTS, Problem, define

router = Router()
AT_THE_DESK = define("at_the_desk", 409, _("The desk can help"))
GO_TO_DESK = _("Please go to the desk.")


@router.post(
    "/kiosk/guest",
    auth=DeviceAuth(enrolled_kiosk),
    response=answers(KioskGuest, TOKEN_REVOKED, AT_THE_DESK, TOO_MANY_REQUESTS),
)
def kiosk_guest(request: HttpRequest, body: KioskCode) -> dict[str, Any]:
    """Whose code this is, with a ticket that prints the badge within a minute. Every answer is logged with the device.

    Whoever is unknown, not approved, or has a badge already is sent to the desk, all in the same words.
    """
    try:
        offer = look_up(device_of(request), body.presented)
    except TooManyCodes as error:
        raise Problem(TOO_MANY_REQUESTS, GO_TO_DESK, headers={"Retry-After": "60"}) from error
    except AtTheDesk as error:
        raise Problem(AT_THE_DESK, GO_TO_DESK) from error
    guest = offer.credential.registration
    return {
        "name": guest.name,
        "latin_name": guest.latin_name,
        "category": {"name": guest.category.name, "colour": guest.category.colour},
        "ticket": offer.ticket,
    }


@router.post("/kiosk/badge", auth=DeviceAuth(enrolled_kiosk), response=answers(KioskBadge, TOKEN_REVOKED, AT_THE_DESK))
def kiosk_badge(request: HttpRequest, body: KioskTicket) -> dict[str, Any]:
    """The badge, a drawing for each page. From now on it counts as printed: a second time the desk can help."""
    try:
        return {"pages": hand_out_badge(device_of(request), body.ticket)}
    except AtTheDesk as error:
        raise Problem(AT_THE_DESK, GO_TO_DESK) from error
