"""Where background work runs: in a worker through procrastinate (PostgreSQL), or in a thread of the web process (SQLite).

Both stand behind the django-tasks API. Nothing important lives in a queue: messages wait in the outbox, and the worker
looks there by itself (upkeep.py), so a lost job is late, never lost.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections, transaction
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.utils import get_random_id

if TYPE_CHECKING:
    from procrastinate import App

logger = logging.getLogger(__name__)

RUN = "plenary.run"


class _Queue(BaseTaskBackend):
    """What both have in common: a ready result is answered, and its outcome is not kept."""

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        self.put(f"{task.func.__module__}.{task.func.__qualname__}", list(args), dict(kwargs))
        return TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )

    def put(self, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        raise NotImplementedError


def run(path: str, args: list[Any] | None = None, kwargs: dict[str, Any] | None = None) -> None:
    """Run a task by the path of its function."""
    found = import_string(path)
    call = found.call if isinstance(found, Task) else found
    call(*(args or []), **(kwargs or {}))


class ThreadBackend(_Queue):
    """One thread beside the requests: a slow mail server slows no visitor. For one machine with SQLite."""

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: set[str] = set()
        self._lock = Lock()

    def put(self, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        # The thread has a connection of its own, which sees nothing of a transaction that has not committed.
        transaction.on_commit(partial(self._submit, path, args, kwargs))

    def _submit(self, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        key = f"{path} {args} {kwargs}"
        with self._lock:
            if key in self._waiting:
                return  # the one that waits will see what this one was to do
            self._waiting.add(key)
            # Made on first use, not at import: threads do not survive the fork of a preloaded web server.
            self._pool = self._pool or ThreadPoolExecutor(max_workers=1, thread_name_prefix="plenary-task")
        self._pool.submit(self._work, key, path, args, kwargs)

    def _work(self, key: str, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        with self._lock:
            self._waiting.discard(key)
        try:
            run(path, args, kwargs)
        except Exception:
            logger.exception("task %s failed", path)
        finally:
            connections.close_all()

    def drain(self) -> None:
        """Wait until all that was put is done."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(wait=True)


class ProcrastinateBackend(_Queue):
    """Jobs in PostgreSQL. A job that already waits is not queued a second time: a thousand sign-ups wake the outbox once."""

    def put(self, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        from procrastinate.contrib.django import app
        from procrastinate.exceptions import AlreadyEnqueued

        lock = f"{path} {args} {kwargs}"
        try:
            with transaction.atomic():  # the refusal must not spoil a caller's transaction
                app.configure_task(RUN, queueing_lock=lock).defer(path=path, args=args, kwargs=kwargs)
        except AlreadyEnqueued:
            logger.debug("%s already waits", path)


def register(app: App) -> None:
    """Called by procrastinate once Django is ready: one task that runs all others, and the clock of upkeep."""
    from procrastinate import RetryStrategy

    app.task(name=RUN, retry=RetryStrategy(max_attempts=5, exponential_wait=4))(run)
    for path, minutes in settings.PLENARY_UPKEEP:
        cron = f"*/{minutes} * * * *" if minutes < 60 else "17 3 * * *"
        task = app.task(name=f"upkeep:{path}", queueing_lock=path, pass_context=False)(_upkeep(path))
        app.periodic(cron=cron, periodic_id=path)(task)


def _upkeep(path: str) -> Any:
    def keep(timestamp: int) -> None:
        run(path)

    return keep
