"""What a registration costs: a pure function of the event's fees and a few facts about the guest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from plenary.core.money import CurrencyMismatch, Money
from registration.rules.questions import condition_holds


@dataclass(frozen=True)
class Tariff:
    """One fee as the price needs it. `categories` empty means all; dates are whole days of the event, both included."""

    id: int
    label: Mapping[str, str]
    amount: Money
    is_supplement: bool = False
    categories: frozenset[str] = frozenset()
    first_day: date | None = None
    last_day: date | None = None
    condition: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    vat_rate: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """One line of an order, frozen when the order is made."""

    fee: int
    label: Mapping[str, str]
    amount: Money
    vat_rate: Decimal | None = None

    @property
    def tax(self) -> Money:
        """The tax in the amount; nought where the fee names no rate."""
        return self.amount.tax_within(self.vat_rate) if self.vat_rate else Money.zero(self.amount.currency)

    def as_json(self) -> dict[str, Any]:
        return {
            "fee": self.fee,
            "label": dict(self.label),
            "minor": self.amount.minor,
            "currency": self.amount.currency,
            "vat_rate": str(self.vat_rate) if self.vat_rate is not None else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Line:
        rate = Decimal(kept["vat_rate"]) if kept["vat_rate"] is not None else None
        return cls(kept["fee"], kept["label"], Money(kept["minor"], kept["currency"]), rate)


def by_rate(amount: Money, lines: Iterable[Line]) -> list[tuple[Decimal | None, Money]]:
    """A part of an order's sum, shared among its rates of tax as the order is: a credit note gives back tax too.

    What rounding leaves goes to the rate with the greatest sum, so that the parts add up.
    """
    sums: dict[Decimal | None, int] = {}
    for line in lines:
        sums[line.vat_rate] = sums.get(line.vat_rate, 0) + line.amount.minor
    whole = sum(sums.values())
    if whole <= 0:
        return [(None, amount)]
    parts = {rate: amount.minor * minor // whole for rate, minor in sums.items()}
    parts[max(sums, key=lambda rate: sums[rate])] += amount.minor - sum(parts.values())
    return [(rate, Money(minor, amount.currency)) for rate, minor in parts.items() if minor]


def normal_code(code: str) -> str:
    """How codes are compared: people type them in any case, with spaces and hyphens."""
    return "".join(character for character in code.casefold() if character.isalnum())


def applies(tariff: Tariff, *, category: str, day: date, facts: Mapping[str, Any], code: str = "") -> bool:
    """Whether a fee is this guest's on that day. `facts` are answers by key, with category and nationality."""
    if tariff.categories and category not in tariff.categories:
        return False
    if tariff.first_day and day < tariff.first_day:
        return False
    if tariff.last_day and day > tariff.last_day:
        return False
    if tariff.code and normal_code(tariff.code) != normal_code(code):
        return False
    return condition_holds(tariff.condition, facts)


def price(
    tariffs: Iterable[Tariff], *, category: str, day: date, facts: Mapping[str, Any], code: str = ""
) -> list[Line]:
    """The lines of an order: the first fee that applies, in the order staff gave them, and every supplement that does.

    Nothing applies: nothing is due. A fee of nought is a line of its own, so that a free rate wins where it stands
    first. Raises CurrencyMismatch where the fees that apply are of two currencies.
    """
    lines: list[Line] = []
    has_fee = False
    for tariff in tariffs:
        if has_fee and not tariff.is_supplement:
            continue
        if not applies(tariff, category=category, day=day, facts=facts, code=code):
            continue
        has_fee = has_fee or not tariff.is_supplement
        lines.append(Line(tariff.id, tariff.label, tariff.amount, tariff.vat_rate))
    if len({line.amount.currency for line in lines}) > 1:
        raise CurrencyMismatch("fees of two currencies for one guest")
    return lines
