"""Invoices, receipts and credit notes: each takes the next number of its series, and its content is fixed with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from plenary.core.actions import SYSTEM, Actor, next_number, record_history
from plenary.core.money import Money
from registration.actions.locking import lock_then_read
from registration.actions.orders import PaymentRefused, lock_order
from registration.models import FinancialDocument, Order, Payment, Refund, Sponsorship
from registration.rules.payments import OrderState
from registration.rules.pricing import by_rate

_PREFIX = {
    FinancialDocument.Kind.INVOICE: "INV",
    FinancialDocument.Kind.RECEIPT: "REC",
    FinancialDocument.Kind.CREDIT_NOTE: "CN",
}


_ENDED = frozenset({OrderState.CANCELLED, OrderState.WRITTEN_OFF})


def standing_invoice(order: Order) -> FinancialDocument | None:
    """The invoice that counts: issued, and not taken back by a credit note."""
    return order.documents.filter(kind=FinancialDocument.Kind.INVOICE, credited_by__isnull=True).first()


def issue_invoice(order: Order) -> FinancialDocument:
    """The invoice of an order, once; the caller holds its lock. Made out to whom the guest named, else to the guest."""
    if (found := standing_invoice(order)) is not None:
        return found
    lines = [(dict(line.label), line.amount, line.vat_rate) for line in order.line_items]
    return _issue(
        FinancialDocument.Kind.INVOICE, order=order, lines=[_line(*line) for line in lines], total=order.total
    )


def issue_receipt(order: Order, payment: Payment) -> FinancialDocument:
    """What came, when and how."""
    texts = {code: _in(code, gettext_noop("Payment received")) for code, _name in settings.LANGUAGES}
    return _issue(
        FinancialDocument.Kind.RECEIPT,
        order=order,
        lines=[_line(texts, payment.amount, None)],
        total=payment.amount,
        payment=payment,
        extra={
            "method": payment.method,
            "received_at": payment.received_at.isoformat(),
            "outstanding": order.outstanding.minor,
        },
    )


def issue_credit_note(order: Order, refund: Refund) -> FinancialDocument:
    """What went back of a payment, with the tax in it by the rates of the order: as far as an invoice stands for it.

    Beyond that (money came for an order whose invoice had been taken back) no tax was asked, and none is given back.
    """
    texts = {code: _in(code, gettext_noop("Refund")) for code, _name in settings.LANGUAGES}
    invoiced = _invoiced(order)
    within = refund.amount if refund.amount < invoiced else invoiced
    parts = by_rate(within, order.line_items) if within else []
    if beyond := refund.amount - within:
        parts = [*parts, (None, beyond)]
    return _issue(
        FinancialDocument.Kind.CREDIT_NOTE,
        order=order,
        lines=[_line(texts, -part, rate) for rate, part in parts],
        total=-refund.amount,
        refund=refund,
        extra={"invoice": invoice.label if (invoice := standing_invoice(order)) else ""},
    )


@transaction.atomic
def ask_for_invoice(*, order_id: UUID, by: Actor) -> FinancialDocument:
    """Issue the invoice before anything is paid: many offices pay by invoice only. Again, it is the same one."""
    order = lock_order(order_id)
    if order.state in _ENDED:
        raise PaymentRefused(_("Nothing is due for this order: it has no invoice."))
    return issue_invoice(order)


@transaction.atomic
def reissue_invoice(*, order_id: UUID, billing: dict[str, str], by: Actor) -> FinancialDocument:
    """Take an invoice back whole by a credit note and issue it anew, made out to somebody else."""
    order = lock_order(order_id)
    old = standing_invoice(order)
    if old is None:
        raise PaymentRefused(_("This order has no invoice yet."))
    # Its credit notes already take back a part: the whole would be taken back twice over.
    if order.refunded_minor or order.state in _ENDED:
        raise PaymentRefused(_("A part of this invoice has been paid back. Write to the organiser to have it changed."))
    take_back(order, old)
    order.billing = json.dumps(billing, ensure_ascii=False)
    order.save(update_fields=["billing"])
    return issue_invoice(order)


def take_back(order: Order, invoice: FinancialDocument) -> FinancialDocument:
    """The credit note over a whole invoice: an order that came to nothing, or an address that was wrong."""
    told = json.loads(invoice.content)
    lines = [
        {**line, "minor": -line["minor"], "tax": -line["tax"] if line["tax"] is not None else None}
        for line in told["lines"]
    ]
    return _issue(
        FinancialDocument.Kind.CREDIT_NOTE,
        order=order,
        lines=lines,
        total=-invoice.total,
        credits=invoice,
        extra={"invoice": invoice.label, "to": told["to"]},
    )


def credit_unpaid(order: Order) -> None:
    """Take back what an invoice asks for and nobody pays any more: the whole, or what was not paid of it.

    Numbers are never given back: the invoice stays, and the credit note beside it says that it no longer counts.
    """
    invoice = standing_invoice(order)
    if invoice is None or order.paid_minor >= invoice.total_minor:
        return
    if not order.paid_minor:
        take_back(order, invoice)
        return
    texts = {code: _in(code, gettext_noop("No longer due")) for code, _name in settings.LANGUAGES}
    unpaid = invoice.total - order.paid
    _issue(
        FinancialDocument.Kind.CREDIT_NOTE,
        order=order,
        lines=[_line(texts, -part, rate) for rate, part in by_rate(unpaid, order.line_items)],
        total=-unpaid,
        extra={"invoice": invoice.label},
    )


def _invoiced(order: Order) -> Money:
    """What the guest's invoices ask for, less what credit notes have taken back; never below nought."""
    kinds = [FinancialDocument.Kind.INVOICE, FinancialDocument.Kind.CREDIT_NOTE]
    sums = order.documents.filter(kind__in=kinds).values_list("total_minor", flat=True)
    return Money(max(sum(sums), 0), order.currency)


