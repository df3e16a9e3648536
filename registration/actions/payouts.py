"""Stripe's transfers to the bank: which payments each brought, so that the line of the bank's statement can be explained.

An event says that a payout was made, not what is in it: that is asked afterwards, by the worker, holding no transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from registration import gateway
from registration.models import Payment, StripeEvent
from registration.rules.payments import Method

logger = logging.getLogger(__name__)
TO_READ, READ = "payout_to_read", "payout_read"


def heed_payout(_subject: Mapping[str, Any], _at: datetime) -> str:
    """The transfer is on its way or has arrived; the note of the event keeps its key for `read_payouts`."""
    return TO_READ


def read_payouts(*, limit: int = 20) -> int:
    """Write the transfer's key on each payment it brought; answers how many payouts were read.

    Where Stripe gives no answer the rest waits for the next time, and reading one again changes nothing.
    """
    done = 0
    for note in StripeEvent.objects.filter(outcome=TO_READ).order_by("created", "id")[:limit]:
        try:
            intents = gateway.intents_of_payout(note.intent)
        except gateway.Unavailable as error:
            logger.warning("payout %s: no answer from Stripe (%s), asked again later", note.intent, error)
            break
        except gateway.Rejected as error:
            logger.error("payout %s: refused by Stripe (%s)", note.intent, error.code)
            StripeEvent.objects.filter(pk=note.pk).update(outcome="payout_refused", handled_at=timezone.now())
            continue
        with transaction.atomic():
            Payment.objects.filter(method=Method.STRIPE, reference__in=intents).update(payout=note.intent[:80])
            StripeEvent.objects.filter(pk=note.pk).update(outcome=READ, handled_at=timezone.now())
        done += 1
    return done
