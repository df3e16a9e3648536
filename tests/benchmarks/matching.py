"""Comparison for flags: one new registration with everybody and with the watch list, one entry of the list with everybody.

Run by the bench as a process of its own on the registrations of the queue's bench, with a watch list of 10,000. Nothing
that is timed stays: each round is rolled back.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tests.benchmarks.people import Person, person
from tests.benchmarks.queue import analyze, set_up

ENTRIES = 10_000
ROUNDS = 9
IMPORTED = 60  # entries whose comparison is timed, one after the other
GUESTS = {
    "rare name": Person("Wilhelmina Strandgaard", "", "DK"),
    "frequent, Latin": Person("María García", "", "FR"),
    "frequent, Cyrillic": Person("Александр Иванов", "Aleksandr Ivanov", "RU"),
    "frequent, Chinese": Person("王伟", "Wang Wei", "CN"),
    "frequent, Arabic": Person("محمد أحمد علي", "Mohamed Ahmed Ali", "EG"),
}


def set_up_watch_list() -> None:
    """A list of invented people, compared with everybody as far as anybody knows."""
    from django.utils import timezone

    from registration.actions.watch_list import keys_of_entry
    from registration.models import MatchKey, WatchListEntry

    if WatchListEntry.objects.exists():
        return
    draw, now = random.Random(11), timezone.now()
    people = [person(draw) for _entry in range(ENTRIES)]
    entries = WatchListEntry.objects.bulk_create(
        (
            WatchListEntry(
                names=f"{one.name}\n{one.latin_name}".strip(),
                nationality=one.nationality,
                source=f"Bench {number}",
                compared_at=now,
            )
            for number, one in enumerate(people)
        ),
        batch_size=500,
    )
    keys = (key for entry in entries for key in keys_of_entry(entry))
    MatchKey.objects.bulk_create(keys, batch_size=2_000)
    analyze()


def measure(event_id: int, category_id: int) -> list[dict[str, Any]]:
    """Milliseconds of each comparison, and how many flags it raised."""
    from registration.actions.flags import check_now
    from registration.actions.signing_up import index_names
    from registration.actions.watch_list import compare_entry
    from registration.models import Finding, Registration, WatchListEntry
    from registration.rules import State

    rows = []
    for name, one in GUESTS.items():

        def sign_up(one: Person = one) -> Registration:
            guest = Registration(event_id=event_id, category_id=category_id, state=State.SUBMITTED, source="seed",
                                 name=one.name, latin_name=one.latin_name, nationality=one.nationality)  # fmt: skip
            index_names(guest)
            guest.save()
            return Registration.objects.with_event().get(pk=guest.pk)

        def raised(guest: Registration) -> int:
            return Finding.objects.filter(registration=guest).count()

        rows.append({"name": f"flags, {name}", **_timed([sign_up] * ROUNDS, check_now, raised)})
    some = random.Random(3).sample(list(WatchListEntry.objects.order_by("source")), IMPORTED)

    def touched(entry: WatchListEntry) -> int:
        return Finding.objects.filter(entry=entry).count()

    taken = [partial(WatchListEntry.objects.get, pk=entry.pk) for entry in some]
    rows.append({"name": "watch list, an entry", **_timed(taken, compare_entry, touched)})
    return rows


def _timed(
    things: Sequence[Callable[[], Any]], compare: Callable[[Any], object], raised: Callable[[Any], int]
) -> dict[str, Any]:
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    times, cpu, flags = [], [], []
    for make in things:
        with transaction.atomic():
            thing = make()
            began, worked = time.perf_counter(), time.process_time()
            compare(thing)
            times.append((time.perf_counter() - began) * 1000)
            cpu.append((time.process_time() - worked) * 1000)
            flags.append(raised(thing))
            transaction.set_rollback(True)
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        compare(things[0]())
        transaction.set_rollback(True)
    return {
        "ms": statistics.median(times),
        "best_ms": min(times),
        "worst_ms": max(times),
        "mean_ms": statistics.mean(times),
        "cpu_ms": statistics.median(cpu),
        "flags": max(flags),
        "statements": len(captured),
    }


if __name__ == "__main__":
    import django

    django.setup()
    facts = set_up(int(sys.argv[1]))
    set_up_watch_list()
    print(json.dumps({"rows": measure(facts["event"], facts["category"])}))
