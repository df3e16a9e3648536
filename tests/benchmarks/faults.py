"""What goes wrong in the crash run: web processes and servers that are killed, a database that is gone or does not answer.

Ends only processes of the product under test, by their ids.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sqlite3
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import psycopg

from tests.benchmarks.server import Product

CHUNK = 65_536


class Proxy:
    """Stands between the product and PostgreSQL, and breaks the line: at once, or after so many more bytes went to it.

    The bytes that reach the database before the break are worked on, and nobody hears how it ended.
    """

    def __init__(self, host: str, port: int) -> None:
        self.upstream = (host, port)
        self.port = 0
        self.broken = 0
        self._down = False
        self._left: int | None = None  # bytes until the next break
        self._lines: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=[ready], daemon=True)
        self._thread.start()
        ready.wait(10)

    def gone(self, seconds: float) -> None:
        """Every line is broken and none is accepted for a while."""
        self._loop.call_soon_threadsafe(self._break)
        time.sleep(seconds)
        self._down = False

    def cut_after(self, number: int) -> None:
        self._left = number

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        for line in list(self._lines):
            self._reset(line)
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.transport.abort()
            return
        try:
            back, forth = await asyncio.open_connection(*self.upstream)
        except OSError:
            writer.transport.abort()
            return
        line = (writer, forth)
        self._lines.add(line)
        try:
            await asyncio.gather(self._pump(reader, forth, line, counted=True), self._pump(back, writer, line))
        finally:
            self._lines.discard(line)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        line: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
        *,
        counted: bool = False,
    ) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                target.write(data)
                if counted and self._left is not None:
                    self._left -= len(data)
                    if self._left <= 0:
                        self._left = None
                        with suppress(OSError):
                            await target.drain()  # what was sent is worked on; the answer finds nobody
                        self._reset(line)
                        return
                await target.drain()
        with suppress(OSError):
            target.close()

    def _break(self) -> None:
        self._down = True
        for line in list(self._lines):
            self._reset(line)

    def _reset(self, line: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
        self.broken += 1
        client, _upstream = line
        with suppress(OSError):
            client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for writer in line:
            writer.transport.abort()


class Faults:
    """One fault after the other, in turn, until it is told to stop; counts each kind."""

    def __init__(self, product: Product, proxy: Proxy | None, *, server_too: bool) -> None:
        self.product, self.proxy = product, proxy
        self.count: dict[str, int] = {}
        self._draw = random.Random(3)
        kinds: list[tuple[str, Callable[[], None]]] = [("web process killed", self._kill_one)]
        if proxy:
            kinds += [("line cut", self._cut), ("backends ended", self._end_backends), ("database gone", self._gone)]
        else:
            kinds += [("database locked", self._lock)]
        if server_too:
            kinds += [("web server killed", product.replace_web)]
        self._kinds = kinds

    def run(self, seconds: float) -> None:
        end, number = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            time.sleep(self._draw.uniform(0.2, 1.0))
            name, act = self._kinds[number % len(self._kinds)]
            act()
            self.count[name] = self.count.get(name, 0) + 1
            number += 1

    def _kill_one(self) -> None:
        for process in self._draw.sample(processes, 1) if (processes := self.product.web_processes()) else []:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _cut(self) -> None:
        assert self.proxy is not None
        for _time in range(5):
            self.proxy.cut_after(self._draw.randrange(100, 40_000))
            time.sleep(0.2)

    def _gone(self) -> None:
        assert self.proxy is not None
        self.proxy.gone(self._draw.uniform(0.3, 1.0))

    def _end_backends(self) -> None:
        server = self.product.database
        own = urlsplit(server.url)
        assert self.proxy is not None
        host, port = self.proxy.upstream
        url = own._replace(scheme="postgresql", netloc=own.netloc.rpartition("@")[0] + f"@{host}:{port}").geturl()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )

    def _lock(self) -> None:
        """Somebody else holds the file, and a web process dies while it waits for it."""
        path = self.product.database.url.removeprefix("sqlite:///")
        holder = sqlite3.connect(path, timeout=20, isolation_level=None)
        try:
            holder.execute("BEGIN IMMEDIATE")
            time.sleep(self._draw.uniform(0.2, 0.6))
            self._kill_one()
            holder.execute("ROLLBACK")
        finally:
            holder.close()
