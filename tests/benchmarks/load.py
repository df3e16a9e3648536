"""A small load generator: so many clients, each on one connection that stays open, for so many seconds."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """One HTTP request, ready to be written."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def bytes(self) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {HOST}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Outcome:
    """What a run of load gave: how long each request took, and the statuses."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return len(self.latencies)

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the requests was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0


class Connection:
    """One client's connection, opened again when the server closes it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, request: Request) -> Answer:
        for attempt in (1, 2):
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
            try:
                self.writer.write(request.bytes())
                return await self._read(request.method)
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.close()  # kept open for too long, or the process was replaced
                if attempt == 2:
                    raise
        raise ConnectionError

    async def _read(self, method: str) -> Answer:
        assert self.reader is not None
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
        length = int(headers.get("content-length", 0))
        if headers.get("transfer-encoding") == "chunked":
            raise ValueError("an answer without a length")
        body = await self.reader.readexactly(length) if length and method != "HEAD" else b""
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return Answer(int(first.split()[1]), headers, body)

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def drive(port: int, requests: Iterator[Request], *, clients: int, seconds: float, most: int) -> Outcome:
    """Send requests from an iterator until it, the time, or the allowed number is used up."""
    return asyncio.run(_drive(port, requests, clients, seconds, most))


async def _drive(port: int, requests: Iterator[Request], clients: int, seconds: float, most: int) -> Outcome:
    outcome = Outcome()
    began = time.perf_counter()
    end = began + seconds

    async def client() -> None:
        connection = Connection(port)
        while time.perf_counter() < end and outcome.requests < most:
            request = next(requests, None)
            if request is None:
                break
            sent = time.perf_counter()
            answer = await connection.send(request)
            outcome.latencies.append(time.perf_counter() - sent)
            outcome.statuses[answer.status] = outcome.statuses.get(answer.status, 0) + 1
        await connection.close()

    await asyncio.gather(*(client() for _number in range(clients)))
    outcome.seconds = time.perf_counter() - began
    return outcome


def ask(port: int, request: Request) -> Answer:
    """One request by itself."""

    async def once() -> Answer:
        connection = Connection(port)
        try:
            return await connection.send(request)
        finally:
            await connection.close()

    return asyncio.run(once())
