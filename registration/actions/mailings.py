"""Mailings: written, scheduled, sent in small pieces, stopped and taken up again; each guest exactly once.

A piece writes its messages and moves the cursor in one transaction, so a worker that dies in the middle has done nothing or
all of it. Between pieces the outbox is emptied: little is waiting when somebody presses stop, and a guest who has just
signed up does not wait behind ten thousand others.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core import outbox
from plenary.core.actions import SYSTEM, Actor, record_history
from plenary.core.models import Message
from registration.actions.posting import post_to_guest
from registration.actions.texting import post_text
from registration.audiences import BATCH, Reader, all_readers, readers, select
from registration.emails.checking import in_subject, text_problems
from registration.emails.mailings import PLACEHOLDERS, written_mail, written_sms
from registration.models import Mailing
from registration.models.communication import Written
from registration.rules.mailings import Audience, MailingState, mailing_may_become

CLAIM = timedelta(minutes=2)  # a worker that is silent longer is dead
BACKLOG = (
    2 * BATCH
)  # messages that wait because the mail server does not answer: more are not written before they leave


class MailingRefused(Exception):
    """The mailing cannot take this step; the text can be shown to staff."""


def written_problems(written: Written) -> list[str]:
    """What keeps a mailing or reminder from being sent, with the language it is about."""
    found = []
    mail = written.channel == Message.Channel.MAIL
    for code, text in (written.body or {}).items():
        problems = text_problems(str(text), known=PLACEHOLDERS, channel=written.channel)
        found += [f"{code}: {problem}" for problem in problems]
    for code, text in (written.subject or {}).items() if mail else ():
        found += [f"{code}: {problem}" for problem in text_problems(str(text), known=in_subject(PLACEHOLDERS))]
    if not written.body:
        found.append(_("Write the text."))
    if mail and not written.subject:
        found.append(_("Write a subject."))
    return found


@transaction.atomic
def save_mailing(mailing: Mailing, *, by: Actor) -> Mailing:
    """Keep a draft. What is scheduled or has begun stays as it was reviewed. Raises MailingRefused."""
    if problems := written_problems(mailing):
        raise MailingRefused(" ".join(problems))
    is_new = mailing._state.adding
    if not is_new and not Mailing.objects.select_for_update().filter(pk=mailing.pk, state=MailingState.DRAFT).exists():
        raise MailingRefused(_("This mailing is no draft any more: take it back first, or copy it."))
    if is_new:
        mailing.save(force_insert=True)
    else:
        mailing.save(update_fields=["name", "channel", "audience", "subject", "body", "send_at"])
    record_history(mailing, verb="mailing_written", by=by, event=mailing.event)
    return mailing


@transaction.atomic
def schedule_mailing(mailing: Mailing, *, at: datetime, by: Actor) -> Mailing:
    """Have it begin at a time; whom it reaches is decided then. Raises MailingRefused."""
    if at <= timezone.now():
        raise MailingRefused(_("Choose a time that is still to come."))
    return _step(mailing, MailingState.SCHEDULED, by=by, send_at=at)


@transaction.atomic
def take_back_mailing(mailing: Mailing, *, by: Actor) -> Mailing:
    """Make a scheduled mailing a draft again."""
    return _step(mailing, MailingState.DRAFT, by=by)


@transaction.atomic
def start_mailing(mailing: Mailing, *, by: Actor) -> Mailing:
    """Begin, or go on where it was stopped; the work is done in the background. Raises MailingRefused."""
    if problems := written_problems(mailing):
        raise MailingRefused(" ".join(problems))
    begun = mailing.started_at or timezone.now()
    _step(mailing, MailingState.SENDING, by=by, started_at=begun, claimed_until=None)
    Message.objects.filter(batch=mailing.pk, state=Message.State.HELD).update(
        state=Message.State.WAITING, next_attempt_at=timezone.now()
    )
    transaction.on_commit(lambda: _wake(mailing.pk), robust=True)
    return mailing


@transaction.atomic
def stop_mailing(mailing: Mailing, *, by: Actor) -> int:
    """Stop at once: nothing more is written, and what has not left is held; answers how many those are."""
    _step(mailing, MailingState.STOPPED, by=by, claimed_until=None)
    # Also the one that a sender has in hand: if it leaves, it is marked as sent; if not, it is not tried again.
    return Message.objects.filter(batch=mailing.pk, state=Message.State.WAITING).update(state=Message.State.HELD)


@transaction.atomic
def cancel_mailing(mailing: Mailing, *, by: Actor) -> Mailing:
    """Give it up: what was held never leaves."""
    _step(mailing, MailingState.CANCELLED, by=by, finished_at=timezone.now())
    Message.objects.filter(batch=mailing.pk, state=Message.State.HELD).update(state=Message.State.CANCELLED)
    return mailing


def _step(mailing: Mailing, to: MailingState, *, by: Actor, **values: datetime | None) -> Mailing:
    locked = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if not mailing_may_become(locked.state, to):
        raise MailingRefused(
            _("This mailing is “%(state)s”: somebody else was quicker, or it has finished.")
            % {"state": locked.get_state_display()}
        )
    Mailing.objects.filter(pk=mailing.pk).update(state=to, **values)
    record_history(mailing, verb=f"mailing_{to.value}", by=by, event=mailing.event, data={"from": locked.state})
    mailing.refresh_from_db()
    return mailing


def _wake(mailing_id: UUID) -> None:
    from registration.tasks import run_mailing

    run_mailing.enqueue(str(mailing_id))


@transaction.atomic
def write_piece(mailing_id: UUID) -> bool:
    """Write the messages of the next guests; False when there is nothing more to do. Safe in many processes at once."""
    mailing = Mailing.objects.select_for_update(of=("self",)).select_related("event__venue").get(pk=mailing_id)
    if mailing.state != MailingState.SENDING:
        return False
    batch = list(select(mailing.event, Audience.stored(mailing.audience), after=mailing.cursor)[:BATCH])
    left_out = Counter(mailing.left_out)
    for reader in readers(mailing, batch):
        if reader.left_out:
            left_out[reader.left_out.value] += 1
        elif write_to(mailing, reader, kind="mailing", occasion=f"mailing:{mailing.pk}:{reader.registration.pk}"):
            mailing.written += 1
    mailing.left_out = dict(left_out)
    mailing.claimed_until = timezone.now() + CLAIM
    if batch:
        mailing.cursor = batch[-1].pk
    else:
        mailing.state, mailing.finished_at, mailing.claimed_until = MailingState.DONE, timezone.now(), None
        record_history(mailing, verb="mailing_done", by=SYSTEM, event=mailing.event, data={"written": mailing.written})
    mailing.save(update_fields=["cursor", "written", "left_out", "claimed_until", "state", "finished_at"])
    return bool(batch)


def write_to(written: Written, reader: Reader, *, kind: str, occasion: str) -> bool:
    """Queue what a mailing or reminder says to one guest; False where this guest had it already."""
    registration = reader.registration
    batch = written.pk if isinstance(written, Mailing) else None
    if written.channel == Message.Channel.SMS:
        text = written_sms(written, registration)
        return post_text(registration, kind=kind, text=text, occasion=occasion, batch=batch)
    mail = written_mail(written, registration, kind=kind)
    return post_to_guest(mail, registration, occasion=occasion, batch=batch) is not None


def run_mailing(mailing_id: UUID) -> None:
    """Work on a mailing until it is done, stopped, or the mail server stops answering; upkeep comes back to it then."""
    mailing = Mailing.objects.get(pk=mailing_id)
    if mailing.started_at and not mailing.expected:
        Mailing.objects.filter(pk=mailing_id).update(
            expected=sum(1 for reader in all_readers(mailing) if not reader.left_out)
        )
    while write_piece(mailing_id):
        outbox.deliver_due(limit=BACKLOG)
        waiting = Message.objects.filter(batch=mailing_id, state=Message.State.WAITING).count()
        if waiting > BACKLOG:
            return
    outbox.deliver_due(limit=BACKLOG)


def tend_mailings() -> int:
    """By the clock: begin what was scheduled, and go on with what a dead worker left. Answers how many were worked on."""
    now = timezone.now()
    for mailing in Mailing.objects.to_begin(now).select_related("event"):
        try:
            start_mailing(mailing, by=SYSTEM)
        except MailingRefused:
            continue  # taken back a moment ago, or begun by another process
    unfinished = list(Mailing.objects.to_continue(timezone.now()).values_list("pk", flat=True))
    for mailing_id in unfinished:
        run_mailing(mailing_id)
    return len(unfinished)
