"""Starts the product as in production for one database, and reads what its processes cost from /proc."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = ("-m", "gunicorn", "--config", "site/plenary/settings/web_server.py", "plenary.wsgi")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Database:
    """One database under test."""

    kind: str  # "SQLite" or "PostgreSQL"
    url: str
    name: str


@dataclass
class Product:
    """Web server and worker on one database; stops both when left, whatever happened."""

    database: Database
    folder: Path
    port: int = field(default_factory=lambda: _free_port())
    workers: int = 2
    background: bool = True  # with the background worker
    extra: dict[str, str] = field(default_factory=dict)  # of the environment, beside what is always set
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
            "PLENARY_VAR": str(self.folder),
            "DATABASE_URL": self.database.url,
            "WEB_WORKERS": str(self.workers),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "LOG_LEVEL": "ERROR",
            **self.extra,
        }

    def run(self, *arguments: str) -> Any:
        """Run a Python program beside the server; its last line is JSON."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
        last = done.stdout.strip().splitlines()[-1:]
        return json.loads(last[0]) if last and last[0].startswith("{") else None

    def __enter__(self) -> Self:
        self._start(*GUNICORN)
        if self.background:
            self._start("manage.py", "work")
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    @property
    def worker(self) -> subprocess.Popen[bytes]:
        """The background worker, started last."""
        return self._started[-1]

    def replace_worker(self) -> None:
        """Kill the worker as a machine that fails does, without a word, and start another."""
        killed = self._started.pop()
        killed.kill()
        killed.wait()
        self._start("manage.py", "work")

    def web_processes(self) -> list[int]:
        """The processes that answer, by id; the one that watches over them is not among them."""
        master = self._started[0].pid
        try:
            return [int(child) for child in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
        except OSError:
            return []

    def replace_web(self) -> None:
        """Kill the web server with all its processes, as a machine that fails does, and start it again."""
        master = self._started.pop(0)
        master.send_signal(signal.SIGSTOP)  # no process is made behind our back
        children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        for process in map(int, children):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        master.kill()
        master.wait()
        self._start(*GUNICORN)
        self._started.insert(0, self._started.pop())
        self._wait()

    def _start(self, *arguments: str) -> None:
        with (self.folder / "bench.log").open("ab") as log:
            self._started.append(
                subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=log, stderr=log)
            )

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if any(process.poll() is not None for process in self._started):
                break
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"the product did not start, see {self.folder / 'bench.log'}")

    def __exit__(self, *_error: object) -> None:
        for process in self._started:
            process.send_signal(signal.SIGTERM)
        for process in self._started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._started.clear()

    # -- what it costs -------------------------------------------------------------------------------------------------
    def cpu_seconds(self) -> float:
        """Processor time used so far by web server, worker and, on PostgreSQL, the backends of this database."""
        own = {process.pid for process in self._started}
        marks = (f" {self.database.name} ", f" {self.database.name}\0")
        total = 0.0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes().decode(errors="replace") + "\0"
            except OSError:
                continue  # it ended while we looked
            backend = command.startswith("postgres:") and any(mark in command for mark in marks)
            if int(entry.name) in own or int(stat[1]) in own or backend:
                total += (int(stat[11]) + int(stat[12])) / TICKS
        return total

    def settle(self) -> None:
        """Wait until nothing is being done any more: what a request left to the worker is part of its cost."""
        before = self.cpu_seconds()
        for _look in range(20):
            time.sleep(0.5)
            now = self.cpu_seconds()
            if now - before < 0.03:
                return
            before = now


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
