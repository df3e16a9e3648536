"""Money that goes back: counted first, so that no two refunds exceed what was paid, then asked of Stripe, or paid by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from plenary.core.money import Money
from registration import emails, gateway
from registration.actions.financial_documents import issue_credit_note
from registration.actions.orders import PaymentRefused, lock_order
from registration.actions.posting import post_to_guest
from registration.models import Order, Payment, Refund
from registration.rules.payments import Method, RefundState, after_money

logger = logging.getLogger(__name__)
ASK_AGAIN_AFTER = timedelta(minutes=5)


def refund(*, payment_id: UUID, amount: Money, reason: str, by: Actor) -> Refund:
    """Give back all of a payment or a part. A card's is asked of Stripe at once; where Stripe gives no answer, the
    worker asks again with the same key. Cash and transfers are paid by hand and then noted with `refund_paid`.

    Raises PaymentRefused where less is left of the payment than is asked back.
    """
    made = _promise(payment_id=payment_id, amount=amount, reason=reason, by=by)
    if made.payment.method == Method.STRIPE:
        send_refund(refund_id=made.pk)
        made.refresh_from_db()
    return made


@transaction.atomic
def _promise(*, payment_id: UUID, amount: Money, reason: str, by: Actor) -> Refund:
    payment = Payment.objects.get(pk=payment_id)
    order = lock_order(payment.order_id)
    if payment.method in {Method.HOSTED, Method.SPONSOR}:
        raise PaymentRefused(_("No money came from the guest here: there is nothing to give back."))
    if not reason.strip():
        raise PaymentRefused(_("Give a reason: it stands in the books."))
    if amount.currency != payment.currency or amount.minor <= 0:
        raise PaymentRefused(_("Give an amount in %(currency)s above nought.") % {"currency": payment.currency})
    if not _count(payment, order, amount.minor):
        left = Payment.objects.get(pk=payment_id).refundable
        raise PaymentRefused(_("Only %(amount)s of this payment is left.") % {"amount": left.plain()})
    made = Refund.objects.create(
        payment=payment,
        order=order,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason.strip()[:250],
        asked_by=by.label[:120],
    )
    record_history(
        order, verb="refund_asked", by=by, event=order.event, reason=reason.strip(), data={"amount": amount.plain()}
    )
    return made


def _count(payment: Payment, order: Order, minor: int) -> bool:
    """Count what goes back in the statement that checks what is left; minus takes a failed refund out again."""
    left = Payment.objects.filter(pk=payment.pk, amount_minor__gte=F("refunded_minor") + minor)
    if not left.update(refunded_minor=F("refunded_minor") + minor):
        return False
    order.refunded_minor += minor
    order.state = after_money(order.state, total=order.total, paid=order.paid, refunded=order.refunded)
    order.save(update_fields=["refunded_minor", "state"])
    return True


def send_refund(*, refund_id: UUID) -> None:
    """Ask Stripe, holding no transaction; the key of the refund makes asking again harmless."""
    made = Refund.objects.select_related("payment").get(pk=refund_id)
    if made.state != RefundState.REQUESTED or made.reference:
        return
    try:
        reference, status = gateway.refund(key=str(made.pk), intent=made.payment.reference, amount=made.amount)
    except gateway.Unavailable as error:
        logger.warning("refund %s: no answer from Stripe (%s), asked again later", made.pk, error)
        return
    except gateway.Rejected as error:
        fail_refund(refund_id=refund_id, why=error.code)
        return
    note_refund(refund_id=refund_id, reference=reference, status=status)


@transaction.atomic
def note_refund(*, refund_id: UUID, reference: str, status: str) -> None:
    """What Stripe says of a refund, in its words."""
    if status in {"failed", "canceled"}:
        fail_refund(refund_id=refund_id, why=status)
    elif status == "succeeded":
        refund_paid(refund_id=refund_id, reference=reference)
    else:
        Refund.objects.filter(pk=refund_id, reference="").update(reference=reference)


@transaction.atomic
def refund_paid(*, refund_id: UUID, reference: str, by: Actor | None = None) -> Refund:
    """The money has gone back: credit note and mail. A second time it changes nothing."""
    order = lock_order(Refund.objects.values_list("order", flat=True).get(pk=refund_id))
    made = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    if made.state != RefundState.REQUESTED:
        return made
    made.state, made.reference, made.done_at = RefundState.DONE, reference or made.reference, timezone.now()
    made.save(update_fields=["state", "reference", "done_at"])
    actor = by or Actor("Stripe")
    record_history(order, verb="refund_paid", by=actor, event=order.event, data={"amount": made.amount.plain()})
    document = issue_credit_note(order, made)
    mail = emails.payments.refunded(order, made.amount, document)
    post_to_guest(mail, order.registration, occasion=f"refund:{made.pk}")
    return made


@transaction.atomic
def fail_refund(*, refund_id: UUID, why: str) -> None:
    """The money has not gone back: it counts as ours again, and staff see why."""
    order = lock_order(Refund.objects.values_list("order", flat=True).get(pk=refund_id))
    made = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    if made.state == RefundState.FAILED:
        return
    made.state = RefundState.FAILED
    made.save(update_fields=["state"])
    Payment.objects.filter(pk=made.payment_id).update(refunded_minor=F("refunded_minor") - made.amount_minor)
    order.refunded_minor -= made.amount_minor
    order.state = after_money(order.state, total=order.total, paid=order.paid, refunded=order.refunded)
    order.save(update_fields=["refunded_minor", "state"])
    record_history(order, verb="refund_failed", by=Actor("Stripe"), event=order.event, data={"why": why[:60]})


@transaction.atomic
def adopt_refund(*, payment: Payment, reference: str, amount: Money, at: datetime, status: str) -> str:
    """A refund that somebody made at Stripe itself: our books follow. Answers what came of it, for the log of events."""
    order = lock_order(payment.order_id)
    if Refund.objects.filter(reference=reference).exists():
        return "known"
    if amount.currency != payment.currency or not _count(payment, order, amount.minor):
        record_history(order, verb="refund_mismatch", by=Actor("Stripe"), event=order.event)
        return "mismatch"
    made = Refund.objects.create(
        payment=payment,
        order=order,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=_("made at Stripe"),
        reference=reference,
        created_at=at,
        asked_by="Stripe",
    )
    note_refund(refund_id=made.pk, reference=reference, status=status)
    return "adopted"


@dataclass
class RefundReport:
    """What came of refunds for many orders; those `left` were not touched, because Stripe had stopped answering."""

    done: list[UUID] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)
    left: list[UUID] = field(default_factory=list)


def refund_many(order_ids: Iterable[UUID], *, reason: str, by: Actor) -> RefundReport:
    """Give back all that is left of these orders, each by itself: an event was cancelled, or guests have left.

    At the first refund that Stripe does not answer it stops: every further one would wait as long, in vain. What was
    begun is asked again by the worker; asked for the same orders again, only what is left of them goes back.
    """
    report = RefundReport()
    waiting = list(order_ids)
    while waiting:
        order_id = waiting.pop(0)
        try:
            made = _refund_all(order_id, reason=reason, by=by)
        except PaymentRefused as refusal:
            report.refused[order_id] = str(refusal)
            continue
        if any(one.state == RefundState.FAILED for one in made):
            report.refused[order_id] = _("Stripe refuses this refund. Pay it back in another way.")
        else:
            report.done.append(order_id)
        if any(_unanswered(one) for one in made):
            report.left = waiting
            break
    return report


def _refund_all(order_id: UUID, *, reason: str, by: Actor) -> list[Refund]:
    payments = [payment for payment in Payment.objects.filter(order=order_id) if _goes_back(payment)]
    if not payments:
        raise PaymentRefused(_("Nothing is left to give back."))
    return [refund(payment_id=one.pk, amount=one.refundable, reason=reason, by=by) for one in payments]


def _unanswered(made: Refund) -> bool:
    return made.payment.method == Method.STRIPE and made.state == RefundState.REQUESTED and not made.reference


def _goes_back(payment: Payment) -> bool:
    return payment.method not in {Method.HOSTED, Method.SPONSOR} and bool(payment.refundable)


def ask_again(*, limit: int = 100) -> int:
    """Refunds whose answer never came, asked again by the worker; answers how many."""
    waiting = Refund.objects.unanswered(timezone.now(), ASK_AGAIN_AFTER)[:limit]
    for made in waiting:
        send_refund(refund_id=made.pk)
    return len(waiting)
