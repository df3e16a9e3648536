"""A guest who has to pay: told by mail, declined once, through 3-D Secure, then the badge; paid back in part by the cashier.
And a guest who waits for a place and is offered one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from plenary.core.actions import Actor
from plenary.events.models import Event
from registration import actions
from registration.models import Category, Order, Registration
from registration.rules import State, WaitingList
from tests.factories.events import EventFactory
from tests.factories.payments import FeeFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in

Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]
Visitor = Callable[..., Page]
OFFICER = Actor("Officer Lin")


def category(slug: str, **facts: object) -> Category:
    event = Event.objects.get(slug="forum")
    found = Category.objects.filter(event=event, slug=slug).first()
    return found or CategoryFactory(event=event, slug=slug, name={"en": slug.title()}, **facts)


def payer(email: str, language: str = "en", **facts: str) -> Registration:
    where = category("training")
    if not where.fees.exists():
        label = {"en": "Training fee", "zh-hans": "培训费", "ar": "رسوم التدريب"}
        FeeFactory(event=where.event, categories=[where], amount_minor=12_050, label=label)
    registration = RegistrationFactory(category=where, email=email, language=language, **facts)
    actions.approve([registration.pk], by=OFFICER)
    registration.refresh_from_db()
    return registration


def test_a_guest_is_declined_then_pays_through_3d_secure_and_the_cashier_pays_a_part_back(
    stripe: str, visitor: Visitor, phone: Page, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    guest = payer("payer@journey.example", name="Paula Payer")
    phone.goto(mailbox.last("payer@journey.example", kind="registration.payment_due").link("/payment/"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("To be paid: €120.50")
    axe(phone)
    picture(phone, "payer-due-phone")

    phone.get_by_role("button", name="Pay €120.50 by card").click()
    phone.wait_for_url(f"{stripe}/**")
    phone.get_by_label("Card").fill("4000 0000 0000 0002")
    phone.get_by_role("button", name="Pay").click()
    expect(phone.get_by_role("alert")).to_have_text("Your card was declined.")
    phone.get_by_label("Card").fill("4000 0025 0000 3155")
    phone.get_by_role("button", name="Pay").click()
    phone.get_by_role("button", name="Complete authentication").click()

    phone.wait_for_url("**/payment/?from=card")
    assert mailbox.last("payer@journey.example", kind="registration.approved").subject
    phone.reload()
    expect(phone.get_by_text("Everything is paid. Thank you.")).to_be_visible()
    axe(phone)
    picture(phone, "payer-paid-phone")
    guest.refresh_from_db()
    assert guest.state == State.APPROVED

    cashier = visitor("laptop")
    sign_in(cashier, "finance", "/cms/payments/")
    axe(cashier)
    picture(cashier, "cashier-orders-laptop")
    cashier.get_by_role("link", name="Paula Payer").click()
    cashier.get_by_text("Pay back (up to").click()
    cashier.get_by_label("Amount (EUR)").first.fill("20.50")
    cashier.get_by_label("Reason").first.fill("Came for two days of three")
    cashier.get_by_role("button", name="Pay back").click()
    expect(cashier.get_by_text("Paid back. The credit note stands below.")).to_be_visible()
    axe(cashier)
    picture(cashier, "cashier-order-laptop")
    assert "€20.50" in mailbox.last("payer@journey.example", kind="payment.refunded").text
    order = Order.objects.get(registration=guest)
    assert (order.state, order.refunded_minor) == ("part_refunded", 2_050)
    for name, path in [
        ("report", "report/"),
        ("prices", "fees/who-pays-what/"),
        ("statement", "statement/"),
        ("fees", "fees/"),
    ]:
        cashier.goto(f"/cms/payments/{path}")
        axe(cashier)
        picture(cashier, f"cashier-{name}-laptop")


@pytest.mark.usefixtures("stripe")
def test_amounts_and_references_are_right_in_arabic_and_chinese(visitor: Visitor, axe: Judge, picture: Camera) -> None:
    for language, name in (("ar", "ليلى"), ("zh-hans", "王小明")):
        guest = payer(f"{language}@payer.example", language, name=name)
        page = visitor("phone", language)
        page.goto(f"/{language}/my/{_token(guest)}/payment/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("120.50")
        expect(page.get_by_text("CH93 0076 2011 6238 5295 7")).to_be_visible()
        axe(page)
        picture(page, f"payer-due-{language}-phone")


def test_a_guest_joins_the_waiting_list_and_takes_the_place_that_becomes_free(
    phone: Page, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    event = EventFactory(slug="delta-workshop", name={"en": "Delta Workshop"}, number=900)
    where = CategoryFactory(
        event=event, slug="workshop", name={"en": "Workshop"}, quota=1, waiting_list=WaitingList.AUTOMATIC
    )
    holder = RegistrationFactory(category=where, email="holder@journey.example")
    page = phone
    page.goto(f"/en/register/{event.slug}/?category={where.slug}")
    axe(page)
    picture(page, "waiting-categories-phone")
    page.locator("#choose-workshop").click()
    page.get_by_label("E-mail address").fill("waits@journey.example")
    page.get_by_label("Name", exact=False).first.fill("Wanda Waits")
    page.get_by_label("Nationality").select_option("KE")
    page.get_by_role("button", name="Continue").click()
    axe(page)
    picture(page, "waiting-review-phone")
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.get_by_text("You are not on the waiting list until")).to_be_visible()
    page.goto(mailbox.last("waits@journey.example", kind="registration.confirm").link("/confirm/"))
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_text("You are number 1 on the waiting list.")).to_be_visible()
    axe(page)
    picture(page, "waiting-position-phone")

    actions.withdraw(registration_id=holder.pk)
    page.goto(mailbox.last("waits@journey.example", kind="registration.place_offered").link("/offer/"))
    axe(page)
    picture(page, "waiting-offer-phone")
    page.get_by_role("button", name="Yes, I take the place").click()
    expect(page.get_by_role("heading", name="Your registration is being reviewed")).to_be_visible()


def _token(registration: Registration) -> str:
    from registration.emails import guest_token

    return guest_token(registration)
