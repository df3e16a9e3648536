"""Names of people as text: cleaned when they come in, folded for search in any script. Pure functions."""

import re
import unicodedata

from anyascii import anyascii

# Directional overrides and isolates can reorder what stands around a name; zero-width joiners belong to some scripts.
_DIRECTIONAL = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0xFEFF])
_SPACES = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """One line in NFC: control and directional characters out, runs of white space made one space."""
    text = text.translate(_DIRECTIONAL)
    text = "".join(c if c in "\n\t " or unicodedata.category(c) not in {"Cc", "Cs", "Co"} else " " for c in text)
    # Composed last: a mark may have been kept from its letter by something that is gone now.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """What a search compares: Latin letters of any script, no accents, no case. «Müller» meets «MULLER», «Ли» meets «Li»."""
    decomposed = unicodedata.normalize("NFKD", clean_text(text))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", anyascii(bare).casefold()).strip()


def search_text(*parts: str) -> str:
    """The search column of a record: each part as written (case folded) and folded to Latin."""
    words: dict[str, None] = {}
    for part in parts:
        if cleaned := clean_text(part or ""):
            words[cleaned.casefold()] = None
            words[fold(cleaned)] = None
    return " ".join(word for word in words if word)


def normalise_email(address: str) -> str:
    """How addresses are compared: case means nothing to the mailboxes of this world, though the standard allows it."""
    return unicodedata.normalize("NFKC", address).strip().casefold()
