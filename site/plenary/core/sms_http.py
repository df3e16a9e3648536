"""Text messages through a provider's HTTP interface: one POST of JSON for each, shaped by settings (docs/reference/settings.md).

Errors carry a status or the name of a fault, never the answer's text: providers repeat numbers in it, and errors are logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from plenary.core.sms import AnswerLost, NumberRefused, SmsBackend

TIMEOUT = 10  # seconds
BUSY = 503  # the one failure of a server by which it says that it has not taken the message
LONGEST_ANSWER = 100_000  # bytes
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderFailed(Exception):
    """The provider did not take the message: it is tried again."""


class HttpBackend(SmsBackend):
    """Hands messages to the provider at SMS_HTTP_URL. A redirect is a failure: it would carry the number elsewhere."""

    @property
    def repeats_safely(self) -> bool:
        return bool(settings.SMS_HTTP_DEDUPLICATES)

    def send(self, number: str, text: str, *, key: str) -> str:
        body = json.dumps(filled(settings.SMS_HTTP_BODY, {"number": number, "text": text, "key": key})).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if settings.SMS_HTTP_AUTHORIZATION:
            headers["Authorization"] = settings.SMS_HTTP_AUTHORIZATION
        if settings.SMS_HTTP_KEY_HEADER:
            headers[settings.SMS_HTTP_KEY_HEADER] = key
        connection, path = _connection(settings.SMS_HTTP_URL)
        try:
            status, told = _ask(connection, path, body, headers)
        finally:
            connection.close()
        if status in settings.SMS_HTTP_REFUSED:
            raise NumberRefused
        if status >= 500 and status != BUSY:
            raise AnswerLost  # a fault behind the provider's door: on which side of the sending it broke is not known
        if not 200 <= status < 300:
            raise ProviderFailed(f"HTTP {status}")
        return named(told, settings.SMS_HTTP_ID)[:200]


def _ask(connection: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The provider's answer. Who could not be reached has taken nothing; whose answer does not come may have."""
    try:
        connection.connect()
    except OSError as error:
        raise ProviderFailed(type(error).__name__) from None
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
    except (OSError, HTTPException):
        raise AnswerLost from None
    try:
        return answer.status, answer.read(LONGEST_ANSWER)
    except (OSError, HTTPException):
        return answer.status, b""  # the status says all that counts


def filled(shape: Any, values: Mapping[str, str]) -> Any:
    """The shape with its placeholders filled in; what a text holds by itself is never taken for a placeholder."""
    if isinstance(shape, str):
        for name in values:
            shape = shape.replace(f"{{{name}}}", f"\0{name}\0")
        parts = shape.split("\0")
        return "".join(values[part] if odd % 2 else part for odd, part in enumerate(parts))
    if isinstance(shape, Mapping):
        return {name: filled(value, values) for name, value in shape.items()}
    return [filled(value, values) for value in shape] if isinstance(shape, list) else shape


def named(told: bytes, where: str) -> str:
    """What an answer says at a dotted place, or nothing: the message was taken all the same."""
    try:
        found: Any = json.loads(told)
        for step in where.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
    return str(found) if isinstance(found, str | int) else ""


def _connection(address: str) -> tuple[HTTPConnection, str]:
    url = urlsplit(address)
    path = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
    if url.scheme == "https" and url.hostname:
        return HTTPSConnection(url.hostname, url.port, timeout=TIMEOUT), path
    if url.scheme == "http" and url.hostname in _LOOPBACK:
        return HTTPConnection(url.hostname, url.port, timeout=TIMEOUT), path
    raise ImproperlyConfigured("SMS_HTTP_URL must be an https:// address: numbers and links travel there.")
