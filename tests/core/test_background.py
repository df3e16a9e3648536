"""Background work: beside the requests on SQLite, through procrastinate on PostgreSQL, and the worker's rounds."""

import threading
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django_tasks import task, task_backends

from plenary.core import task_backends as backends
from plenary.core.management.commands import work
from plenary.core.models import Heartbeat
from plenary.core.tasks import deliver_outbox

DONE: list[str] = []
GATE = threading.Event()


@task()
def note(word: str) -> None:
    """A task of the tests."""
    GATE.wait(5)
    DONE.append(word)


@task()
def fail() -> None:
    """A task that fails."""
    raise RuntimeError("meant")


def upkeep_one() -> None:
    """A function of upkeep."""
    DONE.append("kept")


def upkeep_broken() -> None:
    """A function of upkeep that fails."""
    raise RuntimeError("meant")


@pytest.fixture(autouse=True)
def nothing_done() -> Iterator[None]:
    DONE.clear()
    GATE.set()
    yield
    GATE.set()


@pytest.fixture
def thread_backend(settings: Any, transactional_db: None) -> Iterator[backends.ThreadBackend]:
    settings.TASKS = {"default": {"BACKEND": "plenary.core.task_backends.ThreadBackend"}}
    backend = task_backends["default"]
    yield backend
    backend.drain()


def test_a_slow_task_does_not_hold_up_the_request(thread_backend: backends.ThreadBackend) -> None:
    GATE.clear()
    began = time.monotonic()
    note.enqueue("slow")
    assert time.monotonic() - began < 1
    assert DONE == []
    GATE.set()
    thread_backend.drain()
    assert DONE == ["slow"]


def test_a_task_that_waits_is_not_queued_again(thread_backend: backends.ThreadBackend) -> None:
    GATE.clear()
    for _request in range(20):
        note.enqueue("once")
    GATE.set()
    thread_backend.drain()
    assert 1 <= DONE.count("once") <= 2  # the one that ran, and at most one that came after it had begun


def test_a_task_waits_for_the_transaction_it_belongs_to(thread_backend: backends.ThreadBackend) -> None:
    with transaction.atomic():
        note.enqueue("undone")
        transaction.set_rollback(True)
    with transaction.atomic():
        note.enqueue("done")
        assert DONE == []
    thread_backend.drain()
    assert DONE == ["done"]


def test_a_task_that_fails_is_logged_and_the_next_one_runs(
    thread_backend: backends.ThreadBackend, caplog: pytest.LogCaptureFixture
) -> None:
    fail.enqueue()
    note.enqueue("next")
    thread_backend.drain()
    assert DONE == ["next"]
    assert "fail failed" in caplog.text


# -- PostgreSQL --------------------------------------------------------------------------------------------------------
@pytest.fixture
def procrastinate(settings: Any, db: None) -> None:
    if connection.vendor != "postgresql":
        return
    settings.TASKS = {"default": {"BACKEND": "plenary.core.task_backends.ProcrastinateBackend"}}


def jobs() -> list[tuple[str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def on_postgres() -> bool:
    return connection.vendor == "postgresql"


def test_the_queue_of_postgresql_takes_a_job_once_and_in_the_transaction(procrastinate: None) -> None:
    if not on_postgres():
        assert deliver_outbox.enqueue().status.name == "SUCCESSFUL"  # at once: there is no worker to wait for
        return
    with transaction.atomic():
        note.enqueue("undone")
        transaction.set_rollback(True)
    assert jobs() == []
    deliver_outbox.enqueue()
    deliver_outbox.enqueue()
    (job,) = jobs()
    assert job[0] == backends.RUN
    assert "deliver_outbox" in str(job[1])


@pytest.mark.django_db(transaction=True)
def test_the_worker_of_postgresql_does_what_was_queued(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": f"plenary.core.task_backends.{_backend()}"}}
    note.enqueue("by the worker")
    if on_postgres():
        call_command("procrastinate", "worker", "--one-shot", "--concurrency", "1")
        assert [row for row in jobs() if "by the worker" in str(row)]
    else:
        task_backends["default"].drain()
    assert DONE == ["by the worker"]


def _backend() -> str:
    return "ProcrastinateBackend" if on_postgres() else "ThreadBackend"


# -- the worker's own rounds -------------------------------------------------------------------------------------------
class Rounds:
    """A stop signal that lets the worker make a number of rounds."""

    def __init__(self, number: int) -> None:
        self.left = number

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0

    def wait(self, _seconds: float) -> None:
        """No rest for tests."""


@pytest.mark.django_db
def test_the_worker_sends_messages_and_keeps_the_house_though_one_part_fails(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here = "tests.core.test_background"
    settings.PLENARY_UPKEEP = [(f"{here}.upkeep_broken", 1), (f"{here}.upkeep_one", 1)]
    delivered = iter([3, 0, 0])
    monkeypatch.setattr(work.outbox, "deliver_due", lambda limit: next(delivered))
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    work.Command()._loop(Rounds(3))
    assert DONE == ["kept"]  # once in three quick rounds: its minute is not over
    assert next(delivered, "all asked") == "all asked"
    assert "upkeep_broken failed" in caplog.text


@pytest.mark.django_db
def test_the_worker_is_known_to_live_as_soon_as_it_starts(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "plenary.core.task_backends.ThreadBackend"}}
    monkeypatch.setattr(work.Command, "_loop", lambda _self, _stop: None)
    monkeypatch.setattr(work.signal, "signal", lambda *_args: None)
    call_command("work")
    assert Heartbeat.objects.filter(name="worker").exists()


def test_a_worker_that_comes_before_its_database_or_its_tables_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([OperationalError("connection refused\nIs it running?"), 61, 61, 3, 0])

    def missing() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    waited: list[float] = []
    monkeypatch.setattr(work, "unapplied_migrations", missing)
    monkeypatch.setattr(work.time, "sleep", waited.append)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    out = StringIO()
    work.Command(stdout=out)._await_tables()
    assert out.getvalue().splitlines() == [
        "Waiting for the database: it does not answer (connection refused).",
        "Waiting for the database: 61 migrations to come from `make serve`.",
        "Waiting for the database: 3 migrations to come from `make serve`.",
    ]
    assert len(waited) == 4


def test_a_database_that_goes_away_ends_no_worker(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    """It begins anew once the database is there, and ends when it was told to."""
    happens: list[Exception | None] = [OperationalError("server closed the connection"), None]
    begun: list[str] = []

    def procrastinate(name: str, *_arguments: str) -> None:
        begun.append(name)
        if (failure := happens.pop(0)) is not None:
            raise failure

    monkeypatch.setattr(work, "call_command", procrastinate)
    monkeypatch.setattr(work.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work, "unapplied_migrations", lambda: 0)
    work.Command()._work_on_postgresql()
    assert begun == ["procrastinate", "procrastinate"]
    assert "begins anew" in caplog.text


@pytest.mark.django_db
def test_a_prepared_database_lacks_no_migration() -> None:
    assert work.unapplied_migrations() == 0


def test_every_function_of_upkeep_exists(settings: Any) -> None:
    for path, minutes in settings.PLENARY_UPKEEP:
        found = backends.import_string(path)
        assert callable(getattr(found, "call", found))
        assert 0 < minutes <= 24 * 60
