"""What a delegation's workspace tells about money: who owes what, who pays in whose place, and how. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.translation import get_language

from plenary.core.dates import long_date
from plenary.core.money import Money
from registration.models import Delegation, Order
from registration.paying import BankAccount, bank_account, takes_cards
from registration.rules import LIVE
from registration.rules.payments import OrderState
from registration.rules.references import in_groups


@dataclass(frozen=True)
class MemberFee:
    """One member's order in words."""

    order: Order

    @property
    def is_open(self) -> bool:
        return self.order.state == OrderState.OPEN

    @property
    def amount(self) -> str:
        """What is still to be paid; once nothing is, what it came to."""
        return (self.order.outstanding if self.is_open else self.order.total).text(get_language())

    @property
    def due(self) -> str:
        """The last day to pay, in the event's zone."""
        return long_date(self.order.registration.event.local(self.order.due_at).date(), get_language())

    @property
    def reference(self) -> str:
        return in_groups(self.order.reference)

    @property
    def payer(self) -> str:
        """Who pays in the member's place."""
        return self.order.sponsorship.payer if self.order.sponsorship else ""

    @property
    def is_settled(self) -> bool:
        return self.order.state == OrderState.PAID


@dataclass(frozen=True)
class Covered:
    """What somebody pays for members of the delegation: one invoice for all of them."""

    payer: str
    members: int
    amount: str


@dataclass(frozen=True)
class Fees:
    """The delegation's fees in numbers, and the ways to pay."""

    owing: int
    owed: list[str]  # by currency
    covered: list[Covered]
    bank: BankAccount | None
    takes_cards: bool


def fees_of(delegation: Delegation) -> Fees | None:
    """None where no member has ever had an order. One statement, whatever the number of members."""
    language = get_language()
    mine = Order.objects.filter(registration__delegation=delegation, registration__state__in=LIVE).order_by("currency")
    sums = list(
        mine.filter(state__in=[OrderState.OPEN, OrderState.PAID])
        .values("state", "currency", "sponsorship__payer")
        .annotate(members=Count("pk"), asked=Sum("total_minor"), came=Sum("paid_minor"), went=Sum("refunded_minor"))
    )
    if not sums:
        return None
    still = [row for row in sums if row["state"] == OrderState.OPEN]
    by_currency: dict[str, int] = {}
    for row in still:
        currency = row["currency"]
        by_currency[currency] = by_currency.get(currency, 0) + row["asked"] - row["came"] + row["went"]
    return Fees(
        owing=sum(row["members"] for row in still),
        owed=[Money(max(minor, 0), currency).text(language) for currency, minor in by_currency.items()],
        covered=[
            Covered(row["sponsorship__payer"], row["members"], Money(row["asked"], row["currency"]).text(language))
            for row in sums
            if row["sponsorship__payer"]
        ],
        bank=bank_account(),
        takes_cards=takes_cards(),
    )


def fees_by_member(member_ids: Iterable[UUID]) -> dict[UUID, MemberFee]:
    """The fee of each of these who has one, in one statement; a cancelled order is none."""
    found = Order.objects.of_members(list(member_ids))
    return {pk: MemberFee(order) for pk, order in found.items() if order.state != OrderState.CANCELLED}
