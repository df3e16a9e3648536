"""What makes two spellings one person, and which letters a name is written with."""

import unicodedata

from plenary.core.names import fold


def name_key(name: str) -> str:
    """What two spellings of one person's name have in common: folded words in alphabetical order."""
    return " ".join(sorted(fold(name).split()))[:120]


def is_latin(text: str) -> bool:
    """Whether every letter is a Latin one."""
    return all(
        unicodedata.name(character, "").startswith("LATIN")
        for character in text
        if unicodedata.category(character)[0] == "L" and unicodedata.category(character) != "Lm"
    )
