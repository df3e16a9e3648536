"""What is JSON is read as JSON; what only looks like it, or cannot be stored, is refused and never crashes the reader."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plenary.core.problems import Problem
from plenary.core.strict_json import MAX_DEPTH, loads

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), storable),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(storable, inner, max_size=4)),
    max_leaves=20,
)


@given(values.filter(lambda value: "Infinity" not in json.dumps(value)), st.booleans())
def test_what_can_be_stored_is_read_as_it_is(value: Any, escaped: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    with suppress(Problem):
        loads(body)


def test_the_limit_of_depth_is_exact() -> None:
    assert loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(Problem) as refusal:
        loads(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert "deeply" in str(refusal.value.detail)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert loads(b'"\\ud83d\\ude00"') == "😀"
