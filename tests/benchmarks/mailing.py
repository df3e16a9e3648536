"""A mailing to 10,000 guests, by SMTP to a server of the bench: killed once, stopped once, resumed, on both databases.

`python -m tests.benchmarks.mailing` prints a row for each database; MAILING_GUESTS chooses another size. Every guest gets the
mail once, or the message is counted as not known because the worker died with it in hand; after the stop nothing more leaves;
the worker's memory does not grow with the number of guests. The figures are kept in var/bench/mailing.json.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socketserver
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.benchmarks.__main__ import FOLDER, WANTED, drop_database, make_database, say
from tests.benchmarks.server import Product
from tests.find_postgres import answering

GUESTS = int(os.environ.get("MAILING_GUESTS", "10000"))
PATIENCE = 3_600  # seconds until a run that does not end is given up
HEAD = (
    f"{'':<12}{'guests':>8}{'got it':>8}{'twice':>6}{'unknown':>8}{'lost':>6}{'after stop':>11}{'per s':>7}"
    f"{'MB early':>9}{'MB peak':>9}{'progress ms':>12}"
)


# -- the mail server ---------------------------------------------------------------------------------------------------
class Sink(socketserver.ThreadingTCPServer):
    """Takes every mail, keeps for whom it was."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.got: Counter[str] = Counter()
        self.count = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_about: object) -> None:
        """Nothing: a connection breaks when its worker is killed."""

    def take(self, recipient: str) -> None:
        with self.lock:
            self.got[recipient] += 1
            self.count += 1


