"""Money in bulk and in doubt: payouts explained, many refunds through a Stripe that stops answering, events out of turn."""

from datetime import UTC, datetime

import pytest

from plenary.core.money import Money
from registration import actions
from registration.actions.card_payments import start_card_payment
from registration.actions.financial_documents import reissue_invoice
from registration.actions.orders import PaymentRefused
from registration.actions.payouts import read_payouts
from registration.actions.refunds import ask_again, refund, refund_many
from registration.models import FinancialDocument, Order, Payment, PaymentAttempt, Refund, StripeEvent
from registration.rules import State
from registration.rules.payments import AttemptState, OrderState, RefundState
from tests.factories.payments import CASHIER, fresh, owing, state_of
from tests.registration.guest import my
from tests.registration.test_payments_admin import as_
from tests.stripe_double import SECRET, StripeDouble, deliver, event

pytestmark = pytest.mark.django_db
BACK_TO = "https://plenary.example/en/my/x/payment/"


@pytest.fixture
def double(settings):
    stripe = StripeDouble()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_double", SECRET
    settings.STRIPE_API_BASE = stripe.url
    yield stripe
    stripe.close()


def paid_by_card(client, double, order):
    start_card_payment(order_id=order.pk, return_to=BACK_TO)
    session = PaymentAttempt.objects.get(order=order).session_id
    deliver(client, event("checkout.session.completed", double.pay(session)))
    return Payment.objects.get(order=order)


@pytest.fixture
def cancelled(client, double):
    """Four guests of one event who have paid by card, and the event is cancelled."""
    orders = [owing()]
    orders += [owing(category=orders[0].registration.category) for _n in range(3)]
    for order in orders:
        paid_by_card(client, double, order)
    type(orders[0].event).objects.filter(pk=orders[0].event_id).update(approval="cancelled")
    return orders


# -- events before anything else ----------------------------------------------------------------------------------------
def test_an_event_that_overtakes_our_own_note_of_the_page_is_booked_and_the_redirect_finds_it_paid(client, double):
    order = owing()
    start_card_payment(order_id=order.pk, return_to=BACK_TO)
    attempt = PaymentAttempt.objects.get()
    told = double.pay(attempt.session_id)
    # As it is between Stripe's answer and our writing it down.
    PaymentAttempt.objects.update(state=AttemptState.NEW, session_id="", url="")
    assert deliver(client, event("checkout.session.completed", told)).json() == {"outcome": "booked"}
    assert (fresh(attempt).state, state_of(order)) == (AttemptState.PAID, State.APPROVED)
    page = client.get(my(order.registration, "payment/?from=card")).content.decode()
    assert "Everything is paid" in page
    assert "waiting for the confirmation" not in page


def test_money_that_comes_after_withdrawal_is_held_and_counted_before_the_eyes_of_staff(client, double):
    order = owing()
    start_card_payment(order_id=order.pk, return_to=BACK_TO)
    told = double.pay(PaymentAttempt.objects.get().session_id)
    actions.withdraw(registration_id=order.registration_id)
    deliver(client, event("checkout.session.completed", told))
    assert list(Order.objects.to_refund()) == [order]
    as_(client, "Finance")
    page = client.get("/cms/payments/?show=to_refund").content.decode()
    assert order.registration.name in page
    assert "came after the registration was closed" in client.get(f"/cms/payments/order/{order.pk}/").content.decode()


# -- many refunds -------------------------------------------------------------------------------------------------------
def test_an_event_is_paid_back_from_its_list_after_a_look_and_a_second_press_pays_nothing(client, double, cancelled):
    as_(client, "Finance")
    where = f"/cms/payments/refund/?event={cancelled[0].event_id}"
    assert where in client.get(f"/cms/payments/?show=to_refund&event={cancelled[0].event_id}").content.decode()
    preview = client.get(where).content.decode()
    assert "€480.00" in preview
    assert not double.refunds
    sent = {"order": [str(order.pk) for order in cancelled], "reason": "The event is cancelled"}
    for _time in range(2):
        client.post(where, sent)
    assert [fresh(order).state for order in cancelled] == [OrderState.REFUNDED] * 4
    assert len(double.refunds) == FinancialDocument.objects.filter(kind="credit_note").count() == 4


