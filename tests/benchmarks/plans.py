"""How a database finds what a scan needs: the plans of the statements of a batch of 100, with the guests that are there.

`DATABASE_URL=… python -m tests.benchmarks.plans N` on a database that was prepared for it: makes the event of the bench with
N guests where they are missing, sends the batch, and prints each statement's plan.
"""

import json
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def plans(guests: int) -> Iterator[str]:
    """The lines to print."""
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from tests.benchmarks.stage import set_up

    credentials = Path(tempfile.mkdtemp()) / "credentials.txt"
    token = set_up(guests, credentials)["token"]
    texts = credentials.read_text(encoding="ascii").split()[:100]
    scans = [
        {
            "id": str(uuid.uuid4()),
            "credential": text,
            "checkpoint": "gate-0",
            "direction": "in",
            "scanned_at": timezone.now().isoformat(),
        }
        for text in texts
    ]
    seen: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {token}"}).post(
            "/api/v1/checkin/scans", json.dumps({"scans": scans}), content_type="application/json"
        )
    for sql, params in seen:
        if not sql or sql.split()[0] not in ("SELECT", "INSERT", "UPDATE"):
            continue
        yield " ".join(sql.split())[:110]
        with connection.cursor() as cursor:
            prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (COSTS OFF) "
            cursor.execute(prefix + sql, params)
            lines = [str(row[-1]) for row in cursor.fetchall()]
        yield from (f"    {line[:120]}" for line in lines if "Output" not in line)
        yield ""


if __name__ == "__main__":
    import django

    django.setup()
    for line in plans(int(sys.argv[1])):
        print(line)
