"""The rush: 1,000 sign up at once for 300 places, over the API of a running product and in this process, on both databases.

`python -m tests.benchmarks.rush` prints a row for each way; RUSH_PEOPLE and RUSH_PLACES choose another size. Exactly as many
as there are places get one; everybody else is told, or waits in line where that was asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.benchmarks.__main__ import FOLDER, WANTED, drop_database, make_database, say
from tests.benchmarks.load import Request, ask
from tests.benchmarks.server import Product
from tests.find_postgres import answering

PEOPLE = int(os.environ.get("RUSH_PEOPLE", "1000"))
PLACES = int(os.environ.get("RUSH_PLACES", "300"))
THREADS = 64
HEAD = (
    f"{'':<34}{'people':>8}{'places':>8}{'got one':>9}{'waiting':>9}{'told':>7}{'other':>7}{'taken':>7}{'seconds':>9}"
)


def main() -> int:
    """Run every way on every database; the exit code says whether each came out exactly."""
    wrong = 0
    say(HEAD)
    for kind in WANTED:
        if kind == "postgresql" and answering() is None:
            say("No PostgreSQL answers: SQLite alone is measured.")
            continue
        wrong += sum(not row["exact"] for row in measure(kind))
    return 1 if wrong else 0


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
                began = time.monotonic()
                answers = over_the_api(product.port, stage["event"], stage["category"], waiting)
                seconds = time.monotonic() - began
            left = product.run("-m", "tests.benchmarks.rush", "count", stage["category"])
            rows.append(tell(database.kind, "over the API", waiting, answers, left, seconds))
            stage = product.run("-m", "tests.benchmarks.rush", "stage", f"own-{waiting}".lower())
            began = time.monotonic()
            done = product.run("-m", "tests.benchmarks.rush", "inside", stage["category"], str(int(waiting)))
            left = product.run("-m", "tests.benchmarks.rush", "count", stage["category"])
            rows.append(tell(database.kind, "in one process", waiting, Counter(done), left, time.monotonic() - began))
    finally:
        drop_database(database)
    return rows


def tell(
    kind: str, way: str, waiting: bool, answers: Counter[str], left: dict[str, int], seconds: float
) -> dict[str, Any]:
    got, waits, told = answers["unconfirmed"], answers["waitlisted"], answers["told"]
    other = sum(answers.values()) - got - waits - told
    exact = got == left["taken"] == left["holding"] == PLACES and waits == left["waiting"] and not other
    exact = exact and (waits if waiting else told) == PEOPLE - PLACES
    name = f"{kind}, {way}{', with a list' if waiting else ''}"
    say(
        f"{name:<34}{PEOPLE:>8}{PLACES:>8}{got:>9}{waits:>9}{told:>7}{other:>7}{left['taken']:>7}{seconds:>9.1f}"
        f"{'' if exact else '  NOT EXACT'}"
    )
    return {"exact": exact, **answers}


def over_the_api(port: int, event: str, category: str, waiting: bool) -> Counter[str]:
    """Everybody asks at once; what each was answered. A connection refused in the crush is tried again, as programs do."""
    start = threading.Barrier(min(PEOPLE, THREADS))

    def one(number: int) -> str:
        body = {
            "category": category,
            "email": f"rush-{number}@bench.example",
            "name": f"Rush {number}",
            "nationality": "KE",
            "waiting_list": waiting,
        }
        headers = (("Idempotency-Key", str(uuid.uuid4())),)
        request = Request("POST", f"/api/v1/events/{event}/registrations/", json.dumps(body).encode(), headers)
        if number < THREADS:
            start.wait()
        answer = ask(port, request)
        if answer.status == 201:
            return str(json.loads(answer.body)["state"])
        return "told" if answer.status == 409 else str(answer.status)

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(one, range(PEOPLE)))


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


def inside(slug: str, waiting: bool) -> dict[str, int]:
    """The verb itself, from many threads of this process."""
    from django.db import connections

    from registration.actions import CategoryClosed, Particulars, sign_up
    from registration.models import Category

    start = threading.Barrier(min(PEOPLE, THREADS))

    def one(number: int) -> str:
        if number < THREADS:
            start.wait()
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
            return "told"
        except Exception as error:
            return type(error).__name__
        else:
            return str(made.state)

    def worker(numbers: range) -> list[str]:
        try:
            return [one(number) for number in numbers]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(worker, [range(first, PEOPLE, THREADS) for first in range(min(PEOPLE, THREADS))])
        return dict(Counter(answer for answers in found for answer in answers))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    import django

    django.setup()
    done = {"stage": stage, "count": count, "inside": lambda slug, wait: inside(slug, wait == "1")}[sys.argv[1]]
    print(json.dumps(done(*sys.argv[2:])))  # noqa: T201
