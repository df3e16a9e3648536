"""Flags are raised by comparison and decided by people: compared anew, dismissed with a reason, confirmed; the watch list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration.actions.transitions import Refused
from registration.flag_kinds import Found, digests, found_of, keys_of, like_entry
from registration.models import Finding, MatchKey, Registration, WatchListEntry
from registration.querysets.flags import WATCH_LIST
from registration.rules import LIVE


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
    known = {(one.kind, one.key): one for one in Finding.objects.filter(registration=registration)}
    fresh = []
    for kind, found in found_of(registration):
        finding = as_finding(registration, kind, found)
        before = known.pop((kind, found.key), None)
        if before is None:
            fresh.append(finding)
        elif before.fingerprint != finding.fingerprint:
            before.level, before.score, before.detail = finding.level, finding.score, finding.detail
            before.fingerprint, before.state = finding.fingerprint, Finding.State.OPEN
            before.save(update_fields=["level", "score", "detail", "fingerprint", "state"])
    gone = [one.pk for one in known.values() if one.state == Finding.State.OPEN]
    if gone:
        Finding.objects.filter(pk__in=gone).delete()
    Finding.objects.bulk_create(fresh, ignore_conflicts=True)
    registration.checked_at = timezone.now()
    _show(registration, checked_at=registration.checked_at)


def _index(registration: Registration) -> None:
    wanted = keys_of(registration)
    stored = set(MatchKey.objects.filter(registration=registration).values_list("key", flat=True))
    if gone := stored - wanted:
        MatchKey.objects.filter(registration=registration, key__in=gone).delete()
    MatchKey.objects.bulk_create(MatchKey(registration=registration, key=key) for key in sorted(wanted - stored))


def _show(registration: Registration, **more: object) -> None:
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
    _show(finding.registration)
    return finding


@transaction.atomic
def save_entry(entry: WatchListEntry, *, by: Actor) -> WatchListEntry:
    """Add or change an entry of the watch list and compare it with everybody who is registered."""
    if not entry.name_list:
        raise Refused(_("Write at least one name."))
    is_new = entry._state.adding
    entry.save()
    MatchKey.objects.filter(entry=entry).delete()
    MatchKey.objects.bulk_create(MatchKey(entry=entry, key=key) for key in sorted(digests(entry.name_list)))
    record_history(entry, verb="entry_added" if is_new else "entry_changed", by=by)
    compare_entry(entry)
    return entry


@transaction.atomic
def remove_entry(entry: WatchListEntry, *, by: Actor) -> None:
    """Take an entry off the list, with the flags that rest on it."""
    touched = list(Registration.objects.filter(findings__entry=entry))
    record_history(entry, verb="entry_removed", by=by)
    entry.delete()
    for registration in touched:
        _show(registration)


def compare_entry(entry: WatchListEntry) -> int:
    """Raise the flags of one entry against all live registrations; answers how many are new."""
    if not WatchListEntry.objects.valid_on(timezone.localdate()).filter(pk=entry.pk).exists():
        return 0
    keys = digests(entry.name_list)
    ids = set(MatchKey.objects.filter(key__in=keys, registration__isnull=False).values_list("registration", flat=True))
    return sum(_raise(registration, entry) for registration in _live(ids))


def _live(ids: Iterable[UUID]) -> Iterable[Registration]:
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        yield from Registration.objects.filter(pk__in=wanted[start : start + 500], state__in=LIVE).defer("answers")


def _raise(registration: Registration, entry: WatchListEntry) -> bool:
    found = like_entry(registration, entry)
    if found is None or Finding.objects.filter(registration=registration, kind=WATCH_LIST, key=found.key).exists():
        return False
    Finding.objects.bulk_create([as_finding(registration, WATCH_LIST, found)], ignore_conflicts=True)
    _show(registration)
    return True
