"""How many parts a text message takes, as telephone networks count (3GPP TS 23.038). Pure functions."""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # two places each
AT_MOST = 6  # parts: what more does not fit belongs into a mail


@dataclass(frozen=True)
class Length:
    """The length of one text message."""

    characters: int  # places it takes in its alphabet
    segments: int
    per_segment: int
    unicode: bool  # one letter outside the networks' own alphabet makes every part hold 70 instead of 160


def measure(text: str) -> Length:
    """The length of a text as it will be sent and paid for."""
    if set(text) <= _BASIC | _EXTENDED:
        places, single, joined, unicode = sum(2 if c in _EXTENDED else 1 for c in text), 160, 153, False
    else:
        places, single, joined, unicode = len(text.encode("utf-16-be")) // 2, 70, 67, True
    if places <= single:
        return Length(places, min(places, 1), single, unicode)
    return Length(places, -(-places // joined), joined, unicode)
