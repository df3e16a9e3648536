"""References that a bank carries with a transfer: ISO 11649 creditor references, whose check digits catch typing errors."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"RF\d{2}[0-9A-Z]{1,21}")
_FIND = re.compile(r"RF\s?\d{2}(?:\s?[0-9A-Z]){1,21}", re.I)


def creditor_reference(number: str) -> str:
    """“RF42…” for a number of digits and capital letters, at most 21 long."""
    if not re.fullmatch(r"[0-9A-Z]{1,21}", number):
        raise ValueError("digits and capital letters only")
    return f"RF{98 - _remainder(number + 'RF00'):02d}{number}"


def is_creditor_reference(text: str) -> bool:
    """Whether a text without spaces is one, check digits included."""
    return bool(_SHAPE.fullmatch(text)) and _remainder(text[4:] + text[:4]) == 1


def in_groups(reference: str) -> str:
    """In groups of four, as people copy it by hand."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def references_in(text: str) -> list[str]:
    """Every creditor reference that a bank's text holds, spaces in it or not, longest reading first."""
    found: list[str] = []
    for match in _FIND.finditer(text.upper()):
        bare = re.sub(r"\s", "", match[0])
        # What follows the reference may be taken for a part of it: the check digits say where it ends.
        for end in range(len(bare), 4, -1):
            if is_creditor_reference(bare[:end]):
                found.append(bare[:end])
                break
    return found


def _remainder(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97
