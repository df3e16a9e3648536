"""The financial report: what was asked, what came and went by method and day, what does not add up. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _

from plenary.core.money import Money
from plenary.events.models import Event
from registration.actions.payouts import READ
from registration.gateway import from_stripe
from registration.models import Payment, Refund, StripeEvent
from registration.querysets.payments import OrderQuerySet
from registration.rules.payments import REAL_MONEY, Method, OrderState, RefundState


@dataclass(frozen=True)
class Span:
    """Which days of which events a report is about; days are those of the zone."""

    events: Iterable[Event]
    first: date | None
    last: date | None
    zone: ZoneInfo

    def limits(self, name: str) -> dict[str, Any]:
        """As keyword arguments of a filter on a moment."""
        found: dict[str, Any] = {}
        if self.first:
            found[f"{name}__gte"] = datetime.combine(self.first, time.min, tzinfo=self.zone)
        if self.last:
            found[f"{name}__lt"] = datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=self.zone)
        return found


def expected(orders: OrderQuerySet) -> list[dict[str, Any]]:
    """What was asked by currency: total, covered by others, waived, and what is still out."""
    rows = (
        orders.exclude(state=OrderState.CANCELLED)
        .order_by("currency", "state")
        .values("currency", "state")
        .annotate(count=Count("pk"), asked=Sum("total_minor"), came=Sum("paid_minor"), went=Sum("refunded_minor"))
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(
            row["currency"], {"currency": row["currency"], "count": 0, "asked": 0, "outstanding": 0, "waived": 0}
        )
        one["count"] += row["count"]
        one["asked"] += row["asked"]
        if row["state"] == OrderState.OPEN:
            one["outstanding"] += row["asked"] - row["came"] + row["went"]
        if row["state"] == OrderState.WRITTEN_OFF:
            one["waived"] += row["asked"] - row["came"]
    return list(found.values())


def by_method(span: Span) -> list[dict[str, Any]]:
    """What came and went by method and currency."""
    came = _payments(span).values("method", "currency").annotate(count=Count("pk"), minor=Sum("amount_minor"))
    went = _refunds(span).values("payment__method", "currency").annotate(minor=Sum("amount_minor"))
    back = {(row["payment__method"], row["currency"]): row["minor"] for row in went}
    rows = []
    for row in came.order_by("currency", "method"):
        key = (row["method"], row["currency"])
        gone = back.pop(key, 0)
        rows.append(_row(*key, row["count"], row["minor"], gone))
    rows += [_row(method, currency, 0, 0, gone) for (method, currency), gone in back.items()]
    return rows


def _row(method: str, currency: str, count: int, came: int, went: int) -> dict[str, Any]:
    return {
        "method": Method(method),
        "is_money": method in REAL_MONEY,
        "count": count,
        "came": Money(came, currency),
        "went": Money(went, currency),
        "kept": Money(came - went, currency),
    }


def by_day(span: Span) -> list[dict[str, Any]]:
    """Real money day by day and currency, in the zone of the report: received, paid back, kept."""
    days: dict[tuple[date, str], list[int]] = {}
    came = _payments(span).filter(method__in=REAL_MONEY).values_list("received_at", "currency", "amount_minor")
    for moment, currency, minor in came.iterator(chunk_size=5_000):
        days.setdefault((moment.astimezone(span.zone).date(), currency), [0, 0])[0] += minor
    for moment, currency, minor in _refunds(span).values_list("done_at", "currency", "amount_minor"):
        days.setdefault((moment.astimezone(span.zone).date(), currency), [0, 0])[1] += minor
    return [
        {"day": day, "came": Money(come, currency), "went": Money(gone, currency), "kept": Money(come - gone, currency)}
        for (day, currency), (come, gone) in sorted(days.items())
    ]


def by_payout(span: Span) -> list[dict[str, Any]]:
    """Card payments by Stripe's transfer to the bank; those not yet paid out stand together."""
    rows = _payments(span).filter(method=Method.STRIPE).values("payout", "currency")
    found = list(rows.annotate(count=Count("pk"), minor=Sum("amount_minor")).order_by("payout"))
    arrived = _arrivals([row["payout"] for row in found if row["payout"]])
    return [
        {
            "payout": row["payout"] or _("not paid out yet"),
            "count": row["count"],
            "amount": Money(row["minor"], row["currency"]),
            **arrived.get(row["payout"], {}),
        }
        for row in found
    ]


def _arrivals(payouts: list[str]) -> dict[str, dict[str, Any]]:
    """What each payout brought to the bank, after fees and refunds, and the day: the line of the bank's statement."""
    notes = StripeEvent.objects.filter(outcome=READ, intent__in=payouts).order_by("created")
    return {
        note.intent: {
            "arrived": from_stripe(int(note.facts["amount"]), str(note.facts["currency"])),
            "day": datetime.fromtimestamp(int(note.facts["arrival_date"]), tz=UTC).date(),
        }
        for note in notes
        if {"amount", "currency", "arrival_date"} <= set(note.facts)
    }


def unmatched(span: Span) -> dict[str, Any]:
    """What does not add up: payments to look at, refunds without an end, events of Stripe that fit nothing."""
    flagged = _payments(span).exclude(flag="").filter(amount_minor__gt=F("refunded_minor"))
    return {
        "payments": flagged.select_related("order__registration")[:200],
        "refunds": Refund.objects.filter(order__event__in=span.events)
        .exclude(state=RefundState.DONE)
        .select_related("order", "payment")[:200],
        "events": StripeEvent.objects.filter(
            outcome__in=["mismatch", "unknown_session", "waits_for_payment", "payout_refused"]
        )[:50],
    }


def _payments(span: Span) -> Any:
    return Payment.objects.filter(order__event__in=span.events, **span.limits("received_at"))


def _refunds(span: Span) -> Any:
    return Refund.objects.filter(order__event__in=span.events, state=RefundState.DONE, **span.limits("done_at"))
