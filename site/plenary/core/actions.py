"""Writes that every app shares: history, looks at personal data, messages into the outbox, numbers of documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.models import AccessLog, HistoryEntry, Message, Numbering, PublicGeneration

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from plenary.events.models import Event


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff, or a named part of the world that has no account (guest, device, system)."""

    label: str
    user: User | None = None

    @classmethod
    def staff(cls, user: User) -> Actor:
        return cls(label=user.get_full_name() or user.get_username(), user=user)


GUEST = Actor("guest")
SYSTEM = Actor("system")


def record_history(
    subject: models.Model,
    *,
    verb: str,
    by: Actor,
    event: Event | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> HistoryEntry:
    """Note what happened to a record. `data` holds states and codes, never personal data."""
    return HistoryEntry.objects.create(
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        event=event,
        verb=verb,
        actor=by.user,
        actor_label=by.label[:120],
        reason=reason,
        data=dict(data or {}),
    )


def record_look(subject: models.Model, *, part: str, by: Actor, detail: Mapping[str, Any] | None = None) -> None:
    """Note that somebody looked at personal data (product.md: every look is logged). `detail` of what was taken away says
    how many rows and by which filters, never whose."""
    record_looks([subject], part=part, by=by, detail=detail)


def record_looks(
    subjects: Iterable[models.Model], *, part: str, by: Actor, detail: Mapping[str, Any] | None = None
) -> None:
    """The same for everybody that one list showed, in one statement."""
    AccessLog.objects.bulk_create(
        AccessLog(
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            event_id=_event_of(subject),
            part=part,
            actor=by.user,
            actor_label=by.label[:120],
            detail=dict(detail or {}),
        )
        for subject in subjects
    )


def _event_of(subject: models.Model) -> int | None:
    """The key of the event a record belongs to, by what is loaded."""
    if subject._meta.label == "events.Event":
        return int(subject.pk)
    found: int | None = getattr(subject, "event_id", None)
    return found


def queue_message(
    *,
    kind: str,
    recipient: str,
    language: str,
    subject: str,
    text: str,
    html: str = "",
    about: models.Model | None = None,
    event: Event | None = None,
    attachments: Sequence[Mapping[str, str]] = (),
    occasion: str | None = None,
    not_before: datetime | None = None,
    channel: str = Message.Channel.MAIL,
    batch: UUID | None = None,
) -> Message | None:
    """Write a message into the outbox, inside the caller's transaction; it is sent once that has committed.

    The same `occasion` a second time writes nothing and answers None.
    """
    from plenary.core import outbox

    message = Message(
        kind=kind,
        event=event,
        subject_type=about._meta.label_lower if about else "",
        subject_id=str(about.pk) if about else "",
        recipient=recipient,
        language=language,
        subject=" ".join(subject.split())[:250],
        text=text,
        html=html,
        attachments=[dict(attachment) for attachment in attachments],
        occasion=occasion,
        channel=channel,
        batch=batch,
        next_attempt_at=not_before or timezone.now(),
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if occasion and Message.objects.filter(occasion=occasion).exists():
            return None
        raise
    # Robust: the message is safe in its table, so a queue that is down must not fail a request that has committed.
    transaction.on_commit(outbox.wake, robust=True)
    return message


class MessageRefused(Exception):
    """The message is not in a state for this, or is being sent at this moment. The text can be shown to staff."""


@transaction.atomic
def send_again(message: Message, *, by: Actor) -> Message:
    """Put a message that failed, may not have left, was cancelled or waits for its next attempt back to the front."""
    from plenary.core import outbox

    _move_message(
        message,
        sources={Message.State.FAILED, Message.State.UNKNOWN, Message.State.CANCELLED, Message.State.WAITING},
        state=Message.State.WAITING,
        attempts=0,
        next_attempt_at=timezone.now(),
        error="",
    )
    record_history(message, verb="sent again", by=by, event=message.event)
    transaction.on_commit(outbox.wake, robust=True)
    return message


@transaction.atomic
def cancel_message(message: Message, *, by: Actor) -> Message:
    """Keep a message that has not left from ever leaving."""
    sources = {Message.State.FAILED, Message.State.UNKNOWN, Message.State.WAITING}
    _move_message(message, sources=sources, state=Message.State.CANCELLED)
    record_history(message, verb="cancelled", by=by, event=message.event)
    return message


def cancel_waiting(about: models.Model) -> int:
    """Keep all that has not left about a record from leaving, inside the caller's transaction; answers how much it was."""
    waiting = Message.objects.of(about).filter(state__in=[Message.State.WAITING, Message.State.HELD])
    return waiting.filter(claimed_until__isnull=True).update(state=Message.State.CANCELLED)


def _move_message(message: Message, *, sources: set[Message.State], **values: Any) -> None:
    # One UPDATE decides against a worker that takes the message at the same time.
    free = models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=timezone.now())
    if not Message.objects.filter(free, pk=message.pk, state__in=sources).update(claimed_until=None, **values):
        raise MessageRefused(_("This message has left or is leaving at this moment."))
    for name, value in values.items():
        setattr(message, name, value)


def refresh_public_pages() -> None:
    """Let every kept public page go stale, in the same transaction as the change that visitors are to see."""
    raised = PublicGeneration.objects.filter(pk=1).update(number=models.F("number") + 1)
    if not raised:
        PublicGeneration.objects.bulk_create([PublicGeneration(number=1)], ignore_conflicts=True)


def next_number(series: str) -> int:
    """The next number of a series, from 1 and without gaps: it is given only if the caller's transaction commits.

    The row stays locked until then, so two documents never share a number and none is skipped.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is given inside the transaction that writes its document")
    Numbering.objects.bulk_create([Numbering(series=series)], ignore_conflicts=True)
    Numbering.objects.filter(pk=series).update(last=models.F("last") + 1)
    return Numbering.objects.values_list("last", flat=True).get(pk=series)
