"""Texts and rules that letters have until an institution writes its own: data in JSON beside this file, in six languages."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from plenary.core.fields import Label
from plenary.core.languages import LANGUAGES


@cache
def _told(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files(__name__) / f"{name}.json").read_text(encoding="utf-8"))
    return found


def built_in_text(kind: str) -> tuple[Label, Label]:
    """Subject and body of a kind of letter, in every language."""
    texts = {language.code: _told(language.code)[kind] for language in LANGUAGES}
    subject = Label({code: told["subject"] for code, told in texts.items()})
    return subject, Label({code: "\n\n".join(told["body"]) for code, told in texts.items()})


def built_in_rules() -> dict[str, Any]:
    """The days of the rule pack that holds until an institution enters its own."""
    return dict(_told("rules"))
