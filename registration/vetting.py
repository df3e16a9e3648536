"""What can be seen of a registration by itself: answers that are missing, letters that pretend to be others. Pure functions."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from registration.models import Question
from registration.rules import shown_keys


def missing_answers(questions: Sequence[Question], facts: Mapping[str, Any], answered: set[str]) -> list[Question]:
    """Required questions that show for these answers and have none: asked later than the guest signed up, or by another way."""
    shown = shown_keys([(question.key, question.condition) for question in questions], facts)
    return [q for q in questions if q.required and q.key in shown and q.key not in answered]


_TOGETHER = ({"HIRAGANA", "KATAKANA", "CJK"}, {"HANGUL", "CJK"}, {"BOPOMOFO", "CJK"})


def scripts(text: str) -> set[str]:
    """The scripts of a text's letters, by the first word of their Unicode names: LATIN, CYRILLIC, CJK, ARABIC …"""
    found = {unicodedata.name(character, "").split(" ")[0] for character in text if character.isalpha()}
    return {name.removesuffix("-HALFWIDTH") for name in found if name}


def mixes_scripts(name: str) -> bool:
    """Whether one word holds letters of scripts that are not written together, as when а stands for a."""
    for word in name.split():
        found = scripts(word)
        if len(found) > 1 and not any(found <= allowed for allowed in _TOGETHER):
            return True
    return False
