"""The outbox: a message written with a decision leaves once it can, whatever breaks on the way."""

import smtplib
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from plenary.core import outbox
from plenary.core.actions import SYSTEM, MessageRefused, cancel_message, queue_message, send_again
from plenary.core.deliveries import record_delivery
from plenary.core.models import HistoryEntry, Message

pytestmark = pytest.mark.django_db
HERE = "tests.core.test_outbox"


class Down(BaseEmailBackend):
    """A mail server nobody can reach."""

    def open(self) -> bool:
        raise ConnectionRefusedError

    def send_messages(self, messages: Any) -> int:
        raise AssertionError("not reached")


class Refusing(BaseEmailBackend):
    """A mail server that refuses every recipient for good."""

    def open(self) -> bool:
        return True

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"nobody@example.org": (550, b"no such user")})


def broken_attachment(identity: str, language: str) -> outbox.Attachment:
    raise RuntimeError("the renderer failed for secret@example.org")


def small_attachment(identity: str, language: str) -> outbox.Attachment:
    return f"badge-{language}.txt", identity.encode(), "text/plain"


def written(**facts: Any) -> Message:
    message = queue_message(
        **{
            "kind": "test",
            "recipient": "guest@example.org",
            "language": "ar",
            "subject": "تم\nقبول",
            "text": "مرحبا",
            "html": "<p dir=rtl>مرحبا</p>",
            **facts,
        }
    )
    assert message is not None
    return message


def test_a_message_leaves_with_both_parts_and_a_lasting_id() -> None:
    message = written()
    assert outbox.deliver_due() == 1
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert message.sent_at
    [sent] = mail.outbox
    assert sent.to == ["guest@example.org"]
    assert sent.subject == "تم قبول"
    assert sent.extra_headers["Message-ID"] == f"<{message.pk}@plenary.example>"
    assert sent.extra_headers["Content-Language"] == "ar"
    assert sent.alternatives[0].content == "<p dir=rtl>مرحبا</p>"
    assert outbox.deliver_due() == 0


def test_the_same_occasion_writes_one_message() -> None:
    written(occasion="approved:1")
    assert (
        queue_message(
            kind="test", recipient="a@example.org", language="en", subject="s", text="t", occasion="approved:1"
        )
        is None
    )
    assert Message.objects.count() == 1


def test_a_decision_that_is_rolled_back_sends_nothing() -> None:
    def decide_and_fail() -> None:
        with transaction.atomic():
            written()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        decide_and_fail()
    assert not Message.objects.exists()


def test_a_message_waits_for_its_time() -> None:
    written(not_before=timezone.now() + timedelta(hours=1))
    assert outbox.deliver_due() == 0


def test_a_mail_server_that_is_down_ends_the_round_and_the_message_is_tried_later(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Down"
    first, second = written(), written()
    assert outbox.deliver_due() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, first.error) == (Message.State.WAITING, 1, "ConnectionRefusedError")
    assert first.next_attempt_at > timezone.now()
    assert first.claimed_until is None
    assert second.attempts == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Message.objects.update(next_attempt_at=timezone.now())
    assert outbox.deliver_due() == 2


