"""Money that came: by card, by transfer, over the counter; waived or hosted by staff. What it does to order and badge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, SYSTEM, Actor, record_history
from plenary.core.money import Money
from registration import emails
from registration.actions.ended_orders import end_order
from registration.actions.financial_documents import issue_invoice, issue_receipt
from registration.actions.orders import PaymentRefused, cover, lock_order, make_order, needs_open
from registration.actions.posting import post_to_guest
from registration.actions.transitions import move
from registration.models import Order, Payment, PaymentAttempt
from registration.prices import price_of, sum_of
from registration.rules import LIVE, State, Who
from registration.rules.payments import Method, OrderState, after_money


def book(
    order: Order,
    *,
    method: Method,
    amount: Money,
    by: Actor,
    reference: str = "",
    received_at: datetime | None = None,
    attempt: PaymentAttempt | None = None,
    flag: str = Payment.Flag.NONE,
) -> Payment:
    """Write money into an order's books, with its receipt and what follows from it. The caller holds `lock_order`.

    Money is never turned away here: what came for an order that is closed, or beyond what was due, is kept, marked
    and shown to staff. Raises PaymentRefused where the currency is another, or the reference was booked before.
    """
    if amount.currency != order.currency:
        raise PaymentRefused(
            _("This order is in %(wanted)s: an amount in %(given)s cannot be booked for it.")
            % {"wanted": order.currency, "given": amount.currency}
        )
    if amount.minor <= 0:
        raise PaymentRefused(_("Give an amount above nought."))
    if flag == Payment.Flag.NONE:
        flag = _flag(order, amount)
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                order=order,
                attempt=attempt,
                method=method,
                amount_minor=amount.minor,
                currency=amount.currency,
                reference=reference[:140],
                flag=flag,
                received_at=received_at or timezone.now(),
                recorded_by=by.label[:120],
            )
    except IntegrityError as error:
        raise PaymentRefused(_("A payment with this reference has been booked already.")) from error
    order.paid_minor += amount.minor
    _settle(order, by=by)
    data = {"method": method.value, "amount": amount.plain(), "flag": flag}
    record_history(order, verb="payment", by=by, event=order.event, data=data)
    document = issue_receipt(order, payment)
    mail = emails.payments.payment_received(order, amount, document)
    post_to_guest(mail, order.registration, occasion=f"payment:{payment.pk}")
    return payment


def _flag(order: Order, amount: Money) -> str:
    if order.state in {OrderState.CANCELLED, OrderState.WRITTEN_OFF} or order.registration.state not in LIVE:
        return Payment.Flag.AFTER_CLOSE
    return Payment.Flag.OVERPAID if amount > order.outstanding else Payment.Flag.NONE


def _settle(order: Order, *, by: Actor) -> None:
    """Move the order to what its sums say; paid in full, the guest gets the badge."""
    before = order.state
    order.state = after_money(before, total=order.total, paid=order.paid, refunded=order.refunded)
    if order.state == OrderState.PAID and before != OrderState.PAID:
        order.paid_at = timezone.now()
    order.save(update_fields=["state", "paid_minor", "refunded_minor", "paid_at"])
    if before == OrderState.OPEN and order.state == OrderState.PAID:
        _release_badge(order)


def _release_badge(order: Order) -> None:
    if order.registration.state == State.PAYMENT_DUE:
        issue_invoice(order)
        move(order.registration, to=State.APPROVED, who=Who.SYSTEM, by=SYSTEM)


@transaction.atomic
def pay_at_desk(*, order_id: UUID, amount: Money, by: Actor) -> Payment:
    """Cash over the counter; the receipt is printed there. Raises PaymentRefused."""
    order = lock_order(order_id)
    needs_open(order)
    if amount > order.outstanding:
        raise PaymentRefused(_("That is more than is due: give back the change and book what is due."))
    return book(order, method=Method.CASH, amount=amount, by=by)


@transaction.atomic
def pay_by_transfer(
    *, order_id: UUID, amount: Money, reference: str, received_at: datetime | None, by: Actor
) -> Payment:
    """A transfer found on the bank's statement. The same line of it is booked once. Raises PaymentRefused."""
    return book(
        lock_order(order_id), method=Method.BANK, amount=amount, by=by, reference=reference, received_at=received_at
    )


@transaction.atomic
def host(*, order_id: UUID, reason: str, by: Actor) -> Order:
    """The house pays: the guest owes nothing, and the badge is issued."""
    order = lock_order(order_id)
    needs_open(order)
    _needs_reason(reason)
    cover(order, method=Method.HOSTED, by=by, reason=reason)
    _release_badge(order)
    return order


@transaction.atomic
def waive(*, order_id: UUID, reason: str, by: Actor) -> Order:
    """Let somebody in without the fee, with the reason for the books. What was paid so far stays."""
    order = lock_order(order_id)
    needs_open(order)
    _needs_reason(reason)
    end_order(order, to=OrderState.WRITTEN_OFF, verb="waived", by=by, reason=reason)
    if order.registration.state == State.PAYMENT_DUE:
        move(order.registration, to=State.APPROVED, who=Who.SYSTEM, by=SYSTEM)
    return order


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise PaymentRefused(_("Give a reason: it stands in the books."))


@transaction.atomic
def use_code(*, order_id: UUID, code: str) -> Order:
    """A member's code: where it leads to another price, the old order is closed and a new one made.

    Raises PaymentRefused for a code that changes nothing, and where something has been paid or invoiced already.
    """
    order = lock_order(order_id)
    needs_open(order)
    if order.paid_minor or order.documents.exists() or order.attempts.filter(state__in=["new", "open"]).exists():
        raise PaymentRefused(
            _("A payment or an invoice has been begun. Write to the organiser to have the fee changed.")
        )
    lines = price_of(order.registration, code=code)
    due = sum_of(lines)
    if due is None or [line.as_json() for line in lines] == order.lines:
        raise PaymentRefused(_("This code changes nothing. Check how it is written."))
    order.state = OrderState.CANCELLED
    order.save(update_fields=["state"])
    record_history(order, verb="order_cancelled", by=GUEST, event=order.event, data={"for": "code"})
    new = make_order(order.registration, lines)
    if due.minor == 0:
        _settle(new, by=GUEST)
    return new


@transaction.atomic
def save_billing(*, order_id: UUID, billing: Mapping[str, str]) -> Order:
    """Who the invoice is made out to; until there is one."""
    order = lock_order(order_id)
    if order.documents.filter(kind="invoice", credited_by__isnull=True).exists():
        raise PaymentRefused(_("The invoice has been issued. Have it issued anew to change the address."))
    order.billing = json.dumps(dict(billing), ensure_ascii=False)
    order.save(update_fields=["billing"])
    record_history(order, verb="billing_changed", by=GUEST, event=order.event)
    return order
