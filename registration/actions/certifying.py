"""The certificate of an erasure: what was erased and what was kept and why, numbered, chained to the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from plenary.core.actions import SYSTEM, next_number, record_history
from plenary.core.privacy import Erasure, register
from plenary.events.models import Event
from registration.models import ErasureCertificate, Registration
from registration.querysets.erasure import rows_of_event, rows_of_guest, still_holding
from registration.rules.retention import DAYS, ends_on

# By what texts about others were searched for a guest. A nickname or a family name alone is found by no program.
SEARCHED = ("name", "email", "telephone")
FIRST = "0" * 64  # what the first certificate is chained to


@transaction.atomic
def finish_certificate(
    certificate: ErasureCertificate, *, days: Mapping[str, int], today: date, guest: Registration | None = None
) -> ErasureCertificate:
    """Close a run over an event or one guest: gather its batches, number it and chain it.

    Its number's lock keeps two from following the same one."""
    locked = ErasureCertificate.objects.select_for_update().get(pk=certificate.pk)
    if locked.finished_at is not None:
        return locked
    locked.number = next_number("erasure")
    locked.finished_at = timezone.now()
    previous = ErasureCertificate.objects.filter(number=locked.number - 1).values_list("digest", flat=True).first()
    locked.content = _content(locked, days=days, today=today, previous=previous or FIRST, guest=guest)
    locked.digest = digest_of(locked.content)
    locked.save()
    locked.batches.all().delete()
    record_history(locked, verb="certified", by=SYSTEM, event=locked.event, data={"number": locked.number})
    return locked


def digest_of(content: Mapping[str, Any]) -> str:
    """The digest of what a certificate says, the digest of the one before it included."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_sound(certificate: ErasureCertificate) -> bool:
    """Whether nobody has changed a certificate, and it still stands between the same two others."""
    content = certificate.content
    if certificate.number is None or digest_of(content) != certificate.digest:
        return False
    if content["number"] != certificate.number or content["subjects_head"] != _head(content["subjects"]):
        return False
    before = ErasureCertificate.objects.filter(number=certificate.number - 1).values_list("digest", flat=True).first()
    if content["previous"] != (before or FIRST):
        return False
    after = ErasureCertificate.objects.filter(number=certificate.number + 1).values_list("content", flat=True).first()
    return after is None or after["previous"] == certificate.digest


def _content(
    certificate: ErasureCertificate,
    *,
    days: Mapping[str, int],
    today: date,
    previous: str,
    guest: Registration | None,
) -> dict[str, Any]:
    erased: dict[tuple[str, str, str, str], int] = {}
    subjects: set[str] = set()
    for batch in certificate.batches.all().iterator():
        for name in batch.fields:
            key = (batch.model, name, batch.rule, batch.way)
            erased[key] = erased.get(key, 0) + len(batch.subjects)
        subjects.update(batch.subjects)
    listed = sorted(subjects)
    return {
        "number": certificate.number,
        "event": certificate.event.slug,
        "cause": certificate.cause,
        "begun": certificate.started_at.isoformat(timespec="seconds"),
        "finished": timezone.now().isoformat(timespec="seconds"),
        "erased": [
            {"model": model, "field": name, "rule": rule, "way": way, "count": count}
            for (model, name, rule, way), count in sorted(erased.items())
        ],
        "kept": _kept(certificate.event, guest, days, today),
        "searched": list(SEARCHED) if guest is not None else [],
        "days": {rule: days.get(rule, standard) for rule, standard in sorted(DAYS.items())},
        "salt": certificate.salt,
        "subjects": listed,
        "subjects_head": _head(listed),
        "previous": previous,
    }


def _head(subjects: list[str]) -> str:
    """The end of the chain through all subjects: one taken out or put in changes it."""
    head = FIRST
    for subject in subjects:
        head = hashlib.sha256(f"{head}{subject}".encode()).hexdigest()
    return head


def _kept(event: Event, guest: Registration | None, days: Mapping[str, int], today: date) -> list[dict[str, Any]]:
    """Every personal field that stays filled in some row, with its rule, its ground, and the day it goes where there is one."""
    kept = []
    for record in register().values():
        if record.guest is None if guest is not None else not record.event:
            continue
        rows = rows_of_guest(record, guest) if guest is not None else rows_of_event(record, event)
        for entry in record.personal:
            until = ends_on(entry.retention, event.ends_on, days)
            # Asked of the rows and not of the rules: what was never filled in is not kept, and what should have gone and is
            # there still (a message that has not left) is.
            if still_holding(rows, [entry]).exists():
                goes = until.isoformat() if until and entry.erasure != Erasure.KEEP else None
                kept.append(
                    {"model": record.model, "field": entry.name, "rule": entry.retention.value,
                     "ground": entry.basis.value, "until": goes}
                )  # fmt: skip
    return kept
