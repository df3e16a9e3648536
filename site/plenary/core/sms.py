"""What carries text messages: one class with one method, chosen by the setting SMS_BACKEND. The outbox calls it and retries.

A back end of an institution's own provider is a subclass of SmsBackend anywhere on the import path.
"""

import sys
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from plenary.core.log_privacy import mask


class NumberRefused(Exception):
    """The provider will never deliver to this number: trying again is pointless."""


class AnswerLost(Exception):
    """The message was handed over, and no answer came: it may have been sent, or not."""


class SmsBackend:
    """The interface. Anything `send` raises means another attempt later, but for NumberRefused and, where the provider
    would send a repeated message again, AnswerLost."""

    @property
    def repeats_safely(self) -> bool:
        """Whether the provider drops a second message with the same key."""
        return False

    def send(self, number: str, text: str, *, key: str) -> str:
        """Hand one message over; `number` is in E.164 (+41…), `key` names the message, the same at each attempt.
        Answers the provider's id of it, or nothing."""
        raise NotImplementedError


class ConsoleBackend(SmsBackend):
    """Prints instead of sending, for machines without a provider; the number and links stay out of the log."""

    def send(self, number: str, text: str, *, key: str) -> str:
        sys.stdout.write(f"text message to …{number[-2:]}: {mask(text)}\n")
        return ""


class Sent(NamedTuple):
    """One message in memory."""

    number: str
    text: str


sent: list[Sent] = []


class MemoryBackend(SmsBackend):
    """Keeps what it is given in `sent`, for tests."""

    def send(self, number: str, text: str, *, key: str) -> str:
        sent.append(Sent(number, text))
        return f"memory-{len(sent)}"


def get_backend() -> SmsBackend:
    """The back end of the settings."""
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    return backend
