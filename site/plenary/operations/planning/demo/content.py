"""Reads the demonstration's texts and facts, and turns them into labels and page bodies. Nothing is written here."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plenary.core.languages import LANGUAGES

FOLDER = Path(__file__).parent / "content"
ZONE = ZoneInfo("Asia/Shanghai")


@cache
def facts() -> dict[str, Any]:
    """What has no language: times, places, who speaks where."""
    return _read("facts")


@cache
def guests() -> list[list[Any]]:
    found: list[list[Any]] = json.loads((FOLDER / "guests.json").read_text(encoding="utf-8"))
    return found


@cache
def texts(language: str) -> dict[str, Any]:
    """Everything written in one language."""
    return _read(language)


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def in_language(language: str, *path: str) -> Any:
    """One text in one language; None where it was left untranslated."""
    found: Any = texts(language)
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def label(*path: str) -> dict[str, str]:
    """A short text in every language that has it."""
    found = {language.code: in_language(language.code, *path) for language in LANGUAGES}
    return {code: text for code, text in found.items() if text}


def local(moment: str) -> datetime:
    """A moment written in the forum's own time."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


def body(lines: list[str]) -> str:
    """A page's body, from lines: “# heading”, “> quotation|source”, “! title|notice”, anything else a paragraph."""
    return json.dumps([_block(line) for line in lines])


def _block(line: str) -> dict[str, Any]:
    mark, text = line[:2], line[2:]
    if mark == "# ":
        return {"type": "heading", "value": text}
    if mark == "> ":
        quoted, _bar, source = text.partition("|")
        return {"type": "quote", "value": {"text": quoted, "source": source}}
    if mark == "! ":
        title, _bar, told = text.partition("|")
        return {"type": "notice", "value": {"title": title, "text": f"<p>{escape(told, quote=False)}</p>"}}
    return {"type": "paragraph", "value": f"<p>{escape(line, quote=False)}</p>"}
