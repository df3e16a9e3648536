"""Stripe, and nothing else of it: payment pages, their state, refunds. Knows no record; raises two kinds of error.

No transaction is held while Stripe is asked. Every write carries an idempotency key, so asking again is safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import stripe
from django.conf import settings

from plenary.core.money import Money, exponent

TIMEOUT = 15  # seconds: a guest waits for the payment page
# Stripe's own list of smallest units (docs.stripe.com/currencies): it differs from the world's for a few currencies.
_NO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


class Unavailable(Exception):
    """Stripe gave no answer that can be relied on: it may have done what was asked, or not. Ask again with the same key."""


class Rejected(Exception):
    """Stripe refused the request: nothing was done. `code` is Stripe's, for logs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Session:
    """A payment page as Stripe tells of it."""

    id: str
    url: str
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    amount: Money | None
    intent: str
    attempt: str  # our attempt's key, from the metadata


def is_configured() -> bool:
    """Whether cards can be taken at all: without a webhook's secret nobody would ever learn that money came."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)


def stripe_exponent(currency: str) -> int:
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def to_stripe(amount: Money) -> int:
    """An amount in Stripe's smallest unit; raises Rejected where Stripe cannot take it (fils to the last digit)."""
    shift = stripe_exponent(amount.currency) - exponent(amount.currency)
    minor = amount.minor * 10**shift if shift >= 0 else amount.minor // 10**-shift
    if from_stripe(minor, amount.currency) != amount or (stripe_exponent(amount.currency) == 3 and minor % 10):
        raise Rejected("amount_not_payable")
    return minor


def from_stripe(minor: int, currency: str) -> Money:
    code = currency.upper()
    shift = exponent(code) - stripe_exponent(code)
    return Money(minor * 10**shift if shift >= 0 else minor // 10**-shift, code)


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=0,  # a guest waits; the next try of a person or of the worker carries the same key
    )


def client() -> stripe.StripeClient:
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


def open_session(
    *,
    key: str,
    lines: Sequence[tuple[str, Money]],
    reference: str,
    email: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
) -> Session:
    """A payment page for these lines. The language is left to Stripe, which looks at the browser: it has no Arabic page."""
    metadata = {"attempt": key, "reference": reference}
    params: Any = {
        "mode": "payment",
        "locale": "auto",
        "client_reference_id": key,
        "customer_email": email,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": amount.currency.lower(),
                    "unit_amount": to_stripe(amount),
                    "product_data": {"name": label[:250]},
                },
            }
            for label, amount in lines
        ],
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": reference},
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
    return session_of(_ask(lambda: client().v1.checkout.sessions.create(params, {"idempotency_key": key})))


def read_session(session_id: str) -> Session:
    return session_of(_ask(lambda: client().v1.checkout.sessions.retrieve(session_id)))


def close_session(session_id: str) -> None:
    """Let nobody pay there any more; a page that is paid or closed already is left as it is."""
    try:
        _ask(lambda: client().v1.checkout.sessions.expire(session_id))
    except Rejected:
        return


def refund(*, key: str, intent: str, amount: Money) -> tuple[str, str]:
    """Give money back; Stripe's key of the refund and its status."""
    params: Any = {
        "payment_intent": intent,
        "amount": to_stripe(amount),
        "reason": "requested_by_customer",
        "metadata": {"refund": key},
    }
    made = _ask(lambda: client().v1.refunds.create(params, {"idempotency_key": key}))
    return str(made["id"]), str(made["status"])


def intents_of_payout(payout: str) -> list[str]:
    """The payments that a transfer to the bank brought, by their payment intents; a hundred at a time, however many."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        params: Any = {"payout": payout, "limit": 100, "expand": ["data.source"], **after}
        page = _ask(partial(client().v1.balance_transactions.list, params))
        rows = page["data"]
        sources = [row["source"] for row in rows if row.get("type") in {"charge", "payment"}]
        found += [str(source["payment_intent"]) for source in sources if source and source.get("payment_intent")]
        if not page.get("has_more") or not rows:
            return found
        after = {"starting_after": str(rows[-1]["id"])}


def _ask(call: Any) -> Mapping[str, Any]:
    try:
        answer: dict[str, Any] = call().to_dict()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Unavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500 or error.http_status == 409:
            raise Unavailable(type(error).__name__) from error
        raise Rejected(str(error.code or type(error).__name__)) from error
    return answer


def session_of(told: Mapping[str, Any]) -> Session:
    """A payment page out of an answer or an event."""
    amount, currency = told.get("amount_total"), told.get("currency")
    return Session(
        id=str(told["id"]),
        url=str(told.get("url") or ""),
        status=str(told.get("status") or ""),
        payment_status=str(told.get("payment_status") or ""),
        amount=from_stripe(int(amount), str(currency)) if amount is not None and currency else None,
        intent=str(told.get("payment_intent") or ""),
        attempt=str((told.get("metadata") or {}).get("attempt", "")),
    )
