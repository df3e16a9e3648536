"""What became of messages after they left: reports of the mail service, and addresses that fail. Verbs; the view is below them.

A report may come twice, late, out of order, or before the sender has marked the message as sent: the graver one stays.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from plenary.core.actions import SYSTEM, Actor, record_history
from plenary.core.addresses import address_index
from plenary.core.models import FailingAddress, Message

logger = logging.getLogger(__name__)

Delivery = Message.Delivery
# Each may follow those before it: mail that was taken can still come back, and what came back stays back.
_ORDER = ("", Delivery.DEFERRED, Delivery.DELIVERED, Delivery.BOUNCED, Delivery.COMPLAINED)
# Events of mail services, as anymail calls them; what is not here (opened, clicked …) is not asked for and not kept.
EVENTS: Mapping[str, Delivery] = {
    "deferred": Delivery.DEFERRED,
    "delivered": Delivery.DELIVERED,
    "bounced": Delivery.BOUNCED,
    "rejected": Delivery.BOUNCED,
    "failed": Delivery.BOUNCED,
    "complained": Delivery.COMPLAINED,
}


def find_message(*, metadata: Mapping[str, str], provider_id: str) -> Message | None:
    """The message a report is about: by the key we sent along, else by our Message-ID or the service's own id."""
    for candidate in (metadata.get("message", ""), provider_id.strip("<>").partition("@")[0]):
        try:
            found = Message.objects.filter(pk=UUID(str(candidate))).first()
        except ValueError:
            continue
        if found:
            return found
    return Message.objects.filter(provider_id=provider_id).first() if provider_id else None


@transaction.atomic
def record_delivery(message: Message, *, delivery: Delivery, at: datetime, lasting: bool = True) -> bool:
    """Note a report; False where it says nothing new. A lasting bounce or a complaint marks the address as failing."""
    earlier = _ORDER[: _ORDER.index(delivery)]
    if delivery == Delivery.BOUNCED and not lasting:
        earlier = ("", Delivery.DEFERRED)  # services call an answer of somebody who is absent a bounce, too
    changed = Message.objects.filter(pk=message.pk, delivery__in=earlier).update(delivery=delivery, delivery_at=at)
    if not changed:
        return False
    # It left, after all.
    Message.objects.filter(pk=message.pk, state=Message.State.UNKNOWN).update(
        state=Message.State.SENT, sent_at=at, error=""
    )
    message.delivery, message.delivery_at = delivery, at
    index = address_index(message.recipient)
    if delivery in {Delivery.BOUNCED, Delivery.COMPLAINED}:
        if lasting or delivery == Delivery.COMPLAINED:
            FailingAddress.objects.bulk_create(
                [FailingAddress(index=index, reason=delivery, since=at)],
                update_conflicts=True,
                unique_fields=["index"],
                update_fields=["reason", "since"],
            )
        record_history(message, verb=str(delivery), by=SYSTEM, event=message.event)
    elif delivery == Delivery.DELIVERED:
        # The address works again; who reported us as spam still does not want our mail.
        FailingAddress.objects.filter(index=index, reason=FailingAddress.Reason.BOUNCED, since__lt=at).delete()
    return True


@transaction.atomic
def clear_failing_address(*, email: str, message: Message | None = None, by: Actor) -> None:
    """Take an address as working again, because a person has looked into it."""
    FailingAddress.objects.filter(index=address_index(email)).delete()
    if message is not None:
        record_history(message, verb="address cleared", by=by, event=message.event)