def test_a_message_is_given_up_after_the_last_attempt(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Down"
    message = written()
    for _attempt in range(outbox.MAX_ATTEMPTS):
        Message.objects.update(next_attempt_at=timezone.now())
        outbox.deliver_due()
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert list(Message.objects.failed()) == [message]


def test_an_address_refused_for_good_is_given_up_at_once(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.Refusing"
    message = written()
    outbox.deliver_due()
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.FAILED, 1)


def test_a_failing_attachment_holds_up_only_its_own_message(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.PLENARY_ATTACHMENTS = {"bad": f"{HERE}.broken_attachment", "good": f"{HERE}.small_attachment"}
    broken = written(attachments=[{"kind": "bad", "id": "1"}])
    sound = written(attachments=[{"kind": "good", "id": "7"}])
    assert outbox.deliver_due() == 1
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.state, broken.error) == (Message.State.WAITING, "RuntimeError")
    assert sound.state == Message.State.SENT
    assert mail.outbox[0].attachments[0][0] == "badge-ar.txt"
    assert "secret@example.org" not in caplog.text


def withdrawn_attachment(identity: str, language: str) -> outbox.Attachment:
    raise outbox.Withdrawn


def test_what_was_withdrawn_before_it_left_ends_at_once_and_says_why(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PLENARY_ATTACHMENTS = {"letter": f"{HERE}.withdrawn_attachment"}
    message = written(attachments=[{"kind": "letter", "id": "1"}])
    assert outbox.deliver_due() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (Message.State.FAILED, 1, "Withdrawn")
    assert HistoryEntry.objects.of(message).get().verb == "not sent: withdrawn"
    assert mail.outbox == []
    assert "WARNING" not in caplog.text


def test_a_mailings_mail_in_the_hand_of_a_killed_worker_is_not_known_until_a_report_or_a_person_says(
    settings: Any,
) -> None:
    message = written(batch=uuid.uuid4())
    Message.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    assert outbox.deliver_due() == 0  # the worker may live
    message.refresh_from_db()
    assert message.state == Message.State.WAITING
    Message.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert outbox.deliver_due() == 0
    message.refresh_from_db()
    assert (message.state, message.error, mail.outbox) == (Message.State.UNKNOWN, outbox.LOST, [])
    record_delivery(message, delivery=Message.Delivery.DELIVERED, at=timezone.now())
    message.refresh_from_db()
    assert (message.state, message.delivery) == (Message.State.SENT, Message.Delivery.DELIVERED)


def test_a_worker_killed_between_sending_and_marking_leads_to_a_second_copy_with_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = written()

    def killed(*args: Any, **values: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        # The mail has left; the process ends before it can write so.
        patched.setattr(outbox.timezone, "now", _now_then(killed, after=3))
        with pytest.raises(SystemExit):
            outbox.deliver_due()
    assert len(mail.outbox) == 1
    assert outbox.deliver_due() == 0  # the dead worker's claim still stands
    Message.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert outbox.deliver_due() == 1
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 1


def _now_then(killed: Any, *, after: int) -> Any:
    calls = iter(range(1_000))
    real = timezone.now
    return lambda: killed() if next(calls) >= after - 1 else real()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once() -> None:
    with transaction.atomic():
        Message.objects.bulk_create(
            [
                Message(
                    kind="test",
                    recipient=f"guest-{n}@example.org",
                    language="en",
                    subject=str(n),
                    text="t",
                    next_attempt_at=timezone.now(),
                )
                for n in range(20)
            ]
        )
    start, counts = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        try:
            counts.append(outbox.deliver_due())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 20
    assert sorted(int(sent.subject) for sent in mail.outbox) == list(range(20))


def test_a_broken_connection_is_opened_anew_for_the_next_message(monkeypatch: pytest.MonkeyPatch) -> None:
    written(), written()
    server, closed = get_connection(), []
    monkeypatch.setattr(outbox, "get_connection", lambda: server)
    monkeypatch.setattr(server, "close", lambda: closed.append(True))
    failures = iter([smtplib.SMTPServerDisconnected()])

    def send_messages(messages: Any) -> int:
        for failure in failures:
            raise failure
        return len(messages)

    monkeypatch.setattr(server, "send_messages", send_messages)
    assert outbox.deliver_due() == 1
    assert len(closed) == 2  # after the break, and at the end


def test_staff_send_a_failed_message_again_and_that_is_noted() -> None:
    message = written()
    Message.objects.update(state=Message.State.FAILED, attempts=8, error="Timeout")
    message.refresh_from_db()
    send_again(message, by=SYSTEM)
    assert outbox.deliver_due() == 1
    assert HistoryEntry.objects.of(message).filter(verb="sent again").exists()


def test_a_cancelled_message_never_leaves_and_a_sent_one_cannot_be_cancelled() -> None:
    waiting, sent = written(), written()
    Message.objects.filter(pk=sent.pk).update(state=Message.State.SENT)
    cancel_message(waiting, by=SYSTEM)
    assert outbox.deliver_due() == 0
    with pytest.raises(MessageRefused):
        cancel_message(sent, by=SYSTEM)
    with pytest.raises(MessageRefused):
        send_again(sent, by=SYSTEM)


def test_a_message_that_a_worker_holds_cannot_be_cancelled() -> None:
    message = written()
    Message.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(MessageRefused):
        cancel_message(message, by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_does_not_fail_what_has_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ConnectionError

    monkeypatch.setattr(outbox, "wake", broken)
    with transaction.atomic():
        written()
    assert Message.objects.get().state == Message.State.WAITING


def test_the_command_empties_the_outbox(capsys: pytest.CaptureFixture[str]) -> None:
    written(), written()
    call_command("deliver_outbox")
    assert capsys.readouterr().out.split() == ["2", "sent"]
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 2), (5, 16), (8, 128), (20, 240)])
def test_the_wait_doubles_up_to_four_hours(attempt: int, minutes: int) -> None:
    assert outbox.backoff(attempt) == timedelta(minutes=minutes)
