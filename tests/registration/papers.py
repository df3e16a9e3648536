"""Invented identity papers for tests: a passport that fits together, and pictures large enough for a face."""

import io
from datetime import date
from typing import Any

from PIL import Image, ImageDraw

from registration.rules.documents import DocumentFacts
from registration.rules.mrz import write_td3

SURNAME, GIVEN = "Osman", "Amina"
NUMBER = "AK0123456"
BORN, ENDS = date(1985, 3, 14), date(2035, 6, 30)


def zone(**facts: Any) -> str:
    """The two lines of Amina Osman's Kenyan passport."""
    return write_td3(
        **{
            "issuer": "KEN", "number": NUMBER, "nationality": "KEN", "surname": SURNAME, "given_names": GIVEN,
            "birth_date": BORN, "sex": "F", "expires_on": ENDS,
        }
        | facts
    )  # fmt: skip


def document(**facts: Any) -> DocumentFacts:
    """The same passport as the actions take it."""
    return DocumentFacts(
        **{
            "kind": "passport", "number": NUMBER, "issuing_country": "KE", "nationality": "KE", "surname": SURNAME,
            "given_names": GIVEN, "birth_date": BORN, "sex": "F", "expires_on": ENDS, "zone": zone(),
        }
        | facts
    )  # fmt: skip


def typed(**fields: str) -> dict[str, str]:
    """What a guest types who leaves the lines empty."""
    return {
        "kind": "passport", "number": NUMBER, "issuing_country": "KE", "nationality": "KE", "surname": SURNAME,
        "given_names": GIVEN, "birth_date": BORN.isoformat(), "sex": "F", "expires_on": ENDS.isoformat(),
    } | fields  # fmt: skip


def face(size: tuple[int, int] = (900, 1200), kind: str = "JPEG", **options: Any) -> bytes:
    """A drawn face: no living person's picture belongs into a repository."""
    drawing = Image.new("RGB", size, "#c9d6df")
    pen, (width, height) = ImageDraw.Draw(drawing), size
    pen.ellipse((width * 0.3, height * 0.15, width * 0.7, height * 0.6), fill="#b98b6b")
    pen.ellipse((width * 0.15, height * 0.62, width * 0.85, height * 1.3), fill="#27496d")
    for side in (0.42, 0.58):
        pen.ellipse((width * (side - 0.02), height * 0.33, width * (side + 0.02), height * 0.36), fill="#1b1b1b")
    pen.arc(
        (width * 0.42, height * 0.4, width * 0.58, height * 0.52), 20, 160, fill="#5b2b1b", width=max(width // 100, 2)
    )
    buffer = io.BytesIO()
    drawing.save(buffer, kind, **options)
    return buffer.getvalue()
