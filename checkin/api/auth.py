"""Who asks: a device by its token. Nothing is cached, so a revoked phone is out with its next request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkin.actions import note_contact, token_digest
from checkin.models import Device
from checkin.rules import Scope
from plenary.core.api import BearerAuth
from plenary.core.problems import Problem, define

TOKEN_UNKNOWN = define("token_unknown", 401, _("This device is not enrolled"))
TOKEN_REVOKED = define("token_revoked", 403, _("This device has been locked out"))
OUT_OF_TIME = define("device_not_valid", 403, _("This device may not work now"))
ENROL_AGAIN = _("Ask at the check-in desk for a new code and scan it.")


class DeviceAuth(BearerAuth):
    """The token a device got when it was enrolled."""

    def __init__(self, resolve: Callable[[str], Any]) -> None:
        super().__init__()
        self.resolve = resolve

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return self.resolve(token)


def enrolled_device(token: str) -> Device:
    """The scanner of a token, with event and checkpoint; its contact is noted. Raises a Problem.

    A kiosk stands in a hall where anybody may touch it: its token opens no list of guests.
    """
    return _of_kind(Device.Kind.SCANNER, token)


def enrolled_kiosk(token: str) -> Device:
    """The kiosk of a token, likewise."""
    return _of_kind(Device.Kind.KIOSK, token)


def _of_kind(kind: str, token: str) -> Device:
    device = Device.objects.by_token(token_digest(token))
    if device is None or device.kind != kind:
        raise Problem(TOKEN_UNKNOWN, ENROL_AGAIN)
    if device.revoked_at is not None:
        raise Problem(TOKEN_REVOKED, ENROL_AGAIN)
    note_contact(device.pk, device.last_seen_at, timezone.now())
    return device


def device_at_work(token: str) -> Device:
    """The same, while the device may work: outside of its time it learns no name. Raises a Problem."""
    device = enrolled_device(token)
    if not Scope(valid_from=device.valid_from, valid_until=device.valid_until).covers(timezone.now()):
        raise Problem(OUT_OF_TIME, _("Ask your supervisor how long this phone is meant to work."))
    return device


def device_of(request: HttpRequest) -> Device:
    """The device that `DeviceAuth(enrolled_device)` let in."""
    return cast(Device, cast(Any, request).auth)
