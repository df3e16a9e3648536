"""Where a mail service reports deliveries. The service's own signature or secret is checked by anymail, service by service;
without configuration there is no such address."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from plenary.core.deliveries import EVENTS, find_message, record_delivery

logger = logging.getLogger(__name__)

AT_MOST = 1_000_000  # bytes of one report: services bundle hundreds of events

# Module and class in anymail.webhooks, by the name that stands in the address.
SERVICES = {
    "amazon-ses": ("amazon_ses", "AmazonSESTrackingWebhookView"),
    "brevo": ("brevo", "BrevoTrackingWebhookView"),
    "mailersend": ("mailersend", "MailerSendTrackingWebhookView"),
    "mailgun": ("mailgun", "MailgunTrackingWebhookView"),
    "mailjet": ("mailjet", "MailjetTrackingWebhookView"),
    "postal": ("postal", "PostalTrackingWebhookView"),
    "postmark": ("postmark", "PostmarkTrackingWebhookView"),
    "resend": ("resend", "ResendTrackingWebhookView"),
    "sendgrid": ("sendgrid", "SendGridTrackingWebhookView"),
    "sparkpost": ("sparkpost", "SparkPostTrackingWebhookView"),
    "unisender-go": ("unisender_go", "UnisenderGoTrackingWebhookView"),
}
# These sign what they send with a key of their own; all others are told from strangers by the secret alone.
SIGNED = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
    "resend": "RESEND_SIGNING_SECRET",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
    "unisender-go": "UNISENDER_GO_API_KEY",
}


def is_configured(service: str) -> bool:
    """Whether reports of this service can be told from forged ones."""
    if service != settings.MAIL_SERVICE or service not in SERVICES:
        return False
    return bool(settings.ANYMAIL.get("WEBHOOK_SECRET") or settings.ANYMAIL.get(SIGNED.get(service, ""), ""))


class _Collector:
    """Stands where anymail would send its signal, so that its own view is walked whole: some services ask to be challenged,
    or to have their subscription confirmed, before they report anything."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def send(self, *, event: Any, **_about: Any) -> None:
        self.events.append(event)


@csrf_exempt
@require_POST
def delivery_report(request: HttpRequest, service: str) -> HttpResponse:
    """Take one report. A forged one gets 403 (Amazon's first, without a secret, a challenge), one that cannot be read 400;
    what is about unknown messages is passed over."""
    if not is_configured(service):
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > AT_MOST:
        return HttpResponse(status=413)
    # Only here: who sends by SMTP pays nothing for eleven services.
    from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure
    from botocore.exceptions import BotoCoreError, ClientError

    module, name = SERVICES[service]
    view: Any = getattr(import_module(f"anymail.webhooks.{module}"), name)()
    view.signal = collector = _Collector()
    try:
        answer: HttpResponse = view.post(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=403)
    except (BotoCoreError, ClientError) as error:
        logger.warning("the subscription of %s could not be confirmed: %s", service, type(error).__name__)
        return HttpResponse(status=503)  # Amazon asks again
    except AnymailConfigurationError:
        logger.warning("%s sends something else than reports of deliveries", service)
        return HttpResponse(status=400)
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=400)
    for event in collector.events:
        _take(event)
    return answer


def _take(event: Any) -> None:
    delivery = EVENTS.get(event.event_type)
    if delivery is None:
        return
    message = find_message(metadata=event.metadata or {}, provider_id=str(event.message_id or ""))
    if message is not None:
        at = event.timestamp or timezone.now()
        record_delivery(message, delivery=delivery, at=at, lasting=not _passes(event.esp_event))


def _passes(told: Any) -> bool:
    """Whether a message came back for a reason that says nothing against the address: a full mailbox, an absence, a block."""
    if not isinstance(told, Mapping):
        return False
    bounce = told.get("bounce")  # Amazon
    if isinstance(bounce, Mapping):
        return bounce.get("bounceType") != "Permanent"
    # Postmark · SendGrid
    return told.get("Type") == "SoftBounce" or (told.get("event") == "bounce" and told.get("type") == "blocked")
