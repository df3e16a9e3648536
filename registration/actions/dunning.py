"""What happens to orders by the clock: a reminder before the day, and after it what the category says."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from plenary.core.actions import SYSTEM, record_history
from registration import emails
from registration.actions.delegations import post_to_delegation
from registration.actions.orders import lock_order
from registration.actions.posting import post_to_guest
from registration.actions.transitions import move
from registration.models import Order
from registration.rules import State, WhenOverdue, Who
from registration.rules.payments import OrderState

REMIND_BEFORE = timedelta(days=3)
GRACE = timedelta(days=2)  # a transfer of the last day is on its way


def remind(*, limit: int = 500) -> int:
    """Remind of payments due in the next days, once each; answers how many."""
    due = Order.objects.to_remind(timezone.now(), REMIND_BEFORE).values_list("pk", flat=True)[:limit]
    return sum(_remind_one(order_id) for order_id in list(due))


@transaction.atomic
def _remind_one(order_id: UUID) -> bool:
    order = lock_order(order_id)
    if order.state != OrderState.OPEN or order.reminded_at is not None:
        return False
    # Somebody approved a moment ago has just been told: not twice in a day.
    if order.created_at > timezone.now() - timedelta(days=1):
        return False
    order.reminded_at = timezone.now()
    order.save(update_fields=["reminded_at"])
    record_history(order, verb="reminded", by=SYSTEM, event=order.event)
    if not _told_focal_point(order, "reminder"):
        post_to_guest(emails.payments.reminder(order), order.registration, occasion=f"payment-reminder:{order.pk}")
    return True


def _told_focal_point(order: Order, kind: str) -> bool:
    """For a member who has no address of proof: one mail a day to the focal point, about every such member who owes."""
    delegation = order.registration.delegation
    if delegation is None or not order.registration.through_delegation:
        return False
    delegation.event = order.event
    now = timezone.now()
    owed = list(Order.objects.owed_through(delegation.pk))
    mail = (
        emails.fees_reminder(delegation, owed)
        if kind == "reminder"
        else emails.fees_overdue(delegation, [one for one in owed if one.due_at < now])
    )
    day = order.event.local(now).date()
    post_to_delegation(mail, delegation, occasion=f"delegation.payment_{kind}:{delegation.pk}:{day}")
    return True


def heed_overdue(*, limit: int = 500) -> int:
    """Cancel, or flag for staff, what was not paid in time, as the category says; answers how many."""
    over = Order.objects.newly_overdue(timezone.now()).values_list("pk", flat=True)[:limit]
    return sum(_overdue_one(order_id) for order_id in list(over))


@transaction.atomic
def _overdue_one(order_id: UUID) -> bool:
    order, now = lock_order(order_id), timezone.now()
    if order.state != OrderState.OPEN or order.overdue_at is not None or order.due_at >= now:
        return False
    registration = order.registration
    cancels = registration.category.when_overdue == WhenOverdue.CANCEL and registration.state == State.PAYMENT_DUE
    # Nobody loses a place over a transfer that is on its way, or part of which has come.
    if cancels and (order.due_at >= now - GRACE):
        return False
    order.overdue_at = now
    order.save(update_fields=["overdue_at"])
    record_history(order, verb="overdue", by=SYSTEM, event=order.event)
    if cancels and not order.paid_minor:
        with override(registration.language):
            reason = str(_("The fee was not paid in time."))
        move(registration, to=State.CANCELLED, who=Who.SYSTEM, by=SYSTEM, reason=reason)
    elif not _told_focal_point(order, "overdue"):
        post_to_guest(emails.payments.overdue(order), registration, occasion=f"payment-overdue:{order.pk}")
    return True
