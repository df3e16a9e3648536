"""Waiting lists and money under concurrency: one offer for one place, one booking for one payment, never too much back."""

import uuid

import pytest

from plenary.core.money import Money
from registration import actions
from registration.actions import Particulars, PaymentRefused
from registration.actions.card_events import heed_event
from registration.actions.card_payments import start_card_payment
from registration.actions.payments import pay_at_desk
from registration.actions.refunds import refund
from registration.models import Category, FinancialDocument, Order, Payment, PaymentAttempt, Refund, Registration
from registration.rules import State, WaitingList
from tests.factories.payments import CASHIER, fresh, owing, state_of
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.test_concurrency import at_once, no_delivery
from tests.stripe_double import SECRET, StripeDouble, event

__all__ = ["no_delivery"]  # a fixture for every test here
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency, pytest.mark.slow]


def test_a_hundred_for_thirty_places_with_a_list_are_thirty_and_seventy_in_line():
    category = CategoryFactory(quota=30, waiting_list=WaitingList.AUTOMATIC)

    def act(n):
        return actions.sign_up(
            category=Category.objects.select_related("event").get(pk=category.pk),
            particulars=Particulars(email=f"guest-{n}@example.org", name=f"Guest {n}", nationality="KE"),
            answers={},
            language="en",
            origin=uuid.uuid4(),
            source="site",
            or_wait=True,
        )

    states = [answer.state for answer in at_once(100, act)]
    assert (states.count(State.UNCONFIRMED), states.count(State.WAITLISTED)) == (30, 70)
    assert fresh(category).taken == 30


def test_places_freed_at_once_are_offered_once_each():
    category = CategoryFactory(quota=12, waiting_list=WaitingList.AUTOMATIC)
    leaving = RegistrationFactory.create_batch(12, category=category)
    waiting = RegistrationFactory.create_batch(8, category=category, state=State.WAITLISTED)

    def act(n):
        gone = leaving[n].pk if n < 12 else waiting[n - 12].pk  # two leave the list in the same moment
        return actions.withdraw(registration_id=gone)

    assert not [answer for answer in at_once(14, act) if isinstance(answer, Exception)]
    actions.offer_free_places()  # what slipped through is the worker's
    category = fresh(category)
    offered = Registration.objects.filter(category=category, state=State.OFFERED).count()
    assert (offered, category.taken, category.waiting) == (6, 6, 0)


def test_the_pay_button_pressed_twenty_times_at_once_opens_one_page(settings):
    double, order = StripeDouble(), owing()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_double", SECRET
    settings.STRIPE_API_BASE = double.url
    urls = at_once(20, lambda n: start_card_payment(order_id=order.pk, return_to="https://plenary.example/"))
    double.close()
    assert not [url for url in urls if isinstance(url, Exception)], urls
    assert (len(set(urls)), PaymentAttempt.objects.count()) == (1, 1)


def test_one_event_delivered_twenty_times_at_once_is_booked_once():
    order = owing()
    attempt = PaymentAttempt.objects.create(
        order=order,
        amount_minor=order.total_minor,
        currency="EUR",
        language="en",
        session_id="cs_1",
        expires_at=order.due_at,
    )
    told = event(
        "checkout.session.completed",
        {
            "id": "cs_1",
            "status": "complete",
            "payment_status": "paid",
            "amount_total": 12_000,
            "currency": "eur",
            "payment_intent": "pi_1",
            "metadata": {"attempt": str(attempt.pk)},
        },
    )
    outcomes = at_once(20, lambda n: heed_event(told))
    assert sorted(map(str, outcomes)) == ["booked"] + ["duplicate"] * 19
    assert (state_of(order), Payment.objects.count()) == (State.APPROVED, 1)


def test_refunds_at_once_never_exceed_what_was_paid():
    payment = pay_at_desk(order_id=owing().pk, amount=Money(12_000, "EUR"), by=CASHIER)

    def act(n):
        return refund(payment_id=payment.pk, amount=Money(5_000, "EUR"), reason="Left", by=CASHIER)

    answers = at_once(8, act)
    assert sum(isinstance(answer, Refund) for answer in answers) == 2
    assert sum(isinstance(answer, PaymentRefused) for answer in answers) == 6
    assert fresh(payment).refunded_minor == fresh(payment.order).refunded_minor == 10_000


def test_documents_issued_at_once_are_numbered_without_gap_or_double():
    category = CategoryFactory()
    orders = [owing(category=category) for _n in range(8)]
    at_once(8, lambda n: pay_at_desk(order_id=orders[n].pk, amount=Money(12_000, "EUR"), by=CASHIER))
    for kind in ("invoice", "receipt"):
        numbers = FinancialDocument.objects.filter(kind=kind).values_list("number", flat=True)
        assert sorted(numbers) == list(range(1, 9))
    assert not Order.objects.exclude(state="paid").exists()
