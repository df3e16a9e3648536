"""Puts a finished mail into the outbox: to a guest, or to anybody else who has a part in an event."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models

from plenary.core.actions import queue_message
from plenary.core.models import Message
from plenary.events.models import Event
from registration.actions.texting import post_text
from registration.emails import Mail
from registration.models import Registration


def post(
    mail: Mail,
    *,
    recipient: str,
    language: str,
    about: models.Model,
    event: Event,
    occasion: str,
    not_before: datetime | None = None,
    batch: UUID | None = None,
) -> Message | None:
    """Queue a mail inside the caller's transaction; the same `occasion` again writes nothing and answers None."""
    return queue_message(
        kind=mail.kind,
        recipient=recipient,
        language=language,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        about=about,
        event=event,
        attachments=mail.attachments,
        occasion=occasion,
        not_before=not_before,
        batch=batch,
    )


def post_to_guest(
    mail: Mail, registration: Registration, *, occasion: str, batch: UUID | None = None
) -> Message | None:
    """Queue a mail to whoever reads a registration's mails; None where a walk-in gave no address.

    For a member of a delegation who has proved no address that is the focal point. Where the office has a text message
    of the same kind, guests who agreed to text messages get that too.
    """
    if mail.sms:
        post_text(registration, kind=mail.kind, text=mail.sms, occasion=occasion)
    if registration.delegation is None or not registration.through_delegation:
        return post_to_address(mail, registration, occasion=occasion, batch=batch)
    return post(
        mail,
        recipient=registration.delegation.email,
        language=registration.delegation.language,
        about=registration,
        event=registration.event,
        occasion=occasion,
        batch=batch,
    )


def post_to_address(
    mail: Mail, registration: Registration, *, occasion: str, batch: UUID | None = None
) -> Message | None:
    """Queue a mail to the very address that stands in a registration, as whoever typed it asked; None where none does."""
    if not registration.email:
        return None
    return post(
        mail,
        recipient=registration.email,
        language=registration.language,
        about=registration,
        event=registration.event,
        occasion=occasion,
        batch=batch,
    )
