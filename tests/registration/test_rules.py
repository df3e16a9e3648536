"""The rules of registration, as tables of cases."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.rules import (
    EDITABLE_BY_GUEST,
    LIVE,
    TRANSITIONS,
    Opening,
    State,
    Who,
    condition_holds,
    name_key,
    opening,
    shown_keys,
    targets,
    transition,
)

NOW = datetime(2027, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Opening.OPEN),
        ({"event_open": False}, Opening.EVENT_CLOSED),
        ({"opens_at": NOW + HOUR}, Opening.NOT_YET),
        ({"opens_at": NOW}, Opening.OPEN),
        ({"closes_at": NOW}, Opening.OVER),
        ({"closes_at": NOW + HOUR}, Opening.OPEN),
        ({"quota": 3, "taken": 2}, Opening.OPEN),
        ({"quota": 3, "taken": 3}, Opening.FULL),
        ({"quota": 0}, Opening.FULL),
        ({"quota": 3, "taken": 3, "closes_at": NOW}, Opening.OVER),
    ],
)
def test_when_a_category_takes_sign_ups(facts, expected):
    given_facts = {"event_open": True, "opens_at": None, "closes_at": None, "quota": None, "taken": 0} | facts
    assert opening(now=NOW, **given_facts) == expected


def test_every_step_out_of_a_final_state_is_an_officers_and_needs_a_reason():
    for step in TRANSITIONS:
        if step.source not in LIVE:
            assert (step.who, step.needs_reason) == ({Who.OFFICER}, True)


def test_nothing_unfavourable_is_decided_without_a_reason():
    for step in TRANSITIONS:
        if step.target in {State.REJECTED, State.CANCELLED, State.INFORMATION_REQUESTED}:
            assert step.needs_reason


def test_guests_neither_approve_nor_reopen():
    for source in State:
        assert not set(targets(source, Who.GUEST)) & {State.APPROVED, State.REJECTED, State.CANCELLED}
    assert targets(State.REJECTED, Who.GUEST) == []


def test_what_a_guest_may_edit_is_live_and_undecided():
    assert EDITABLE_BY_GUEST < LIVE
    assert State.APPROVED not in EDITABLE_BY_GUEST


def test_there_is_no_step_from_a_state_to_itself():
    assert all(transition(state, state) is None for state in State)


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        ({}, {}, True),
        ({"question": "visa", "is": "yes"}, {"visa": "yes"}, True),
        ({"question": "visa", "is": "yes"}, {"visa": "no"}, False),
        ({"question": "visa", "is": "yes"}, {}, False),
        ({"question": "visa", "in": ["yes", "maybe"]}, {"visa": "maybe"}, True),
        ({"question": "days", "is": "mon"}, {"days": ["sun", "mon"]}, True),
        ({"question": "days", "is": "mon"}, {"days": []}, False),
        ({"question": "agree", "is": True}, {"agree": True}, True),
        ({"question": "agree", "is": True}, {"agree": False}, False),
    ],
)
def test_when_a_condition_holds(condition, answers, expected):
    assert condition_holds(condition, answers) is expected


def test_a_question_hides_with_the_one_it_hangs_on():
    conditions = [
        ("visa", {}),
        ("passport", {"question": "visa", "is": "yes"}),
        ("expiry", {"question": "passport", "is": True}),
    ]
    answers = {"visa": "yes", "passport": True, "expiry": "2030-01-01"}
    assert shown_keys(conditions, answers) == {"visa", "passport", "expiry"}
    assert shown_keys(conditions, answers | {"visa": "no"}) == {"visa"}


def test_conditions_may_ask_for_facts_that_are_no_question():
    conditions = [("medium", {"question": "category", "in": ["press"]})]
    assert shown_keys(conditions, {"category": "press"}) == {"medium"}
    assert shown_keys(conditions, {"category": "delegate"}) == set()


@given(st.lists(st.sampled_from("abcde"), unique=True), st.dictionaries(st.sampled_from("abcde"), st.booleans()))
def test_whatever_is_answered_a_hidden_parent_hides_its_children(keys, answers):
    conditions = [(key, {"question": before, "is": True} if before else {}) for before, key in pairwise([None, *keys])]
    shown = shown_keys(conditions, answers)
    for before, key in pairwise(keys):
        if before not in shown:
            assert key not in shown


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller Anna", "ANNA MULLER"), ("Иван Петров", "Petrov Ivan"), ("José  García", "garcia jose")],
)
def test_two_spellings_of_a_name_share_a_key(one, other):
    assert name_key(one) == name_key(other)
