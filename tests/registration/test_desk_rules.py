"""Routes of desks: who may act now, what is missing, what can be decided. Tables of cases, then any route at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.rules import SPOKEN, DeskState, Opinion, Stop, Verdict, stand
from registration.rules.information_requests import Seeing, answer_field, desks_to_ask_again

CLEAR, OBJECT, ASK, ABSTAIN = Verdict.CLEAR, Verdict.OBJECT, Verdict.ASK, Verdict.ABSTAIN
PARALLEL = [Stop("protocol"), Stop("security")]
IN_ORDER = [Stop("security", 1), Stop("protocol", 2)]
CAREFUL = [Stop("protocol"), Stop("security", four_eyes=True, may_veto=True)]


def said(*opinions):
    return [Opinion(*opinion) for opinion in opinions]


CASES = [
    # route, what was said, states in the order of the route, may approve, may reject
    ([], [], [], True, True),
    (PARALLEL, [], ["open", "open"], False, False),
    (PARALLEL, [("security", CLEAR)], ["open", "cleared"], False, False),
    (PARALLEL, [("security", CLEAR), ("protocol", CLEAR)], ["cleared", "cleared"], True, True),
    (PARALLEL, [("security", OBJECT), ("protocol", CLEAR)], ["cleared", "objected"], True, True),
    (PARALLEL, [("security", ABSTAIN), ("protocol", CLEAR)], ["cleared", "abstained"], True, True),
    (PARALLEL, [("security", ABSTAIN), ("protocol", ABSTAIN)], ["abstained", "abstained"], False, True),
    (PARALLEL, [("protocol", ASK), ("security", CLEAR)], ["asked", "cleared"], False, False),
    (IN_ORDER, [], ["open", "later"], False, False),
    (IN_ORDER, [("protocol", CLEAR)], ["open", "later"], False, False),
    (IN_ORDER, [("security", CLEAR)], ["cleared", "open"], False, False),
    (IN_ORDER, [("security", OBJECT)], ["objected", "open"], False, False),
    (CAREFUL, [("security", CLEAR, 1)], ["open", "second"], False, False),
    (CAREFUL, [("security", CLEAR, 2), ("protocol", CLEAR)], ["cleared", "cleared"], True, True),
    (CAREFUL, [("security", OBJECT, 1), ("protocol", CLEAR)], ["cleared", "second"], False, False),
    (CAREFUL, [("security", OBJECT, 2)], ["spared", "objected"], False, True),
    (CAREFUL, [("security", ASK, 1)], ["open", "asked"], False, False),
]


@pytest.mark.parametrize(("route", "opinions", "states", "may_approve", "may_reject"), CASES)
def test_a_route_says_what_is_missing_and_what_can_be_decided(route, opinions, states, may_approve, may_reject):
    standing = stand(route, said(*opinions))
    assert [standing.states[stop.desk].value for stop in route] == states
    assert (standing.may_approve, standing.may_reject) == (may_approve, may_reject)


desks = st.sampled_from(["a", "b", "c", "d"])
stops = st.builds(Stop, desks, st.integers(1, 3), st.booleans(), st.booleans())
routes = st.lists(stops, max_size=4, unique_by=lambda stop: stop.desk)
opinions = st.lists(
    st.builds(Opinion, desks, st.sampled_from(Verdict), st.integers(1, 2)), max_size=4, unique_by=lambda one: one.desk
)


@given(routes, opinions)
def test_nobody_is_approved_whom_a_desk_has_not_looked_at_or_vetoes(route, found):
    standing = stand(route, found)
    if not standing.may_approve or not route:
        return
    by_desk = {one.desk: one for one in found}
    for stop in route:
        opinion = by_desk[stop.desk]
        assert opinion.verdict != ASK
        assert opinion.officers == 2 or not stop.four_eyes
        assert not (stop.may_veto and opinion.verdict == OBJECT)
    assert any(by_desk[stop.desk].verdict != ABSTAIN for stop in route)


@given(routes, opinions)
def test_somebody_can_always_act_until_it_can_be_decided(route, found):
    standing = stand(route, found)
    movable = [desk for desk, state in standing.states.items() if state not in SPOKEN and standing.may_speak(desk)]
    assert movable or standing.may_reject
    assert set(standing.states) == {stop.desk for stop in route}


@given(routes, opinions)
def test_a_later_step_never_opens_before_the_earlier_ones_have_spoken(route, found):
    standing = stand(route, found)
    for stop in route:
        if standing.states[stop.desk] in {DeskState.LATER, DeskState.SPARED}:
            continue
        earlier = [standing.states[other.desk] for other in route if other.step < stop.step]
        assert all(state in SPOKEN for state in earlier)


SEEING = [Seeing("protocol"), Seeing("security"), Seeing("press", documents=False)]


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        (["job_title", "salutation"], set()),
        (["name"], {"protocol", "security", "press"}),
        (["document_number"], {"protocol", "security"}),
        ([answer_field("outlet")], {"press"}),
        ([answer_field("visa")], {"protocol", "security", "press"}),
        ([answer_field("diet")], set()),
        (["job_title", answer_field("outlet"), "document_expiry"], {"protocol", "security", "press"}),
    ],
)
def test_only_desks_that_saw_a_material_field_are_asked_again(changed, again):
    asked_by = {"outlet": frozenset({"press"})}
    assert desks_to_ask_again(changed, SEEING, material=["outlet", "visa"], asked_by=asked_by) == again
