"""What one registration costs today, by its event's fees: reads them and asks the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from plenary.core.money import Money, total
from plenary.core.names import fold
from registration.models import Fee, Registration, Sponsorship
from registration.rules.pricing import Line, Tariff, price


def tariffs_of(event_id: int) -> list[Tariff]:
    """An event's fees as the rules take them, in the order that decides."""
    return [fee.tariff() for fee in Fee.objects.of_event(event_id)]


def facts_of(registration: Registration) -> dict[str, Any]:
    """What a fee's condition may ask: answers by key, category and nationality."""
    return {
        **registration.answer_data,
        "category": registration.category.slug,
        "nationality": str(registration.nationality),
    }


def price_of(registration: Registration, *, code: str = "", tariffs: Sequence[Tariff] | None = None) -> list[Line]:
    """The lines of an order made now. Raises CurrencyMismatch where staff set fees of two currencies for one guest."""
    found = tariffs_of(registration.event_id) if tariffs is None else tariffs
    if not found:
        return []
    return price(
        found,
        category=registration.category.slug,
        day=registration.event.local(timezone.now()).date(),
        facts=facts_of(registration),
        code=code,
    )


def sponsors_of(registration: Registration) -> QuerySet[Sponsorship]:
    """Who pays in this guest's place, the first named first, as long as a sponsor's number of guests is not full."""
    mine = Q(registration=registration)
    if key := fold(registration.organisation):
        mine |= Q(organisation_key=key)
    if registration.delegation_id is not None:
        mine |= Q(delegation=registration.delegation_id)
    room = Q(places__isnull=True) | Q(used__lt=F("places"))
    return Sponsorship.objects.filter(mine, room, event=registration.event_id).order_by("created_at")


def sum_of(lines: Sequence[Line]) -> Money | None:
    """What the lines come to; None where there are none."""
    return total((line.amount for line in lines), lines[0].amount.currency) if lines else None
