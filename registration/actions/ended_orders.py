"""Orders that end without being paid: the guest has left, the fee is waived, the event is cancelled."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from plenary.core.actions import SYSTEM, Actor, record_history
from registration.actions.financial_documents import credit_unpaid
from registration.actions.orders import lock_order
from registration.models import Order, Registration
from registration.rules.payments import OrderState


def end_order(order: Order, *, to: OrderState, verb: str, by: Actor, reason: str = "") -> None:
    """Nothing is due any more; what came so far stays in the books and is shown to staff. The caller holds the lock."""
    order.state = to
    order.save(update_fields=["state"])
    record_history(order, verb=verb, by=by, event=order.event, reason=reason)
    credit_unpaid(order)


def close_order(registration: Registration) -> None:
    """End the order of a guest who is no longer to pay. The caller holds the registration's lock."""
    for order in Order.objects.select_for_update().filter(registration=registration, state=OrderState.OPEN):
        order.registration, order.event = registration, registration.event
        end_order(order, to=OrderState.CANCELLED, verb="order_cancelled", by=SYSTEM)


def end_of_cancelled_events(*, limit: int = 500) -> int:
    """By the clock: nobody owes anything for an event that does not take place; answers how many orders ended."""
    found = Order.objects.of_cancelled_events().values_list("pk", flat=True)[:limit]
    return sum(_end_one(order_id) for order_id in list(found))


@transaction.atomic
def _end_one(order_id: UUID) -> bool:
    order = lock_order(order_id)
    if order.state != OrderState.OPEN:
        return False
    end_order(order, to=OrderState.CANCELLED, verb="order_cancelled", by=SYSTEM)
    return True
