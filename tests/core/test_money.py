"""Money: exact in every currency, never mixed, written as its reader writes it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plenary.core.money import CurrencyMismatch, Money, NotExact, exponent, total


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [("12.50", "EUR", 1250), ("5000", "JPY", 5000), ("1.234", "KWD", 1234), ("0", "USD", 0), ("-3.10", "CHF", -310)],
)
def test_an_amount_is_kept_in_the_smallest_unit_of_its_currency(written, currency, minor):
    assert Money.of(written, currency) == Money(minor, currency)
    assert Money(minor, currency).decimal == Decimal(written)


@pytest.mark.parametrize(("written", "currency"), [("0.5", "JPY"), ("1.005", "EUR"), ("1.2345", "KWD")])
def test_no_amount_is_rounded_in_silence(written, currency):
    with pytest.raises(NotExact):
        Money.of(written, currency)


@pytest.mark.parametrize("act", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a >= b])
def test_two_currencies_never_meet(act):
    with pytest.raises(CurrencyMismatch):
        act(Money(1, "EUR"), Money(1, "USD"))
    with pytest.raises(CurrencyMismatch):
        total([Money(1, "EUR"), Money(1, "USD")], "EUR")


@pytest.mark.parametrize("wrong", [1.5, "1", True])
def test_an_amount_is_a_whole_number(wrong):
    with pytest.raises(TypeError):
        Money(wrong, "EUR")


def test_an_invented_currency_is_refused():
    with pytest.raises(ValueError, match="XYZ"):
        Money(1, "XYZ")


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "€1,234.50"),
        ("fr", "1\u202f234,50\xa0€"),
        ("es", "1.234,50\xa0€"),
        ("ru", "1\xa0234,50\xa0€"),
        ("zh-hans", "€1,234.50"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(language, shown):
    assert Money.of("1234.50", "EUR").text(language) == shown


def test_arabic_amounts_keep_latin_digits_and_their_direction():
    shown = Money.of("1234.50", "AED").text("ar")
    assert "1,234.50" in shown
    assert shown.startswith("\u200f")


def test_below_nought_the_sign_stays_before_the_digits_where_the_text_runs_to_the_left():
    assert (
        Money(-1_250, "EUR").text("ar") == "\u200f\u200e-12.50\xa0€"
    )  # the second mark holds sign and digits together
    assert Money(-1_250, "EUR").text("fr") == "-12,50\xa0€"


def test_yen_show_no_decimals_and_dinars_three():
    assert "." not in Money(5000, "JPY").text("en")
    assert Money(12345, "KWD").text("en").endswith("12.345")
    assert (exponent("JPY"), exponent("EUR"), exponent("KWD")) == (0, 2, 3)


@pytest.mark.parametrize(
    ("currency", "places", "written"),
    [
        ("JPY", 0, "1,234"),
        ("ISK", 0, "1,234"),
        ("HUF", 2, "1,234.50"),
        ("IQD", 3, "1,234.500"),
        ("TND", 3, "1,234.500"),
        ("KWD", 3, "1,234.500"),
        ("MGA", 2, "1,234.50"),
        ("CLF", 4, "1,234.5000"),
    ],
)
def test_decimal_places_are_those_of_iso_4217_whatever_people_still_coin(currency, places, written):
    assert exponent(currency) == places
    amount = Money.of(1234 if not places else "1234.5", currency)
    assert written in amount.text("en")
    assert written in amount.text("ar")
    assert amount.plain().endswith(f" {currency}")


def test_the_tax_in_an_amount_is_rounded_half_up():
    assert Money(11_900, "EUR").tax_within(Decimal(19)) == Money(1_900, "EUR")
    assert Money(100, "JPY").tax_within(Decimal(10)) == Money(9, "JPY")


@given(st.lists(st.integers(-(10**12), 10**12)))
def test_a_sum_loses_nothing(amounts):
    assert total((Money(minor, "KWD") for minor in amounts), "KWD").minor == sum(amounts)
