"""Orders that end without being paid: what becomes of their invoice, and of money that comes all the same."""

import json

import pytest

from plenary.core.money import Money
from registration import actions
from registration.actions import PaymentRefused
from registration.actions.ended_orders import end_of_cancelled_events
from registration.actions.financial_documents import ask_for_invoice, reissue_invoice
from registration.actions.payments import pay_at_desk, pay_by_transfer, waive
from registration.actions.refunds import refund, refund_paid
from registration.finance import expected
from registration.models import Category, Fee, Order, Payment
from tests.factories.payments import CASHIER, OFFICER, fresh, owing

pytestmark = pytest.mark.django_db


def euro(minor):
    return Money(minor, "EUR")


def cash(order, minor):
    return pay_at_desk(order_id=order.pk, amount=euro(minor), by=CASHIER)


def transfer(order, minor):
    return pay_by_transfer(order_id=order.pk, amount=euro(minor), reference="line 1", received_at=None, by=CASHIER)


def documents_of(order):
    return [(found.kind, found.number, found.total.minor) for found in order.documents.order_by("issued_at")]


def out_of_the_books(order):
    """What the financial report still expects of the event."""
    return sum(row["outstanding"] for row in expected(Order.objects.filter(event=order.event)))


def leaves(order):
    actions.withdraw(registration_id=order.registration_id)


def event_is_cancelled(order):
    type(order.event).objects.filter(pk=order.event_id).update(approval="cancelled")
    assert (end_of_cancelled_events(), end_of_cancelled_events()) == (1, 0)


def is_let_in(order):
    waive(order_id=order.pk, reason="Speaker", by=OFFICER)


def leaves_over_a_lowered_quota(order):
    Category.objects.filter(pk=order.registration.category_id).update(quota=0)
    leaves(order)
    assert Category.objects.get(pk=order.registration.category_id).taken == 0


ENDS = pytest.mark.parametrize("ends", [leaves, event_is_cancelled, is_let_in, leaves_over_a_lowered_quota])


@ENDS
def test_an_invoice_nobody_pays_any_more_is_taken_back_by_a_credit_note_and_keeps_its_number(ends):
    order = owing()
    invoice = ask_for_invoice(order_id=order.pk, by=OFFICER)
    assert out_of_the_books(order) == 12_000
    ends(order)
    assert documents_of(order) == [("invoice", 1, 12_000), ("credit_note", 1, -12_000)]
    assert fresh(invoice).credited_by.order == order
    assert out_of_the_books(order) == 0
    with pytest.raises(PaymentRefused):
        ask_for_invoice(order_id=order.pk, by=OFFICER)
    with pytest.raises(PaymentRefused):
        reissue_invoice(order_id=order.pk, billing={"name": "Ministry of Water"}, by=OFFICER)


@ENDS
def test_of_an_invoice_paid_in_part_the_rest_is_taken_back_and_the_part_when_it_goes_back(ends):
    order = owing()
    ask_for_invoice(order_id=order.pk, by=OFFICER)
    payment = cash(order, 5_000)
    ends(order)
    assert [minor for kind, _number, minor in documents_of(order) if kind != "receipt"] == [12_000, -7_000]
    with pytest.raises(PaymentRefused):
        reissue_invoice(order_id=order.pk, billing={"name": "Ministry of Water"}, by=OFFICER)
    assert list(Order.objects.to_refund()) == [order]
    made = refund(payment_id=payment.pk, amount=euro(5_000), reason="Left", by=CASHIER)
    refund_paid(refund_id=made.pk, reference="b", by=CASHIER)
    assert [minor for kind, _number, minor in documents_of(order) if kind != "receipt"] == [12_000, -7_000, -5_000]


def test_who_leaves_without_having_asked_for_an_invoice_gets_no_document():
    leaves(order := owing())
    assert documents_of(order) == []


def test_money_that_comes_after_the_invoice_was_taken_back_goes_back_without_its_tax_a_second_time():
    order = owing()
    Fee.objects.filter(event=order.event).update(vat_rate=20)
    order = owing(category=order.registration.category)
    ask_for_invoice(order_id=order.pk, by=OFFICER)
    leaves(order)
    payment = transfer(order, 12_000)
    assert payment.flag == Payment.Flag.AFTER_CLOSE
    made = refund(payment_id=payment.pk, amount=euro(12_000), reason="Left", by=CASHIER)
    refund_paid(refund_id=made.pk, reference="b", by=CASHIER)
    told = [json.loads(found.content) for found in order.documents.exclude(kind="receipt").order_by("issued_at")]
    assert sum(line["tax"] or 0 for one in told for line in one["lines"]) == 0
    assert list(Order.objects.to_refund()) == []
