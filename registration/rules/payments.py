"""Where an order of a guest stands, and what money does to it. No database."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plenary.core.money import Money


class OrderState(TextChoices):
    """Where an order stands."""

    OPEN = "open", pgettext_lazy("an order", "to be paid")
    PAID = "paid", pgettext_lazy("an order", "paid")
    PART_REFUNDED = "part_refunded", _("partly refunded")
    REFUNDED = "refunded", _("refunded")
    CANCELLED = "cancelled", pgettext_lazy("an order", "cancelled")
    WRITTEN_OFF = "written_off", _("waived")


# An order a guest has now: a registration has at most one. Money may still come for the others, and is kept then.
STANDING = frozenset({OrderState.OPEN, OrderState.PAID, OrderState.PART_REFUNDED, OrderState.WRITTEN_OFF})


class Method(TextChoices):
    """How money came, or who stood in for it."""

    STRIPE = "stripe", _("card")
    BANK = "bank", _("bank transfer")
    CASH = "cash", _("cash at the desk")
    HOSTED = "hosted", _("hosted by the organiser")
    SPONSOR = "sponsor", _("paid by a sponsor")


REAL_MONEY = frozenset({Method.STRIPE, Method.BANK, Method.CASH})


class RefundState(TextChoices):
    """A refund is promised in the books first, then asked of whoever holds the money."""

    REQUESTED = "requested", pgettext_lazy("a refund", "requested")
    DONE = "done", pgettext_lazy("a refund", "paid back")
    FAILED = "failed", pgettext_lazy("a refund", "failed")


class AttemptState(TextChoices):
    """One visit to the payment page of Stripe."""

    NEW = "new", _("not answered yet")  # asked for; whether Stripe made the page is not known
    OPEN = "open", pgettext_lazy("a payment page", "open")
    PAID = "paid", pgettext_lazy("a payment page", "paid")
    EXPIRED = "expired", pgettext_lazy("a payment page", "closed")
    FAILED = "failed", pgettext_lazy("a payment page", "refused")


def after_money(state: str, *, total: Money, paid: Money, refunded: Money) -> OrderState:
    """The state of an order once these sums stand in its books.

    An order that was cancelled or waived stays so, whatever arrives for it: the money is kept and shown to staff.
    """
    if state in {OrderState.CANCELLED, OrderState.WRITTEN_OFF}:
        return OrderState(state)
    if state == OrderState.OPEN:
        return OrderState.PAID if paid - refunded >= total else OrderState.OPEN
    if refunded and refunded >= paid:
        return OrderState.REFUNDED
    return OrderState.PART_REFUNDED if refunded else OrderState.PAID
