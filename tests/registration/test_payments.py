"""Approved, charged, paid, refunded: what the verbs of payment promise, and what they refuse."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from checkin.models import Credential
from plenary.core.models import HistoryEntry, Message
from plenary.core.money import Money
from plenary.core.names import fold
from registration import actions
from registration.actions import PaymentRefused
from registration.actions.dunning import heed_overdue, remind
from registration.actions.financial_documents import ask_for_invoice, invoice_sponsor, reissue_invoice
from registration.actions.payments import host, pay_at_desk, pay_by_transfer, use_code, waive
from registration.actions.refunds import refund, refund_many, refund_paid
from registration.financial_pdf import financial_pdf
from registration.models import Category, FinancialDocument, Order, Payment, Sponsorship
from registration.rules import State, WhenOverdue
from registration.rules.payments import OrderState, RefundState
from tests.factories.delegations import DelegationFactory
from tests.factories.payments import CASHIER, OFFICER, FeeFactory, fresh, owing, state_of
from tests.factories.registration import CategoryFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


def euro(minor):
    return Money(minor, "EUR")


def cash(order, minor):
    return pay_at_desk(order_id=order.pk, amount=euro(minor), by=CASHIER)


def transfer(order, minor, reference="line 1"):
    return pay_by_transfer(order_id=order.pk, amount=euro(minor), reference=reference, received_at=None, by=CASHIER)


# -- approving ----------------------------------------------------------------------------------------------------------
def test_approving_where_something_is_due_leads_to_the_payment_and_not_to_the_badge():
    order = owing(language="ar")
    assert (state_of(order), order.state, order.total) == (State.PAYMENT_DUE, OrderState.OPEN, euro(12_000))
    assert not Credential.objects.filter(registration=order.registration_id).exists()
    message = Message.objects.of(order.registration).get()
    assert (message.kind, message.language) == ("registration.payment_due", "ar")
    assert "120.00" in message.text
    assert "/payment/" in message.text


def test_approving_where_nothing_is_due_issues_the_badge_at_once():
    free = CategoryFactory()
    FeeFactory(event=free.event, categories=[CategoryFactory(event=free.event)])
    registration = RegistrationFactory(category=free)
    actions.approve([registration.pk], by=OFFICER)
    assert fresh(registration).state == State.APPROVED
    assert not Order.objects.exists()


def test_an_orders_lines_stay_as_they_were_priced_whatever_the_fee_becomes():
    order = owing()
    fee = order.event.fees.get()
    fee.amount_minor = 99_900
    fee.save()
    assert fresh(order).total == euro(12_000)
    assert fresh(order).line_items[0].amount == euro(12_000)


def test_a_registration_has_one_standing_order_by_the_database():
    order = owing()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(
            event=order.event,
            registration=order.registration,
            reference="RF00",
            currency="EUR",
            total_minor=1,
            due_at=timezone.now(),
        )


# -- paying -------------------------------------------------------------------------------------------------------------
def test_paid_in_full_the_guest_is_approved_by_the_system_with_badge_receipt_and_invoice():
    order = owing()
    cash(order, 12_000)
    assert (fresh(order).state, state_of(order)) == (OrderState.PAID, State.APPROVED)
    assert Credential.objects.filter(registration=order.registration_id).exists()
    assert sorted(FinancialDocument.objects.values_list("kind", flat=True)) == ["invoice", "receipt"]
    assert set(Message.objects.of(order.registration).values_list("kind", flat=True)) >= {
        "payment.received",
        "registration.approved",
    }
    entry = HistoryEntry.objects.of(order.registration).get(verb="approved")
    assert entry.actor_label == "system"


def test_a_part_leaves_the_rest_due():
    order = owing()
    transfer(order, 5_000)
    assert (fresh(order).state, fresh(order).outstanding, state_of(order)) == (
        OrderState.OPEN,
        euro(7_000),
        State.PAYMENT_DUE,
    )
    transfer(order, 7_000, "line 2")
    assert state_of(order) == State.APPROVED


def test_too_much_by_transfer_is_kept_marked_and_listed_to_be_paid_back():
    order = owing()
    payment = transfer(order, 13_000)
    assert payment.flag == Payment.Flag.OVERPAID
    assert list(Order.objects.to_refund()) == [order]


def test_at_the_desk_more_than_is_due_is_refused():
    with pytest.raises(PaymentRefused, match="change"):
        cash(owing(), 12_001)


def test_the_same_line_of_the_statement_is_booked_once():
    order, other = owing(), owing()
    transfer(order, 5_000)
    with pytest.raises(PaymentRefused, match="already"):
        transfer(other, 5_000)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("amount", [Money(12_000, "USD"), Money(0, "EUR"), Money(-5, "EUR")])
def test_another_currency_or_nothing_is_not_booked(amount):
    order = owing()
    with pytest.raises(PaymentRefused):
        pay_by_transfer(order_id=order.pk, amount=amount, reference="x", received_at=None, by=CASHIER)
    assert not Payment.objects.exists()


def test_yen_have_no_decimals_anywhere():
    order = owing(amount_minor=15_000, currency="JPY")
    assert "JP¥15,000" in Message.objects.of(order.registration).get().text
    pay_at_desk(order_id=order.pk, amount=Money(15_000, "JPY"), by=CASHIER)
    assert state_of(order) == State.APPROVED


# -- hosted, sponsored, waived ------------------------------------------------------------------------------------------
def test_a_hosted_guest_goes_straight_to_the_badge():
    order = owing()
    host(order_id=order.pk, reason="Keynote speaker", by=OFFICER)
    assert (fresh(order).state, state_of(order)) == (OrderState.PAID, State.APPROVED)
    assert list(Order.objects.to_refund()) == []


@pytest.mark.parametrize("verb", [host, waive])
def test_neither_hosting_nor_waiving_goes_without_a_reason(verb):
    with pytest.raises(PaymentRefused, match="reason"):
        verb(order_id=owing().pk, reason=" ", by=OFFICER)


def test_a_waived_fee_stands_in_the_books_with_its_reason():
    order = owing()
    waive(order_id=order.pk, reason="Came by train for three days", by=OFFICER)
    assert (fresh(order).state, state_of(order)) == (OrderState.WRITTEN_OFF, State.APPROVED)
    assert HistoryEntry.objects.of(order).get(verb="waived").reason == "Came by train for three days"


def test_a_sponsor_pays_for_so_many_guests_of_an_organisation_and_no_more():
    category = CategoryFactory()
    FeeFactory(event=category.event)
    sponsorship = Sponsorship.objects.create(
        event=category.event, payer="Water Fund", organisation="Ministère", organisation_key=fold("Ministère"), places=1
    )
    first, second = (RegistrationFactory(category=category, organisation="MINISTERE") for _n in range(2))
    actions.approve([first.pk, second.pk], by=OFFICER)
    assert [fresh(first).state, fresh(second).state] == [State.APPROVED, State.PAYMENT_DUE]
    document = invoice_sponsor(sponsorship_id=sponsorship.pk, language="fr", by=OFFICER)
    assert document.total == euro(12_000)
    assert financial_pdf(document).startswith(b"%PDF")
    with pytest.raises(PaymentRefused, match="nothing"):
        invoice_sponsor(sponsorship_id=sponsorship.pk, language="fr", by=OFFICER)


def test_a_members_code_leads_to_another_price_and_a_wrong_one_to_none():
    order = owing()
    FeeFactory(event=order.event, amount_minor=5_000, code="IAHR-30", position=0)
    order.event.fees.filter(code="").update(position=5)
    with pytest.raises(PaymentRefused, match="changes nothing"):
        use_code(order_id=order.pk, code="nonsense")
    cheaper = use_code(order_id=order.pk, code="iahr 30")
    assert (fresh(order).state, cheaper.total) == (OrderState.CANCELLED, euro(5_000))
    with pytest.raises(PaymentRefused):
        use_code(order_id=cheaper.pk, code="iahr 30")


# -- closed -------------------------------------------------------------------------------------------------------------
def test_withdrawing_closes_the_order_and_a_payment_after_it_is_kept_marked_and_refundable():
    order = owing()
    actions.withdraw(registration_id=order.registration_id)
    assert fresh(order).state == OrderState.CANCELLED
    payment = transfer(order, 12_000)
    assert payment.flag == Payment.Flag.AFTER_CLOSE
    assert state_of(order) == State.WITHDRAWN
    assert list(Order.objects.to_refund()) == [order]
    refund_paid(
        refund_id=refund(payment_id=payment.pk, amount=euro(12_000), reason="Left", by=CASHIER).pk, reference="b"
    )
    assert list(Order.objects.to_refund()) == []


def test_the_guests_of_a_cancelled_event_are_listed_and_paid_back_together():
    order = owing()
    cash(order, 12_000)
    hosted = owing(category=order.registration.category)
    host(order_id=hosted.pk, reason="Speaker", by=OFFICER)
    assert list(Order.objects.to_refund()) == []
    type(order.event).objects.filter(pk=order.event_id).update(approval="cancelled")
    assert list(Order.objects.to_refund()) == [order]
    report = refund_many([order.pk, hosted.pk], reason="The event is cancelled", by=CASHIER)
    assert (report.done, list(report.refused)) == ([order.pk], [hosted.pk])
    assert fresh(order).state == OrderState.REFUNDED


# -- refunds ------------------------------------------------------------------------------------------------------------
def test_refunds_never_exceed_the_payment():
    payment = cash(order := owing(), 12_000)
    refund(payment_id=payment.pk, amount=euro(8_000), reason="One day", by=CASHIER)
    assert fresh(order).state == OrderState.PART_REFUNDED
    with pytest.raises(PaymentRefused, match=r"40\.00 EUR"):
        refund(payment_id=payment.pk, amount=euro(4_001), reason="More", by=CASHIER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=12_001)
    refund(payment_id=payment.pk, amount=euro(4_000), reason="The rest", by=CASHIER)
    assert fresh(order).state == OrderState.REFUNDED
    assert state_of(order) == State.APPROVED  # the badge is decided by a person


def test_a_refund_paid_by_hand_gets_its_credit_note_once():
    made = refund(payment_id=cash(owing(), 12_000).pk, amount=euro(2_000), reason="Discount", by=CASHIER)
    assert made.state == RefundState.REQUESTED
    for _time in range(2):
        refund_paid(refund_id=made.pk, reference="out 7", by=CASHIER)
    note = FinancialDocument.objects.get(kind="credit_note")
    assert (note.total, fresh(made).state) == (euro(-2_000), RefundState.DONE)


@pytest.mark.parametrize(("amount", "reason"), [(euro(1), ""), (euro(0), "x"), (Money(1, "USD"), "x")])
def test_a_refund_needs_a_reason_and_an_amount_in_the_payments_currency(amount, reason):
    with pytest.raises(PaymentRefused):
        refund(payment_id=cash(owing(), 12_000).pk, amount=amount, reason=reason, by=CASHIER)


# -- documents ----------------------------------------------------------------------------------------------------------
def test_numbers_run_without_gaps_by_series_and_nothing_is_numbered_twice():
    orders = [owing() for _n in range(2)]
    orders.append(owing(category=orders[0].registration.category))
    for order in (orders[0], orders[2]):
        ask_for_invoice(order_id=order.pk, by=OFFICER)
        ask_for_invoice(order_id=order.pk, by=OFFICER)
    invoices = FinancialDocument.objects.filter(order__event=orders[0].event)
    assert [invoice.number for invoice in invoices] == [1, 2]
    assert len({invoice.series for invoice in invoices}) == 1


def test_a_number_given_in_a_transaction_that_fails_is_given_again():
    order = owing()
    sid = transaction.savepoint()
    assert ask_for_invoice(order_id=order.pk, by=OFFICER).number == 1
    transaction.savepoint_rollback(sid)
    assert ask_for_invoice(order_id=order.pk, by=OFFICER).number == 1


def test_an_invoice_keeps_what_it_said_and_another_address_means_credit_note_and_new_invoice():
    order = owing(name="Amina Osman")
    first = ask_for_invoice(order_id=order.pk, by=OFFICER)
    second = reissue_invoice(order_id=order.pk, billing={"name": "Ministry of Water"}, by=OFFICER)
    assert "Amina Osman" in fresh(first).content
    assert "Ministry of Water" in second.content
    assert fresh(first).credited_by.total == -first.total
    assert [d.kind for d in order.documents.order_by("issued_at")] == ["invoice", "credit_note", "invoice"]


@pytest.mark.parametrize("language", ["en", "zh-hans", "ar"])
def test_documents_are_set_in_the_guests_language(language):
    order = owing(language=language, name="أمينة 王小明 Amina")
    assert financial_pdf(ask_for_invoice(order_id=order.pk, by=OFFICER)).startswith(b"%PDF")


# -- the clock ----------------------------------------------------------------------------------------------------------
def due(order, **delta):
    Order.objects.filter(pk=order.pk).update(
        due_at=timezone.now() + timedelta(**delta), created_at=timezone.now() - timedelta(days=20)
    )


def test_a_reminder_goes_once_some_days_before():
    order = owing()
    assert remind() == 0
    due(order, days=2)
    assert (remind(), remind()) == (1, 0)
    assert Message.objects.of(order.registration).filter(kind="payment.reminder").count() == 1


@pytest.mark.parametrize(
    ("when_overdue", "days", "state"),
    [
        (WhenOverdue.FLAG, 1, State.PAYMENT_DUE),
        (WhenOverdue.CANCEL, 1, State.PAYMENT_DUE),  # a transfer of the last day is on its way
        (WhenOverdue.CANCEL, 3, State.CANCELLED),
    ],
)
def test_after_the_day_the_category_says_what_happens(when_overdue, days, state):
    order = owing(category=CategoryFactory(when_overdue=when_overdue))
    due(order, days=-days)
    heed_overdue()
    assert heed_overdue() == 0
    assert state_of(order) == state
    taken = Category.objects.get(pk=order.registration.category_id).taken
    assert taken == (0 if state == State.CANCELLED else 1)


def test_who_has_paid_a_part_is_not_cancelled_by_the_clock():
    order = owing(category=CategoryFactory(when_overdue=WhenOverdue.CANCEL))
    transfer(order, 100)
    due(order, days=-9)
    heed_overdue()
    assert state_of(order) == State.PAYMENT_DUE


def test_a_sponsor_pays_for_a_delegations_members_alone():
    delegation = DelegationFactory()
    category = CategoryFactory(event=delegation.event)
    FeeFactory(event=category.event)
    Sponsorship.objects.create(event=category.event, payer="Ministry", delegation=delegation)
    member = RegistrationFactory(category=category, delegation=delegation)
    other = RegistrationFactory(category=category)
    actions.approve([member.pk, other.pk], by=OFFICER)
    assert [fresh(member).state, fresh(other).state] == [State.APPROVED, State.PAYMENT_DUE]
