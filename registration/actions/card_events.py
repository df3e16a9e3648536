"""Stripe's events: each heeded once, in any order, however late. One that comes before its payment waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from plenary.core.actions import record_history
from registration import gateway
from registration.actions.card_payments import STRIPE, settle_session
from registration.actions.payouts import TO_READ, heed_payout
from registration.actions.refunds import adopt_refund, note_refund
from registration.models import Dispute, Payment, PaymentAttempt, Refund, StripeEvent
from registration.rules.payments import Method

WAITS = "waits_for_payment"


@transaction.atomic
def heed_event(told: Mapping[str, Any]) -> str:
    """Do what an event says, in one transaction with the note that it came: a second delivery finds the note.

    Answers what came of it. Raises KeyError or ValueError for something that is no event of Stripe.
    """
    created = datetime.fromtimestamp(int(told["created"]), tz=UTC)
    kind, subject = str(told["type"])[:80], told["data"]["object"]
    intent = str(subject.get("payment_intent") or "")[:120]
    note = StripeEvent(event_id=str(told["id"])[:120], kind=kind, created=created, intent=intent)
    try:
        with transaction.atomic():
            note.save(force_insert=True)
    except IntegrityError:
        return "duplicate"
    handle = _HANDLERS.get(kind)
    note.outcome = handle(subject, created) if handle else "not_ours"
    if note.outcome in {WAITS, TO_READ}:
        note.facts = {name: subject.get(name) for name in _KEPT if name in subject}
    if note.outcome == TO_READ:
        note.intent = str(subject["id"])[:120]
    note.handled_at = timezone.now()
    note.save(update_fields=["outcome", "facts", "handled_at", "intent"])
    if note.outcome in {"booked", "mismatch"} and intent:
        apply_waiting(intent)
    return note.outcome


# What is kept of an event that has to wait: keys and sums, nothing personal.
_KEPT = (
    "id",
    "object",
    "amount",
    "currency",
    "status",
    "reason",
    "payment_intent",
    "created",
    "metadata",
    "arrival_date",
)


def apply_waiting(intent: str) -> None:
    """Heed the events that came before this payment was known, the oldest first. The caller holds a transaction."""
    waiting = StripeEvent.objects.select_for_update().filter(outcome=WAITS, intent=intent).order_by("created", "id")
    for note in waiting:
        outcome = _HANDLERS[note.kind](note.facts, note.created)
        if outcome != WAITS:
            note.outcome, note.facts, note.handled_at = outcome, {}, timezone.now()
            note.save(update_fields=["outcome", "facts", "handled_at"])


def _session(subject: Mapping[str, Any], at: datetime) -> str:
    return settle_session(gateway.session_of(subject), at=at)


def _declined(subject: Mapping[str, Any], _at: datetime) -> str:
    """A card was refused on Stripe's page: the guest is told there and tries another; staff see that it happened."""
    try:
        key = UUID(str((subject.get("metadata") or {}).get("attempt", "")))
    except ValueError:
        return "unknown_session"
    attempt = PaymentAttempt.objects.select_related("order__event").filter(pk=key).first()
    if attempt is None:
        return "unknown_session"
    error = subject.get("last_payment_error") or {}
    code = str(error.get("decline_code") or error.get("code") or "")[:40]
    record_history(attempt.order, verb="card_declined", by=STRIPE, event=attempt.order.event, data={"code": code})
    return "noted"


def _refund(subject: Mapping[str, Any], at: datetime) -> str:
    reference, status = str(subject.get("id") or ""), str(subject.get("status") or "")
    mine = _our_refund(subject, reference)
    if mine is not None:
        note_refund(refund_id=mine.pk, reference=reference, status=status)
        return "noted"
    payment = _payment_of(subject)
    if payment is None:
        return WAITS
    amount = gateway.from_stripe(int(subject["amount"]), str(subject["currency"]))
    return adopt_refund(payment=payment, reference=reference, amount=amount, at=at, status=status)


def _our_refund(subject: Mapping[str, Any], reference: str) -> Refund | None:
    if (found := Refund.objects.filter(reference=reference).first()) is not None:
        return found
    try:
        key = UUID(str((subject.get("metadata") or {}).get("refund", "")))
    except ValueError:
        return None
    return Refund.objects.filter(pk=key).first()


def _dispute(subject: Mapping[str, Any], at: datetime) -> str:
    """Noted for people to decide: the badge stays as it is."""
    payment = _payment_of(subject)
    if payment is None:
        return WAITS
    amount = gateway.from_stripe(int(subject["amount"]), str(subject["currency"]))
    found, is_new = Dispute.objects.get_or_create(
        reference=str(subject["id"]),
        defaults={
            "payment": payment,
            "state": str(subject.get("status") or "")[:40],
            "reason": str(subject.get("reason") or "")[:80],
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "told_at": at,
            "opened_at": at,
        },
    )
    if not is_new:
        if at < found.told_at:
            return "late"
        found.state, found.told_at = str(subject.get("status") or "")[:40], at
        found.save(update_fields=["state", "told_at"])
    data = {"state": found.state, "amount": amount.plain()}
    record_history(payment.order, verb="dispute", by=STRIPE, event=payment.order.event, data=data)
    return "noted"


def _payment_of(subject: Mapping[str, Any]) -> Payment | None:
    intent = str(subject.get("payment_intent") or "")
    if not intent:
        return None
    return Payment.objects.select_related("order__event").filter(method=Method.STRIPE, reference=intent).first()


_HANDLERS: Mapping[str, Callable[[Mapping[str, Any], datetime], str]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "payment_intent.payment_failed": _declined,
    # "charge.refunded" says the same as these without the refund's key: heeding both would count twice.
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "payout.paid": heed_payout,
    "payout.reconciliation_completed": heed_payout,
}
