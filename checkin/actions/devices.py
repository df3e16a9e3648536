"""Enrol and revoke the phones that scan. A code is shown once and works once; only digests are stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from checkin.models import Checkpoint, Device, Shift
from checkin.rules import Scope
from plenary.core.actions import Actor, record_history
from plenary.events.models import Event
from registration.models import CODE_ALPHABET

CODE_LIFETIME = timedelta(minutes=30)
CONTACT_GRAIN = timedelta(seconds=30)  # how exact "last contact" is: one write in half a minute, not one a scan


class EnrolmentRefused(Exception):
    """The code enrols nothing; `code` says why in a word that programs rely on."""

    code = "code_unknown"


class CodeUnknown(EnrolmentRefused):
    """No such code, or a newer one has replaced it."""


class CodeUsed(EnrolmentRefused):
    """Another phone was enrolled with it."""

    code = "code_used"


class CodeExpired(EnrolmentRefused):
    """It was not used in time."""

    code = "code_expired"


def token_digest(token: str) -> str:
    """What is stored of a token, which is long and random: a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_code() -> str:
    """Twelve letters and digits in groups of four, which a person can type when a camera fails.

    60 random bits: within its half hour it cannot be guessed at any rate a server could take, so enrolment needs no
    throttle.
    """
    code = "".join(secrets.choice(CODE_ALPHABET) for _position in range(12))
    return "-".join(code[start : start + 4] for start in range(0, 12, 4))


def code_digest(code: str) -> str:
    """The digest of a code however it was typed: case, spaces and dashes mean nothing."""
    return token_digest("".join(character for character in code.upper() if character.isalnum()))


@transaction.atomic
def add_device(
    *, event: Event, name: str, by: Actor, checkpoint: Checkpoint | None = None, kind: str = Device.Kind.SCANNER
) -> tuple[Device, str]:
    """A new device and the code that enrols a phone as it, valid for half an hour."""
    if checkpoint is not None and checkpoint.event_id != event.pk:
        raise ValueError("the checkpoint belongs to another event")
    device = Device.objects.create(event=event, name=name, kind=kind, checkpoint=checkpoint, created_by=by.user)
    record_history(device, verb="device_added", by=by, event=event)
    return device, renew_enrolment(device, by=by)


@transaction.atomic
def limit_device(
    device: Device,
    *,
    checkpoints: Collection[Checkpoint],
    valid_from: datetime | None,
    valid_until: datetime | None,
    supervisor: bool,
    by: Actor,
) -> Device:
    """Say where and how long a device may work, and whether a supervisor carries it. No checkpoint means: anywhere. The
    phone hears of it within a minute; the server keeps to it at once."""
    if {checkpoint.event_id for checkpoint in checkpoints} - {device.event_id}:
        raise ValueError("a checkpoint belongs to another event")
    device.valid_from, device.valid_until, device.supervisor = valid_from, valid_until, supervisor
    device.save(update_fields=["valid_from", "valid_until", "supervisor"])
    device.checkpoints.set(checkpoints)
    places = sorted(checkpoint.slug for checkpoint in checkpoints)
    record_history(device, verb="device_limited", by=by, event=device.event, data={"checkpoints": places})
    return device


@transaction.atomic
def renew_enrolment(device: Device, *, by: Actor) -> str:
    """A new code for a device, instead of any earlier one; a phone enrolled before works until this code is used."""
    code = _new_code()
    device.enrolment_digest = code_digest(code)
    device.enrolment_expires_at = timezone.now() + CODE_LIFETIME
    device.save(update_fields=["enrolment_digest", "enrolment_expires_at"])
    record_history(device, verb="enrolment_code_made", by=by, event=device.event)
    return code


@transaction.atomic
def enrol_device(code: str) -> tuple[Device, str]:
    """Use a code: the device and its token, which is told once. Raises CodeUnknown, CodeUsed or CodeExpired."""
    device = (
        Device.objects.select_for_update(of=("self",))
        .select_related("event", "checkpoint")
        .filter(enrolment_digest=code_digest(code))
        .first()
    )
    if device is None:
        raise CodeUnknown
    if device.enrolment_expires_at is None:
        raise CodeUsed
    if device.enrolment_expires_at <= timezone.now():
        raise CodeExpired
    token = _give_token(device, timezone.now())
    record_history(device, verb="device_enrolled", by=Actor(device.name), event=device.event)
    return device, token


@transaction.atomic
def enrol_directly(
    *, event: Event, name: str, by: Actor, checkpoint: Checkpoint | None = None, kind: str = Device.Kind.SCANNER
) -> tuple[Device, str]:
    """A device that is enrolled at once, for programs and tests: the operator hands the token over."""
    device, _code = add_device(event=event, name=name, by=by, checkpoint=checkpoint, kind=kind)
    token = _give_token(device, timezone.now())
    record_history(device, verb="device_enrolled", by=by, event=event)
    return device, token


def _give_token(device: Device, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    device.token_digest = token_digest(token)
    device.enrolment_expires_at = None
    device.enrolled_at = device.last_seen_at = now
    device.revoked_at = None
    device.save()
    return token


@transaction.atomic
def revoke_device(device: Device, *, by: Actor, reason: str = "") -> None:
    """Lock a device out at once, and void its open code. Its scans stay in the ledger."""
    device.revoked_at = timezone.now()
    device.enrolment_digest = ""
    device.enrolment_expires_at = None
    device.save(update_fields=["revoked_at", "enrolment_digest", "enrolment_expires_at"])
    record_history(device, verb="device_revoked", by=by, event=device.event, reason=reason)


def note_contact(device_id: UUID, last_seen_at: datetime | None, now: datetime) -> None:
    """Note that a device was heard of, unless that was noted just now."""
    if last_seen_at is None or now - last_seen_at > CONTACT_GRAIN:
        Device.objects.filter(pk=device_id).update(last_seen_at=now)


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """A volunteer's shift as the phone counts it."""

    id: UUID
    volunteer: str
    started_at: datetime
    admitted: int
    refused: Mapping[str, int]  # by reason
    conflicts: int
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a phone says of itself every minute."""

    battery: int | None  # percent
    queue_length: int
    version: str
    shift: ShiftReport | None


@transaction.atomic
def note_report(device: Device, report: Report, *, now: datetime) -> None:
    """Keep what a phone says of itself, unless one was kept just now and no shift begins or ends in this one.

    Outside of its time no shift begins on it; the last numbers of one that began within may come late, like scans.
    """
    shift = report.shift
    known = shift is None or Shift.objects.filter(pk=shift.id).exists()
    recurring = known and not (shift and shift.ended)
    if recurring and device.reported_at is not None and now - device.reported_at < CONTACT_GRAIN:
        return
    Device.objects.filter(pk=device.pk).update(
        battery=report.battery, queue_length=report.queue_length, app_version=report.version, reported_at=now
    )
    time = Scope(valid_from=device.valid_from, valid_until=device.valid_until)
    if shift is None or not (known or time.covers(now) or time.covers(shift.started_at)):
        return
    numbers = {"admitted": shift.admitted, "refused": dict(shift.refused), "conflicts": shift.conflicts}
    first = numbers | {"device": device, "volunteer": shift.volunteer, "started_at": shift.started_at}
    if known:
        Shift.objects.filter(pk=shift.id, device=device).update(**numbers)
    else:
        Shift.objects.get_or_create(pk=shift.id, defaults=first)
