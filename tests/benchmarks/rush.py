"""The rush: 1,000 sign up at once for 300 places, over the API of a running product and in this process, on both databases.

`python -m tests.benchmarks.rush` prints a row for each way; RUSH_PEOPLE and RUSH_PLACES choose another size. Exactly as many
as there are places get one; everybody else is told, or waits in line where that was asked for. The times are those a person
waits, from the press of the button to the answer; the figures are kept in var/bench/rush.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.__main__ import FOLDER, WANTED, drop_database, make_database, say
from tests.benchmarks.load import Connection, Outcome, Request
from tests.benchmarks.server import Product
from tests.find_postgres import answering

PEOPLE = int(os.environ.get("RUSH_PEOPLE", "1000"))
PLACES = int(os.environ.get("RUSH_PLACES", "300"))
THREADS = 64
HEAD = (
    f"{'':<38}{'people':>7}{'places':>7}{'got one':>8}{'waiting':>8}{'told':>6}{'errors':>7}{'taken':>6}{'seconds':>8}"
    f"{'p50 s':>7}{'p95 s':>7}{'p99 s':>7}"
)


@dataclass
class Rush:
    """What each was answered, how many seconds each waited for it, and how long it took until the last had an answer."""

    answers: list[str]
    waits: list[float]
    seconds: float


def main() -> int:
    """Run every way on every database; the exit code says whether each came out exactly."""
    rows: list[dict[str, Any]] = []
    say(HEAD)
    for kind in WANTED:
        if kind == "postgresql" and answering() is None:
            say("No PostgreSQL answers: SQLite alone is measured.")
            continue
        rows += measure(kind)
    (FOLDER / "rush.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row["exact"] for row in rows) else 1


def measure(kind: str) -> list[dict[str, Any]]:
    folder = FOLDER / f"rush-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = make_database(kind, folder)
    product = Product(database, folder)
    rows = []
    try:
        product.run("manage.py", "prepare")
        for waiting in (False, True):
            stage = product.run("-m", "tests.benchmarks.rush", "stage", f"api-{waiting}".lower())
            with product:
                rush = over_the_api(product.port, stage["event"], stage["category"], waiting)
            left = product.run("-m", "tests.benchmarks.rush", "count", stage["category"])
            rows.append(tell(database.kind, "over the API", waiting, rush, left))
            stage = product.run("-m", "tests.benchmarks.rush", "stage", f"own-{waiting}".lower())
            done = product.run("-m", "tests.benchmarks.rush", "inside", stage["category"], str(int(waiting)))
            left = product.run("-m", "tests.benchmarks.rush", "count", stage["category"])
            rows.append(tell(database.kind, "in one process", waiting, Rush(**done), left))
    finally:
        drop_database(database)
    return rows


def tell(kind: str, way: str, waiting: bool, rush: Rush, left: dict[str, int]) -> dict[str, Any]:
    answers = Counter(rush.answers)
    got, waits, told = answers["unconfirmed"], answers["waitlisted"], answers["told"]
    errors = len(rush.answers) - got - waits - told
    exact = got == left["taken"] == left["holding"] == PLACES and waits == left["waiting"] and not errors
    exact = exact and (waits if waiting else told) == PEOPLE - PLACES
    name = f"{kind}, {way}{', with a list' if waiting else ''}"
    load = Outcome(seconds=rush.seconds, latencies=rush.waits)
    p50, p95, p99 = (round(load.percentile(share) / 1_000, 2) for share in (0.5, 0.95, 0.99))
    say(
        f"{name:<38}{PEOPLE:>7}{PLACES:>7}{got:>8}{waits:>8}{told:>6}{errors:>7}{left['taken']:>6}{rush.seconds:>8.1f}"
        f"{p50:>7.2f}{p95:>7.2f}{p99:>7.2f}{'' if exact else '  NOT EXACT ' + str(dict(answers))}"
    )
    figures = {"seconds": round(rush.seconds, 1), "p50": p50, "p95": p95, "p99": p99}
    return {"name": name, "exact": exact, "errors": errors, **answers, **figures}


def over_the_api(port: int, event: str, category: str, waiting: bool) -> Rush:
    """Everybody presses the button in the same moment, each over a connection of the own."""

    def request(number: int) -> Request:
        body = {
            "category": category,
            "email": f"rush-{number}@bench.example",
            "name": f"Rush {number}",
            "nationality": "KE",
            "waiting_list": waiting,
        }
        headers = (("Idempotency-Key", str(uuid.uuid4())),)
        return Request("POST", f"/api/v1/events/{event}/registrations/", json.dumps(body).encode(), headers)

    async def one(number: int) -> tuple[str, float]:
        connection, began = Connection(port), time.monotonic()
        try:
            answer = await connection.send(request(number))
        except OSError as error:
            return type(error).__name__, time.monotonic() - began
        finally:
            await connection.close()
        if answer.status == 201:
            said = str(json.loads(answer.body)["state"])
        else:
            said = "told" if answer.status == 409 else str(answer.status)
        return said, time.monotonic() - began

    async def everybody() -> Rush:
        began = time.monotonic()
        found = await asyncio.gather(*map(one, range(PEOPLE)))
        return Rush([said for said, _waited in found], [waited for _said, waited in found], time.monotonic() - began)

    return asyncio.run(everybody())


# -- run inside the settings of the bench --------------------------------------------------------------------------------
def stage(slug: str) -> dict[str, str]:
    from django.utils import timezone

    from plenary.core.actions import SYSTEM
    from plenary.events.actions import create_event
    from plenary.events.models import Event
    from plenary.events.rules import ApprovalState
    from registration.models import Category
    from registration.rules import WaitingList

    today = timezone.localdate()
    facts = {"name": {"en": "Rush"}, "starts_on": today, "ends_on": today, "published": True}
    event = Event.objects.filter(slug="rush").first() or create_event(
        slug="rush", by=SYSTEM, approval=ApprovalState.IN_FORCE, **facts
    )
    waiting_list = WaitingList.AUTOMATIC if slug.endswith("true") else WaitingList.OFF
    Category.objects.create(event=event, slug=slug, name={"en": slug}, quota=PLACES, waiting_list=waiting_list)
    return {"event": event.slug, "category": slug}


def count(slug: str) -> dict[str, int]:
    from registration.models import Category, Registration
    from registration.rules import HOLDS_PLACE, State

    category = Category.objects.get(slug=slug)
    mine = Registration.objects.filter(category=category)
    return {
        "taken": category.taken,
        "holding": mine.filter(state__in=HOLDS_PLACE).count(),
        "waiting": mine.filter(state=State.WAITLISTED).count(),
    }


def inside(slug: str, waiting: bool) -> dict[str, Any]:
    """The verb itself, from many threads of this process."""
    from django.db import connections

    from registration.actions import CategoryClosed, Particulars, sign_up
    from registration.models import Category

    start = threading.Barrier(min(PEOPLE, THREADS))

    def one(number: int) -> tuple[str, float]:
        if number < THREADS:
            start.wait()
        pressed = time.monotonic()
        try:
            made = sign_up(
                category=Category.objects.select_related("event__venue").get(slug=slug),
                particulars=Particulars(email=f"rush-{number}@bench.example", name=f"Rush {number}", nationality="KE"),
                answers={},
                language="en",
                origin=uuid.uuid4(),
                source="api",
                or_wait=waiting,
            )
        except CategoryClosed:
            said = "told"
        except Exception as error:
            said = type(error).__name__
        else:
            said = str(made.state)
        return said, time.monotonic() - pressed

    def worker(numbers: range) -> list[tuple[str, float]]:
        try:
            return [one(number) for number in numbers]
        finally:
            connections.close_all()

    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(worker, [range(first, PEOPLE, THREADS) for first in range(min(PEOPLE, THREADS))]))
    found = [pair for part in parts for pair in part]
    return asdict(Rush([said for said, _ in found], [waited for _, waited in found], time.monotonic() - began))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    import django

    django.setup()
    done = {"stage": stage, "count": count, "inside": lambda slug, wait: inside(slug, wait == "1")}[sys.argv[1]]
    print(json.dumps(done(*sys.argv[2:])))
