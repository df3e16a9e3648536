"""Reminders: rules that write to guests by themselves, to each at most once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from plenary.core.actions import Actor, record_history
from plenary.core.models import Message
from registration.actions.mailings import MailingRefused, write_to, written_problems
from registration.audiences import BATCH, Reader, readers, select
from registration.models import Order, Registration, Reminder, SecondForm
from registration.rules.mailings import Anchor, Audience, is_due
from registration.rules.payments import OrderState

_OF_THE_EVENT = (Anchor.EVENT_START, Anchor.EVENT_END, Anchor.SECOND_FORM)  # one date for all guests


@transaction.atomic
def save_reminder(reminder: Reminder, *, by: Actor) -> Reminder:
    """Add or change a rule; what it has sent stays sent. Raises MailingRefused."""
    if problems := written_problems(reminder):
        raise MailingRefused(" ".join(problems))
    is_new = reminder.pk is None
    reminder.save()
    verb = "reminder_added" if is_new else "reminder_changed"
    record_history(reminder, verb=verb, by=by, event=reminder.event, data={"active": reminder.active})
    return reminder


@transaction.atomic
def remove_reminder(reminder: Reminder, *, by: Actor) -> None:
    """Delete a rule; messages it wrote stay."""
    record_history(reminder, verb="reminder_removed", by=by, event=reminder.event)
    reminder.delete()


def occasion(reminder: Reminder, registration: Registration) -> str:
    """What makes a reminder reach a guest once: kept by the outbox for ever."""
    return f"reminder:{reminder.pk}:{registration.pk}"


def due_readers(reminder: Reminder, *, now: datetime) -> Iterator[Reader]:
    """Whom a rule would write to now, and who is left out and why. Writes nothing: a look before it is switched on."""
    after = None
    audience, today = Audience.stored(reminder.audience), reminder.event.local(now).date()
    common = _date_of_event(reminder)
    if reminder.anchor in _OF_THE_EVENT and not is_due(counted_from=common, days=reminder.days, today=today):
        return
    while batch := list(select(reminder.event, audience, after=after)[:BATCH]):
        after = batch[-1].pk
        dates = {} if reminder.anchor in _OF_THE_EVENT else _dates_of(reminder, batch)
        due = [one for one in batch if is_due(counted_from=dates.get(one.pk, common), days=reminder.days, today=today)]
        had = _had(reminder, due)
        yield from readers(reminder, [one for one in due if occasion(reminder, one) not in had])


def _had(reminder: Reminder, registrations: list[Registration]) -> set[str]:
    keys = {f"{occasion(reminder, one)}{suffix}" for one in registrations for suffix in ("", ":sms")}
    found = Message.objects.filter(occasion__in=keys).values_list("occasion", flat=True)
    return {str(key).removesuffix(":sms") for key in found}


def _date_of_event(reminder: Reminder) -> date | None:
    """The date a rule counts from where it is the same for all guests."""
    event = reminder.event
    match reminder.anchor:
        case Anchor.EVENT_START:
            return event.starts_on
        case Anchor.EVENT_END:
            return event.ends_on
        case Anchor.SECOND_FORM:
            form = SecondForm.objects.filter(event=event).first()
            due = form.due(event) if form else None
            return event.local(due).date() if due else None
    return None


def _dates_of(reminder: Reminder, registrations: list[Registration]) -> Mapping[UUID, date]:
    """The date a rule counts from for each of these guests, in the event's zone; guests without one are left out."""
    moments: dict[UUID, datetime | None] = {}
    match reminder.anchor:
        case Anchor.CLOSING:
            moments = {one.pk: one.category.closes_at for one in registrations}
        case Anchor.SIGNED_UP:
            moments = {one.pk: one.created_at for one in registrations}
        case Anchor.CHANGED:
            moments = {one.pk: one.changed_at for one in registrations}
        case Anchor.PAYMENT_DUE:
            orders = Order.objects.filter(registration__in=registrations, state=OrderState.OPEN)
            moments = dict(orders.values_list("registration_id", "due_at"))
    return {pk: reminder.event.local(moment).date() for pk, moment in moments.items() if moment}


def send_reminders(now: datetime | None = None) -> int:
    """By the clock: write what is due; answers how many messages. Running it twice, or in two processes, writes none twice."""
    now, sent = now or timezone.now(), 0
    for reminder in Reminder.objects.running(now):
        if not reminder.event.is_public:
            continue  # product.md 3.2: before the plan is in force nobody is written to
        for reader in due_readers(reminder, now=now):
            if reader.left_out:
                continue
            with transaction.atomic():
                sent += write_to(reminder, reader, kind="reminder", occasion=occasion(reminder, reader.registration))
    return sent
