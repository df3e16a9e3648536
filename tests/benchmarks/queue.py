"""The vetting queue with many under review: every filter, search and order of it, as an officer asks for it.

Run by the bench as a process of its own: makes an event with that many registrations if it is not there, then times pages
through the whole product but the network, and prints them as JSON. `--explain` adds the plan of each page's statements.
"""

import json
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from tests.benchmarks.people import person

EVENT = "queue"
BATCH = 2_000
ROUNDS = 9
COLD_ROUNDS = 3  # with nothing remembered of what was counted before
PAGES = {
    "first page": "",
    "page 500": "?p=500",
    "by desk": "?desk={desk}",
    "assigned to me": "?assigned=me",
    "flagged": "?show=flagged",
    "late": "?show=late",
    "on hold": "?show=hold",
    "one event": "?event={event}",
    "one category": "?category={category}",
    "one nationality": "?nationality=KE",
    "all states": "?state=all",
    "search, many": "?q=ministry",
    "search, few": "?q={code}",
    "search, none": "?q=zzzzzz",
    "by name": "?ordering=name",
    "by flag": "?ordering=-flag_level",
    "by organisation": "?ordering=organisation",
    "restricted officer": "",
    "restricted, by desk": "?desk={press}",
    "restricted, search": "?q=ministry",
}


def set_up(number: int) -> dict[str, Any]:
    """An event whose route has two desks, and registrations in every standing; answers what the addresses name."""
    from django.contrib.auth.models import Group, User

    from registration.models import CategoryDesk, Desk, Registration

    event, category, officer = _event()
    press, _made = User.objects.get_or_create(username="queue-press", defaults={"last_name": "Press"})
    press.groups.set(Group.objects.filter(name="Vetting: press desk"))
    desks = [Desk.objects.get(slug=slug) for slug in ("protocol", "security", "press")]
    for desk in desks:
        CategoryDesk.objects.get_or_create(category=category, desk=desk)
    missing = number - Registration.objects.filter(event=event).count()
    draw = random.Random(7)
    for start in range(0, max(missing, 0), BATCH):
        _write(event, category, officer, desks, draw, min(BATCH, missing - start))
    analyze()
    some = Registration.objects.filter(event=event).first()
    return {
        "event": event.pk,
        "category": category.pk,
        "desk": desks[0].pk,
        "press": desks[2].pk,
        "code": some.code if some else "",
        "officer": officer,
        "press officer": press,
    }


def analyze() -> None:
    """Let the database count what it holds, after which it plans otherwise.

    PostgreSQL does it by itself within a minute; SQLite only where somebody asks for it, and then is the harder case.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _event() -> tuple[Any, Any, Any]:
    from django.contrib.auth.models import Group, User
    from django.utils import timezone

    from plenary.core.actions import SYSTEM
    from plenary.events.actions import create_event
    from plenary.events.models import Event
    from plenary.events.rules import ApprovalState
    from registration.models import Category

    today = timezone.localdate()
    event = Event.objects.filter(slug=EVENT).first() or create_event(
        slug=EVENT,
        by=SYSTEM,
        name={"en": "Queue"},
        starts_on=today,
        ends_on=today + timedelta(days=2),
        approval=ApprovalState.IN_FORCE,
        published=True,
    )
    category, _made = Category.objects.get_or_create(
        event=event, slug="delegate", defaults={"name": {"en": "Delegate"}}
    )
    officer, _made = User.objects.get_or_create(username="queue-officer", defaults={"last_name": "Queue"})
    officer.groups.set(Group.objects.filter(name="Vetting: protocol desk"))
    return event, category, officer


def _write(event: Any, category: Any, officer: Any, desks: list[Any], draw: random.Random, number: int) -> None:
    from django.utils import timezone

    from registration.actions.signing_up import index_names
    from registration.flag_kinds import keys_of
    from registration.models import DeskStanding, MatchKey, Registration
    from registration.rules import State

    now = timezone.now()
    people = []
    for _number in range(number):
        one = person(draw)
        moment = now - timedelta(minutes=draw.randrange(60 * 24 * 30))
        people.append(
            Registration(
                event=event,
                category=category,
                state=State.SUBMITTED if draw.random() < 0.9 else State.INFORMATION_REQUESTED,
                source="seed",
                email_index=uuid.UUID(int=draw.getrandbits(128)).hex,
                name=one.name,
                latin_name=one.latin_name,
                organisation=draw.choice(["Ministry of Water", "Institute of Hydrology", "大学"]),
                nationality=one.nationality,
                answers="{}",
                created_at=moment,
                confirmed_at=moment,
                waiting_since=moment,
                late_at=moment + timedelta(days=3),
                checked_at=now,
                flag_level=draw.choice([0, 0, 0, 0, 0, 0, 1, 2, 2, 3]),
                assigned_to=officer if draw.random() < 0.02 else None,
                held_until=timezone.localdate() + timedelta(days=3) if draw.random() < 0.02 else None,
            )
        )
        index_names(people[-1])
    written = Registration.objects.bulk_create(people)
    DeskStanding.objects.bulk_create(
        DeskStanding(registration=one, desk=desk, state=draw.choice(["open", "open", "cleared"]), since=one.created_at)
        for one in written
        for desk in desks
    )
    keys = (MatchKey(registration=one, key=key) for one in written for key in sorted(keys_of(one)))
    MatchKey.objects.bulk_create(keys, batch_size=BATCH)


def measure(facts: dict[str, Any], *, explain: bool) -> list[dict[str, Any]]:
    """Each page several times: the best, middle and worst time in milliseconds, and how many statements it takes.

    `cold_ms` is the best time with nothing remembered; `cpu_ms` the processor time of this process, without a
    PostgreSQL's own: on a busy machine it tells what the clock does not.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1"})
    rows = []
    for name, query in PAGES.items():
        client.force_login(facts["press officer" if name.startswith("restricted") else "officer"])
        address = f"/cms/vetting/{query.format(**facts)}"
        with CaptureQueriesContext(connection) as captured:
            status = client.get(address).status_code
        queries = captured.captured_queries  # the next request empties the log behind it
        times, cpu = _times(partial(client.get, address), ROUNDS)
        cold, _cpu = _times(partial(_get_cold, client, address), COLD_ROUNDS)
        slowest = sorted(queries, key=lambda one: -float(one["time"]))[:4] if explain else []
        rows.append(
            {
                "name": f"queue, {name}",
                "ms": statistics.median(times),
                "best_ms": min(times),
                "worst_ms": max(times),
                "cold_ms": min(cold),
                "cpu_ms": min(cpu),
                "statements": len(queries),
                "status": status,
                **(
                    {"slowest": [(one["time"], _plan(one["sql"]), one["sql"][:1500]) for one in slowest]}
                    if explain
                    else {}
                ),
            }
        )
    return rows


def _get_cold(client: Any, address: str) -> None:
    from django.core.cache import cache

    cache.clear()
    client.get(address)


def _times(ask: Callable[[], object], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds by the clock, and of the processor."""
    times, cpu = [], []
    for _round in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        ask()
        times.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    return times, cpu


def _plan(sql: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
        try:
            cursor.execute(prefix + sql)
        except Exception as error:
            return [str(error)]
        return [" ".join(str(part) for part in row) for row in cursor.fetchall()]


if __name__ == "__main__":
    import django
    from django.conf import settings

    django.setup()
    # The officer of the bench has no second factor to show.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("SecondFactorMiddleware")]
    found = measure(set_up(int(sys.argv[1])), explain="--explain" in sys.argv)
    print(json.dumps({"rows": found}))