class _Session(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        recipient = ""
        self._say("220 bench")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
            if verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.server.take(recipient)
            self._say("221 bye" if verb == b"QUIT" else "250 ok")

    def _say(self, text: str) -> None:
        try:
            self.wfile.write(f"{text}\r\n".encode())
        except OSError:
            return  # the worker was killed


# -- the run -----------------------------------------------------------------------------------------------------------
def main() -> int:
    """Run it on every database; the exit code says whether nobody was lost and nobody got it twice."""
    rows = []
    say(HEAD)
    for kind in WANTED:
        if kind == "postgresql" and answering() is None:
            say("No PostgreSQL answers: SQLite alone is measured.")
            continue
        rows.append(measure(kind))
    (FOLDER / "mailing.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row["exact"] for row in rows) else 1


def measure(kind: str) -> dict[str, Any]:
    folder = FOLDER / f"mailing-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database, sink = make_database(kind, folder), Sink()
    product = Product(database, folder, extra={"EMAIL_URL": f"smtp://127.0.0.1:{sink.server_address[1]}"})
    try:
        product.run("manage.py", "prepare")
        key = step(product, "stage", str(GUESTS))["mailing"]
        with product:
            step(product, "schedule", key)
            wait(lambda: sink.count >= GUESTS // 10, "the worker to begin")
            early, began, first = peak_memory(product), time.monotonic(), sink.count
            wait(lambda: sink.count >= GUESTS // 3, "a third")
            rate = (sink.count - first) / (time.monotonic() - began)
            product.replace_worker()
            killed_at = sink.count
            wait(lambda: sink.count >= killed_at + GUESTS // 3, "another worker to go on")
            step(product, "stop", key)
            stopped_at = sink.count
            time.sleep(5)
            after_stop = sink.count - stopped_at
            held = step(product, "count", key)
            step(product, "resume", key)
            wait(lambda: step(product, "count", key)["finished"], "the end", pause=5)
            left, peak = step(product, "count", key), peak_memory(product)
    finally:
        sink.shutdown()
        sink.server_close()
        drop_database(database)
    return tell(database.kind, sink, left, held, after_stop, rate, (early, peak))


def tell(
    kind: str,
    sink: Sink,
    left: dict[str, Any],
    held: dict[str, Any],
    after_stop: int,
    rate: float,
    memory: tuple[float, float],
) -> dict[str, Any]:
    twice = sum(1 for number in sink.got.values() if number > 1)
    states = left["states"]
    unknown = states.get("unknown", 0)
    # A message that the dead worker had in hand may have arrived, so that it is in both numbers.
    lost = max(GUESTS - len(sink.got) - unknown, 0)
    honest = states.get("sent", 0) + unknown == GUESTS and held["sum"] == held["written"]
    exact = not lost and not twice and honest and after_stop <= 1
    early, peak = memory
    say(
        f"{kind:<12}{GUESTS:>8}{len(sink.got):>8}{twice:>6}{unknown:>8}{lost:>6}{after_stop:>11}{rate:>7.0f}"
        f"{early:>9.0f}{peak:>9.0f}{left['progress_ms']:>12.1f}{'' if exact else '  NOT EXACT ' + str((left, held))}"
    )
    figures = {"per_second": round(rate, 1), "early_mb": early, "peak_mb": peak, "progress_ms": left["progress_ms"]}
    return {"database": kind, "exact": exact, "got": len(sink.got), "unknown": unknown, "twice": twice, **figures}


def step(product: Product, *arguments: str) -> Any:
    return product.run("-m", "tests.benchmarks.mailing", *arguments)


def wait(until: Any, what: str, pause: float = 0.2) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > end:
            raise RuntimeError(f"waited in vain for {what}")
        time.sleep(pause)


def peak_memory(product: Product) -> float:
    """The most memory the worker has held, in megabytes."""
    status = Path(f"/proc/{product.worker.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


# -- run inside the settings of the bench ------------------------------------------------------------------------------
def stage(guests: str) -> dict[str, str]:
    from django.core.management import call_command
    from django.utils import timezone

    from plenary.core.actions import SYSTEM
    from plenary.events.actions import create_event
    from plenary.events.rules import ApprovalState
    from registration.models import Category, Mailing

    today = timezone.localdate()
    event = create_event(
        slug="mailing",
        by=SYSTEM,
        approval=ApprovalState.IN_FORCE,
        name={"en": "Mailing"},
        starts_on=today,
        ends_on=today,
    )
    Category.objects.create(event=event, slug="delegate", name={"en": "Delegate"})
    call_command("seed_registrations", "mailing", guests, verbosity=0)
    text = {"en": "Dear {name},\n\nthe programme has changed.\n\n{link}", "fr": "Bonjour {name},\n\n{link}"}
    mailing = Mailing.objects.create(event=event, name="Bench", subject={"en": "News of {event}"}, body=text)
    return {"mailing": str(mailing.pk)}


def act(verb: str, key: str) -> dict[str, str]:
    """What a person presses. The worker takes notice by its clock, as when the job of the press was lost."""
    from datetime import timedelta
    from unittest import mock

    from django.utils import timezone

    from plenary.core.actions import SYSTEM
    from registration.actions import mailings
    from registration.models import Mailing

    mailing = Mailing.objects.select_related("event").get(pk=key)
    with mock.patch.object(mailings, "_wake"):
        if verb == "schedule":
            mailings.schedule_mailing(mailing, at=timezone.now() + timedelta(seconds=1), by=SYSTEM)
        elif verb == "stop":
            mailings.stop_mailing(mailing, by=SYSTEM)
        else:
            mailings.start_mailing(mailing, by=SYSTEM)
    return {}


def count(key: str) -> dict[str, Any]:
    from plenary.core.models import Message
    from registration.models import Mailing
    from registration.viewsets.mailings import progress_of

    mailing = Mailing.objects.get(pk=key)
    progress_of(mailing)
    began = time.monotonic()
    progress_of(mailing)
    taken = (time.monotonic() - began) * 1000
    states = Counter(Message.objects.filter(batch=mailing.pk).values_list("state", flat=True))
    return {
        "states": states,
        "sum": sum(states.values()),
        "written": mailing.written,
        "finished": mailing.state == "done" and not states["waiting"],
        "progress_ms": taken,
    }


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    import django

    django.setup()
    verb, *given = sys.argv[1:]
    done = {"stage": stage, "count": count}.get(verb)
    print(json.dumps(done(*given) if done else act(verb, *given)))
