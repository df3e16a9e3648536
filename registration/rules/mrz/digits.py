"""Check digits of the machine-readable zone, and which single letter or digit was probably read wrong (part 3, 4.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FILLER = "<"
_VALUES: Mapping[str, int] = {
    FILLER: 0,
    **{str(digit): digit for digit in range(10)},
    **{chr(ord("A") + offset): 10 + offset for offset in range(26)},
}
ALPHABET = frozenset(_VALUES)
_WEIGHTS = (7, 3, 1)
# What eyes and cameras take for each other in the type of the zone.
_LOOKALIKES: Mapping[str, str] = {
    "O": "0Q", "0": "OQD", "Q": "0O", "D": "0", "I": "1L", "1": "IL", "L": "1I", "Z": "2", "2": "Z",
    "S": "5", "5": "S", "B": "8", "8": "B", "G": "6", "6": "G", "T": "7", "7": "T",
}  # fmt: skip


def check_digit(text: str) -> str:
    """The digit that belongs to a text of the zone's alphabet: weights 7, 3, 1 again and again, modulo 10."""
    total = sum(_VALUES[character] * _WEIGHTS[place % 3] for place, character in enumerate(text))
    return str(total % 10)


def fits(text: str, digit: str) -> bool:
    """Whether a digit belongs to a text; for a field of fillers alone the digit may be a filler too."""
    if digit == FILLER:
        return not text.strip(FILLER)
    return check_digit(text) == digit


def likely_slip(text: str, digit: str, *, digits_only: bool = False) -> tuple[int, str] | None:
    """Where one lookalike explains a digit that does not fit: place in the text and what may stand there.

    None where none or several would explain it: a guess among several helps nobody.
    """
    found: list[tuple[int, str]] = []
    for place, character in enumerate(text):
        for other in _LOOKALIKES.get(character, ""):
            if digits_only and not other.isdigit():
                continue
            if check_digit(text[:place] + other + text[place + 1 :]) == digit:
                found.append((place, other))
    return found[0] if len(found) == 1 else None


def letters_for_digits(text: str) -> Sequence[int]:
    """The places in a field of digits where a letter stands."""
    return [place for place, character in enumerate(text) if not character.isdigit() and character != FILLER]
