"""Enrol a phone, and tell an enrolled one where it works."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router

from checkin.actions import CodeExpired, CodeUnknown, CodeUsed, EnrolmentRefused, enrol_device
from checkin.api.auth import TOKEN_REVOKED, DeviceAuth, device_of, enrolled_device
from checkin.api.schemas import DoorSession, Enrolment, EnrolmentCode
from checkin.models import Checkpoint, Device
from plenary.core.api import answers
from plenary.core.problems import Problem, define

router = Router()
CODE_UNKNOWN = define("code_unknown", 404, _("This enrolment code is not known"))
CODE_USED = define("code_used", 409, _("This enrolment code has been used"))
CODE_EXPIRED = define("code_expired", 410, _("This enrolment code has expired"))
_REFUSALS = {CodeUnknown: CODE_UNKNOWN, CodeUsed: CODE_USED, CodeExpired: CODE_EXPIRED}


@router.post("/enrol", response=answers(Enrolment, CODE_UNKNOWN, CODE_USED, CODE_EXPIRED))
def enrol(request: HttpRequest, body: EnrolmentCode) -> dict[str, Any]:
    """Turn a one-time code into a device token. A code is good for half an hour and for one phone."""
    try:
        device, token = enrol_device(body.code)
    except EnrolmentRefused as refusal:
        raise Problem(_REFUSALS[type(refusal)], _("Ask at the check-in desk for a new code.")) from refusal
    return _session(device) | {"token": token}


@router.get("/session", auth=DeviceAuth(enrolled_device), response=answers(DoorSession, TOKEN_REVOKED))
def door_session(request: HttpRequest) -> dict[str, Any]:
    """What this device is and where it may work; also the cheapest way to ask whether its token is still good."""
    return _session(device_of(request))


def _session(device: Device) -> dict[str, Any]:
    event = device.event
    return {
        "device": {"id": device.pk, "name": device.name, "supervisor": device.supervisor},
        "event": {"slug": event.slug, "name": event.name, "time_zone": event.time_zone},
        "checkpoints": [
            {
                "slug": checkpoint.slug,
                "name": checkpoint.name,
                "entries": checkpoint.counting.entries,
                "mode": checkpoint.mode,
                "kind": checkpoint.kind,
            }
            for checkpoint in Checkpoint.objects.in_use(event)
        ],
        "checkpoint": device.checkpoint.slug if device.checkpoint else None,
    }
