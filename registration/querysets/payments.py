"""Reads of orders, payments and refunds: what is due, what came, what has to go back, what does not add up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Sum

from plenary.core.names import fold
from plenary.events.models import Event
from plenary.events.rules import ApprovalState
from registration.rules import LIVE
from registration.rules.payments import REAL_MONEY, STANDING, OrderState, RefundState

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models import Order, Payment, Refund

_CLOSED_EVENT = ApprovalState.CANCELLED


class OrderQuerySet(models.QuerySet["Order"]):
    def for_staff(self, user: User) -> OrderQuerySet:
        """Of the events an account works on."""
        return self.filter(event__in=Event.objects.for_staff(user).values("pk"))

    def standing(self, registration_id: UUID) -> Order | None:
        """The order a registration has now."""
        return self.filter(registration=registration_id, state__in=STANDING).first()

    def newest(self, registration_id: UUID) -> Order | None:
        """The order a guest's page shows: the standing one, else the last there was."""
        return self.filter(registration=registration_id).order_by("-created_at").first()

    def with_guest(self) -> OrderQuerySet:
        """With what lists, pages and mails show, in one statement; what is encrypted stays unread."""
        return self.select_related("registration__category__event", "event__venue", "sponsorship").defer(
            "billing", "registration__answers", "registration__replies", "registration__information_request"
        )

    def owed_through(self, delegation_id: UUID) -> OrderQuerySet:
        """Open orders of members whose mails go to the focal point, the first due first."""
        mine = self.with_guest().filter(registration__delegation=delegation_id, registration__confirmed_at=None)
        return mine.filter(state=OrderState.OPEN).order_by("due_at", "registration__name_key", "id")

    def of_members(self, registration_ids: Iterable[UUID]) -> dict[UUID, Order]:
        """The newest order of each of these, in one statement."""
        found = self.with_guest().filter(registration__in=registration_ids)
        return {order.registration_id: order for order in found.order_by("created_at", "id")}

    def matching(self, words: str) -> OrderQuerySet:
        """By reference, code, name or organisation; every word must be found."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                Q(reference__contains=word.upper())
                | Q(registration__search_text__contains=word.casefold())
                | Q(registration__search_text__contains=fold(word) or word)
                | Q(payments__reference=word)
            )
        return found.distinct() if words.strip() else found

    def overdue(self, now: datetime) -> OrderQuerySet:
        """Open after their day."""
        return self.filter(state=OrderState.OPEN, due_at__lt=now)

    def to_remind(self, now: datetime, before: timedelta) -> OrderQuerySet:
        """Open, due within `before`, and not reminded yet."""
        return self.filter(state=OrderState.OPEN, reminded_at__isnull=True, due_at__lt=now + before, due_at__gt=now)

    def of_cancelled_events(self) -> OrderQuerySet:
        """Still open, though the event does not take place."""
        return self.filter(state=OrderState.OPEN, event__approval=_CLOSED_EVENT)

    def newly_overdue(self, now: datetime) -> OrderQuerySet:
        """Overdue, and nobody has been told yet."""
        return self.overdue(now).filter(overdue_at__isnull=True)

    def to_refund(self) -> OrderQuerySet:
        """Money is kept that nobody gets anything for: the registration is closed, the event cancelled, or too much came."""
        kept = self.filter(paid_minor__gt=F("refunded_minor")).filter(payments__method__in=REAL_MONEY)
        nothing_for_it = (
            ~Q(registration__state__in=LIVE)
            | Q(event__approval=_CLOSED_EVENT)
            | Q(state__in=[OrderState.CANCELLED, OrderState.WRITTEN_OFF])
            | Q(paid_minor__gt=F("total_minor") + F("refunded_minor"))
        )
        return kept.filter(nothing_for_it).distinct()

    def flagged(self) -> OrderQuerySet:
        """With a payment that staff should look at."""
        looked_for = Q(payments__amount_minor__gt=F("payments__refunded_minor")) & ~Q(payments__flag="")
        return self.filter(looked_for).distinct()

    def disputed(self) -> OrderQuerySet:
        """With a payment that a card holder's bank has taken up."""
        return self.filter(payments__disputes__isnull=False).distinct()

    def sums(self) -> list[dict[str, object]]:
        """Totals by currency: asked, paid, refunded."""
        return list(
            self.order_by("currency")
            .values("currency")
            .annotate(
                count=models.Count("pk"), asked=Sum("total_minor"), came=Sum("paid_minor"), went=Sum("refunded_minor")
            )
        )


class PaymentQuerySet(models.QuerySet["Payment"]):
    def flagged(self) -> PaymentQuerySet:
        """Payments that staff should look at, as long as money of them is left."""
        return self.exclude(flag="").filter(amount_minor__gt=F("refunded_minor"))

    def of_order(self, order: Order) -> PaymentQuerySet:
        return self.filter(order=order).prefetch_related("refunds", "disputes").order_by("received_at", "id")


class RefundQuerySet(models.QuerySet["Refund"]):
    def unanswered(self, now: datetime, after: timedelta) -> RefundQuerySet:
        """Refunds of cards whose answer never came: they are asked again with the same key."""
        return self.filter(
            state=RefundState.REQUESTED, payment__method="stripe", reference="", created_at__lt=now - after
        ).select_related("payment", "order")
