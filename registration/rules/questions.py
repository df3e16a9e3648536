"""Which questions show, by their conditions, and which conditions can be kept.

A condition is {} (always), {"all": […]}, {"any": […]}, or one test of one answer or fact:
{"question": key, TEST: value}. static/registration/conditions.js decides the same in the browser; one file of cases
holds both to it (tests/registration/condition_cases.json).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

Condition = Mapping[str, Any]

# What conditions may name besides questions: known before the first question is asked.
FACTS = ("category", "nationality", "delegation", "invited")
TESTS = ("is", "is_not", "in", "answered", "greater", "less", "before", "after")
JOINS = ("all", "any")
DEEPEST = 4
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def condition_holds(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Whether a question shows for these answers and facts. What nobody answered passes no test but {"answered": false}."""
    if not condition:
        return True
    if "all" in condition:
        return all(condition_holds(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(condition_holds(part, answers) for part in condition["any"])
    return _passes(condition, answers.get(condition.get("question", "")))


def _passes(condition: Condition, given: Any) -> bool:
    answered = given not in (None, "", [])
    if "answered" in condition:
        return answered is condition["answered"]
    if not answered:
        return False
    values = given if isinstance(given, list) else [given]
    if "in" in condition:
        return any(_same(value, wanted) for value in values for wanted in condition["in"])
    if "is_not" in condition:
        return not any(_same(value, condition["is_not"]) for value in values)
    if "is" in condition:
        return any(_same(value, condition["is"]) for value in values)
    return any(_compares(condition, value) for value in values)


def _same(one: Any, other: Any) -> bool:
    """Equal, and yes is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _compares(condition: Condition, value: Any) -> bool:
    if "greater" in condition:
        return is_number(value) and is_number(condition["greater"]) and value > condition["greater"]
    if "less" in condition:
        return is_number(value) and is_number(condition["less"]) and value < condition["less"]
    if "before" in condition:
        return is_day(value) and is_day(condition["before"]) and value < condition["before"]
    if "after" in condition:
        return is_day(value) and is_day(condition["after"]) and value > condition["after"]
    return False


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_day(value: Any) -> bool:
    """A date as it is stored; such texts are in order when they are sorted."""
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def shown_keys(conditions: Sequence[tuple[str, Condition]], answers: Mapping[str, Any]) -> set[str]:
    """Which questions show, given each one's key and condition in their order.

    A question hides with the one it hangs on: what was once answered to a hidden question counts as unanswered.
    `answers` may hold facts beyond answers, like `category` and `nationality`.
    """
    asked = {key for key, _condition in conditions}
    seen = {key: value for key, value in answers.items() if key not in asked}
    shown = set()
    for key, condition in conditions:
        if condition_holds(condition, seen):
            shown.add(key)
            if key in answers:
                seen[key] = answers[key]
    return shown


def settle(condition: Condition, known: Mapping[str, Any], still_open: Collection[str]) -> Condition | None:
    """What is left of a condition once everything but `still_open` is known: {} for always, None for never."""
    if not condition:
        return {}
    if "all" in condition:
        parts = [settle(part, known, still_open) for part in condition["all"]]
        return None if any(part is None for part in parts) else _joined("all", [part for part in parts if part])
    if "any" in condition:
        parts = [part for one in condition["any"] if (part := settle(one, known, still_open)) is not None]
        if not parts:
            return None
        return {} if any(not part for part in parts) else _joined("any", parts)
    if condition.get("question") in still_open:
        return condition
    return {} if condition_holds(condition, known) else None


def _joined(how: str, parts: list[Any]) -> Condition:
    if not parts:
        return {}
    return parts[0] if len(parts) == 1 else {how: parts}


def tests_in(condition: Condition) -> Iterator[Condition]:
    """Every single test of a condition, however deep it stands."""
    for join in JOINS:
        if join in condition:
            for part in condition[join]:
                yield from tests_in(part)
            return
    if condition:
        yield condition


def keys_in(condition: Condition) -> set[str]:
    """The questions and facts a condition asks about."""
    return {str(test.get("question", "")) for test in tests_in(condition)}


def is_well_formed(condition: Any, depth: int = 0) -> bool:
    """Whether a condition is one of the shapes above, with a value that its test can use."""
    if condition == {} and depth == 0:
        return True
    if not isinstance(condition, dict) or depth > DEEPEST:
        return False
    if set(condition) in ({"all"}, {"any"}):
        parts = next(iter(condition.values()))
        return isinstance(parts, list) and bool(parts) and all(is_well_formed(part, depth + 1) for part in parts)
    test = set(condition) - {"question"}
    if len(test) != 1 or len(condition) != 2 or not isinstance(condition["question"], str):
        return False
    return _takes(test.pop(), condition)


def _takes(test: str, condition: Condition) -> bool:
    value = condition[test]
    match test:
        case "is" | "is_not":
            return isinstance(value, str | bool) or is_number(value)
        case "in":
            return isinstance(value, list) and bool(value) and all(isinstance(one, str | bool | int) for one in value)
        case "answered":
            return isinstance(value, bool)
        case "greater" | "less":
            return is_number(value)
        case "before" | "after":
            return is_day(value)
    return False


def out_of_order(conditions: Iterable[tuple[str, Condition]]) -> list[tuple[str, str]]:
    """Pairs of a question and one it hangs on that is not asked before it: later, itself, in a circle, or nowhere."""
    earlier = set(FACTS)
    found = []
    for key, condition in conditions:
        found += [(key, parent) for parent in sorted(keys_in(condition) - earlier)]
        earlier.add(key)
    return found


def meaning_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a question asks something else than it did. A translation that is added asks the same in one more language."""
    return (
        any(before[name] != after[name] for name in ("kind", "condition", "required"))
        or _told_otherwise(before["label"], after["label"])
        or [option["value"] for option in before["options"]] != [option["value"] for option in after["options"]]
        or any(
            _told_otherwise(old["label"], new["label"])
            for old, new in zip(before["options"], after["options"], strict=True)
        )
    )


def _told_otherwise(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    return any(text and after.get(language) != text for language, text in before.items())


def missing_keys(asked: Sequence[tuple[str, Condition, bool]], answers: Mapping[str, Any]) -> list[str]:
    """Required questions that show and have no answer, given each one's key, condition and whether it is required."""
    shown = shown_keys([(key, condition) for key, condition, _required in asked], answers)
    return [key for key, _condition, required in asked if required and key in shown and is_blank(answers.get(key))]


def is_blank(value: Any) -> bool:
    """Nothing, or a consent that was not given."""
    return value is False or value in (None, "", [])
