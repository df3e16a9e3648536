"""Files that no scanner has seen are shown to it as soon as it answers; one in which it finds something is closed at once."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from plenary.core.actions import SYSTEM, record_history
from registration.actions.rotation import stored_kinds
from registration.actions.standing import check_soon
from registration.malware import Verdict, scan
from registration.models import ChangeFile, Registration, StoredFile
from registration.querysets.scanning import unscanned
from registration.uploads import open_upload

logger = logging.getLogger(__name__)
GIVE_UP_AFTER = 3  # files in a row without an answer: the scanner is down, and the rest can wait


def scan_again(*, limit: int = 200) -> int:
    """Show files that came without a scanner, or while it was down, to it; answers how many have a verdict now.

    Those that waited longest since the last try come first, so that one that is too large for clamd holds up no other.
    """
    if not settings.CLAMD_SOCKET:
        return 0
    done = missed = 0
    for kind in stored_kinds():
        for stored in list(unscanned(kind)[: limit - done]):
            verdict = _scan(stored)
            if verdict is Verdict.MISSED:
                missed += 1
                if missed == GIVE_UP_AFTER:
                    return done
            elif verdict is not None:
                missed, done = 0, done + 1
    return done


def _scan(stored: StoredFile) -> Verdict | None:
    """The verdict, kept; None where the file went meanwhile. Nobody waits: no row is locked while the scanner reads."""
    try:
        verdict = scan(open_upload(stored))
    except FileNotFoundError:
        logger.error("a private file of %s is missing in storage", stored._meta.label)
        return None
    with transaction.atomic():
        found = type(stored)._base_manager.select_for_update(of=("self",))
        now = found.filter(pk=stored.pk, digest=stored.digest).first()
        if now is None:
            return None
        now.scan_tried_at = timezone.now()
        if verdict in (Verdict.CLEAN, Verdict.FOUND):
            now.malware_check = verdict.value
        now.save(update_fields=["malware_check", "scan_tried_at"])
        if verdict is Verdict.FOUND:
            _tell(now)
    return verdict


def _tell(stored: StoredFile) -> None:
    """Note it with the guest it belongs to, and have the dossier say so."""
    owner = stored.change.registration if isinstance(stored, ChangeFile) else getattr(stored, "registration", None)
    data = {"kind": str(stored._meta.model_name)}
    if isinstance(owner, Registration):
        record_history(owner, verb="file_closed", by=SYSTEM, event=owner.event, data=data)
        check_soon(owner)
    else:
        record_history(stored, verb="file_closed", by=SYSTEM, data=data)
