"""Cards: the payment page is one however often it is asked for, and events alone say what was paid."""

import logging
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from plenary.core.models import HistoryEntry
from plenary.core.money import Money
from registration import actions
from registration.actions.card_payments import TryAgain, ask_about_pages, start_card_payment
from registration.actions.refunds import ask_again, refund
from registration.models import Dispute, FinancialDocument, Payment, PaymentAttempt, Refund, StripeEvent
from registration.rules import State
from registration.rules.payments import AttemptState, OrderState, RefundState
from tests.factories.payments import CASHIER, fresh, owing, state_of
from tests.registration.guest import my
from tests.stripe_double import SECRET, StripeDouble, deliver, event, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def double(settings):
    stripe = StripeDouble()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_double", SECRET
    settings.STRIPE_API_BASE = stripe.url
    yield stripe
    stripe.close()


def start(order):
    return start_card_payment(order_id=order.pk, return_to="https://plenary.example/en/my/x/payment/")


def opened(double, order):
    """The guest is on the payment page; the session's key."""
    start(order)
    return PaymentAttempt.objects.get(order=order).session_id


def completed(double, order, **changed):
    return event("checkout.session.completed", double.pay(opened(double, order), **changed))


# -- the page -----------------------------------------------------------------------------------------------------------
def test_the_button_leads_to_stripe_and_pressed_again_to_the_same_page(client, double):
    order = owing()
    address = my(order.registration, "payment/")
    first = client.post(address, {"do": "card"})
    assert first.status_code == 303
    assert first["Location"].startswith(double.url)
    assert client.post(address, {"do": "card"})["Location"] == first["Location"]
    [session] = double.sessions.values()
    assert (session["amount_total"], session["currency"]) == (12_000, "eur")
    assert session["sent"]["locale"] == "auto"
    assert double.url in client.get(address)["Content-Security-Policy"]


@pytest.mark.parametrize("fault", ["fail_next", "lose_next"])
def test_a_stripe_that_answers_500_means_try_again_and_never_two_pages(client, double, fault):
    order = owing()
    setattr(double, fault, 1)
    response = client.post(my(order.registration, "payment/"), {"do": "card"})
    assert response.status_code == 503
    assert "Nothing has been charged" in response.content.decode()
    assert client.post(my(order.registration, "payment/"), {"do": "card"}).status_code == 303
    assert (len(double.sessions), PaymentAttempt.objects.count()) == (1, 1)


def test_a_stripe_that_cannot_be_reached_means_try_again(settings, double):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    with pytest.raises(TryAgain):
        start(owing())


def test_a_page_refused_by_stripe_does_not_block_the_next_try(double):
    order = owing()
    double.refuse_next = 1
    with pytest.raises(TryAgain):
        start(order)
    assert start(order).startswith(double.url)


def test_without_keys_the_page_says_so_and_the_other_ways_stay(client, settings):
    order = owing()
    settings.PLENARY_BANK_ACCOUNT = {"holder": "Institute", "iban": "CH9300762011623852957", "bic": "", "bank": ""}
    html = client.get(my(order.registration, "payment/")).content.decode()
    assert "Payment by card is not available here" in html
    assert "CH93 0076 2011 6238 5295 7" in html
    assert order.registration.code in html
    assert client.post(my(order.registration, "payment/"), {"do": "card"}).status_code == 409
    assert client.post("/api/v1/stripe/webhook", b"{}", content_type="application/json").status_code == 404


def test_coming_back_from_stripe_decides_nothing(client, double):
    order = owing()
    opened(double, order)
    page = client.get(my(order.registration, "payment/?from=card")).content.decode()
    assert "waiting for the confirmation" in page
    assert (fresh(order).state, Payment.objects.count()) == (OrderState.OPEN, 0)


# -- events -------------------------------------------------------------------------------------------------------------
def test_an_event_brings_the_badge_and_its_second_delivery_nothing(client, double):
    order = owing()
    told = completed(double, order)
    assert deliver(client, told).json() == {"outcome": "booked"}
    assert deliver(client, told).json() == {"outcome": "duplicate"}
    assert (fresh(order).state, state_of(order), Payment.objects.count()) == (OrderState.PAID, State.APPROVED, 1)
    assert PaymentAttempt.objects.get().state == AttemptState.PAID


