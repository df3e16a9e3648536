"""JSON from outside, read without mercy: RFC 8259 and I-JSON (RFC 7493) to the letter, and nothing a database cannot store."""

from __future__ import annotations

import json
import math
from typing import Any

from django.utils.translation import gettext_lazy as _

from plenary.core.problems import BAD_JSON, Problem, Text

MAX_DEPTH = 32
_INTEGER_DIGITS = 19  # 64 bits; longer numbers reach neither database nor JavaScript unharmed


def _refuse(detail: Text) -> Problem:
    return Problem(BAD_JSON, detail)


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _INTEGER_DIGITS or not -(2**63) <= (number := int(digits)) < 2**63:
        raise _refuse(_("A number in the body is too large."))
    return number


def _real(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _refuse(_("A number in the body is too large."))
    return number


def _constant(name: str) -> Any:
    raise _refuse(_("JSON knows no NaN and no Infinity."))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # two readers would each take another one of them
        raise _refuse(_("An object in the body names a member twice."))
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant, strict=True
)


def loads(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises Problem(bad_json) that says what is wrong with it."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _refuse(_("The body is not UTF-8.")) from error
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        detail = _("The body is not JSON: line %(line)s, column %(column)s.") % {
            "line": error.lineno,
            "column": error.colno,
        }
        raise _refuse(detail) from error
    except RecursionError as error:
        raise _refuse(_("The body is nested too deeply.")) from error
    # Most bodies are shallow and hold no escapes: counting bytes is cheaper than walking the whole value.
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH or b"\\u" in body:
        _walk(value)
    return value


def _walk(value: Any) -> None:
    """Refuse what lies too deep, and text that no database or UTF-8 file can hold."""
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str):
            _check_text(item)
            continue
        if not isinstance(item, dict | list):
            continue
        if depth > MAX_DEPTH:
            raise _refuse(_("The body is nested too deeply."))
        if isinstance(item, dict):
            waiting.extend((key, depth) for key in item)
            item = list(item.values())
        waiting.extend((child, depth + 1) for child in item)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise _refuse(_("A text in the body holds the character U+0000."))
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _refuse(_("A text in the body holds half of a surrogate pair."))
