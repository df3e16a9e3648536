"""The crash run: devices send scans while web processes are killed and the database goes away, and repeat each batch until
it is answered. Then everything is counted: nothing may be lost, doubled, answered otherwise than stored, or let in past a
limit.

`python -m tests.benchmarks.crash` prints a row for each database; CRASH_SECONDS (20) says how long things go wrong. The
figures are kept in var/bench/crash.json.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.__main__ import FOLDER, WANTED, drop_database, make_database, say
from tests.benchmarks.faults import Faults, Proxy
from tests.benchmarks.server import Product
from tests.find_postgres import answering

SECONDS = float(os.environ.get("CRASH_SECONDS", "20"))
GUESTS, DEVICES, MOST = 3_000, 6, 60  # the largest batch
PLACES = 500  # in the hall with a capacity
PATIENCE = 5.0  # seconds a device waits for an answer
OK, UNPROCESSABLE = 200, 500
WRONG = ("unanswered", "lost", "doubled", "changed", "otherwise", "twice", "over", "adrift")
HEAD = f"{'':<12}{'scans':>8}{'batches':>8}{'broken':>8}{'faults':>7}" + "".join(f"{name:>11}" for name in WRONG)


@dataclass
class Told:
    """What devices sent and were answered, by the id of the scan."""

    answers: dict[str, Any] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)  # asked again, and answered something else
    batches: int = 0
    broken: int = 0  # requests that failed or were refused, and were sent again
    refused: list[str] = field(default_factory=list)  # answers that no device could go on with
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, results: list[Any]) -> None:
        with self.lock:
            self.batches += 1
            for result in results:
                if self.answers.setdefault(result["id"], result) != result:
                    self.changed.add(result["id"])
                self.unanswered.discard(result["id"])


class Device:
    """A phone that keeps what it scanned until the server has said what became of it."""

    def __init__(self, port: int, token: str, badges: list[str], told: Told, seed: int) -> None:
        self.port, self.token, self.badges, self.told = port, token, badges, told
        self.draw = random.Random(seed)
        self.sent: list[bytes] = []
        self.going = threading.Event()
        self.give_up = float("inf")
        self.connection: http.client.HTTPConnection | None = None

    def work(self) -> None:
        """Scan until told to stop; then ask once more about everything."""
        while not self.going.is_set():
            self._send(self._batch())
            if self.draw.random() < 0.2:
                self._send(self.draw.choice(self.sent))
        for body in self.sent:
            self._send(body)

    def _batch(self) -> bytes:
        scans = [self._scan() for _number in range(self.draw.choice([1, 1, 5, MOST]))]
        with self.told.lock:
            self.told.unanswered |= {scan["id"] for scan in scans}
        body = json.dumps({"scans": scans}).encode()
        self.sent.append(body)
        return body

    def _scan(self) -> dict[str, Any]:
        gate = self.draw.choice(["once", "hall", "yard"])
        return {
            "id": str(uuid.UUID(int=self.draw.getrandbits(128), version=4)),
            "credential": self.draw.choice(self.badges),
            "checkpoint": gate,
            "direction": self.draw.choice(["in", "out"]) if gate == "yard" else "in",
            "scanned_at": datetime.now(UTC).isoformat(),
            "offline": self.draw.random() < 0.1,
        }

    def _send(self, body: bytes) -> None:
        """Again and again until it is answered."""
        while time.monotonic() < self.give_up:
            try:
                status, answer = self._post(body)
            except (OSError, http.client.HTTPException):
                status, answer = 0, b""
                self._close()
            if status == OK:
                self.told.take(json.loads(answer)["results"])
                return
            with self.told.lock:
                self.told.broken += 1
                if 0 < status < UNPROCESSABLE:
                    self.told.refused.append(f"{status} {answer[:200].decode(errors='replace')}")
            time.sleep(0.05)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.connection.request("POST", "/api/v1/checkin/scans", body, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def rehearse(
    product: Product, proxy: Proxy | None, tokens: list[str], badges: list[str], seconds: float, *, server_too: bool
) -> tuple[Told, Faults]:
    """Devices at work while everything goes wrong for so many seconds, and then until each has its answers."""
    told = Told()
    run = random.Random(time.time_ns())  # a run that is repeated sends other ids
    devices = [Device(product.port, token, badges, told, run.getrandbits(64)) for token in tokens]
    threads = [threading.Thread(target=device.work) for device in devices]
    for thread in threads:
        thread.start()
    faults = Faults(product, proxy, server_too=server_too)
    try:
        faults.run(seconds)
    finally:
        for device in devices:
            device.give_up = time.monotonic() + 3 * PATIENCE + seconds
            device.going.set()
        for thread in threads:
            thread.join()
        for device in devices:
            device._close()
    return told, faults


def set_up(event: Any, guests: int) -> dict[str, list[str]]:
    """Three places: each badge once; a hall that will be full; a yard where people come and go. Tokens and badges."""
    from io import StringIO

    from django.core.management import call_command

    from checkin.actions import ensure_signing_key
    from checkin.models import Checkpoint, Credential
    from checkin.signing import Signer

    for slug, facts in {
        "once": {"entries": "once"},
        "hall": {"entries": "once", "capacity": min(PLACES, guests // 2)},
        "yard": {"entries": "in_out"},
    }.items():
        Checkpoint.objects.get_or_create(event=event, slug=slug, defaults={"name": {"en": slug}, **facts})
    tokens = []
    for number in range(DEVICES):
        said = StringIO()
        call_command("enrol_device", event.slug, f"door {number}", stdout=said)
        tokens.append(said.getvalue().split()[-1])
    signer = Signer(ensure_signing_key(event), event.number)
    return {"tokens": tokens, "badges": [signer.text(one) for one in Credential.objects.filter(event=event)]}


def judge(event: Any, told: dict[str, Any]) -> dict[str, int]:
    """What the database says against what the devices heard: a count of each thing that must not be."""
    from checkin.models import Admission, Scan

    ledger = {
        str(scan.pk): scan
        for scan in Scan.objects.filter(event=event).select_related("checkpoint").order_by("received_at")
    }
    answers: dict[str, Any] = told["answers"]
    entries: dict[tuple[str, int], list[str]] = {}
    balance: dict[tuple[str, int], int] = {}
    for scan_id, scan in ledger.items():
        if scan.verdict == "admit":
            pair = (scan.checkpoint.slug, scan.credential_id)
            balance[pair] = balance.get(pair, 0) + (1 if scan.direction == "in" else -1)
            if scan.direction == "in":
                entries.setdefault(pair, []).append(scan_id)
    passages = {
        (row.checkpoint.slug, row.credential_id): row
        for row in Admission.objects.filter(checkpoint__event=event).select_related("checkpoint")
    }
    hall = event.checkpoints.get(slug="hall")
    inside = sum(1 for pair in passages if pair[0] == "hall")
    full = any(scan.reason == "full" for scan in ledger.values())
    return {
        "unanswered": len(told["unanswered"]),
        "lost": len(answers.keys() - ledger.keys()),
        "doubled": len(ledger.keys() - answers.keys() - set(told["unanswered"])),
        "changed": len(told["changed"]),
        "otherwise": sum(
            1
            for scan_id, answer in answers.items()
            if (scan := ledger.get(scan_id)) and (scan.verdict, scan.reason) != (answer["verdict"], answer["reason"])
        ),
        "twice": sum(1 for (slug, _badge), ids in entries.items() if slug != "yard" and len(ids) > 1),
        # Neither too many, nor a place that was given to nobody while others were turned away.
        "over": max(inside - hall.capacity, 0) + (hall.capacity - inside if full and inside < hall.capacity else 0),
        "adrift": len(passages.keys() ^ entries.keys())
        + sum(1 for pair, row in passages.items() if str(row.scan_id) not in entries.get(pair, []))
        + sum(1 for pair, row in passages.items() if balance.get(pair) != (1 if row.left_at is None else 0)),
    }


# -- by itself ---------------------------------------------------------------------------------------------------------
def main() -> int:
    """Run it on every database; the exit code says whether every count is zero."""
    rows: list[dict[str, Any]] = []
    say(HEAD)
    for kind in WANTED:
        if kind == "postgresql" and answering() is None:
            say("No PostgreSQL answers: SQLite alone is tried.")
            continue
        rows.append(measure(kind))
    (FOLDER / "crash.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 1 if any(row[name] for row in rows for name in WRONG) or any(row["refused"] for row in rows) else 0


def measure(kind: str) -> dict[str, Any]:
    folder = FOLDER / f"crash-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = make_database(kind, folder)
    proxy = None
    try:
        direct = Product(database, folder)
        direct.run("manage.py", "prepare")
        stage = direct.run("-m", "tests.benchmarks.crash", "stage", str(GUESTS))
        url = database.url
        if kind == "postgresql":
            own = urlsplit(url)
            proxy = Proxy(own.hostname or "127.0.0.1", own.port or 5432)
            url = own._replace(netloc=f"{own.netloc.rpartition('@')[0]}@127.0.0.1:{proxy.port}").geturl()
        with Product(replace(database, url=url), folder, background=False) as product:
            told, faults = rehearse(product, proxy, stage["tokens"], stage["badges"], SECONDS, server_too=True)
        answered = folder / "answers.json"
        answered.write_text(
            json.dumps(
                {"answers": told.answers, "unanswered": sorted(told.unanswered), "changed": sorted(told.changed)}
            ),
            encoding="utf-8",
        )
        counts = direct.run("-m", "tests.benchmarks.crash", "judge", str(answered))
    finally:
        if proxy:
            proxy.close()
        drop_database(database)
    row = {"database": database.kind, **counts, "broken": told.broken, "batches": told.batches, "faults": faults.count}
    say(
        f"{database.kind:<12}{len(told.answers):>8,}{told.batches:>8,}{told.broken:>8,}"
        f"{sum(faults.count.values()):>7}" + "".join(f"{counts[name]:>11}" for name in WRONG)
    )
    say("".rjust(12) + ", ".join(f"{number} × {name}" for name, number in faults.count.items()))
    for text in sorted(set(told.refused)):
        say(f"{'':<12}{text}")
    return {**row, "scans": len(told.answers), "refused": told.refused}


def inside(done: str, argument: str) -> Any:
    """The parts that need the product's own code, in a process of their own."""
    from django.core.management import call_command

    from plenary.events.models import Event

    if done == "stage":
        call_command("load_demo", verbosity=0)
        call_command("seed_registrations", "forum", argument, stdout=sys.stderr)
        return set_up(Event.objects.get(slug="forum"), GUESTS)
    return judge(Event.objects.get(slug="forum"), json.loads(Path(argument).read_text(encoding="utf-8")))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    import django

    django.setup()
    print(json.dumps(inside(sys.argv[1], sys.argv[2])))
