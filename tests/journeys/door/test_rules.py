"""The door's rules that need no screen: what leaves the queue, when a badge counts again, what a verdict is. In the browser
that runs them, through the very files that are served."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import checkin
from checkin.rules import Badge, Moment, Passage, Place, Reason, decide
from tests.journeys.conftest import Visitor
from tests.journeys.door.phone import BADGE


def scan(identifier: str, at: str = "2030-05-14T08:00:00.000Z", **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "credential": BADGE,
        "checkpoint": "main",
        "direction": "in",
        "scanned_at": at,
        "offline": False,
        "event": "forum",
        "held": False,
    } | changes


def test_what_goes_over_the_wire_is_the_contract_and_nothing_more(rules):
    sent = rules("queue.js", "toWire", "return toWire(given[0]);", scan("a"))
    assert set(sent) == {"id", "credential", "checkpoint", "direction", "scanned_at", "offline"}


def test_the_oldest_scans_of_this_event_go_first_and_held_ones_stay(rules):
    waiting = [
        scan("late", "2030-05-14T09:00:00.000Z"),
        scan("other", event="another"),
        scan("early", "2030-05-14T07:00:00.000Z"),
        scan("held", held=True),
    ]
    batch = rules("queue.js", "nextBatch", "return nextBatch(given[0], 'forum').map((scan) => scan.id);", waiting)
    assert batch == ["early", "late"]


def test_no_batch_is_longer_than_the_contract_allows(rules):
    waiting = [scan(f"{number:04}") for number in range(450)]
    assert rules("queue.js", "nextBatch", "return nextBatch(given[0], 'forum').length;", waiting) == 200


@pytest.mark.parametrize(
    ("answer", "leaves"),
    [
        ({"results": [{"id": "b", "verdict": "refuse"}, {"id": "a", "verdict": "admit"}]}, ["a", "b"]),
        ({"results": [{"id": "A", "verdict": "conflict"}]}, ["a"]),
        ({"results": [{"id": "a", "verdict": "perhaps"}, {"id": "b"}]}, []),
        ({"results": [{"id": None, "verdict": "refuse"}, None, 7]}, []),
        ({"results": "yes"}, []),
        ({}, []),
        (None, []),
    ],
)
def test_a_scan_leaves_the_queue_only_with_a_verdict_of_its_own(rules, answer, leaves):
    body = "return settled(given[0], given[1]).map(({ scan }) => scan.id);"
    assert rules("queue.js", "settled", body, [scan("a"), scan("b")], answer) == leaves


@pytest.mark.parametrize(
    ("outcome", "size", "step"),
    [
        ({"kind": "answer"}, 5, "settle"),
        ({"kind": "signed_out"}, 5, "signed_out"),
        ({"kind": "refused"}, 5, "split"),
        ({"kind": "refused"}, 1, "hold"),
        ({"kind": "busy"}, 1, "retry"),
        ({"kind": "no_network"}, 200, "retry"),
    ],
)
def test_no_outcome_of_an_attempt_drops_a_scan(rules, outcome, size, step):
    assert rules("queue.js", "afterAttempt", "return afterAttempt(given[0], given[1]);", outcome, size) == step


def test_waiting_doubles_up_to_a_minute_and_phones_do_not_knock_together(rules):
    longest = "return [1, 2, 3, 4, 9, 50].map((failures) => backoff(failures, () => 1));"
    assert rules("queue.js", "backoff", longest) == [1000, 2000, 4000, 8000, 60_000, 60_000]
    assert rules("queue.js", "backoff", "return [1, 9].map((failures) => backoff(failures, () => 0));") == [500, 30_000]


@pytest.mark.parametrize(
    ("moments", "accepted"),
    [
        ([["a", 0], ["a", 1000], ["a", 3900]], [True, False, False]),  # held on: always less than 3 s since last seen
        ([["a", 0], ["a", 3001]], [True, True]),  # away, and back
        ([["a", 0], ["b", 100], ["a", 200]], [True, True, True]),  # two guests in turn
    ],
)
def test_a_badge_counts_again_only_after_three_seconds_out_of_view(rules, moments, accepted):
    body = "const guard = new RepeatGuard(); return given[0].map(([text, at]) => guard.accepts(text, at));"
    assert rules("repeat.js", "RepeatGuard", body, moments) == accepted


def test_a_verdict_read_for_long_does_not_make_the_same_badge_new(rules):
    body = """const guard = new RepeatGuard(); guard.accepts("a", 0); guard.resume(60000);
    return [guard.accepts("a", 61000), guard.accepts("a", 64001)];"""
    assert rules("repeat.js", "RepeatGuard", body) == [False, True]


def test_every_reason_of_the_server_has_a_colour_and_words(rules):
    from checkin.door_texts import TEXTS
    from checkin.rules import Outcome, Reason

    for reason in Reason:
        for outcome in Outcome:
            view = rules(
                "verdict.js", "present", "return present(given[0], 'in');", {"verdict": outcome, "reason": reason}
            )
            keys = [view[name] for name in ("word", "title", "next") if view[name]]
            assert set(keys) <= set(TEXTS), json.dumps(view)
            assert (view["tone"] == "admit") == (outcome == Outcome.ADMIT)
            assert view["title"] != "reason.other" or reason in {Reason.OK, Reason.CLOCK}
            assert view["stays"] or outcome == Outcome.ADMIT


def test_a_list_that_has_expired_gives_no_verdict(rules):
    body = """const vault = { get: async () => null, put: async () => {} };
    const guests = new Guests({ snapshot: async () => ({ kind: "answer", data: given[0] }) }, vault);
    await guests.serve("a"); await guests.refresh(Date.parse(given[1][0]));
    return given[1].map((at) => guests.ready(Date.parse(at)));"""
    head = {
        "event": {"number": 1},
        "expires_at": "2026-11-26T10:00:00Z",
        "keys": [],
        "categories": [],
        "checkpoints": [],
    }
    told = {"complete": True, "version": "1-1", "credentials": [], "revocations": [], **head}
    moments = ["2026-11-26T09:59:59Z", "2026-11-26T10:00:00Z"]
    assert rules("guests.js", "Guests", body, told, moments) == [True, False]


def test_an_expired_list_is_erased_and_comes_whole_when_it_is_good_again(rules):
    body = """const disk = new Map(), asked = [];
    const vault = { get: async (name) => disk.get(name) ?? null, put: async (name, value) => disk.set(name, value),
                    remove: async (name) => disk.delete(name) };
    const told = { event: { number: 1 }, keys: [], categories: [], checkpoints: [], revocations: [], version: "1-1" };
    let expires_at = "2026-11-26T10:00:00Z";
    const snapshot = async (since) => {
      asked.push(since);
      return { kind: "answer", data: { ...told, expires_at, complete: !since, credentials: since ? [] : [
        { id: "0a", issue: 1, category: "c", rights: 1, name: "N", latin_name: "", organisation: "", code: "X" }] } };
    };
    const guests = new Guests({ snapshot }, vault);
    const at = (hour) => Date.parse(`2026-11-26T${hour}:00:00Z`);
    const state = () => [guests.size, disk.size];
    await guests.serve("a"); await guests.refresh(at("09"));
    const steps = [await guests.expire(at("09")), state()];
    steps.push(await guests.expire(at("11")), state());
    await guests.refresh(at("11")); steps.push(state());
    expires_at = "2026-11-27T10:00:00Z";
    await guests.refresh(at("11")); steps.push(state(), guests.ready(at("11")));
    return [steps, asked];"""
    steps, asked = rules("guests.js", "Guests", body)
    assert steps == [False, [1, 2], True, [0, 0], [0, 0], [1, 2], True]
    assert asked == [None, "1-1", "1-1", None]  # no whole list is moved only to be thrown away


def test_an_unknown_reason_of_a_newer_server_is_still_a_refusal(rules):
    view = rules("verdict.js", "present", "return present({ verdict: 'refuse', reason: 'brand_new' }, 'in');")
    assert (view["tone"], view["title"]) == ("stop", "reason.other")


def test_times_are_told_in_the_events_zone_with_the_day_when_it_is_another(visitor: Visitor, server: str):
    page: Page = visitor("phone", "en")
    page.goto("/door/")
    told = page.evaluate(
        """async () => {
          const { Texts } = await import("/static/checkin/door/texts.js");
          const pack = JSON.parse(document.getElementById("door-texts").textContent);
          const texts = new Texts(pack);
          const now = new Date("2030-05-14T20:00:00Z");
          const at = (time) => texts.moment(new Date(time), "Asia/Tokyo", now);
          return [at("2030-05-14T19:30:00Z"), at("2030-05-14T03:00:00Z"), texts.ago(new Date("2030-05-14T19:57:00Z"), now)];
        }"""
    )
    assert told[0] == "04:30"
    assert "Tue" in told[1]
    assert "14" in told[1]
    assert "12:00" in told[1]
    assert told[2] == "3 minutes ago"


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [("en", 1, "1 scan waiting"), ("en", 2, "2 scans waiting"), ("en", 0, "0 scans waiting")],
)
def test_counts_take_the_form_of_the_language(visitor: Visitor, language: str, count: int, form: str):
    page = visitor("phone", language)
    page.goto("/door/")
    told = page.evaluate(
        """async (count) => {
          const { Texts } = await import("/static/checkin/door/texts.js");
          return new Texts(JSON.parse(document.getElementById("door-texts").textContent)).count("count.waiting", count);
        }""",
        count,
    )
    assert told == form


CASES = json.loads((Path(checkin.__file__).parent / "cases.json").read_text(encoding="utf-8"))
DECIDE = """
const badgeOf = (facts) => facts && typeof facts === "object"
    ? { ...facts, currentIssue: facts.current_issue } : facts;
