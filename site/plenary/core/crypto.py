"""Encryption of identifying fields and files: AES-GCM with key ids, and a keyed index for look-ups. No database here."""

import base64
import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12


class Undecipherable(Exception):
    """The text was not written by one of our keys, or not for this place."""


@cache
def _keyring(configured: tuple[str, ...]) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for entry in configured:
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS: each entry is id:base64") from error
        if not key_id or len(key) != 32:
            raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS: each entry is id:base64 of 32 bytes")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is empty: identifying fields cannot be stored")
    return keys


def keyring() -> dict[str, bytes]:
    """Keys by id, the writing key first."""
    return _keyring(tuple(settings.FIELD_ENCRYPTION_KEYS))


def encrypt(plain: bytes, place: str) -> bytes:
    """Encrypt for one place (model, field and primary key): a ciphertext copied elsewhere does not open."""
    key_id, key = next(iter(keyring().items()))
    nonce = os.urandom(NONCE_BYTES)
    return key_id.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def decrypt(sealed: bytes, place: str) -> bytes:
    """The plain bytes; raises Undecipherable for a foreign key, another place or a changed text."""
    key_id, _, body = sealed.partition(b":")
    key = keyring().get(key_id.decode(errors="replace"))
    if key is None or len(body) <= NONCE_BYTES:
        raise Undecipherable("no key for this text")
    try:
        return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], place.encode())
    except InvalidTag as error:
        raise Undecipherable("changed, or moved from another place") from error


@cache
def _index_key(oldest: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"plenary blind index").derive(oldest)


def blind_index(value: str, purpose: str) -> str:
    """A keyed digest to find equal values without storing them. It keeps to the oldest key, so rotation moves nothing."""
    oldest = list(keyring().values())[-1]
    return hmac.new(_index_key(oldest), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
