"""Questions of a category as JSON Schema 2020-12, with titles in the active language, for programs that build forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django_countries import countries

from plenary.core.fields import Label
from registration.models import Question
from registration.rules import settle
from registration.rules.questions import FACTS, Condition
from registration.uploads import MAX_BYTES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Kind = Question.Kind
FILE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 120},
        "content": {"type": "string", "contentEncoding": "base64", "maxLength": MAX_BYTES * 4 // 3 + 4},
    },
    "required": ["name", "content"],
    "additionalProperties": False,
}


@lru_cache(maxsize=1)
def _country_codes() -> list[str]:
    return [country.code for country in countries]


def _value_schema(question: Question) -> dict[str, Any]:
    options = [{"const": option["value"], "title": str(Label(option["label"]))} for option in question.options]
    match question.kind:
        case Kind.LONG_TEXT:
            return {"type": "string", "maxLength": 5_000}
        case Kind.NUMBER:
            return {"type": "number"}
        case Kind.DATE:
            return {"type": "string", "format": "date"}
        case Kind.CHOICE:
            return {"type": "string", "oneOf": options}
        case Kind.CHOICES:
            return {"type": "array", "uniqueItems": True, "items": {"type": "string", "oneOf": options}}
        case Kind.COUNTRY:
            return {"type": "string", "enum": _country_codes()}
        case Kind.PHONE:
            return {"type": "string", "maxLength": 60}
        case Kind.FILE:
            return dict(FILE_SCHEMA)
        case Kind.CONSENT:
            return {"type": "boolean"} | ({"const": True} if question.required else {})
    return {"type": "string", "maxLength": 300}


class _Untold(Exception):
    """A condition that JSON Schema cannot decide by the answers alone."""


def answers_schema(questions: Iterable[Question], facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The schema of `answers`. A required question with a condition is required where the condition holds.

    What `facts` settle stands no more in a condition, and what they rule out is no property. Where a condition asks for
    more than the answers (a nationality, a date before another) the server alone says what is missing.
    """
    every = list(questions)
    known = dict(facts or {})
    still_open = {question.key for question in every} | (set(FACTS) - known.keys())
    conditions = {
        question.key: left for question in every if (left := settle(question.condition, known, still_open)) is not None
    }
    properties: dict[str, Any] = {}
    required: list[str] = []
    conditional: list[dict[str, Any]] = []
    for question in every:
        if question.key not in conditions:
            continue
        schema = _value_schema(question) | {"title": str(question.label), "x-plenary-kind": question.kind}
        if help_text := str(question.help_text):
            schema["description"] = help_text
        if question.section:
            schema["x-plenary-section"] = str(question.section.label)
        if condition := conditions[question.key]:
            schema["x-plenary-condition"] = condition
        properties[question.key] = schema
        if not question.required:
            continue
        if not condition:
            required.append(question.key)
            continue
        try:
            conditional.append({"if": _holds(condition, conditions), "then": {"required": [question.key]}})
        except _Untold:
            continue
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    } | ({"allOf": conditional} if conditional else {})


def _holds(condition: Condition, conditions: Mapping[str, Condition]) -> dict[str, Any]:
    """The answers for which a condition holds; what hangs on a hidden question hides with it."""
    if "all" in condition:
        return {"allOf": [_holds(part, conditions) for part in condition["all"]]}
    if "any" in condition:
        return {"anyOf": [_holds(part, conditions) for part in condition["any"]]}
    key = str(condition["question"])
    if key not in conditions:
        raise _Untold
    answered = {"required": [key], "properties": {key: {"not": {"enum": [None, "", []]}}}}
    parent = [_holds(conditions[key], conditions)] if conditions[key] else []
    if condition.get("answered") is False:
        return {"not": {"allOf": [answered, *parent]}}
    return {
        "allOf": [
            answered,
            *([{"properties": {key: _passing(condition)}}] if "answered" not in condition else []),
            *parent,
        ]
    }


def _passing(condition: Condition) -> dict[str, Any]:
    """The values that pass one test; a list passes by one of its members."""
    match condition:
        case {"in": wanted}:
            one: dict[str, Any] = {"enum": wanted}
        case {"is": wanted}:
            one = {"enum": [wanted]}
        case {"is_not": unwanted}:
            return {"not": {"anyOf": [{"enum": [unwanted]}, {"type": "array", "contains": {"enum": [unwanted]}}]}}
        case {"greater": limit}:
            return {"type": "number", "exclusiveMinimum": limit}
        case {"less": limit}:
            return {"type": "number", "exclusiveMaximum": limit}
        case _:
            raise _Untold
    return {"anyOf": [one, {"type": "array", "contains": one}]}
