"""Sends what stands in the outbox. Each message is claimed for a while, sent, and marked; a dead sender's claim runs out.

What a sender had in hand when it was killed may have left. A mail about one guest's own matter is sent again: the copy
carries the same Message-ID, so that mailboxes can tell. A mailing's mail, or a text message where the provider would send
it twice, is not: it is marked as not known, and staff decide.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from plenary.core import sms
from plenary.core.actions import SYSTEM, record_history
from plenary.core.models import Message

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=5)
MAX_ATTEMPTS = 8
LOST = "AnswerLost"  # why a message's end is not known, as `error` says it
Attachment = tuple[str, bytes, str]  # file name, content, media type


class Withdrawn(Exception):
    """What a message was to carry does not count any more: it does not leave, now or later."""


def backoff(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: one minute, doubling, at most four hours."""
    return min(timedelta(minutes=2 ** max(attempts - 1, 0)), timedelta(hours=4))


def is_permanent(error: Exception) -> bool:
    """Whether sending again is pointless: the address is refused for good, or the message can never be built."""
    match error:
        case sms.NumberRefused() | Withdrawn():
            return True
        case smtplib.SMTPRecipientsRefused():
            return all(500 <= code < 600 for code, _answer in error.recipients.values())
        case smtplib.SMTPSenderRefused():
            return False  # our own set-up is wrong, not the message
        case smtplib.SMTPDataError():
            return 500 <= error.smtp_code < 600
        case _:
            return isinstance(error, BadHeaderError)


def wake() -> None:
    """Have the outbox emptied soon: at once where there is no worker, else by the worker."""
    from plenary.core.tasks import deliver_outbox

    deliver_outbox.enqueue()


def deliver_due(limit: int = 100) -> int:
    """Send what is due; answers how many messages were sent. Safe to run in many processes at once.

    A mail server that cannot be reached ends the round: the next message would meet the same closed door.
    """
    sent, began = 0, timezone.now()
    _set_aside(began)
    server = get_connection()
    try:
        for message_id in list(Message.objects.due(began).values_list("pk", flat=True)[:limit]):
            if not _claim(message_id, began):
                continue
            message = Message.objects.get(pk=message_id)
            try:
                if message.channel == Message.Channel.MAIL:
                    server.open()
            except Exception as error:
                _note_failure(message, error)
                break
            sent += _send(message, server)
    finally:
        server.close()
    return sent


def _set_aside(now: datetime) -> None:
    """Mark what a dead sender had in hand and what must not go twice: whether it left is not known."""
    once = Q(batch__isnull=False)
    if not sms.get_backend().repeats_safely:
        once |= Q(channel=Message.Channel.SMS)
    Message.objects.abandoned(now).filter(once).update(
        state=Message.State.UNKNOWN, attempts=F("attempts") + 1, claimed_until=None, error=LOST
    )


def _claim(message_id: UUID, began: datetime) -> bool:
    """One UPDATE decides who sends: no second process can hold the same message. Due when the round began, so that a claim
    which runs out during the round is not taken over before `_set_aside` has looked at it."""
    until = timezone.now() + CLAIM
    return Message.objects.due(began).filter(pk=message_id).update(claimed_until=until) == 1


def _send(message: Message, server: BaseEmailBackend) -> bool:
    try:
        provider_id = _hand_over(message, server)
    except Exception as error:
        _note_failure(message, error)
        if message.channel == Message.Channel.MAIL:
            server.close()  # a connection that broke must not fail the next message too
        return False
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.SENT,
        provider_id=provider_id[:250],
        attempts=message.attempts + 1,
        sent_at=timezone.now(),
        claimed_until=None,
        error="",
    )
    return True


def _hand_over(message: Message, server: BaseEmailBackend) -> str:
    """Give a message to what carries it; answers what that calls it, or nothing."""
    if message.channel == Message.Channel.SMS:
        return sms.get_backend().send(message.recipient, message.text, key=str(message.pk))
    mail = _build(message, server)
    mail.send()
    status = getattr(mail, "anymail_status", None)  # set by the back ends of mail services, not by SMTP
    return str(getattr(status, "message_id", None) or "")


class _Mail(EmailMultiAlternatives):
    """A mail with what a service sends back in its reports; SMTP takes no notice of it."""

    metadata: dict[str, str]


def _build(message: Message, server: BaseEmailBackend) -> EmailMultiAlternatives:
    mail = _Mail(message.subject, message.text, to=[message.recipient], connection=server)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    mail.extra_headers["Message-ID"] = f"<{message.pk}@{domain}>"
    mail.extra_headers["Content-Language"] = message.language
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    mail.metadata = {"message": str(message.pk)}
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for attachment in render_attachments(message):
        mail.attach(*attachment)
    return mail


def render_attachments(message: Message) -> list[Attachment]:
    """The files that go with a message, made anew: a badge in the mail is the badge of this moment."""
    found = []
    for wanted in message.attachments:
        make: Callable[[str, str], Attachment] = import_string(settings.PLENARY_ATTACHMENTS[wanted["kind"]])
        found.append(make(wanted["id"], message.language))
    return found


def _note_failure(message: Message, error: Exception) -> None:
    attempts = message.attempts + 1
    if isinstance(error, sms.AnswerLost) and not sms.get_backend().repeats_safely:
        state = {"state": Message.State.UNKNOWN}
    elif attempts >= MAX_ATTEMPTS or is_permanent(error):
        state = {"state": Message.State.FAILED}
    else:
        state = {}  # stays what it is: a message held while it was on its way out is not tried again
    if isinstance(error, Withdrawn):
        # Nothing went wrong: somebody took the letter back in time. Whoever looks after messages reads why.
        record_history(message, verb="not sent: withdrawn", by=SYSTEM, event=message.event)
    else:
        # The class of the error only: its text may quote the recipient's address.
        name = type(error).__name__
        logger.warning("message %s (%s) not sent, attempt %s: %s", message.pk, message.kind, attempts, name)
    Message.objects.filter(pk=message.pk).update(
        **state,
        attempts=attempts,
        next_attempt_at=timezone.now() + backoff(attempts),
        claimed_until=None,
        error=type(error).__name__,
    )
