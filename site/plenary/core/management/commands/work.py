"""`manage.py work`, behind `make worker`: sends messages and keeps the house, until it is stopped."""

import logging
import os
import signal
import time
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor

from plenary.core import outbox, upkeep
from plenary.core.task_backends import run

logger = logging.getLogger(__name__)

PAUSE = 2.0  # seconds between looks into the outbox


class Command(BaseCommand):
    help = "The background worker: through procrastinate on PostgreSQL, a loop of its own on SQLite."

    def handle(self, *args: Any, **options: Any) -> None:
        self._await_tables()
        upkeep.beat()  # ready at once, not after the first minute
        if settings.TASKS["default"]["BACKEND"].endswith("ProcrastinateBackend"):
            self._work_on_postgresql()
            return
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            # What is in hand is finished first: a message cut off while it leaves would leave twice.
            signal.signal(name, lambda *_received: stop.set())
        self._loop(stop)

    def _work_on_postgresql(self) -> None:
        """Until it is stopped; a database that goes away for a while ends procrastinate, but not the worker."""
        jobs = os.environ.get("WORKER_JOBS", "4")
        while True:
            try:
                call_command("procrastinate", "worker", "--concurrency", jobs, "--delete-jobs", "successful")
            except Exception:
                logger.exception("the worker broke off and begins anew")
                close_old_connections()
                time.sleep(PAUSE)
                self._await_tables()
            else:
                return

    def _await_tables(self) -> None:
        """A worker started beside the first web server comes before its tables do, and perhaps before the database."""
        told = ""
        while waits := _still_missing():
            if waits != told:
                self.stdout.write(f"Waiting for the database: {waits}.")
                told = waits
            close_old_connections()
            time.sleep(PAUSE)

    def _loop(self, stop: Event) -> None:
        due = dict.fromkeys((path for path, _minutes in settings.PLENARY_UPKEEP), 0.0)
        while not stop.is_set():
            for path, minutes in settings.PLENARY_UPKEEP:
                if time.monotonic() >= due[path]:
                    due[path] = time.monotonic() + minutes * 60
                    _attempt(path)
            if not _attempt("plenary.core.outbox.deliver_due"):
                close_old_connections()
                stop.wait(PAUSE)


def _still_missing() -> str:
    """What the worker waits for, in words; nothing when it can begin."""
    try:
        missing = unapplied_migrations()
    except OperationalError as error:
        return f"it does not answer ({str(error).strip().splitlines()[0]})"
    return f"{missing} migrations to come from `make serve`" if missing else ""


def unapplied_migrations() -> int:
    """How many migrations the database lacks; every one on a database that was never prepared."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _attempt(path: str) -> bool:
    """Whether something was done. One task that fails must not stop the others, nor the worker."""
    try:
        if path == "plenary.core.outbox.deliver_due":
            return bool(outbox.deliver_due(limit=20))
        run(path)
    except Exception:
        logger.exception("%s failed", path)
        close_old_connections()
    return False
