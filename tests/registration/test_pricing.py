"""What a registration costs, as a table of cases; references that banks carry; amounts as Stripe takes them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plenary.core.money import CurrencyMismatch, Money, exponent, known_currencies
from registration.gateway import Rejected, from_stripe, to_stripe
from registration.rules.payments import OrderState, after_money
from registration.rules.pricing import Line, Tariff, by_rate, price
from registration.rules.references import creditor_reference, in_groups, is_creditor_reference, references_in

DAY = date(2030, 3, 1)


def tariff(number, minor, **facts):
    return Tariff(id=number, label={"en": f"Fee {number}"}, amount=Money(minor, facts.pop("currency", "EUR")), **facts)


MEMBER = {"question": "member", "is": "yes"}
EARLY = tariff(1, 100_00, last_day=date(2030, 2, 28))
MEMBERS = tariff(2, 80_00, condition=MEMBER)
CODED = tariff(3, 50_00, code="IAHR-2030")
PRESS = tariff(4, 0, categories=frozenset({"press"}))
NORMAL = tariff(5, 150_00)
TRIP = tariff(6, 40_00, is_supplement=True, condition={"question": "trip", "is": True})
DINNER = tariff(7, 25_00, is_supplement=True, condition={"question": "dinner", "is": True})
ALL = [PRESS, CODED, EARLY, MEMBERS, NORMAL, TRIP, DINNER]


@pytest.mark.parametrize(
    ("facts", "fees"),
    [
        ({}, [5]),
        ({"day": date(2030, 2, 28)}, [1]),
        ({"day": date(2030, 3, 1)}, [5]),
        ({"facts": {"member": "yes"}}, [2]),
        ({"facts": {"member": "no"}}, [5]),
        ({"code": "iahr 2030"}, [3]),
        ({"code": "IAHR-2031"}, [5]),
        ({"category": "press"}, [4]),
        ({"category": "press", "facts": {"trip": True}}, [4, 6]),
        ({"facts": {"trip": True, "dinner": True}}, [5, 6, 7]),
        ({"facts": {"trip": False}}, [5]),
    ],
)
def test_the_first_fee_that_applies_and_every_supplement_make_the_price(facts, fees):
    given_facts = {"category": "delegate", "day": DAY, "facts": {}, "code": ""} | facts
    assert [line.fee for line in price(ALL, **given_facts)] == fees


def test_without_a_fee_that_applies_nothing_is_due():
    assert price([PRESS], category="delegate", day=DAY, facts={}) == []


def test_fees_of_two_currencies_for_one_guest_are_an_error_and_no_price():
    with pytest.raises(CurrencyMismatch):
        price([NORMAL, tariff(9, 1, currency="USD", is_supplement=True)], category="delegate", day=DAY, facts={})


def test_a_line_comes_back_from_the_order_as_it_went_in():
    line = Line(1, {"en": "Fee", "ar": "رسم"}, Money(11_900, "EUR"), Decimal("19.00"))
    assert Line.from_json(line.as_json()) == line
    assert line.tax == Money(1_900, "EUR")


@pytest.mark.parametrize(
    ("state", "paid", "refunded", "after"),
    [
        (OrderState.OPEN, 0, 0, OrderState.OPEN),
        (OrderState.OPEN, 60, 0, OrderState.OPEN),
        (OrderState.OPEN, 60, 60, OrderState.OPEN),
        (OrderState.OPEN, 100, 0, OrderState.PAID),
        (OrderState.OPEN, 130, 0, OrderState.PAID),
        (OrderState.PAID, 100, 30, OrderState.PART_REFUNDED),
        (OrderState.PART_REFUNDED, 100, 100, OrderState.REFUNDED),
        (OrderState.REFUNDED, 100, 0, OrderState.PAID),
        (OrderState.CANCELLED, 100, 0, OrderState.CANCELLED),
        (OrderState.CANCELLED, 100, 100, OrderState.CANCELLED),
        (OrderState.WRITTEN_OFF, 100, 0, OrderState.WRITTEN_OFF),
    ],
)
def test_what_money_does_to_an_order(state, paid, refunded, after):
    sums = {name: Money(minor, "EUR") for name, minor in {"total": 100, "paid": paid, "refunded": refunded}.items()}
    assert after_money(state, **sums) == after


# -- references ---------------------------------------------------------------------------------------------------------
def test_a_known_creditor_reference_is_made_and_recognised():
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert is_creditor_reference("RF18539007547034")
    assert in_groups("RF18539007547034") == "RF18 5390 0754 7034"


@pytest.mark.parametrize("wrong", ["RF18539007547035", "RF19539007547034", "XX18539007547034", "", "RF18"])
def test_a_mistyped_reference_is_noticed(wrong):
    assert not is_creditor_reference(wrong)


@given(st.text(alphabet="23456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=1, max_size=21))
def test_every_reference_is_found_in_a_banks_text_spaced_or_not(number):
    reference = creditor_reference(number)
    assert references_in(f"Fee: {in_groups(reference).lower()}; thank you") == [reference]


@pytest.mark.parametrize("text", ["", "thank you", "RF00 1234", "invoice 12"])
def test_a_text_without_reference_has_none(text):
    assert references_in(text) == []


# -- Stripe's smallest units --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "units"),
    [
        (Money(1250, "EUR"), 1250),
        (Money(5000, "JPY"), 5000),
        (Money(12_340, "KWD"), 12_340),
        (Money(70, "ISK"), 7_000),
        (Money(70, "UGX"), 7_000),
        (Money(7_000, "IQD"), 700),  # three places on invoices, two at Stripe
        (Money(7_000, "MGA"), 70),  # two on invoices, none at Stripe
    ],
)
def test_amounts_go_to_stripe_in_its_own_units(amount, units):
    assert to_stripe(amount) == units
    assert from_stripe(units, amount.currency.lower()) == amount


def test_a_fils_too_fine_for_stripe_is_refused_and_not_rounded():
    with pytest.raises(Rejected):
        to_stripe(Money(12_345, "KWD"))


def test_a_part_paid_back_holds_tax_as_its_order_does():
    lines = [
        Line(1, {}, Money(10_000, "EUR"), Decimal("7.7")),
        Line(2, {}, Money(5_000, "EUR"), None),
        Line(3, {}, Money(5_000, "EUR"), Decimal("7.7")),
    ]
    parts = by_rate(Money(3_334, "EUR"), lines)
    assert parts == [(Decimal("7.7"), Money(2_501, "EUR")), (None, Money(833, "EUR"))]
    assert by_rate(Money(50, "EUR"), []) == [(None, Money(50, "EUR"))]


def test_whole_amounts_of_every_currency_survive_the_way_to_stripe_and_back():
    for currency in known_currencies():
        amount = Money(7 * 10 ** exponent(currency), currency)
        assert from_stripe(to_stripe(amount), currency) == amount
