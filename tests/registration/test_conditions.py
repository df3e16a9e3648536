"""Conditions of questions: one file of cases for Python and for the script, and which conditions can be kept at all."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.rules.questions import (
    condition_holds,
    is_well_formed,
    meaning_changed,
    missing_keys,
    out_of_order,
    settle,
    shown_keys,
)

CASES = json.loads((Path(__file__).parent / "condition_cases.json").read_text(encoding="utf-8"))
SCRIPT = Path(__file__).parents[2] / "registration/static/registration/conditions.js"


@pytest.mark.parametrize("case", CASES["conditions"], ids=lambda case: case["says"])
def test_a_condition_holds_as_the_cases_say(case):
    assert condition_holds(case["condition"], case["answers"]) is case["holds"]


@pytest.mark.parametrize("case", CASES["forms"], ids=lambda case: case["says"])
def test_a_form_shows_what_the_cases_say(case):
    conditions = [(key, condition) for key, condition in case["conditions"]]
    assert shown_keys(conditions, case["answers"]) == set(case["shown"])


def test_the_script_decides_every_case_alike_where_node_is_there_to_ask(tmp_path):
    """The journeys ask the browser the same; this is quicker and runs wherever node happens to be."""
    node = shutil.which("node")
    if node is None:
        assert "export function conditionHolds" in SCRIPT.read_text(encoding="utf-8")
        return
    module = tmp_path / "conditions.mjs"
    module.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    asking = (
        f"import {{ conditionHolds, shownKeys }} from {json.dumps(module.as_uri())};\n"
        f"const cases = {json.dumps(CASES)};\n"
        "console.log(JSON.stringify({conditions: cases.conditions.map((c) => conditionHolds(c.condition, c.answers)),"
        " forms: cases.forms.map((c) => [...shownKeys(c.conditions, c.answers)].sort())}));"
    )
    told = subprocess.run([node, "--input-type=module", "-e", asking], capture_output=True, text=True, check=True)
    answer = json.loads(told.stdout)
    assert answer["conditions"] == [case["holds"] for case in CASES["conditions"]]
    assert answer["forms"] == [sorted(case["shown"]) for case in CASES["forms"]]


LEAVES = st.one_of(
    st.builds(lambda key, value: {"question": key, "is": value}, st.sampled_from("abcd"), st.sampled_from("xy")),
    st.builds(lambda key, value: {"question": key, "is_not": value}, st.sampled_from("abcd"), st.sampled_from("xy")),
    st.builds(lambda key, value: {"question": key, "answered": value}, st.sampled_from("abcd"), st.booleans()),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda join, parts: {join: parts}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
ANSWERS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["x", "y", ""]))


@given(CONDITIONS, ANSWERS, st.sets(st.sampled_from("abcd")))
def test_what_is_left_of_a_condition_decides_as_the_whole_would(condition, answers, still_open):
    known = {key: value for key, value in answers.items() if key not in still_open}
    left = settle(condition, known, still_open)
    assert (left is not None and condition_holds(left, answers)) is condition_holds(condition, answers)


NOT_KEPT = {"all of nothing", "any of nothing", "a test nobody knows"}


@pytest.mark.parametrize(
    "condition", [case["condition"] for case in CASES["conditions"] if case["says"] not in NOT_KEPT], ids=str
)
def test_conditions_of_before_and_of_now_are_well_formed(condition):
    assert is_well_formed(condition)


@pytest.mark.parametrize(
    "condition",
    [
        None,
        "yes",
        [],
        {"question": "a"},
        {"question": "a", "is": "x", "in": ["y"]},
        {"question": 3, "is": "x"},
        {"question": "a", "in": []},
        {"question": "a", "in": "xy"},
        {"question": "a", "greater": "3"},
        {"question": "a", "greater": True},
        {"question": "a", "before": "14.5.2027"},
        {"question": "a", "answered": "yes"},
        {"question": "a", "sounds": "like"},
        {"all": []},
        {"all": [{}]},
        {"all": [{"question": "a", "is": "x"}], "any": []},
        {"any": [{"any": [{"any": [{"any": [{"any": [{"question": "a", "is": "x"}]}]}]}]}]},
    ],
)
def test_what_is_no_condition_is_not_taken_for_one(condition):
    assert not is_well_formed(condition)


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([("a", {}), ("b", {"question": "a", "is": "x"})], []),
        ([("a", {"question": "category", "is": "press"})], []),
        ([("a", {"question": "a", "is": "x"})], [("a", "a")]),
        ([("a", {"question": "b", "is": "x"}), ("b", {})], [("a", "b")]),
        ([("a", {"question": "b", "is": "x"}), ("b", {"question": "a", "is": "x"})], [("a", "b")]),
        ([("b", {"any": [{"question": "gone", "is": "x"}, {"question": "invited", "is": True}]})], [("b", "gone")]),
    ],
)
def test_a_question_hangs_on_earlier_ones_and_on_facts_alone(conditions, found):
    assert out_of_order(conditions) == found


WORDING = {
    "kind": "choice",
    "label": {"en": "A visa?"},
    "required": True,
    "condition": {},
    "options": [{"value": "y", "label": {"en": "Yes"}}],
}


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({}, False),
        ({"label": {"en": "A visa?", "fr": "Un visa ?"}}, False),  # one more language asks the same
        ({"options": [{"value": "y", "label": {"en": "Yes", "fr": "Oui"}}]}, False),
        ({"label": {"en": "No visa?"}}, True),
        ({"label": {"fr": "Un visa ?"}}, True),
        ({"required": False}, True),
        ({"kind": "choices"}, True),
        ({"condition": {"question": "a", "is": "x"}}, True),
        ({"options": []}, True),
        ({"options": [{"value": "y", "label": {"en": "Perhaps"}}]}, True),
    ],
)
def test_when_a_question_asks_something_else(change, changed):
    assert meaning_changed(WORDING, WORDING | change) is changed


def test_what_is_missing_is_required_shown_and_unanswered():
    asked = [
        ("visa", {}, True),
        ("passport", {"question": "visa", "is": "yes"}, True),
        ("diet", {}, False),
        ("agree", {}, True),
    ]
    assert missing_keys(asked, {}) == ["visa", "agree"]
    assert missing_keys(asked, {"visa": "yes", "agree": False}) == ["passport", "agree"]
    assert missing_keys(asked, {"visa": "no", "agree": True}) == []


def test_the_script_knows_the_tests_that_the_rules_know():
    from registration.rules.questions import TESTS

    source = SCRIPT.read_text(encoding="utf-8")
    assert all(re.search(rf'"{test}" in condition', source) for test in TESTS)
