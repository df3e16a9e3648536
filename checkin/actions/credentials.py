"""Issue, withdraw and reprint credentials, and make the keys that sign them."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction
from django.utils import timezone

from checkin.models import Credential, SigningKey, new_public_id
from checkin.signing import Signer, digest
from plenary.core.actions import SYSTEM, Actor, record_history
from plenary.events.models import Event
from registration.actions.locking import lock_then_read
from registration.models import Registration

LAST_ISSUE = 255  # one byte in the badge
CHANGING = ["public_id", "issue", "rights", "digest", "withdrawn_at", "printed_at", "changed_at"]


def ensure_signing_key(event: Event) -> SigningKey:
    """The key that signs an event's badges, made when the first is issued."""
    current = SigningKey.objects.current(event)
    if current is not None:
        return current
    pair = Ed25519PrivateKey.generate()
    key = SigningKey(
        event=event,
        key_id=1,
        public=pair.public_key().public_bytes_raw(),
        private=base64.b64encode(pair.private_bytes_raw()).decode(),
    )
    try:
        with transaction.atomic():
            key.save(force_insert=True)
            record_history(event, verb="signing_key_made", by=SYSTEM, event=event, data={"key_id": key.key_id})
    except IntegrityError:  # two first approvals at once: the other one's key is as good
        return SigningKey.objects.get(event=event, key_id=1)
    return key


@transaction.atomic
def issue_credentials(registrations: Iterable[Registration]) -> list[Credential]:
    """Give approved registrations their credentials, in the caller's transaction.

    Doing it again changes nothing a door could see, except that it asks for the row again: call it when a name or a
    category has changed. A credential withdrawn before comes back under a new issue number, so that prints handed in
    or called back stay worthless.
    """
    by_event: dict[int, list[Registration]] = defaultdict(list)
    for registration in registrations:
        by_event[registration.event_id].append(registration)
    issued: list[Credential] = []
    for group in by_event.values():
        issued += _issue_for_event(group[0].event, group)
    return issued


def _issue_for_event(event: Event, registrations: list[Registration]) -> list[Credential]:
    signer = Signer(ensure_signing_key(event), event.number)
    now = timezone.now()
    found = {
        credential.registration_id: credential
        for credential in Credential.objects.select_for_update().filter(registration__in=registrations)
    }
    fresh, changed = [], []
    for registration in registrations:
        credential = found.get(registration.pk)
        if credential is None:
            credential = Credential(registration=registration, event=event, public_id=new_public_id(), created_at=now)
            fresh.append(credential)
        else:
            changed.append(credential)
            if credential.withdrawn_at:
                _raise_issue(credential)
                credential.withdrawn_at = None
        _sign(credential, registration, signer)
        credential.changed_at = now
    # Two approvals of one registration are already one by its own transition; a second row would be an error to hear of.
    Credential.objects.bulk_create(fresh, batch_size=1000)
    Credential.objects.bulk_update(changed, CHANGING, batch_size=500)
    return fresh + changed


def _sign(credential: Credential, registration: Registration, signer: Signer) -> None:
    credential.rights = registration.category.rights | credential.granted
    credential.digest = digest(signer.text(credential))


def _raise_issue(credential: Credential) -> None:
    """The next issue number; after the last one a new public id, so that no old print can come true again."""
    if credential.issue < LAST_ISSUE:
        credential.issue += 1
    else:
        credential.public_id, credential.issue = new_public_id(), 1
    credential.printed_at = None


@transaction.atomic
def withdraw_credentials(registrations: Iterable[Registration]) -> int:
    """Close every door to these registrations; answers how many credentials were valid until now."""
    now = timezone.now()
    return (
        Credential.objects.valid().filter(registration__in=list(registrations)).update(withdrawn_at=now, changed_at=now)
    )


@transaction.atomic
def reprint_badge(credential: Credential, *, by: Actor, reason: str = "") -> Credential:
    """Replace a lost or stolen badge: the next print opens doors, all earlier ones are refused as superseded."""
    locked = lock_then_read(Credential.objects.select_related("event", "registration__category"), credential.pk)
    _raise_issue(locked)
    _sign(locked, locked.registration, Signer(ensure_signing_key(locked.event), locked.event.number))
    locked.changed_at = timezone.now()
    locked.save(update_fields=CHANGING)
    record_history(
        locked.registration,
        verb="badge_reprinted",
        by=by,
        event=locked.event,
        reason=reason,
        data={"issue": locked.issue},
    )
    return locked