def test_two_events_about_one_payment_book_it_once(client, double):
    order = owing()
    told = completed(double, order)
    deliver(client, told)
    other = event("checkout.session.async_payment_succeeded", told["data"]["object"])
    assert deliver(client, other).json() == {"outcome": "known"}
    assert Payment.objects.count() == FinancialDocument.objects.filter(kind="receipt").count() == 1


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_of_somebody_else"}, {"at": int(time.time()) - 3_600}], ids=["forged", "replayed late"]
)
def test_a_forged_or_replayed_event_is_refused_and_leaves_no_trace(client, double, how):
    order = owing()
    response = deliver(client, completed(double, order), **how)
    assert (response.status_code, response.json()["code"]) == (400, "bad_signature")
    assert (fresh(order).state, StripeEvent.objects.count()) == (OrderState.OPEN, 0)


def test_the_signature_is_over_the_bytes_that_came(client, double):
    body, signature = signed(completed(double, owing()))
    response = client.post(
        "/api/v1/stripe/webhook", body + b" ", content_type="application/json", headers={"Stripe-Signature": signature}
    )
    assert response.status_code == 400


@pytest.mark.parametrize(
    "told", [{}, {"id": "evt", "type": "x"}, [], "x", {"id": "e", "type": "t", "created": "?", "data": {"object": {}}}]
)
def test_something_signed_that_is_no_event_is_refused(client, double, told):
    assert deliver(client, told).status_code == 400


def test_a_page_that_is_not_ours_is_answered_and_logged_without_anybodys_data(client, double, caplog):
    subject = {
        "id": "cs_elsewhere",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 1,
        "currency": "eur",
        "payment_intent": "pi_x",
        "customer_details": {"email": "stranger@example.org"},
        "metadata": {"attempt": "not-a-uuid"},
    }
    with caplog.at_level(logging.WARNING):
        response = deliver(client, event("checkout.session.completed", subject))
    assert (response.status_code, response.json()) == (200, {"outcome": "unknown_session"})
    assert "not ours" in caplog.text
    assert "stranger" not in caplog.text
    assert "stranger" not in str(StripeEvent.objects.values())


def test_an_event_of_another_kind_is_noted_and_left(client, double):
    assert deliver(client, event("customer.created", {"id": "cus_1"})).json() == {"outcome": "not_ours"}


@pytest.mark.parametrize("changed", [{"amount_total": 1}, {"currency": "usd"}])
def test_another_amount_or_currency_than_was_asked_opens_no_door(client, double, changed):
    order = owing()
    assert deliver(client, completed(double, order, **changed)).json() == {"outcome": "mismatch"}
    assert (fresh(order).state, state_of(order)) == (OrderState.OPEN, State.PAYMENT_DUE)
    if "amount_total" in changed:
        assert Payment.objects.get().flag == Payment.Flag.MISMATCH
    else:
        assert HistoryEntry.objects.of(order).filter(verb="payment_mismatch").exists()


def test_a_session_completed_without_money_waits_for_it(client, double):
    order = owing()
    told = completed(double, order, payment_status="unpaid")
    assert deliver(client, told).json() == {"outcome": "not_paid_yet"}
    assert fresh(order).state == OrderState.OPEN


def test_a_payment_after_withdrawal_is_kept_and_marked(client, double):
    order = owing()
    told = completed(double, order)
    actions.withdraw(registration_id=order.registration_id)
    assert deliver(client, told).json() == {"outcome": "booked"}
    assert Payment.objects.get().flag == Payment.Flag.AFTER_CLOSE
    assert state_of(order) == State.WITHDRAWN


def test_a_declined_card_is_noted_by_its_code_alone(client, double):
    order = owing()
    opened(double, order)
    attempt = PaymentAttempt.objects.get()
    failed = {
        "id": "pi_1",
        "metadata": {"attempt": str(attempt.pk)},
        "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds", "message": "…"},
    }
    assert deliver(client, event("payment_intent.payment_failed", failed)).json() == {"outcome": "noted"}
    assert HistoryEntry.objects.of(order).get(verb="card_declined").data == {"code": "insufficient_funds"}


def test_a_payment_whose_event_never_comes_is_found_by_asking(double):
    order = owing()
    double.pay(opened(double, order))
    assert ask_about_pages() == 0  # not yet: the event may still come
    PaymentAttempt.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert ask_about_pages() == 1
    assert state_of(order) == State.APPROVED


