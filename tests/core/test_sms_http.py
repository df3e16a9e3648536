"""Text messages to a provider over HTTP, against one on this machine: taken, refused, down, moved, silent about its name."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from plenary.core import outbox
from plenary.core.actions import queue_message
from plenary.core.models import Message
from plenary.core.sms_http import HttpBackend

NUMBER = "+41791234567"


class Provider(HTTPServer):
    """Answers what a test tells it to, and keeps what it was told."""

    status = 200
    answer: Any = {"messages": [{"id": "sm-1"}]}

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[tuple[str, str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, self.headers["Authorization"], json.loads(body)))
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
    [(202, "sent"), (422, "failed"), (401, "waiting"), (429, "waiting"), (500, "waiting"), (302, "waiting")],
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
        HttpBackend().send(NUMBER, "Hello")
