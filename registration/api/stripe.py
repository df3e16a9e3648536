"""Where Stripe tells us of payments. Believed by its signature over the raw body, and by nothing else."""

from __future__ import annotations

import json
import logging
from typing import Any

import stripe
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from plenary.core.api import answers
from plenary.core.problems import NOT_FOUND, Problem, define
from registration import gateway
from registration.actions.card_events import heed_event

router = Router()
logger = logging.getLogger(__name__)
BAD_SIGNATURE = define("bad_signature", 400, _("The signature of this event is missing, wrong or too old"))
TOLERANCE = 300  # seconds between signing and arrival


class Heeded(Schema):
    """What came of the event; Stripe looks at the status alone."""

    outcome: str = Field(examples=["booked"])


@router.post("/stripe/webhook", response=answers(Heeded, NOT_FOUND, BAD_SIGNATURE))
def stripe_webhook(request: HttpRequest) -> dict[str, Any]:
    """For Stripe alone. Each event counts once, whatever is sent twice, late or out of order."""
    if not gateway.is_configured():
        raise Problem(NOT_FOUND, _("Payment by card is not set up here."))
    try:
        stripe.WebhookSignature.verify_header(
            request.body.decode(),
            request.headers.get("Stripe-Signature", ""),
            settings.STRIPE_WEBHOOK_SECRET,
            TOLERANCE,
        )
        told = json.loads(request.body)
        outcome = heed_event(told)
    except stripe.SignatureVerificationError as error:
        logger.warning("an event with a signature that is not Stripe's was refused")
        raise Problem(BAD_SIGNATURE, _("Sign the raw body with the secret of this endpoint.")) from error
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("something signed that is no event was refused (%s)", type(error).__name__)
        raise Problem(BAD_SIGNATURE, _("The body is no event of Stripe.")) from error
    if outcome == "unknown_session":
        logger.warning("event %s is about a payment page that is not ours", told.get("id"))
    return {"outcome": outcome}
