"""Take an admitted scan back by a supervisor's code. The ledger keeps the scan; who is through is as if it had not been."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from checkin.models import Admission, Checkpoint, Credential, Device, Reversal, Scan, SupervisorCode
from checkin.rules import UNDO_WITHIN, Outcome, Place, moment, replay
from plenary.core.actions import Actor, record_history
from plenary.events.models import Event
from registration.models import CODE_ALPHABET

WRONG_CODES = 5  # in a row on one phone, then it has to wait
WRONG_CODES_WAIT = timedelta(minutes=10)


class NotUndone(Exception):
    """The scan stays as it is; the class says why."""


class ScanUnknown(NotUndone):
    """This device has delivered no such scan."""


class NothingToUndo(NotUndone):
    """Nobody was let through by it."""


class UndoTooLate(NotUndone):
    """It is older than a slip of the thumb."""


class BuiltUpon(NotUndone):
    """The badge has been used again since."""


class WrongCode(NotUndone):
    """No supervisor of this event has this code."""


class TooManyCodes(NotUndone):
    """Too many wrong codes on this phone."""


def _plain(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())


@transaction.atomic
def add_supervisor_code(*, event: Event, name: str, by: Actor) -> tuple[SupervisorCode, str]:
    """A new code for a supervisor of an event; it is told here and never again.

    Eight letters and digits are 40 bits: enough where five mistakes stop a phone, too few for a fast digest.
    """
    code = "".join(secrets.choice(CODE_ALPHABET) for _position in range(8))
    made = SupervisorCode.objects.create(event=event, name=name, digest=make_password(code), created_by=by.user)
    record_history(made, verb="supervisor_code_added", by=by, event=event)
    return made, f"{code[:4]}-{code[4:]}"


@transaction.atomic
def revoke_supervisor_code(code: SupervisorCode, *, by: Actor) -> None:
    """From now on the code undoes nothing; what it undid stays undone."""
    if code.revoked_at is None:
        code.revoked_at = timezone.now()
        code.save(update_fields=["revoked_at"])
        record_history(code, verb="supervisor_code_revoked", by=by, event=code.event)


def undo_scan(device: Device, scan_id: UUID, code: str) -> Reversal:
    """Take back a scan of this device. A second time answers the first. Raises NotUndone."""
    chosen = _supervisor(device, code)  # before any lock: comparing takes a tenth of a second, and a mistake is written
    with transaction.atomic():
        return _undo(device, scan_id, chosen)


def _supervisor(device: Device, code: str) -> SupervisorCode:
    now = timezone.now()
    recent = device.wrong_code_at is not None and now - device.wrong_code_at < WRONG_CODES_WAIT
    if recent and device.wrong_codes >= WRONG_CODES:
        raise TooManyCodes
    this_device = Device.objects.filter(pk=device.pk)
    # Counted before the comparison, so that many tries at once are counted, too.
    this_device.update(wrong_codes=F("wrong_codes") + 1 if recent else 1, wrong_code_at=now)
    typed = _plain(code)
    for known in SupervisorCode.objects.usable(device.event):
        if check_password(typed, known.digest):
            this_device.update(wrong_codes=0, wrong_code_at=None)
            return known
    raise WrongCode


def _undo(device: Device, scan_id: UUID, code: SupervisorCode) -> Reversal:
    scan = Scan.objects.select_related("checkpoint__zone", "credential").filter(pk=scan_id, device=device).first()
    if scan is None:
        raise ScanUnknown
    if scan.verdict != Outcome.ADMIT or scan.credential is None or scan.checkpoint is None:
        raise NothingToUndo
    area, credential = scan.checkpoint.counting, scan.credential
    # A door that moves this badge meanwhile has it first, or is overtaken and decides again.
    Admission.objects.select_for_update().filter(checkpoint=area, credential=credential).first()
    done = Reversal.objects.filter(scan=scan).select_related("code").first()
    if done is not None:
        return done
    if timezone.now() - _at(scan) > UNDO_WITHIN:
        raise UndoTooLate
    if Scan.objects.built_upon(scan, area, credential):
        raise BuiltUpon
    reversal, made = Reversal.objects.select_related("code").get_or_create(
        scan=scan, defaults={"device": device, "code": code}
    )
    if made:
        _restore(area, credential)
        by = Actor(f"{code.name} ({device.name})")
        record_history(scan, verb="scan_undone", by=by, event=device.event)
    return reversal


def _at(scan: Scan) -> datetime:
    return moment(scanned_at=scan.scanned_at, received_at=scan.received_at, offline=scan.offline).at


def _restore(area: Checkpoint, credential: Credential) -> None:
    """Who is through, told anew by the scans that still count."""
    counted = list(Scan.objects.counted(area, credential))
    place = Place(
        active=True,
        entries=area.entries,
        pause=area.pause,
        time_zone=area.event.time_zone,
        day_change=area.event.day_change // timedelta(minutes=1),
    )
    passage, entry = replay(place, [(scan.direction, _at(scan)) for scan in counted])
    found = Admission.objects.filter(checkpoint=area, credential=credential)
    if entry is None:
        found.delete()
    else:
        found.update(scan_id=counted[entry].pk, at=passage.entered, left_at=passage.left)