@transaction.atomic
def invoice_sponsor(*, sponsorship_id: UUID, language: str, by: Actor) -> FinancialDocument:
    """One invoice to a sponsor for all the guests it stands in for who are on none yet. Raises PaymentRefused."""
    sponsorship = lock_then_read(Sponsorship.objects.select_related("event"), sponsorship_id)
    billed = {
        order_id
        for document in sponsorship.documents.filter(kind=FinancialDocument.Kind.INVOICE, credited_by__isnull=True)
        for order_id in json.loads(document.content)["orders"]
    }
    orders = [order for order in _sponsored(sponsorship) if str(order.pk) not in billed]
    if not orders:
        raise PaymentRefused(_("There is nothing to invoice to this sponsor."))
    total = _sum(orders)
    lines = [
        {
            **_line(line.label, line.amount, line.vat_rate),
            "of": f"{order.registration.name} ({order.registration.code})",
        }
        for order in orders
        for line in order.line_items
    ]
    to = {"name": sponsorship.payer, "address": sponsorship.address}
    extra = {"orders": [str(order.pk) for order in orders], "to": to}
    document = _write(
        FinancialDocument(kind=FinancialDocument.Kind.INVOICE, sponsorship=sponsorship, language=language),
        event=sponsorship.event,
        content={"lines": lines, "reference": "", **extra},
        total=total,
    )
    record_history(sponsorship, verb="invoiced", by=by, event=sponsorship.event, data={"orders": len(orders)})
    return document


def _sponsored(sponsorship: Sponsorship) -> Iterable[Order]:
    paid = sponsorship.orders.exclude(state=OrderState.CANCELLED).select_related("registration")
    return paid.order_by("created_at")


def _sum(orders: list[Order]) -> Money:
    found = Money.zero(orders[0].currency)
    for order in orders:
        found = found + order.total
    return found


def _line(label: Any, amount: Money, vat_rate: Any) -> dict[str, Any]:
    return {
        "label": dict(label),
        "minor": amount.minor,
        "vat_rate": str(vat_rate) if vat_rate is not None else None,
        "tax": amount.tax_within(vat_rate).minor if vat_rate is not None else None,
    }


def _in(language: str, text: str) -> str:
    with override(language):
        return str(_(text))


def billing_of(order: Order) -> dict[str, str]:
    """Whom a document is made out to: what the guest wrote for it, else the guest's own name."""
    if order.billing:
        found: dict[str, str] = json.loads(order.billing)
        return found
    registration = order.registration
    return {"name": registration.latin_name or registration.name, "organisation": registration.organisation}


def _issue(
    kind: FinancialDocument.Kind,
    *,
    order: Order,
    lines: list[dict[str, Any]],
    total: Money,
    extra: dict[str, Any] | None = None,
    **links: Any,
) -> FinancialDocument:
    registration = order.registration
    content = {
        "to": billing_of(order),
        "guest": registration.name,
        "code": registration.code,
        "category": dict(registration.category.name),
        "reference": order.reference,
        "lines": lines,
        **(extra or {}),
    }
    document = FinancialDocument(kind=kind, order=order, language=registration.language, **links)
    return _write(document, event=order.event, content=content, total=total)


def _write(document: FinancialDocument, *, event: Any, content: dict[str, Any], total: Money) -> FinancialDocument:
    year = event.local(timezone.now()).year
    document.series = f"{event.slug.upper()}-{_PREFIX[FinancialDocument.Kind(document.kind)]}-{year}"[:80]
    document.currency, document.total_minor = total.currency, total.minor
    document.issued_at = timezone.now()
    content |= {
        "issuer": settings.PLENARY_ISSUER,
        "event": {
            "name": dict(event.name),
            "starts_on": event.starts_on.isoformat(),
            "ends_on": event.ends_on.isoformat(),
            "zone": str(event.zone),
        },
    }
    document.content = json.dumps(content, ensure_ascii=False)
    # Last of all, because the series' row is locked from here to the commit.
    document.number = next_number(document.series)
    document.save(force_insert=True)
    record_history(document, verb=f"issued_{document.kind}", by=SYSTEM, event=event, data={"number": document.label})
    return document
