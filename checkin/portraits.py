"""Portraits for phones at a checkpoint that shows them: whose they carry, and how small each is. No look is logged here."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection
from dataclasses import dataclass

from PIL import Image

from checkin.models import Checkpoint, Credential
from registration.identity import portraits_of

MOST = 1500  # faces on one phone: at their largest, four and a half megabytes
LARGEST = 3 * 1024  # bytes of one face
SIZE = (120, 156)  # pixels; a stored portrait's proportions, and enough to tell a face at arm's length
QUALITIES = (60, 45, 30, 15, 5)  # of WebP, the first that is small enough


@dataclass(frozen=True, slots=True)
class Carried:
    """Whose portraits a phone carries at a checkpoint, by credential id: those who matter most come first."""

    faces: list[tuple[str, str]]  # credential id, and what changes with the picture
    complete: bool


def carried_at(place: Checkpoint) -> Carried:
    found = Credential.objects.shown_at(place).values_list("public_id", "registration__portrait__digest")[: MOST + 1]
    faces = [(bytes(public_id).hex(), digest[:16]) for public_id, digest in found]
    return Carried(faces[:MOST], complete=len(faces) <= MOST)


def faces_of(credentials: Collection[Credential]) -> dict[str, str]:
    """Small faces in base64 by credential id. A portrait that is gone or closed meanwhile is missing."""
    found = portraits_of([credential.registration_id for credential in credentials])
    return {
        bytes(credential.public_id).hex(): base64.b64encode(_small(found[credential.registration_id])).decode()
        for credential in credentials
        if credential.registration_id in found
    }


def _small(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        picture.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))  # decodes a fraction of the pixels
        face = picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    drawn = b""
    for quality in QUALITIES:
        packed = io.BytesIO()
        face.save(packed, "WEBP", quality=quality)
        drawn = packed.getvalue()
        if len(drawn) <= LARGEST:
            break
    return drawn
