"""The text in a badge's QR code: packed, signed, read back (contract.md, "Badge text"). Pure; keys come from the caller.

`E1:` + base41 of 79 bytes: key id 1 | event 3 | credential id 8 | issue 1 | rights 2 | Ed25519 signature 64, big endian.
The signature covers a context string and the 15 bytes, so it can be lifted neither into nor out of another protocol.
122 characters of the QR alphanumeric set fill a version 5 symbol at level M exactly.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "E1:"
LENGTH = 122  # characters
CONTEXT = b"eventbadge1"
PAYLOAD = struct.Struct(">B3s8sBH")
# The alphanumeric set of QR without space, %, + and /: nothing that trimming, a form or an address would damage.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-.:"
BASE = len(ALPHABET)
_FOREIGN = 0xFF  # what no character of the alphabet stands for
_VALUES = bytes(ALPHABET.find(chr(code)) & _FOREIGN for code in range(256))


class BadToken(ValueError):
    """The text opens nothing; the subclasses say why."""


class Malformed(BadToken):
    """Not a badge text: wrong length, alphabet or start."""


class OtherEvent(BadToken):
    """A badge text that names another event."""


class UnknownKey(BadToken):
    """A badge text of this event, signed by a key it does not have."""


class Forged(BadToken):
    """The signature does not belong to the contents."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a badge says of itself."""

    key_id: int
    event: int
    public_id: bytes
    issue: int
    rights: int

    def pack(self) -> bytes:
        """The 15 bytes that are signed; raises ValueError where a number does not fit its place."""
        if len(self.public_id) != 8:
            raise ValueError("a credential id has 8 bytes")
        try:
            return PAYLOAD.pack(self.key_id, self.event.to_bytes(3, "big"), self.public_id, self.issue, self.rights)
        except (struct.error, OverflowError) as error:
            raise ValueError(f"does not fit a badge: {error}") from error


def base41_encode(data: bytes) -> str:
    """Two bytes become three characters, a last single byte two (the packing of RFC 9285)."""
    text: list[str] = []
    for position in range(0, len(data) - 1, 2):
        number = data[position] << 8 | data[position + 1]
        text += (ALPHABET[number % BASE], ALPHABET[number // BASE % BASE], ALPHABET[number // (BASE * BASE)])
    if len(data) % 2:
        text += (ALPHABET[data[-1] % BASE], ALPHABET[data[-1] // BASE])
    return "".join(text)


def base41_decode(text: str) -> bytes:
    """The bytes again; raises Malformed for foreign characters, an impossible length or a group that overflows."""
    try:
        values = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError as error:
        raise Malformed("a character outside the alphabet") from error
    if _FOREIGN in values:
        raise Malformed("a character outside the alphabet")
    # Group by group in one go: a door reads a hundred badges in a request.
    whole, rest = divmod(len(values), 3)
    if rest == 1:
        raise Malformed("cut short")
    numbers = [a + BASE * (b + BASE * c) for a, b, c in zip(values[0::3], values[1::3], values[2::3], strict=False)]
    tail = [values[-2] + BASE * values[-1]] if rest else []
    try:
        return struct.pack(f">{whole}H{len(tail)}B", *numbers, *tail)
    except struct.error as error:
        raise Malformed("a group that no bytes give") from error


def sign(key: Ed25519PrivateKey, token: Token) -> str:
    """The badge text of a token."""
    payload = token.pack()
    return PREFIX + base41_encode(payload + key.sign(CONTEXT + payload))


def unpack(text: str) -> tuple[Token, bytes]:
    """What a text says and its signature, not yet checked; raises Malformed."""
    if len(text) != LENGTH or not text.startswith(PREFIX):
        raise Malformed("not the form of a badge text")
    raw = base41_decode(text[len(PREFIX) :])
    key_id, event, public_id, issue, rights = PAYLOAD.unpack_from(raw)
    return Token(key_id, int.from_bytes(event, "big"), public_id, issue, rights), raw[PAYLOAD.size :]


def shown_id(text: str) -> bytes:
    """The credential that a badge text names, whether or not it is signed; empty for what is no badge text."""
    try:
        return unpack(text.upper())[0].public_id
    except BadToken:
        return b""


def read(text: str, *, event: int, keys: Mapping[int, bytes]) -> Token:
    """A token of this event with a good signature; raises Malformed, OtherEvent, UnknownKey or Forged.

    `keys` are the event's raw public keys by key id. The event is compared first: another event's key ids mean
    nothing here, and "of another event" helps the guest more than "forged".
    """
    token, signature = unpack(text)
    if token.event != event:
        raise OtherEvent("names another event")
    if token.key_id not in keys:
        raise UnknownKey("no such key")
    try:
        public_key(bytes(keys[token.key_id])).verify(signature, CONTEXT + token.pack())
    except InvalidSignature as error:
        raise Forged("bad signature") from error
    return token


@lru_cache(maxsize=256)
def public_key(raw: bytes) -> Ed25519PublicKey:
    """The key object of 32 bytes, kept: making one costs as much as a check."""
    return Ed25519PublicKey.from_public_bytes(raw)
