"""Text messages to a provider over HTTP, against one on this machine: taken, refused, down, moved, silent about its name."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from plenary.core import outbox
from plenary.core.actions import SYSTEM, queue_message, send_again
from plenary.core.models import Message
from plenary.core.sms_http import HttpBackend

NUMBER = "+41791234567"


class Provider(HTTPServer):
    """Answers what a test tells it to, and keeps what it was told."""

    status = 200
    hangs_up = False
    answer: Any = {"messages": [{"id": "sm-1"}]}

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[tuple[str, str, Any]] = []
        self.keys: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.server.keys.append(self.headers["Idempotency-Key"])
        if self.server.hangs_up:
            self.close_connection = True
            return
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests speak for themselves."""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    server = Provider()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.SMS_BACKEND = "plenary.core.sms_http.HttpBackend"
    settings.SMS_HTTP_URL = f"http://127.0.0.1:{server.server_port}/v1/send?plan=a"
    settings.SMS_HTTP_AUTHORIZATION = "Bearer of-the-tests"
    settings.SMS_HTTP_BODY = {"from": "Plenary", "messages": [{"to": ["{number}"], "body": "{text}", "unicode": True}]}
    settings.SMS_HTTP_ID = "messages.0.id"
    yield server
    server.shutdown()
    server.server_close()


def delivered(text: str = "Hall {number} “B”") -> Message:
    message = queue_message(kind="test", recipient=NUMBER, language="en", subject="E", text=text, channel="sms")
    assert message is not None
    outbox.deliver_due()
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_a_message_goes_out_in_the_providers_own_shape_and_is_known_by_its_name(provider: Provider) -> None:
    message = delivered()
    assert (message.state, message.provider_id) == (Message.State.SENT, "sm-1")
    wanted = {"to": [NUMBER], "body": "Hall {number} “B”", "unicode": True}  # a guest's braces are text
    assert provider.told == [
        ("/v1/send?plan=a", "Bearer of-the-tests", {"from": "Plenary", "messages": [wanted]}),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "state"),
    [(202, "sent"), (422, "failed"), (401, "waiting"), (429, "waiting"), (503, "waiting"), (302, "waiting")],
)
def test_only_a_refused_number_is_given_up_and_everything_else_tried_again(
    provider: Provider, caplog: Any, status: int, state: str
) -> None:
    provider.status, provider.answer = status, {"error": f"something about {NUMBER}"}
    assert delivered().state == state
    assert [path for path, _key, _body in provider.told] == ["/v1/send?plan=a"]
    assert NUMBER not in caplog.text


@pytest.mark.django_db
def test_a_provider_that_cannot_be_reached_loses_nothing(settings: Any, provider: Provider) -> None:
    settings.SMS_HTTP_URL = "http://127.0.0.1:9/"
    assert delivered().state == Message.State.WAITING


@pytest.mark.parametrize("address", ["", "http://sms.example/send", "ftp://127.0.0.1/"])
def test_numbers_never_travel_in_the_clear(settings: Any, address: str) -> None:
    settings.SMS_HTTP_URL = address
    with pytest.raises(ImproperlyConfigured):
        HttpBackend().send(NUMBER, "Hello", key="1")


def again(message: Message) -> Message:
    """What a later round of the outbox makes of a message."""
    Message.objects.update(next_attempt_at=timezone.now())
    outbox.deliver_due()
    message.refresh_from_db()
    return message


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [{"hangs_up": True}, {"status": 500}, {"status": 504}])
def test_a_message_whose_answer_was_lost_is_not_sent_again_by_itself(provider: Provider, fault: dict[str, Any]) -> None:
    vars(provider).update(fault)
    message = delivered()
    assert (message.state, message.error) == (Message.State.UNKNOWN, outbox.LOST)
    assert again(message).state == Message.State.UNKNOWN
    assert len(provider.told) == 1
    assert list(Message.objects.failed()) == [message]  # somebody has to look
    vars(provider).update(hangs_up=False, status=200)
    send_again(message, by=SYSTEM)
    assert again(message).state == Message.State.SENT


@pytest.mark.django_db
def test_where_the_provider_drops_repetitions_it_is_tried_again_with_the_same_key(
    provider: Provider, settings: Any
) -> None:
    settings.SMS_HTTP_KEY_HEADER, settings.SMS_HTTP_DEDUPLICATES = "Idempotency-Key", True
    settings.SMS_HTTP_BODY = {"to": "{number}", "text": "{text}", "reference": "plenary-{key}"}
    provider.hangs_up = True
    message = delivered()
    assert message.state == Message.State.WAITING
    provider.hangs_up = False
    assert again(message).state == Message.State.SENT
    assert provider.keys == [str(message.pk)] * 2
    assert [body["reference"] for _path, _key, body in provider.told] == [f"plenary-{message.pk}"] * 2


@pytest.mark.django_db
@pytest.mark.parametrize(("deduplicates", "state"), [(False, Message.State.UNKNOWN), (True, Message.State.SENT)])
def test_what_a_killed_worker_had_in_hand_is_sent_again_only_where_that_is_harmless(
    provider: Provider, settings: Any, deduplicates: bool, state: str
) -> None:
    settings.SMS_HTTP_DEDUPLICATES = deduplicates
    message = queue_message(kind="t", recipient=NUMBER, language="en", subject="E", text="x", channel="sms")
    assert message is not None
    Message.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert again(message).state == state