def test_a_stripe_that_stops_answering_stops_the_run_and_nothing_done_is_lost_or_done_twice(client, double, cancelled):
    ids = [order.pk for order in cancelled]
    refund_many(ids[:1], reason="Cancelled", by=CASHIER)
    double.lose_next, asked = 1, double.asked  # it pays the second back, and its answer is lost
    report = refund_many(ids, reason="Cancelled", by=CASHIER)
    assert (report.done, list(report.refused), report.left) == ([ids[1]], [ids[0]], ids[2:])
    assert double.asked == asked + 1
    # Honest in between: counted as gone, with no credit note before Stripe has said so.
    made = Refund.objects.get(order=ids[1])
    assert (made.state, fresh(cancelled[1]).state) == (RefundState.REQUESTED, OrderState.REFUNDED)
    assert FinancialDocument.objects.filter(kind="credit_note").count() == 1
    Refund.objects.update(created_at=made.created_at.replace(year=2020))
    ask_again()
    report = refund_many(ids, reason="Cancelled", by=CASHIER)
    assert (report.done, report.left) == (ids[2:], [])
    assert len(double.refunds) == FinancialDocument.objects.filter(kind="credit_note").count() == 4


def test_a_refund_that_stripe_refuses_is_told_and_the_others_go_on(client, double, cancelled):
    double.refuse_next = 1
    report = refund_many([order.pk for order in cancelled], reason="Cancelled", by=CASHIER)
    assert list(report.refused) == [cancelled[0].pk]
    assert len(report.done) == len(double.refunds) == 3
    assert list(Order.objects.to_refund()) == [cancelled[0]]


def test_staff_read_that_the_run_was_stopped_and_what_was_left(client, double, cancelled):
    as_(client, "Finance")
    double.fail_next = 1
    sent = {"order": [str(order.pk) for order in cancelled], "reason": "The event is cancelled"}
    page = client.post("/cms/payments/refund/", sent, follow=True).content.decode()
    assert "Stripe does not answer. 3 orders were left as they are" in page


def test_an_invoice_paid_back_in_part_is_not_taken_back_whole_once_more(client, double):
    payment = paid_by_card(client, double, owing())
    refund(payment_id=payment.pk, amount=Money(2_000, "EUR"), reason="One day", by=CASHIER)
    with pytest.raises(PaymentRefused):
        reissue_invoice(order_id=payment.order_id, billing={"name": "Ministry"}, by=CASHIER)
    page = client.get(my(payment.order.registration, "payment/")).content.decode()
    assert "You get back €20.00." in page
    assert "Issue it anew" not in page


# -- payouts ------------------------------------------------------------------------------------------------------------
def payout(kind="payout.paid", **facts):
    day = int(datetime(2026, 11, 27, tzinfo=UTC).timestamp())
    return event(
        kind, {"id": "po_1", "amount": 35_000, "currency": "eur", "arrival_date": day, "status": "paid"} | facts
    )


def test_a_payout_marks_its_payments_and_the_report_explains_the_line_of_the_bank(client, double):
    payments = [paid_by_card(client, double, owing()) for _n in range(4)]
    double.payouts["po_1"] = [payment.reference for payment in payments[:3]]
    for kind in ("payout.paid", "payout.reconciliation_completed"):
        assert deliver(client, payout(kind)).json() == {"outcome": "payout_to_read"}
    double.fail_next = 1
    assert read_payouts() == 0
    assert not Payment.objects.exclude(payout="").exists()
    assert read_payouts() == 2
    assert read_payouts() == 0
    assert [fresh(payment).payout for payment in payments] == ["po_1", "po_1", "po_1", ""]
    as_(client, "Finance")
    report = client.get("/cms/payments/report/").content.decode()
    assert "<bdi>po_1</bdi>: <bdi>€360.00</bdi>" in report
    assert "€350.00 at the bank on 27 Nov 2026" in report
    assert "<bdi>not paid out yet</bdi>: <bdi>€120.00</bdi>" in report
    export = b"".join(client.get("/cms/payments/report/?export=csv").streaming_content).decode()
    assert export.count("po_1") == 3


def test_a_payout_that_stripe_does_not_know_is_shown_and_does_not_hold_up_the_next(client, double):
    deliver(client, payout(id="po_unknown"))
    double.refuse_next = 1
    assert read_payouts() == 0
    assert StripeEvent.objects.get().outcome == "payout_refused"
    as_(client, "Finance")
    assert "payout_refused" in client.get("/cms/payments/report/").content.decode()
