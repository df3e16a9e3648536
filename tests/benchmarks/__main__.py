"""`make bench`: measures the product as it runs in production and prints it beside the targets of the peer's table.

BENCH_SIZES (registrations, "1000,100000"), BENCH_CLIENTS ("1,8,32"), BENCH_SECONDS (3 for each measurement),
BENCH_DATABASES ("sqlite,postgresql") and BENCH_ONLY ("scans,pages,badges,queue") choose; TEST_POSTGRES_URL names a
PostgreSQL elsewhere. The scans of all databases and sizes stand side by side at the end.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.benchmarks.load import Request, ask, drive
from tests.benchmarks.scenarios import Badges, Scenario, scenarios
from tests.benchmarks.server import ROOT, Database, Product
from tests.benchmarks.side_by_side import lines
from tests.benchmarks.statements import ANSWER, ASK
from tests.find_postgres import answering

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "1000,100000").split(",")]
CLIENTS = [int(number) for number in os.environ.get("BENCH_CLIENTS", "1,8,32").split(",")]
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
WANTED = os.environ.get("BENCH_DATABASES", "sqlite,postgresql").lower().split(",")
ONLY = os.environ.get("BENCH_ONLY", "scans,pages,badges,queue").lower().split(",")
FOLDER = ROOT / "var" / "bench"
BADGES = 300
BADGES_TARGET = 400
QUEUE_TARGET = 300  # milliseconds: a page, and the comparison of one registration
OK = 200
HEAD = f"{'':<20}{'clients':>8}{'per s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'target':>8}{'SQL':>6}"


def main() -> int:
    """Measure everything; the exit code says whether every request was answered as it should be."""
    rows: list[dict[str, Any]] = []
    for kind in WANTED:
        for size in SIZES:
            if kind == "postgresql" and answering() is None:
                say("No PostgreSQL answers: SQLite alone is measured. Set TEST_POSTGRES_URL to measure it too.")
                break
            rows += measure(kind, size)
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "results.json"
    file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    wrong = [row for row in rows if row["unexpected"]]
    for line in lines(rows):
        say(line)
    say(f"\nWritten to {file.relative_to(ROOT)}. CPU is of web server, worker and database together, for one scan,")
    say("registration, page or badge. * misses its target.")
    for row in wrong:
        say(f"Unexpected answers: {row['database']} {row['size']} {row['name']}: {row['unexpected']}")
    return 1 if wrong else 0


def say(text: str) -> None:
    print(text, flush=True)


def measure(kind: str, size: int) -> list[dict[str, Any]]:
    folder = FOLDER / f"{kind}-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = make_database(kind, folder)
    product = Product(database, folder)
    credentials = folder / "credentials.txt"
    try:
        began = time.monotonic()
        product.run("manage.py", "prepare")
        stage = product.run("-m", "tests.benchmarks.stage", str(size), str(credentials))
        say(f"\n{database.kind}, {size:,} registrations (made ready in {time.monotonic() - began:.0f} s)\n{HEAD}")
        badges = Badges(credentials.read_text(encoding="utf-8").split())
        with product:
            rows = [
                row
                for scenario in scenarios(badges, stage["token"])
                if scenario.group in ONLY
                for row in measure_scenario(product, scenario)
            ]
        if "badges" in ONLY:
            rows += measure_badges(product)
        if "queue" in ONLY:
            rows += measure_queue(product, size)
    finally:
        drop_database(database)
    return [{"database": database.kind, "size": size, **row} for row in rows]


def measure_scenario(product: Product, scenario: Scenario) -> list[dict[str, Any]]:
    warm_up = drive(product.port, scenario.requests, clients=4, seconds=1, most=30)
    statements = count_statements(product, scenario)
    rows = []
    for clients in CLIENTS:
        product.settle()
        before = product.cpu_seconds()
        outcome = drive(product.port, scenario.requests, clients=clients, seconds=SECONDS, most=20_000)
        product.settle()
        if not outcome.requests:
            say(f"{scenario.name:<20}{clients:>8}  no unused badge is left for it")
            continue
        units = outcome.requests * scenario.unit
        row = {
            "name": scenario.name,
            "clients": clients,
            "per_second": units / outcome.seconds,
            "p50_ms": outcome.percentile(0.5),
            "p95_ms": outcome.percentile(0.95),
            "p99_ms": outcome.percentile(0.99),
            "cpu_ms": (product.cpu_seconds() - before) * 1000 / units,
            "target_cpu_ms": scenario.target.cpu_ms,
            "target_per_second": scenario.target.per_second,
            "statements": statements,
            "unexpected": {
                status: number
                for status, number in {**warm_up.statuses, **outcome.statuses}.items()
                if status != scenario.expected
            },
        }
        tell(row)
        rows.append(row)
    return rows


def count_statements(product: Product, scenario: Scenario) -> int | None:
    """Statements of one request; the second of two, when plans and caches are warm."""
    for _round in range(2):
        plain = next(scenario.requests, None)
        if plain is None:
            return None
        asking = Request(plain.method, plain.path, plain.body, (*plain.headers, (ASK, "1")))
        answer = ask(product.port, asking)
    return int(answer.headers.get(ANSWER.lower(), -1))


def measure_badges(product: Product) -> list[dict[str, Any]]:
    """Of one core, so the processor's time counts: the clock tells how busy the machine was beside it."""
    rows = []
    for done in product.run("-m", "tests.benchmarks.badges", str(BADGES))["rows"]:
        row = {
            "name": "badge with portrait" if done["photo"] else "badge (300 in a PDF)",
            "clients": 1,
            "per_second": done["badges"] / done["cpu_seconds"],
            "p50_ms": None,
            "p95_ms": None,
            "p99_ms": None,
            "cpu_ms": done["cpu_seconds"] * 1000 / done["badges"],
            "target_cpu_ms": 1000 / BADGES_TARGET,
            "target_per_second": BADGES_TARGET,
            "statements": None,
            "unexpected": {},
        }
        tell(row)
        rows.append(row)
    return rows


