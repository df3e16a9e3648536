"""Flags are raised by comparison and decided by people: compared anew, dismissed with a reason, confirmed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration.actions.transitions import Refused
from registration.flag_kinds import Found, found_of, keys_of, watch_list
from registration.models import Finding, MatchKey, Registration
from registration.querysets.flags import WATCH_LIST


def as_finding(registration: Registration, kind: str, found: Found) -> Finding:
    """A flag as a record, not yet saved."""
    return Finding(
        registration=registration,
        kind=kind,
        key=found.key,
        level=int(found.level),
        score=None if found.score is None else round(found.score * 100),
        detail=json.dumps(dict(found.detail), ensure_ascii=False),
        fingerprint=hashlib.sha256(found.basis.encode()).hexdigest(),
        other_id=found.other,
        entry_id=found.entry,
    )


@transaction.atomic
def check_now(registration: Registration) -> None:
    """Compare a registration with others and with the watch list, and keep its flags as they are found now.

    What somebody decided about a flag stays, until what was compared has changed.
    """
    _index(registration)
    _keep(registration, found_of(registration), Finding.objects.filter(registration=registration))
    registration.checked_at = timezone.now()
    show_levels(registration, checked_at=registration.checked_at)


@transaction.atomic
def check_watch_list(registration: Registration) -> None:
    """Compare one registration with the watch list as it is at this moment, whatever has been compared before."""
    found = [(WATCH_LIST, one) for one in watch_list(registration)]
    _keep(registration, found, Finding.objects.filter(registration=registration, kind=WATCH_LIST))
    show_levels(registration)


def _keep(registration: Registration, found: Iterable[tuple[str, Found]], stored: QuerySet[Finding]) -> None:
    """Of the stored flags keep those that are still found, open those again whose basis has changed, and add the new."""
    known = {(one.kind, one.key): one for one in stored}
    fresh = []
    for kind, one in found:
        finding = as_finding(registration, kind, one)
        before = known.pop((kind, one.key), None)
        if before is None:
            fresh.append(finding)
        else:
            renew(before, finding)
    gone = [one.pk for one in known.values() if one.state == Finding.State.OPEN]
    if gone:
        Finding.objects.filter(pk__in=gone).delete()
    Finding.objects.bulk_create(fresh, ignore_conflicts=True)


def renew(before: Finding, found: Finding) -> bool:
    """Open a flag again where what was compared has changed since; answers whether it has."""
    if before.fingerprint == found.fingerprint:
        return False
    before.level, before.score, before.detail = found.level, found.score, found.detail
    before.fingerprint, before.state = found.fingerprint, Finding.State.OPEN
    before.save(update_fields=["level", "score", "detail", "fingerprint", "state"])
    return True


def _index(registration: Registration) -> None:
    wanted = keys_of(registration)
    stored = set(MatchKey.objects.filter(registration=registration).values_list("key", flat=True))
    if gone := stored - wanted:
        MatchKey.objects.filter(registration=registration, key__in=gone).delete()
    MatchKey.objects.bulk_create(MatchKey(registration=registration, key=key) for key in sorted(wanted - stored))


def show_levels(registration: Registration, **more: object) -> None:
    """Raise the levels that the queue shows without a further statement."""
    flag = watch = 0
    for kind, state, level in Finding.objects.filter(registration=registration).values_list("kind", "state", "level"):
        if kind == WATCH_LIST:
            watch = max(watch, level) if state != Finding.State.DISMISSED else watch
        elif state == Finding.State.OPEN:
            flag = max(flag, level)
    registration.flag_level, registration.watch_level = flag, watch
    Registration.objects.filter(pk=registration.pk).update(flag_level=flag, watch_level=watch, **more)


def check_by_id(registration_id: UUID) -> bool:
    """Check one registration; False when it is gone or was checked since."""
    registration = Registration.objects.with_event().filter(pk=registration_id, checked_at=None).first()
    if registration is None:
        return False
    check_now(registration)
    return True


def check_pending(*, limit: int = 500) -> int:
    """Check what a lost job has left unchecked; answers how many."""
    return sum(check_by_id(pk) for pk in list(Registration.objects.unchecked()[:limit]))


@transaction.atomic
def decide_flag(*, finding_id: UUID, state: Finding.State, reason: str, by: Actor) -> Finding:
    """Say what a flag is worth: dismissed or confirmed, with the reason; or open again. Logged with the registration."""
    finding = Finding.objects.select_for_update(of=("self",)).select_related("registration__event").get(pk=finding_id)
    if state != Finding.State.OPEN and not reason.strip():
        raise Refused(_("Write why: the next officer will ask."))
    if finding.state == state:
        raise Refused(
            _("%(officer)s has decided about this flag already.") % {"officer": finding.officer_label or _("Somebody")}
        )
    finding.state, finding.reason = state, reason.strip()
    finding.officer, finding.officer_label, finding.decided_at = by.user, by.label[:120], timezone.now()
    finding.save(update_fields=["state", "reason", "officer", "officer_label", "decided_at"])
    # The watch list is security's alone: what was decided about it is not told to everybody who reads the history.
    verb = "security_flag" if finding.kind == WATCH_LIST else f"flag_{state}"
    record_history(
        finding.registration, verb=verb, by=by, event=finding.registration.event, data={"kind": finding.kind}
    )
    show_levels(finding.registration)
    return finding
