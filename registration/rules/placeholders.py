"""The texts staff write for mails: words in braces that stand for a fact, like {name}. Nothing else is a command.

A value is put in once and never read again, so whatever a guest typed stays text: no template language, nothing to leak.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

_PART = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z][a-z0-9_]{0,39})\}|[{}]")


class Fault(Enum):
    """What can be wrong with a text."""

    STRAY_BRACE = "stray brace"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True)
class Problem:
    """One fault: the word or the place it is about, and the known word that looks most like it."""

    fault: Fault
    word: str
    nearest: str = ""


def names_in(text: str) -> list[str]:
    """The placeholders of a text in their order, each once."""
    return list(dict.fromkeys(found["name"] for found in _PART.finditer(text) if found["name"]))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; two braces stand for one. A name without a value becomes nothing."""

    def put(found: re.Match[str]) -> str:
        if found["name"]:
            return values.get(found["name"], "")
        return found[0][0]

    return _PART.sub(put, text)


def problems(text: str, *, known: Collection[str], needed: Sequence[str] = ()) -> list[Problem]:
    """What keeps a text from being saved."""
    found = []
    for part in _PART.finditer(text):
        if part[0] in ("{", "}"):
            around = text[max(part.start() - 12, 0) : part.end() + 12]
            found.append(Problem(Fault.STRAY_BRACE, " ".join(around.split())))
    used = names_in(text)
    for name in used:
        if name not in known:
            near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
            found.append(Problem(Fault.UNKNOWN, name, near[0] if near else ""))
    found += [Problem(Fault.MISSING, name) for name in needed if name not in used]
    return found


def blocks(text: str) -> list[str]:
    """Paragraphs: what stands between empty lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return [block.strip() for block in re.split(r"\n[ \t]*\n", lines) if block.strip()]
