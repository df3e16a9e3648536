"""Text messages: agreed to and withdrawn by the guest, sent only while the agreement holds."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from plenary.core.actions import GUEST, Actor, queue_message, record_history
from plenary.core.models import Message
from registration.models import Registration, TextConsent


@transaction.atomic
def agree_to_texts(*, registration_id: UUID, number: str, by: Actor = GUEST) -> TextConsent:
    """Note the agreement and the number (E.164). Given again, it is dated anew."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    consent = TextConsent.objects.filter(registration=registration).first() or TextConsent(registration=registration)
    consent.number, consent.given_at, consent.withdrawn_at = number, timezone.now(), None
    consent.save()
    record_history(registration, verb="texts_agreed", by=by, event=registration.event)
    return consent


@transaction.atomic
def withdraw_from_texts(*, registration_id: UUID, by: Actor = GUEST) -> None:
    """No more text messages: the number is forgotten, what still waits is cancelled."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    consent = TextConsent.objects.filter(registration=registration, withdrawn_at__isnull=True).first()
    if consent is None:
        return
    consent.number, consent.withdrawn_at = "", timezone.now()
    consent.save(update_fields=["number", "withdrawn_at"])
    waiting = Message.objects.of(registration).filter(channel=Message.Channel.SMS, claimed_until__isnull=True)
    waiting.filter(state__in=[Message.State.WAITING, Message.State.HELD]).update(state=Message.State.CANCELLED)
    record_history(registration, verb="texts_withdrawn", by=by, event=registration.event)


def post_text(registration: Registration, *, kind: str, text: str, occasion: str, batch: UUID | None = None) -> bool:
    """Queue a text message inside the caller's transaction; False where the guest has not agreed, or had it already."""
    consent = TextConsent.objects.filter(registration=registration, withdrawn_at__isnull=True).first()
    if consent is None or not consent.number:
        return False
    message = queue_message(
        kind=kind,
        recipient=consent.number,
        language=registration.language,
        subject=str(registration.event.name),  # stands in clear: the text may hold the guest's link
        text=text,
        about=registration,
        event=registration.event,
        occasion=f"{occasion}:sms",
        channel=Message.Channel.SMS,
        batch=batch,
    )
    return message is not None
