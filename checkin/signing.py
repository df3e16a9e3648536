"""Opens an event's private key and signs badge texts with it. The only place that holds private keys in the clear."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.tokens import Token, sign

if TYPE_CHECKING:
    from checkin.models import Credential, SigningKey

DIGEST_BYTES = 16


class Signer:
    """Signs many badges of one event; the key is decrypted once, for as long as the signer lives."""

    def __init__(self, key: SigningKey, event_number: int) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.private))
        self._key_id = key.key_id
        self._event = event_number

    def text(self, credential: Credential) -> str:
        """The badge text of a credential's present issue. Ed25519 is deterministic: the same text every time."""
        return sign(
            self._key,
            Token(self._key_id, self._event, bytes(credential.public_id), credential.issue, credential.rights),
        )


def digest(text: str) -> bytes:
    """What the database keeps of a badge text: enough to recognise it, nothing to print it from."""
    return hashlib.sha256(text.encode()).digest()[:DIGEST_BYTES]
