"""Where a mail service reports deliveries. The service's own signature or secret is checked by anymail, service by service;
without configuration there is no such address."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from plenary.core.deliveries import EVENTS, find_message, record_delivery

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
    "unisender-go": "UNISENDER_GO_API_KEY",
}


def is_configured(service: str) -> bool:
    """Whether reports of this service can be told from forged ones."""
    if service != settings.MAIL_SERVICE or service not in SERVICES:
        return False
    return bool(settings.ANYMAIL.get("WEBHOOK_SECRET") or settings.ANYMAIL.get(SIGNED.get(service, ""), ""))


@csrf_exempt
@require_POST
def delivery_report(request: HttpRequest, service: str) -> HttpResponse:
    """Take one report. A forged one gets 403, one that cannot be read 400; what is about unknown messages is passed over."""
    if not is_configured(service):
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > AT_MOST:
        return HttpResponse(status=413)
    # Only here: who sends by SMTP pays nothing for eleven services.
    from anymail.exceptions import AnymailWebhookValidationFailure

    module, name = SERVICES[service]
    view: Any = getattr(import_module(f"anymail.webhooks.{module}"), name)()
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=403)
    try:
        events = view.parse_events(request)
    except (ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=400)
    for event in events:
        _take(event)
    return HttpResponse()


def _take(event: Any) -> None:
    delivery = EVENTS.get(event.event_type)
    if delivery is None:
        return
    message = find_message(metadata=event.metadata or {}, provider_id=str(event.message_id or ""))
    if message is not None:
        record_delivery(message, delivery=delivery, at=event.timestamp or timezone.now())
