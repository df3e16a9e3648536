"""What happened to an order, as sentences for staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plenary.core.models import HistoryEntry
from registration.history import WHO

HAPPENED: Mapping[str, str | Promise] = {
    "order_made": _("Order made"),
    "order_cancelled": _("Order closed: nothing is due any more"),
    "payment": _("Payment"),
    "payment_mismatch": _("A payment came that is not what was asked, and was not booked"),
    "card_page": _("The guest opened the payment page"),
    "card_declined": _("A card was declined"),
    "found_by_asking": _("Stripe's event never came: found by asking"),
    "refund_asked": _("Refund asked"),
    "refund_paid": _("Refund paid"),
    "refund_failed": _("Refund failed: the money is still here"),
    "refund_mismatch": _("A refund at Stripe does not fit this payment"),
    "dispute": _("Dispute"),
    "waived": _("Fee waived"),
    "covered_hosted": _("Hosted by the organiser"),
    "covered_sponsor": _("Paid by a sponsor"),
    "billing_changed": _("The guest changed the address of the invoice"),
    "reminded": _("Guest reminded"),
    "overdue": _("Overdue"),
}


def told(entries: Iterable[HistoryEntry]) -> list[dict[str, Any]]:
    """The newest first; sums and codes stand beside the sentence."""
    return [
        {
            "what": str(HAPPENED.get(entry.verb, entry.verb)),
            "more": " · ".join(
                str(entry.data[key]) for key in ("amount", "came", "code", "state", "why") if entry.data.get(key)
            ),
            "who": entry.actor_label if entry.actor else str(WHO.get(entry.actor_label, entry.actor_label)),
            "at": entry.at,
            "reason": entry.reason,
        }
        for entry in entries
    ]
