"""Amounts of money: a whole number of the currency's smallest unit, and the currency. Pure functions, no database.

Nothing here is ever a float, and two currencies never meet in one sum: this house converts no money.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.numbers import NumberPattern, list_currencies
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plenary.core.dates import cldr

FACTS = Path(__file__).parent / "facts" / "iso-4217.json"


class CurrencyMismatch(ValueError):
    """Two currencies in one sum or one comparison."""


class NotExact(ValueError):
    """An amount with more decimal places than its currency has."""


@cache
def known_currencies() -> frozenset[str]:
    """Codes of ISO 4217, those out of use included: old records keep theirs."""
    return frozenset(list_currencies())


@cache
def exponent(currency: str) -> int:
    """How many decimal places a currency has by ISO 4217 (facts/iso-4217.json): 0 for JPY, 2 for EUR, 3 for IQD.

    Not by the CLDR, which says how many people still write: banks and invoices keep the fils of a dinar nobody coins.
    """
    return _places().get(currency, 2)


@cache
def _places() -> dict[str, int]:
    told = json.loads(FACTS.read_text(encoding="utf-8"))
    return {code: int(places) for places, codes in told.items() if places.isdecimal() for code in codes}


@cache
def _pattern(locale: str, currency: str) -> NumberPattern:
    """How a language writes amounts, with the decimal places of the currency."""
    pattern = copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (exponent(currency), exponent(currency))
    return pattern


def currency_rule(code: str) -> None:
    """Validator of a currency's code."""
    if code not in known_currencies():
        raise ValidationError(
            _("“%(code)s” is no currency. Write its three capital letters, like EUR."), "currency", {"code": code}
        )


@dataclass(frozen=True)
class Money:
    """An amount. May be negative: what is owed to somebody."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("an amount is a whole number of the smallest unit")
        if self.currency not in known_currencies():
            raise ValueError(f"no currency: {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Money:
        """From an amount as people write it: `Money.of("12.50", "EUR")`. Raises NotExact for half a yen."""
        minor = Decimal(amount).scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            raise NotExact(f"{currency} has {exponent(currency)} decimal places")
        return cls(int(minor), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount as people write it, with all decimal places of its currency."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError("only money goes with money")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor

    def tax_within(self, rate: Decimal) -> Money:
        """The tax in an amount that includes it, at `rate` per cent; half a unit is rounded up."""
        tax = Decimal(self.minor) * rate / (100 + rate)
        return Money(int(tax.quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def text(self, language: str | None) -> str:
        """As readers of a language write it: “€12.50”, “12,50 €”. Digits are Latin in every language, as on bank slips.

        Arabic output carries its own directional marks; in HTML put it into <bdi> all the same.
        """
        locale = cldr(language)
        shown = _pattern(locale, self.currency).apply(
            self.decimal, locale, currency=self.currency, currency_digits=False, numbering_system="latn"
        )
        # Babel writes a bare hyphen below nought; the language's own sign keeps it before the digits in Arabic text too.
        return str(shown).replace("-", Locale.parse(locale).number_symbols["latn"]["minusSign"])

    def plain(self) -> str:
        """“12.50 EUR”: for exports, references and payment programs, the same in every language."""
        return f"{self.decimal} {self.currency}"

    def __str__(self) -> str:
        return self.plain()


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; nothing adds up to nought. Raises CurrencyMismatch."""
    found = Money.zero(currency)
    for amount in amounts:
        found = found + amount
    return found