def measure_queue(product: Product, size: int) -> list[dict[str, Any]]:
    """Pages of the vetting queue with as many under review, then the comparisons that raise flags there."""
    say(f"{'':<28}{'ms':>9}{'best ms':>9}{'worst ms':>10}{'target':>8}{'CPU ms':>8}{'SQL':>6}")
    found = product.run("-m", "tests.benchmarks.queue", str(size))["rows"]
    found += product.run("-m", "tests.benchmarks.matching", str(size))["rows"]
    for row in found:
        missed = "*" if row["ms"] > QUEUE_TARGET else " "
        say(
            f"{row['name']:<28}{row['ms']:>9.0f}{row['best_ms']:>9.0f}{row['worst_ms']:>9.0f}{missed}{QUEUE_TARGET:>8}"
            f"{row['cpu_ms']:>8.0f}{row['statements']:>6}"
        )
    return [{**row, "unexpected": {} if row.get("status", OK) == OK else {row["status"]: 1}} for row in found]


def tell(row: dict[str, Any]) -> None:
    def number(value: float | None, width: int, digits: int = 1) -> str:
        return f"{value:>{width},.{digits}f}" if value is not None else f"{'':>{width}}"

    missed = "*" if row["cpu_ms"] > row["target_cpu_ms"] else " "
    say(
        f"{row['name']:<20}{row['clients']:>8}{number(row['per_second'], 9, 0)}{number(row['p50_ms'], 9)}"
        f"{number(row['p95_ms'], 9)}{number(row['p99_ms'], 9)}{number(row['cpu_ms'], 8, 2)}{missed}"
        f"{number(row['target_cpu_ms'], 8, 2)}{number(row['statements'], 6, 0)}"
    )


# -- databases ---------------------------------------------------------------------------------------------------------
def make_database(kind: str, folder: Path) -> Database:
    if kind == "sqlite":
        return Database("SQLite", f"sqlite:///{folder / 'plenary.sqlite3'}", "plenary.sqlite3")
    server, _, _name = (answering() or "").rpartition("/")
    name = f"plenary_bench_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return Database("PostgreSQL", f"{server}/{name}", name)


def drop_database(database: Database) -> None:
    if database.kind == "PostgreSQL":
        server = database.url.rpartition("/")[0]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')


if __name__ == "__main__":
    sys.exit(main())
