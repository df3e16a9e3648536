"""The pages that look back at the door, with everybody admitted twice: board, muster list, attendance, conflicts, ledger.

`python -m tests.benchmarks.supervision` prints a row for each page on each database; SUPERVISED (100000 guests) and
BENCH_DATABASES choose. Times are through the whole product but the network.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.benchmarks.__main__ import FOLDER, WANTED, drop_database, make_database, say
from tests.benchmarks.server import Product
from tests.benchmarks.stage import EVENT
from tests.find_postgres import answering

GUESTS = int(os.environ.get("SUPERVISED", "100000"))
ROUNDS = 7
TARGETS = {"board": 300}  # milliseconds; every other page 500
TARGET = 500
PAGES = {
    "board": "/cms/check-in/board/?event={event}",
    "muster list": "/cms/check-in/muster/?event={event}",
    "attendance": "/cms/check-in/attendance/?event={event}",
    "attendance, page 500": "/cms/check-in/attendance/?event={event}&p=500",
    "attendance, a session": "/cms/check-in/attendance/?event={event}&session={session}",
    "attendance, absent": "/cms/check-in/attendance/?event={event}&state=absent",
    "attendance, by name": "/cms/check-in/attendance/?event={event}&q=amina",
    "conflicts": "/cms/check-in/conflicts/?event={event}",
    "ledger": "/cms/check-in/scans/",
    "ledger, one event": "/cms/check-in/scans/?event={event}",
}
SESSIONS = 4
CONFLICTS = 300


def main() -> int:
    folder = FOLDER / "supervision"
    rows: list[dict[str, Any]] = []
    for kind in WANTED:
        if kind == "postgresql" and answering() is None:
            say("No PostgreSQL answers: SQLite alone is measured.")
            continue
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        database = make_database(kind, folder)
        product = Product(database, folder)
        try:
            product.run("manage.py", "prepare")
            product.run("-m", "tests.benchmarks.stage", str(GUESTS), str(folder / "credentials.txt"))
            found = product.run("-m", "tests.benchmarks.supervision", "inside")["rows"]
        finally:
            drop_database(database)
        say(f"\n{database.kind}, {GUESTS:,} guests\n{'':<28}{'ms':>8}{'worst ms':>10}{'target':>8}{'SQL':>6}")
        for row in found:
            target = TARGETS.get(row["name"], TARGET)
            missed = "*" if row["ms"] > target or row["status"] != 200 else " "
            say(f"{row['name']:<28}{row['ms']:>8.0f}{missed}{row['worst']:>9.0f}{target:>8}{row['statements']:>6}")
            rows.append({"database": database.kind, "guests": GUESTS, **row})
    (FOLDER / "supervision.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row["status"] == 200 for row in rows) else 1


# -- run inside the settings of the bench --------------------------------------------------------------------------------
def let_everybody_in() -> dict[str, Any]:
    """Everybody came in at the first gate this morning, and a fifth to each of some sessions; some twice, by doors without
    network. Copied within the database, because writing them one by one takes longer than all that is measured."""
    from django.db import connection

    from checkin.models import Checkpoint, Device
    from plenary.events.models import Event, Session

    event = Event.objects.get(slug=EVENT)
    device = Device.objects.filter(event=event).latest("pk")
    came = datetime.now(ZoneInfo(event.time_zone)) - timedelta(minutes=90)
    gates = list(Checkpoint.objects.filter(event=event).order_by("pk")[: SESSIONS + 1])
    for number, gate in enumerate(gates[1:]):
        start = came + timedelta(minutes=number)
        gate.session = Session.objects.create(
            event=event, slug=f"session-{number}", working_title="Bench", starts_at=start, duration=timedelta(hours=1)
        )
        gate.save(update_fields=["session"])
    postgresql = connection.vendor == "postgresql"
    scans = _SCANS.format(random_id="gen_random_uuid()" if postgresql else "lower(hex(randomblob(16)))")
    with connection.cursor() as cursor:
        for number, gate in enumerate(gates):
            at = came + timedelta(minutes=number)
            fifth = [1, 0] if number == 0 else [5, number]
            for verdict, reason, most in (
                ("admit", "ok", GUESTS),
                ("conflict", "duplicate", 0 if number else CONFLICTS),
            ):
                told = [verdict, reason, at, at, gate.pk, device.pk if postgresql else device.pk.hex]
                cursor.execute(scans, [*told, event.pk, *fifth, most])
            cursor.execute(
                "INSERT INTO checkin_admission (scan_id, at, checkpoint_id, credential_id) SELECT s.id, s.scanned_at,"
                " s.checkpoint_id, s.credential_id FROM checkin_scan s WHERE s.checkpoint_id = %s AND s.verdict = 'admit'",
                [gate.pk],
            )
        cursor.execute("ANALYZE")
    return {"event": event.slug, "session": gates[1].session_id}


_SCANS = """
INSERT INTO checkin_scan (id, direction, verdict, reason, scanned_at, received_at, offline, by_hand, turned_away,
checkpoint_id, device_id, credential_id, event_id)
SELECT {random_id}, 'in', %s, %s, %s, %s, false, false, false, %s, %s, c.id, c.event_id FROM checkin_credential c
WHERE c.event_id = %s AND c.id %% %s = %s LIMIT %s
"""


def measure(facts: dict[str, Any]) -> list[dict[str, Any]]:
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("supervises", password=None))
    rows = []
    for name, address in PAGES.items():
        with CaptureQueriesContext(connection) as captured:
            status = client.get(address.format(**facts)).status_code
        statements = len(captured.captured_queries)  # the next request empties the log behind it
        slow = sorted(captured.captured_queries, key=lambda one: -float(one["time"]))[:3]
        times = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            client.get(address.format(**facts))
            times.append((time.perf_counter() - began) * 1000)
        rows.append(
            {
                "name": name,
                "ms": statistics.median(times),
                "worst": max(times),
                "status": status,
                "statements": statements,
                "slowest": [(one["time"], one["sql"][:600]) for one in slow],
            }
        )
    return rows


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        import django
        from django.conf import settings

        django.setup()
        # Who measures has no second factor to show.
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("SecondFactorMiddleware")]
        print(json.dumps({"rows": measure(let_everybody_in())}))
    else:
        sys.exit(main())