const time = (text) => text === null ? null : Date.parse(text);
return given[0].map((one) => {
    const place = one.place && {
        ...one.place, categories: new Set(one.place.categories), escorted: new Set(one.place.escorted),
        opensAt: time(one.place.opens_at), closesAt: time(one.place.closes_at), timeZone: one.place.time_zone,
        dayChange: one.place.day_change,
    };
    const passage = { entered: time(one.passage.entered), left: time(one.passage.left) };
    const when = { at: time(one.at), trusted: one.trusted };
    const { direction, offline, inside } = one;
    const found = decide({
        place, badge: badgeOf(one.badge), passage, direction, when, offline, escort: badgeOf(one.escort), inside,
    });
    return [found.outcome, found.reason, found.effect];
});
"""


def test_the_browser_decides_every_case_as_the_server_does(rules):
    found = rules("decide.js", "decide", DECIDE, CASES["verdicts"])
    wrong = {
        case["fact"]: (got, case["verdict"])
        for case, got in zip(CASES["verdicts"], found, strict=True)
        if got != case["verdict"]
    }
    assert not wrong


def test_the_browser_decides_random_cases_as_the_server_does(rules):
    """Two thousand cases drawn at random: what no table thought of must not differ either."""
    draw = random.Random(20300514)
    cases = [random_case(draw) for _number in range(2000)]
    found = rules("decide.js", "decide", DECIDE, cases)
    expected = [server_verdict(case) for case in cases]
    assert len({tuple(verdict) for verdict in expected}) > 15  # the draw reaches most of what can be said
    assert [(case, got) for case, got, want in zip(cases, found, expected, strict=True) if got != want] == []


def random_case(draw: random.Random) -> dict[str, Any]:
    def at(chance: float = 1.0) -> str | None:
        if draw.random() > chance:
            return None
        return (datetime(2030, 5, 12, tzinfo=UTC) + timedelta(minutes=draw.randrange(4 * 24 * 60))).isoformat()

    def some() -> list[int]:
        return draw.sample([1, 2, 3], draw.choice([0, 0, 1, 2]))

    def badge() -> dict[str, Any] | str:
        if draw.random() < 0.05:
            return draw.choice(["forged", "unknown", "other_event", "malformed"])
        return {
            "issue": draw.choice([1, 2, 2, 2]), "current_issue": draw.choice([1, 2]),
            "category": draw.choice([1, 2, 3, None]), "withdrawn": draw.random() < 0.1, "rights": draw.randrange(8),
        }  # fmt: skip

    return {
        "place": {
            "active": draw.random() < 0.95, "entries": draw.choice(["once", "daily", "in_out", "unlimited"]),
            "categories": some(), "rights": draw.choice([0, 0, 1, 4]), "escorted": draw.choice([[], [], [1]]),
            "opens_at": at(0.3), "closes_at": at(0.3), "capacity": draw.choice([None, None, 0, 2]),
            "pause": draw.choice([0, 0, 30, 600]),
            "time_zone": draw.choice(["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
            "day_change": draw.choice([0, 0, 240]),
        },
        "badge": badge(), "passage": {"entered": at(0.6), "left": at(0.3)}, "direction": draw.choice(["in", "in", "out"]),
        "at": at(), "trusted": draw.random() < 0.8, "offline": draw.random() < 0.5,
        "escort": badge() if draw.random() < 0.3 else None, "inside": draw.randrange(4),
    }  # fmt: skip


def server_verdict(case: dict[str, Any]) -> list[str]:
    def time(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    def badge_of(facts: dict[str, Any] | str | None) -> Any:
        return Reason(facts) if isinstance(facts, str) else facts and Badge(**facts)

    place = case["place"] | {
        "categories": frozenset(case["place"]["categories"]), "escorted": frozenset(case["place"]["escorted"]),
        "opens_at": time(case["place"]["opens_at"]), "closes_at": time(case["place"]["closes_at"]),
    }  # fmt: skip
    verdict = decide(
        place=Place(**place), badge=badge_of(case["badge"]),
        passage=Passage(time(case["passage"]["entered"]), time(case["passage"]["left"])), direction=case["direction"],
        when=Moment(datetime.fromisoformat(case["at"]), trusted=case["trusted"]), offline=case["offline"],
        escort=badge_of(case["escort"]), inside=case["inside"],
    )  # fmt: skip
    return [verdict.outcome.value, verdict.reason.value, verdict.effect.value]


def test_the_browser_finds_people_where_the_server_does(rules):
    body = """return given[0].map(({ stays }) =>
        whereabouts(stays.map(([area, entered, left]) => ({ area, entered, left })))?.area ?? null);"""
    found = rules("whereabouts.js", "whereabouts", body, CASES["whereabouts"])
    assert found == [case["area"] for case in CASES["whereabouts"]]


def test_the_browser_trusts_the_same_clocks(rules):
    body = """return given[0].map(({ scanned_at, received_at, offline }) => moment({
        scannedAt: Date.parse(scanned_at), receivedAt: Date.parse(received_at), offline }));"""
    found = rules("decide.js", "moment", body, CASES["moments"])
    assert found == [
        {"at": datetime.fromisoformat(case["at"]).timestamp() * 1000, "trusted": case["trusted"]}
        for case in CASES["moments"]
    ]
