"""The forum's fees for observers, a sponsor, guests who have paid, owe, were paid back; and a full category with its list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from plenary.core.actions import Actor
from plenary.core.money import Money
from plenary.core.names import fold
from plenary.events.models import Event
from plenary.operations.planning.demo.content import local
from registration.actions import Particulars, approve, confirm_address, sign_up
from registration.actions.fees import save_fee, save_sponsorship
from registration.actions.offer import save_category
from registration.actions.payments import pay_at_desk, pay_by_transfer
from registration.actions.refunds import refund, refund_paid
from registration.models import Category, Fee, Order, Registration, Sponsorship
from registration.rules import WaitingList

FEES: tuple[tuple[str, str, int, dict[str, Any], bool], ...] = (
    ("Member rate", "会员价", 15_000, {"code": "RIVERS-27"}, False),
    ("Early observer fee", "早鸟观察员费", 18_000, {"last_day": local("2027-01-31T00:00").date()}, False),
    ("Observer fee", "观察员费", 24_000, {}, False),
    (
        "Special meals, three days",
        "特殊餐食（三天）",
        3_000,
        {"condition": {"question": "diet", "in": ["halal"]}},
        True,
    ),
)
# Mailbox, name, Latin name, organisation, nationality, language, what becomes of it.
OBSERVERS = (
    ("nguyen", "Nguyễn Thị Hoa", "Nguyen Thi Hoa", "Mekong Youth Network", "VN", "en", "paid"),
    ("tanaka", "田中 美咲", "Tanaka Misaki", "River Restoration Society", "JP", "zh-hans", "owes"),
    ("haddad", "سامي حداد", "Sami Haddad", "Jordan Valley Forum", "JO", "ar", "owes"),
    ("okafor", "Chinedu Okafor", "", "Niger Delta Water Trust", "NG", "fr", "refunded"),
    ("silva", "Marina Silva Duarte", "", "Blue Rivers Foundation", "BR", "es", "sponsored"),
)  # fmt: skip
WAITING = (
    ("larsen", "Ingrid Larsen", "Fjord Institute", "NO"),
    ("mbeki", "Thandi Mbeki", "Orange River Council", "ZA"),
)


def make_fees(event: Event, categories: dict[str, Category], by: Actor) -> None:
    """After the other guests: who is an observer already came before there was a fee."""
    observers = categories["observer"]
    for position, (english, chinese, minor, facts, is_supplement) in enumerate(FEES):
        fee = Fee(
            event=event,
            label={"en": english, "zh-hans": chinese},
            amount_minor=minor,
            currency="EUR",
            is_supplement=is_supplement,
            position=position,
            **facts,
        )
        save_fee(fee, categories=[observers], by=by)
    organisation = "Blue Rivers Foundation"
    sponsorship = Sponsorship(event=event, payer=organisation, organisation=organisation, places=5)
    sponsorship.address = "12 Delta Street\nGeneva"
    sponsorship.organisation_key = fold(organisation)
    save_sponsorship(sponsorship, by=by)


def make_payers(event: Event, categories: dict[str, Category], staff: dict[str, Actor]) -> None:
    """Observers who were approved and then paid, owe, or were paid back."""
    for mailbox, name, latin, organisation, nationality, language, fate in OBSERVERS:
        registration = _sign_up(
            event, categories["observer"], mailbox, name, latin, organisation, nationality, language
        )
        confirm_address(registration_id=registration.pk)
        approve([registration.pk], by=staff["protocol"])
        order = Order.objects.newest(registration.pk)
        if order is not None:
            _settle(order, fate, staff["finance"])


def _settle(order: Order, fate: str, by: Actor) -> None:
    if fate == "paid":
        pay_by_transfer(
            order_id=order.pk, amount=order.total, reference="2026-11-20/0041", received_at=order.created_at, by=by
        )
    if fate == "refunded":
        payment = pay_at_desk(order_id=order.pk, amount=order.total, by=by)
        half = Money(payment.amount_minor // 2, payment.currency)
        made = refund(payment_id=payment.pk, amount=half, reason="Comes for one day of three", by=by)
        refund_paid(refund_id=made.pk, reference="2026-11-22/0007", by=by)


def make_waiting_list(event: Event, categories: dict[str, Category], by: Actor) -> None:
    """Observers are full to the last place, and two wait."""
    category = Category.objects.select_related("event").get(pk=categories["observer"].pk)
    category.quota, category.waiting_list = category.taken, WaitingList.AUTOMATIC
    category.closes_at = category.closes_at and category.closes_at + timedelta(days=7)
    save_category(category, by=by)
    for mailbox, name, organisation, nationality in WAITING:
        registration = _sign_up(event, category, mailbox, name, "", organisation, nationality, "en", or_wait=True)
        confirm_address(registration_id=registration.pk)


def _sign_up(
    event: Event,
    category: Category,
    mailbox: str,
    name: str,
    latin: str,
    organisation: str,
    nationality: str,
    language: str,
    *,
    or_wait: bool = False,
) -> Registration:
    return sign_up(
        category=Category.objects.select_related("event__venue").get(pk=category.pk),
        particulars=Particulars(
            email=f"{mailbox}@guests.example",
            name=name,
            latin_name=latin,
            organisation=organisation,
            nationality=nationality,
        ),
        answers={"privacy": True, "diet": ["halal"]} if nationality == "JO" else {"privacy": True},
        language=language,
        origin=uuid5(NAMESPACE_URL, f"https://{event.slug}.example/observer/{mailbox}"),
        source="site",
        or_wait=or_wait,
    )
