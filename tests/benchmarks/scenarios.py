"""What is measured: the requests of each scenario, never twice the same where a repeat would be another case."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from tests.benchmarks.load import Request
from tests.benchmarks.stage import CHECKPOINTS, EVENT


@dataclass(frozen=True)
class Target:
    """What peer.md asks for."""

    cpu_ms: float
    per_second: float | None = None


@dataclass(frozen=True)
class Scenario:
    """One row of the table. `unit` is how many things one request does (scans in a batch)."""

    name: str
    group: str  # by which BENCH_ONLY chooses
    requests: Iterator[Request]
    expected: int
    target: Target
    unit: int = 1


class Badges:
    """Hands out pairs of badge and gate that were not used yet; when all are used up, there are none."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self._next = count()

    def pair(self) -> tuple[str, str] | None:
        number = next(self._next)
        gate, position = divmod(number, len(self.texts))
        return (self.texts[position], f"gate-{gate}") if gate < CHECKPOINTS - 1 else None


def scenarios(badges: Badges, token: str) -> list[Scenario]:
    bearer = (("Authorization", f"Bearer {token}"),)
    return [
        Scenario("scan", "scans", _until_none(lambda: _scans(badges, bearer, 1)), 200, Target(2.5, 600)),
        Scenario(
            "batch of 100 scans", "scans", _until_none(lambda: _scans(badges, bearer, 100)), 200, Target(0.2), unit=100
        ),
        Scenario("refused duplicate", "scans", _duplicates(badges.texts, bearer), 200, Target(2.0)),
        Scenario("registration", "pages", _registrations(), 201, Target(15.0)),
        Scenario("event page, warm", "pages", _forever(lambda _n: Request("GET", "/en/forum/")), 200, Target(0.5)),
        Scenario("event page, cold", "pages", _forever(lambda n: Request("GET", f"/en/forum/?{n}")), 200, Target(30.0)),
    ]


def _until_none(make: Callable[[], Request | None]) -> Iterator[Request]:
    while (request := make()) is not None:
        yield request


def _forever(make: Callable[[int], Request]) -> Iterator[Request]:
    for number in count():
        yield make(number)


def _scan(badge: str, gate: str) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "credential": badge,
        "checkpoint": gate,
        "direction": "in",
        "scanned_at": datetime.now(UTC).isoformat(),
        "offline": False,
    }


def _post_scans(scans: list[dict[str, object]], headers: tuple[tuple[str, str], ...]) -> Request:
    return Request("POST", "/api/v1/checkin/scans", json.dumps({"scans": scans}).encode(), headers)


def _scans(badges: Badges, headers: tuple[tuple[str, str], ...], number: int) -> Request | None:
    pairs = [pair for _scan_number in range(number) if (pair := badges.pair())]
    return _post_scans([_scan(*pair) for pair in pairs], headers) if len(pairs) == number else None


def _duplicates(texts: list[str], headers: tuple[tuple[str, str], ...]) -> Iterator[Request]:
    """The last gate is kept for these: the first pass admits, all that follow are refused."""
    gate = f"gate-{CHECKPOINTS - 1}"
    chosen = texts[:200]
    for start in range(0, len(chosen), 100):
        yield _post_scans([_scan(text, gate) for text in chosen[start : start + 100]], headers)
    for number in count():
        yield _post_scans([_scan(chosen[number % len(chosen)], gate)], headers)


def _registrations() -> Iterator[Request]:
    run = uuid.uuid4().hex[:8]
    for number in count():
        body = {
            "category": "delegate",
            "email": f"guest-{run}-{number}@bench.example",
            "name": "王小明",
            "latin_name": "Wang Xiaoming",
            "organisation": "Institute of Comparative Studies",
            "nationality": "CN",
            "language": "zh-hans",
        }
        yield Request(
            "POST",
            f"/api/v1/events/{EVENT}/registrations/",
            json.dumps(body).encode(),
            (("Idempotency-Key", str(uuid.uuid4())),),
        )
