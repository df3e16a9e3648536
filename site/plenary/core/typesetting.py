"""Documents as PDF by typst, with fonts of our own: badges, letters, invoices, certificates. Knows no record of any app.

Data goes in as JSON beside the template, so nothing that people typed can be read as markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from plenary.core.names import clean_text

FONTS = Path(__file__).parent / "fonts"
LONGEST_WORD = 24  # characters; longer ones may be broken anywhere, or one of them could not be printed at all

# Pictures, and what modifies them: no text font has them, so they would print as boxes.
_PICTURES = re.compile(
    "[\u2190-\u2bff\U0001f000-\U0001faff\U000e0000-\U000e01ef][\u200d\ufe00-\ufe0f]*|[\ufe00-\ufe0f]"
)
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
# What our bold fonts do not cover; they have Latin, Greek, Cyrillic, Arabic, Devanagari, punctuation and currencies.
_NO_BOLD_CUT = re.compile("[^\u0000-\u052f\u0600-\u06ff\u0900-\u097f\u1e00-\u1fff\u2000-\u206f\u20a0-\u20bf]")
_ZERO_WIDTH_SPACE = "\u200b"


def typeset(template: Path, data: Mapping[str, Any], form: str = "pdf", *, free_memory: bool = False) -> Any:
    """A document as "pdf" (bytes) or "png" (bytes for each page, or for the only one).

    `data` holds JSON values by the file name under which the template reads them; other values are files as bytes.
    """
    # A compiler of its own for each document: they share the fonts, and may run in several threads.
    compiler: Any = typst.Compiler(root=str(template.parent.parent), font_paths=_fonts())
    files = {
        name: value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        for name, value in data.items()
    }
    document = compiler.compile(input={"main": template.read_bytes(), **files}, format=form, ppi=120, pdf_tags=False)
    if free_memory:
        _let_go(compiler)
    return document


def _let_go(compiler: Any) -> None:
    """Free what typst keeps of a large document (a quarter of a megabyte a badge): it forgets what the last ten
    documents did not use, so ten empty ones make it forget."""
    for _document in range(11):
        compiler.compile(input=b"", format="svg")


def printable(text: str) -> str:
    """One line that fonts can show: no pictures, no directional tricks, and a break somewhere in endless words."""
    bare = clean_text(_PICTURES.sub("", text or ""))
    return _LONG_WORD.sub(lambda word: _ZERO_WIDTH_SPACE.join(_pieces(word[0])), bare)


def _pieces(word: str) -> list[str]:
    """An endless word in pieces; never between a letter and the marks that belong to it."""
    pieces: list[str] = []
    start = 0
    for position in range(1, len(word)):
        if position - start >= LONGEST_WORD // 2 and not unicodedata.combining(word[position]):
            pieces.append(word[start:position])
            start = position
    return [*pieces, word[start:]]


def text_run(text: str) -> dict[str, Any]:
    """A text with the direction of its first letter that has one, and roughly how wide it is in ems."""
    width = sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.66 for character in text)
    outline = _NO_BOLD_CUT.search(text) is not None
    return {"text": text, "rtl": _runs_right_to_left(text), "width": width, "outline": outline}


def _runs_right_to_left(text: str) -> bool:
    for character in text:
        if (kind := unicodedata.bidirectional(character)) in ("L", "R", "AL"):
            return kind != "L"
    return False


@cache
def _fonts() -> typst.Fonts:
    """Our fonts, read once a process; the machine's own are left out, so a badge looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
