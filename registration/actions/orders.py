"""Orders: made when somebody is approved and something is due, closed when the registration is; waived, priced anew."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import SYSTEM, Actor, record_history
from registration.actions.locking import lock_then_read
from registration.models import Order, Payment, Registration, Sponsorship
from registration.prices import price_of, sponsors_of, sum_of
from registration.rules.payments import Method, OrderState
from registration.rules.pricing import Line
from registration.rules.references import creditor_reference

_DIGITS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PaymentRefused(Exception):
    """What was asked of an order cannot be done; the text says why, in the active language."""


def open_order(registration: Registration) -> bool:
    """Make the order of somebody who is being approved; True when money is due and the badge has to wait for it.

    The caller holds the registration's lock. Who has a sponsor or is hosted owes nothing: the order says who pays.
    """
    lines = price_of(registration)
    due = sum_of(lines)
    if due is None or due.minor <= 0:
        return False
    if (standing := Order.objects.standing(registration.pk)) is not None:
        return standing.state == OrderState.OPEN
    order = make_order(registration, lines)
    sponsorship = _take_sponsorship(registration)
    if sponsorship is None:
        return True
    cover(order, method=Method(sponsorship.method), by=SYSTEM, sponsorship=sponsorship)
    return False


def make_order(registration: Registration, lines: list[Line]) -> Order:
    """Write an order with its lines as they are priced now; they never change afterwards."""
    due = sum_of(lines)
    if due is None:
        raise ValueError("an order has at least one line")
    earlier = Order.objects.filter(registration=registration).count()
    number = f"{registration.event.number}{registration.code}{_DIGITS[min(earlier, len(_DIGITS) - 1)]}"
    order = Order.objects.create(
        event=registration.event,
        registration=registration,
        reference=creditor_reference(number),
        lines=[line.as_json() for line in lines],
        currency=due.currency,
        total_minor=due.minor,
        due_at=due_date(registration, timezone.now()),
    )
    record_history(
        order, verb="order_made", by=SYSTEM, event=registration.event, data={"total": due.plain(), "lines": len(lines)}
    )
    return order


def due_date(registration: Registration, now: datetime) -> datetime:
    """The end of the last day to pay, in the event's zone: so many days from now, but before the event begins."""
    event = registration.event
    day = event.local(now).date() + timedelta(days=registration.category.payment_days)
    day = max(min(day, event.starts_on - timedelta(days=1)), event.local(now).date())
    return datetime.combine(day, time(23, 59, 59), tzinfo=event.zone)


def _take_sponsorship(registration: Registration) -> Sponsorship | None:
    """Who pays in the guest's place, counted in the statement that checks how many the sponsor pays for."""
    room = Q(places__isnull=True) | Q(used__lt=F("places"))
    for found in sponsors_of(registration):
        if Sponsorship.objects.filter(room, pk=found.pk).update(used=F("used") + 1):
            return found
    return None


def cover(order: Order, *, method: Method, by: Actor, sponsorship: Sponsorship | None = None, reason: str = "") -> None:
    """Somebody stands in for what is outstanding: the house itself, or a sponsor. No money has come by that."""
    missing = order.outstanding
    if missing:
        Payment.objects.create(
            order=order,
            method=method,
            amount_minor=missing.minor,
            currency=order.currency,
            recorded_by=by.label[:120],
            reference=(sponsorship.payer if sponsorship else "")[:140],
        )
    order.paid_minor += missing.minor
    order.state, order.paid_at, order.sponsorship = OrderState.PAID, timezone.now(), sponsorship
    order.save(update_fields=["paid_minor", "state", "paid_at", "sponsorship"])
    record_history(order, verb=f"covered_{method.value}", by=by, event=order.event, reason=reason)


def lock_order(order_id: UUID) -> Order:
    """An order for writing. The registration's row first, as everywhere, or two who write would wait for each other."""
    registration_id = Order.objects.values_list("registration", flat=True).get(pk=order_id)
    registration = lock_then_read(Registration.objects.with_event(), registration_id)
    order = lock_then_read(Order.objects.select_related("sponsorship"), order_id)
    order.registration, order.event = registration, registration.event
    return order


def needs_open(order: Order) -> None:
    """Raise PaymentRefused unless something is to be paid for this order."""
    if order.state != OrderState.OPEN:
        raise PaymentRefused(
            _("This order is “%(state)s”: nothing is to be paid.") % {"state": order.get_state_display()}
        )
