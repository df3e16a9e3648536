"""Sign-up by a program: the same Idempotency-Key is the same registration and the same answer, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from plenary.core.links import make_link
from plenary.core.models import IdempotentRequest
from registration.actions.drafts import attach_upload
from registration.actions.signing_up import AlreadyRegistered, Particulars, register, send_reminder
from registration.models import Category, Question
from registration.rules import Opening, State
from registration.uploads import Checked

NAMESPACE = UUID("6f3e1a3e-5a53-4c4f-9d6e-0f5b7b8f0d41")
RECEIPT_LIFETIME = 365 * 24 * 3600  # seconds
ATTEMPTS = 3


class KeyReused(Exception):
    """The key came before, with another body."""


def digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def sign_up_once(
    *,
    category: Category,
    particulars: Particulars,
    answers: Mapping[str, Any],
    files: Mapping[Question, Checked],
    language: str,
    key: str,
    fingerprint: str,
    or_wait: bool = False,
    versions: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Register by a program's request and answer with a receipt.

    The receipt tells the state and nothing else: it opens no page, because whoever asks has not proved the address.
    An address that is registered already gets a mail, and the answer is the same. Raises KeyReused, CategoryClosed.
    """
    scope = f"registration:{category.event_id}"
    origin = origin_of(scope, key)
    waits = or_wait and category.has_waiting_list and category.opening() == Opening.FULL
    foreseen = {
        "token": make_link("receipt", origin, lifetime=RECEIPT_LIFETIME),
        "state": (State.WAITLISTED if waits else State.UNCONFIRMED).value,
        "category": category.slug,
    }

    def act() -> dict[str, Any]:
        try:
            registration = register(
                category=category,
                particulars=particulars,
                answers=answers,
                language=language,
                origin=origin,
                source="api",
                or_wait=or_wait,
                versions=versions,
            )
        except AlreadyRegistered as refusal:
            send_reminder(refusal.existing)
            return foreseen
        for question, checked in files.items():
            attach_upload(owner=registration, question=question, checked=checked)
        # The last place may have gone while this request was on its way.
        return foreseen | {"state": str(registration.state)}

    return once(scope=scope, key=key, fingerprint=fingerprint, act=act, foreseen=foreseen)


def origin_of(scope: str, key: str) -> UUID:
    """The origin of what a request makes: the same for the same key."""
    return uuid5(NAMESPACE, f"{scope}:{digest(key)}")


def once(
    *,
    scope: str,
    key: str,
    fingerprint: str,
    act: Callable[[], dict[str, Any]],
    foreseen: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Do what a program asks and keep the answer; asked again with the same key, answer the same and do nothing.

    `act` runs in one transaction with the keeping of its answer; what it raises leaves no trace. An answer that was
    `foreseen` costs no second statement. Raises KeyReused.
    """
    key_digest = digest(key)
    for _attempt in range(ATTEMPTS):
        # Before anything else: a retry must get its answer although the category has filled up since.
        if stored := IdempotentRequest.objects.filter(scope=scope, key=key_digest).first():
            return _again(stored, fingerprint)
        request = IdempotentRequest(
            scope=scope, key=key_digest, fingerprint=fingerprint, status=201, answer=foreseen or {}
        )
        try:
            with transaction.atomic():
                # First, so that the same request arriving at once waits here instead of doing the work again.
                request.save(force_insert=True)
                answer = act()
                if answer != request.answer:
                    request.answer = answer
                    request.save(update_fields=["answer"])
                return answer
        except IntegrityError:
            continue  # the other one was first: answer what it answered
    raise RuntimeError("the answer of a parallel request did not appear")


def _again(stored: IdempotentRequest, fingerprint: str) -> dict[str, Any]:
    if stored.fingerprint != fingerprint:
        raise KeyReused
    return dict(stored.answer or {})
