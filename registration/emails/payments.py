"""Mails about money: what is due until when and how, reminders, receipts, refunds."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plenary.core.dates import long_date
from plenary.core.money import Money
from registration.emails.guests import dear, guest_token, guest_values
from registration.emails.readers import about, greeting, language_of, page_of, reader_name
from registration.emails.setting import Mail, MailText, Values, address, set_mail
from registration.models import FinancialDocument, Order, Registration
from registration.prices import price_of, sponsors_of, sum_of
from registration.rules import State
from registration.rules.references import in_groups


def payment_page(registration: Registration) -> str:
    """The whole address of the guest's page for paying, in the active language."""
    return address("registration:payment", guest_token(registration))


def what_approval_means(registration: Registration) -> State:
    """Where an approval would lead today: to the badge, or to a payment first, unless somebody pays in the guest's place."""
    due = sum_of(price_of(registration))
    if due is None or due.minor <= 0 or sponsors_of(registration).exists():
        return State.APPROVED
    return State.PAYMENT_DUE


def order_values(order: Order, amount: Money | None = None) -> dict[str, str]:
    """What placeholders about money stand for: what is due, or the amount that came or went back."""
    return {
        "amount": (order.outstanding if amount is None else amount).text(get_language()),
        "deadline": due_day(order),
        "reference": in_groups(order.reference),
    }


def due_values(registration: Registration) -> dict[str, str]:
    """The same before there is an order, for an officer to look at: today's price, and nothing else yet."""
    if order := Order.objects.standing(registration.pk):
        return order_values(order)
    due = sum_of(price_of(registration))
    return {"amount": due.text(get_language()) if due is not None else "", "deadline": "", "reference": ""}


def payment_due(registration: Registration, reason: str, known: Values) -> MailText:
    """Of the step to PAYMENT_DUE."""
    paragraphs = [_("your registration has been approved. Before your badge is issued, the fee is to be paid.")]
    if known["amount"]:
        paragraphs.append(_("To be paid: %(amount)s.") % {"amount": known["amount"]})
    if known["deadline"]:
        paragraphs.append(_("Please pay until %(day)s.") % {"day": known["deadline"]})
    if known["reference"]:
        paragraphs.append(
            _("For a bank transfer, give this reference: %(reference)s") % {"reference": known["reference"]}
        )
    paragraphs.append(_("On your page you find all ways to pay, and the invoice."))
    return MailText(
        subject=_("Approved, payment due: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=paragraphs,
        quote=reason,
        button=(_("Pay now"), payment_page(registration)),
    )


def due_day(order: Order) -> str:
    """The last day to pay in the event's zone, in the active language."""
    return long_date(order.registration.event.local(order.due_at).date(), get_language())


def _set(
    order: Order,
    kind: str,
    write: Callable[[Values], MailText],
    *,
    amount: Money | None = None,
    document: FinancialDocument | None = None,
) -> Mail:
    registration = order.registration
    return set_mail(
        kind,
        write,
        event=registration.event,
        language=language_of(registration),
        facts=lambda: [
            *about(registration),
            (_("Category"), str(registration.category.name)),
            (_("Reference"), in_groups(order.reference)),
        ],
        attachments=[{"kind": "financial_document", "id": str(document.pk)}] if document else [],
        values=lambda: {
            **guest_values(registration),
            "name": reader_name(registration),
            **order_values(order, amount),
        },
    )


def reminder(order: Order) -> Mail:
    """Some days before the day to pay."""
    registration = order.registration

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Please remember to pay: %(event)s") % {"event": registration.event.name},
            greeting=dear(registration),
            paragraphs=[
                _("the fee for your participation has not arrived yet: %(amount)s, due until %(day)s.")
                % {"amount": known["amount"], "day": known["deadline"]},
                _("If you have paid in the last days, you need not do anything."),
            ],
            button=(_("Pay now"), payment_page(registration)),
        )

    return _set(order, "payment.reminder", write)


def overdue(order: Order) -> Mail:
    """The day has passed, and staff decide: the guest still can pay."""
    registration = order.registration

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your payment is overdue: %(event)s") % {"event": registration.event.name},
            greeting=dear(registration),
            paragraphs=[
                _("the fee of %(amount)s was due until %(day)s and has not arrived.")
                % {"amount": known["amount"], "day": known["deadline"]},
                _("Please pay now, or write to the organiser: otherwise your place may go to somebody else."),
            ],
            button=(_("Pay now"), payment_page(registration)),
        )

    return _set(order, "payment.overdue", write)


def payment_received(order: Order, amount: Money, document: FinancialDocument) -> Mail:
    """Money came: the receipt as PDF, and what is still missing, if anything."""
    registration = order.registration

    def write(known: Values) -> MailText:
        paragraphs = [_("we have received %(amount)s. Thank you.") % {"amount": known["amount"]}]
        if order.outstanding and registration.state == State.PAYMENT_DUE:
            paragraphs.append(_("Still to be paid: %(amount)s.") % {"amount": order.outstanding.text(get_language())})
        paragraphs.append(_("The receipt is attached; you also find it on your page."))
        return MailText(
            subject=_("Payment received: %(event)s") % {"event": registration.event.name},
            greeting=greeting(registration),
            paragraphs=paragraphs,
            button=page_of(registration),
        )

    return _set(order, "payment.received", write, amount=amount, document=document)


def refunded(order: Order, amount: Money, document: FinancialDocument) -> Mail:
    """Money goes back, with the credit note."""
    registration = order.registration

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("We pay you back: %(event)s") % {"event": registration.event.name},
            greeting=greeting(registration),
            paragraphs=[
                _("we have paid back %(amount)s. It may take some days until it arrives.")
                % {"amount": known["amount"]},
                _("The credit note is attached; you also find it on your page."),
            ],
            button=page_of(registration),
        )

    return _set(order, "payment.refunded", write, amount=amount, document=document)
