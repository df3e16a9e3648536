"""What a guest sees of money: the task on the own page, and the ways to pay. Reads, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registration import gateway
from registration.guest_tasks import GuestTask, Progress
from registration.models import Order, Registration
from registration.rules import State
from registration.rules.payments import OrderState
from registration.rules.references import in_groups


@dataclass(frozen=True)
class BankAccount:
    """Where to transfer money."""

    holder: str
    iban: str
    bic: str
    bank: str

    @property
    def grouped_iban(self) -> str:
        return in_groups(self.iban.replace(" ", ""))


def bank_account() -> BankAccount | None:
    """The institution's account; None where transfers are not taken."""
    account = BankAccount(**settings.PLENARY_BANK_ACCOUNT)
    return account if account.iban else None


def takes_cards() -> bool:
    """Whether card payment is set up on this installation."""
    return gateway.is_configured()


def payment_task(registration: Registration, token: str) -> GuestTask | None:
    """Pay; done once the order is settled. Whoever never had an order has no such task."""
    if registration.state not in {State.PAYMENT_DUE, State.APPROVED}:
        return None
    order = Order.objects.newest(registration.pk)
    if order is None or order.state in {OrderState.CANCELLED, OrderState.WRITTEN_OFF}:
        return None
    url = reverse("registration:payment", args=[token])
    if order.state == OrderState.OPEN:
        amount = order.outstanding.text(get_language())
        return GuestTask("payment", _("Pay %(amount)s") % {"amount": amount}, Progress.OPEN, url=url, due=order.due_at)
    return GuestTask("payment", _("Payment"), Progress.DONE, _("Invoice and receipts are here."), url)
