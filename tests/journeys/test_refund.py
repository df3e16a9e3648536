"""A refund in the browser: the cashier pays back a part and then the rest of a card payment; the guest reads it, and the
report agrees. In English, and in Arabic for both of them."""

from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from wagtail.users.models import UserProfile

from plenary.core.actions import Actor
from plenary.operations.planning.demo import PASSWORD
from registration import actions
from registration.actions.card_payments import start_card_payment
from registration.emails import guest_token
from registration.models import Order
from tests.factories.events import EventFactory
from tests.factories.payments import FeeFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in

Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]
Visitor = Callable[..., Page]


def paid_order(slug: str, number: int, language: str, **facts: str) -> Order:
    """An order over 120.50 of an event of its own, paid by card at Stripe without a browser."""
    event = EventFactory(slug=slug, name={"en": "Seminar on Refunds", "ar": "ندوة عن رد الأموال"}, number=number)
    where = CategoryFactory(event=event, slug="training", name={"en": "Training", "ar": "تدريب"})
    label = {"en": "Training fee", "ar": "رسوم التدريب"}
    FeeFactory(event=event, categories=[where], amount_minor=12_050, label=label)
    guest = RegistrationFactory(category=where, language=language, **facts)
    actions.approve([guest.pk], by=Actor("Officer Lin"))
    order = Order.objects.get(registration=guest)
    page = urlsplit(start_card_payment(order_id=order.pk, return_to="https://nowhere.example"))
    stripe = HTTPConnection(page.netloc, timeout=10)
    stripe.request("POST", page.path, urlencode({"card": "4242424242424242"}))
    answer = stripe.getresponse()
    # It leads back to the guest's page, and nobody goes there: what counts is the event that Stripe sends.
    assert answer.status == 303
    stripe.close()
    return order


def texts(page: Page, heading: str) -> list[str]:
    """The cells of the first row of the table below a heading of the report."""
    return [text.strip() for text in page.locator(f"section[aria-labelledby={heading}] tbody td").all_inner_texts()]


@pytest.mark.usefixtures("stripe")
def test_a_card_payment_goes_back_in_two_parts_and_guest_mail_and_report_say_the_same(
    visitor: Visitor, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    order = paid_order("refund-seminar", 901, "en", email="back@journey.example", name="Bruno Back")
    assert mailbox.last("back@journey.example", kind="payment.received").subject
    cashier = visitor("laptop")
    sign_in(cashier, "finance", f"/cms/payments/order/{order.pk}/")

    def pay_back(amount: str, reason: str) -> None:
        cashier.get_by_text("Pay back (up to").click()
        cashier.get_by_label("Amount (EUR)").first.fill(amount)
        cashier.get_by_label("Reason").first.fill(reason)
        cashier.get_by_role("button", name="Pay back").click()

    pay_back("120.51", "One cent too much")
    expect(cashier.get_by_text("Only 120.50 EUR of this payment is left.")).to_be_visible()
    axe(cashier)
    picture(cashier, "refund-too-much-laptop")
    pay_back("20.50", "Came for two days of three")
    expect(cashier.get_by_text("Paid back. The credit note stands below.")).to_be_visible()
    assert "€20.50" in mailbox.last("back@journey.example", kind="payment.refunded").text
    expect(cashier.get_by_text("Pay back (up to €100.00)")).to_be_visible()
    pay_back("100", "The third day fell through")
    expect(cashier.get_by_text("Pay back (up to")).to_have_count(0)
    expect(cashier.get_by_role("link", name="credit note")).to_have_count(2)
    axe(cashier)
    picture(cashier, "refund-order-laptop")
    letter = mailbox.last("back@journey.example", kind="payment.refunded")
    assert "€100.00" in letter.text

    guest = visitor("phone")
    guest.goto(f"/en/my/{guest_token(order.registration)}/payment/")
    expect(guest.get_by_role("link", name="credit note")).to_have_count(2)
    expect(guest.get_by_text("€120.50").last).to_be_visible()
    axe(guest)
    picture(guest, "refund-guest-phone")
    answer = guest.request.get(guest.get_by_role("link", name="credit note").last.get_attribute("href") or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")

    cashier.goto(f"/cms/payments/report/?event={order.event_id}")
    assert texts(cashier, "methods")[-3:] == ["€120.50", "€120.50", "€0.00"]
    assert texts(cashier, "days")[-3:] == ["€120.50", "€120.50", "€0.00"]
    expect(cashier.get_by_text("Everything adds up.")).to_be_visible()
    axe(cashier)
    picture(cashier, "refund-report-laptop")


@pytest.mark.usefixtures("stripe")
def test_the_same_in_arabic_for_cashier_and_guest(
    visitor: Visitor, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    order = paid_order("refund-nadwa", 902, "ar", email="ar@back.example", name="هدى الخطيب", latin_name="Huda Khatib")
    profile = UserProfile.get_for_user(User.objects.get(username="finance"))
    UserProfile.objects.filter(pk=profile.pk).update(preferred_language="ar")
    try:
        cashier = visitor("laptop", "ar")
        cashier.goto(f"/cms/payments/order/{order.pk}/")
        cashier.locator("input[name=login]").fill("finance")
        cashier.locator("input[name=password]").fill(PASSWORD)
        cashier.locator("input[name=password]").press("Enter")
        expect(cashier.locator("html")).to_have_attribute("dir", "rtl")
        cashier.locator("details", has=cashier.locator("button[value=refund]")).locator("summary").click()
        cashier.locator("input[name=refund-amount]").fill("120.50")
        cashier.locator("[name=refund-reason]").fill("أُلغيت الندوة")
        cashier.locator("button[value=refund]").click()
        expect(cashier.locator(".messages .success")).to_be_visible()
        expect(cashier.locator("button[value=refund]")).to_have_count(0)
        axe(cashier)
        picture(cashier, "refund-order-ar-laptop")
        cashier.goto(f"/cms/payments/report/?event={order.event_id}")
        axe(cashier)
        picture(cashier, "refund-report-ar-laptop")
    finally:
        UserProfile.objects.filter(pk=profile.pk).update(preferred_language="")
    assert "120.50" in mailbox.last("ar@back.example", kind="payment.refunded").text
    guest = visitor("phone", "ar")
    guest.goto(f"/ar/my/{guest_token(order.registration)}/payment/")
    expect(guest.locator("section[aria-labelledby=documents] a")).to_have_count(3)
    axe(guest)
    picture(guest, "refund-guest-ar-phone")
