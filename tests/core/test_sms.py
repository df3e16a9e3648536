"""Text messages: counted as networks count, carried by the outbox like mail, given up where a number is refused."""

from typing import Any

import pytest

from plenary.core import outbox, sms
from plenary.core.actions import queue_message
from plenary.core.models import Message
from plenary.core.segments import measure


@pytest.mark.parametrize(
    ("text", "segments", "unicode"),
    [
        ("", 0, False),
        ("a" * 160, 1, False),
        ("a" * 161, 2, False),
        ("a" * 306, 2, False),
        ("a" * 307, 3, False),
        ("€" * 80, 1, False),
        ("€" * 81, 2, False),
        ("ж" * 70, 1, True),
        ("ж" * 71, 2, True),
        ("a" * 159 + "ç", 3, True),
        ("😀" * 35, 1, True),
        ("😀" * 36, 2, True),
    ],
)
def test_parts_are_counted_as_networks_count_them(text: str, segments: int, unicode: bool) -> None:
    length = measure(text)
    assert (length.segments, length.unicode) == (segments, unicode)


class Refusing(sms.SmsBackend):
    def send(self, number: str, text: str, *, key: str) -> str:
        raise sms.NumberRefused


class Down(sms.SmsBackend):
    def send(self, number: str, text: str, *, key: str) -> str:
        raise ConnectionError(f"no route for {number}")


def written() -> Message:
    message = queue_message(
        kind="test", recipient="+41791234567", language="en", subject="Event", text="Hello", channel="sms"
    )
    assert message is not None
    return message


@pytest.mark.django_db
def test_a_text_message_leaves_by_its_back_end_and_no_mail_does(mailoutbox: list[Any]) -> None:
    sms.sent.clear()
    message = written()
    assert outbox.deliver_due() == 1
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (Message.State.SENT, "memory-1")
    assert sms.sent == [sms.Sent("+41791234567", "Hello")]
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_refused_number_is_given_up_and_a_silent_provider_is_tried_again(settings: Any, caplog: Any) -> None:
    settings.SMS_BACKEND = f"{__name__}.Refusing"
    refused = written()
    outbox.deliver_due()
    settings.SMS_BACKEND = f"{__name__}.Down"
    later = written()
    outbox.deliver_due()
    refused.refresh_from_db()
    later.refresh_from_db()
    assert (refused.state, later.state) == (Message.State.FAILED, Message.State.WAITING)
    assert "+41791234567" not in caplog.text


def test_the_console_shows_neither_the_number_nor_a_guests_link(capsys: pytest.CaptureFixture[str]) -> None:
    sms.ConsoleBackend().send("+41791234567", "See https://x.example/en/my/abcdefghijklmnop/", key="1")
    shown = capsys.readouterr().out
    assert "+4179" not in shown
    assert "efghijkl" not in shown