def test_the_page_of_an_order_that_is_closed_is_closed_too(double):
    order = owing()
    session = opened(double, order)
    actions.withdraw(registration_id=order.registration_id)
    PaymentAttempt.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    ask_about_pages()
    assert double.sessions[session]["status"] == "expired"
    assert PaymentAttempt.objects.get().state == AttemptState.EXPIRED


# -- refunds and disputes -----------------------------------------------------------------------------------------------
@pytest.fixture
def paid(client, double):
    order = owing()
    deliver(client, completed(double, order))
    return Payment.objects.get()


def give_back(payment, minor=12_000):
    return refund(payment_id=payment.pk, amount=Money(minor, "EUR"), reason="Left", by=CASHIER)


def test_a_refund_goes_to_stripe_once_and_its_event_changes_nothing_more(client, double, paid):
    made = give_back(paid, 5_000)
    assert (made.state, len(double.refunds)) == (RefundState.DONE, 1)
    told = event("refund.created", double.refunds[0] | {"currency": "eur"})
    assert deliver(client, told).json() == {"outcome": "noted"}
    assert (fresh(paid).refunded, FinancialDocument.objects.filter(kind="credit_note").count()) == (
        Money(5_000, "EUR"),
        1,
    )


@pytest.mark.parametrize("fault", ["fail_next", "lose_next"])
def test_a_refund_without_an_answer_is_asked_again_with_the_same_key(double, paid, fault):
    setattr(double, fault, 1)
    made = give_back(paid)
    assert made.state == RefundState.REQUESTED
    Refund.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    assert ask_again() == 1
    assert (fresh(made).state, len(double.refunds)) == (RefundState.DONE, 1)


def test_a_refund_that_stripe_refuses_counts_as_ours_again(double, paid):
    double.refuse_next = 1
    assert give_back(paid).state == RefundState.FAILED
    assert (fresh(paid).refunded.minor, fresh(paid.order).state) == (0, OrderState.PAID)


def test_a_refund_that_fails_later_is_taken_out_of_the_books(client, double, paid):
    double.refund_status = "pending"
    made = give_back(paid)
    assert made.state == RefundState.REQUESTED
    failed = event("refund.failed", double.refunds[0] | {"status": "failed", "currency": "eur"})
    deliver(client, failed)
    assert (fresh(made).state, fresh(paid).refunded.minor) == (RefundState.FAILED, 0)


def stripes_own_refund(intent, minor=2_000):
    return {
        "id": "re_theirs",
        "amount": minor,
        "currency": "eur",
        "payment_intent": intent,
        "status": "succeeded",
        "metadata": {},
    }


def test_a_refund_made_at_stripe_itself_is_followed_once(client, paid):
    for kind in ("refund.created", "refund.updated"):
        deliver(client, event(kind, stripes_own_refund(paid.reference)))
    assert (fresh(paid).refunded.minor, Refund.objects.count()) == (2_000, 1)


def test_an_event_that_comes_before_its_payment_waits_for_it(client, double):
    order = owing()
    paid_session = double.pay(opened(double, order))
    early = deliver(client, event("refund.created", stripes_own_refund(paid_session["payment_intent"])))
    assert early.json() == {"outcome": "waits_for_payment"}
    deliver(client, event("checkout.session.completed", paid_session))
    assert fresh(order).state == OrderState.PART_REFUNDED
    assert not StripeEvent.objects.filter(outcome="waits_for_payment").exists()


def test_a_dispute_is_noted_and_the_badge_left_to_people(client, paid):
    dispute = {
        "id": "dp_1",
        "payment_intent": paid.reference,
        "amount": 12_000,
        "currency": "eur",
        "reason": "fraudulent",
    }
    now = int(time.time())
    deliver(client, event("charge.dispute.created", dispute | {"status": "needs_response"}, created=now))
    deliver(client, event("charge.dispute.closed", dispute | {"status": "lost"}, created=now + 9))
    late = deliver(client, event("charge.dispute.updated", dispute | {"status": "under_review"}, created=now + 5))
    assert late.json() == {"outcome": "late"}
    assert Dispute.objects.get().state == "lost"
    assert state_of(paid.order) == State.APPROVED
