"""Enrol a phone, and tell an enrolled one where it works."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from checkin.actions import (
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    EnrolmentRefused,
    Report,
    ShiftReport,
    enrol_device,
    note_report,
)
from checkin.api.auth import TOKEN_REVOKED, DeviceAuth, device_of, enrolled_device
from checkin.api.schemas import DeviceReport, DoorSession, Enrolment, EnrolmentCode
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


@router.post("/report", auth=DeviceAuth(enrolled_device), response=answers(DoorSession, TOKEN_REVOKED))
def report(request: HttpRequest, body: DeviceReport) -> dict[str, Any]:
    """What the device says of itself, every minute; the answer is its session, so it hears of changes by the way."""
    device = device_of(request)
    shift = ShiftReport(**body.shift.model_dump()) if body.shift else None
    said = Report(body.battery, body.queue_length, body.version, shift)
    note_report(device, said, now=timezone.now())
    return _session(device)


def _session(device: Device) -> dict[str, Any]:
    event = device.event
    return {
        "device": {
            "id": device.pk,
            "name": device.name,
            "supervisor": device.supervisor,
            "valid_from": device.valid_from,
            "valid_until": device.valid_until,
        },
        "event": {"slug": event.slug, "name": event.name, "time_zone": event.time_zone},
        "checkpoints": [
            {
                "slug": checkpoint.slug,
                "name": checkpoint.name,
                "entries": checkpoint.counting.entries,
                "mode": checkpoint.mode,
                "kind": checkpoint.kind,
            }
            for checkpoint in Checkpoint.objects.for_device(device)
        ],
        "checkpoint": device.checkpoint.slug if device.checkpoint else None,
    }
