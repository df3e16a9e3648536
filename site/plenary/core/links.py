"""Signed links: addresses that open one record for one purpose, without a table of tokens. Pure, but for the secret."""

import base64
import hmac
import re
import struct
import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

_FORMAT = ">16sHI"
_MAC_BYTES = 16
NEVER = 0
_SHAPE = re.compile(r"[A-Za-z0-9_-]{50}[AEIMQUYcgkosw048]")  # 38 bytes; the last character holds but four bits


class BadLink(Exception):
    """The link was not made here, not for this purpose, or was cut short on its way."""


class ClosedLink(BadLink):
    """Made by us, and closed since: revoked, or replaced by a newer one."""


class ExpiredLink(BadLink):
    """The link is ours, but its time is over."""


@dataclass(frozen=True)
class Link:
    subject: UUID
    version: int
    expires_at: int


def _mac(purpose: str, payload: bytes) -> bytes:
    digest = salted_hmac(f"plenary.link.{purpose}", payload, secret=settings.SECRET_KEY, algorithm="sha256")
    return bytes(digest.digest()[:_MAC_BYTES])


def make_link(purpose: str, subject: UUID, version: int = 1, lifetime: int | None = None) -> str:
    """A token for one purpose; `lifetime` in seconds, None for ever. Raising the record's version revokes older links."""
    expires = NEVER if lifetime is None else int(time.time()) + lifetime
    payload = struct.pack(_FORMAT, subject.bytes, version, expires)
    return base64.urlsafe_b64encode(payload + _mac(purpose, payload)).rstrip(b"=").decode()


def read_link(purpose: str, token: str) -> Link:
    """What a token points to; raises BadLink or ExpiredLink. The caller compares the version with the record's."""
    if not _SHAPE.fullmatch(token):
        raise BadLink("not a token")  # the decoder would pass over strange characters: one link, one spelling
    raw = base64.urlsafe_b64decode(token + "=")
    payload, mac = raw[: struct.calcsize(_FORMAT)], raw[struct.calcsize(_FORMAT) :]
    if not hmac.compare_digest(mac, _mac(purpose, payload)):
        raise BadLink("not ours")
    subject, version, expires = struct.unpack(_FORMAT, payload)
    if expires != NEVER and expires < time.time():
        raise ExpiredLink("expired")
    return Link(UUID(bytes=subject), version, expires)
