"""Sends a part of a page whenever it has changed, as server-sent events, without keeping a web process from its work.

The server's threads are few (`settings/web_server.py`), and an open stream holds one. So a process keeps at most one
stream, for less than half a minute; the browser then comes back by itself and says what it has seen. Whoever finds the
place taken is told so and asks every few seconds instead, which costs next to nothing while nothing changes.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

MOST_STREAMS = 1  # of a process's four threads
LENGTH = 25.0  # seconds; less than proxies wait for an answer, and than a process that is to stop is given
TICK = 3.0  # seconds between two looks
COME_BACK = 500  # milliseconds

_places = BoundedSemaphore(MOST_STREAMS)


def digest(text: str) -> str:
    """What tells two states of a part apart."""
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def stream(request: HttpRequest, render: Callable[[], str]) -> HttpResponseBase:
    """The states of what `render` answers, from the one the browser has not seen; 204 when no place is free.

    `render` is called outside the view, so it has to bring its language and zone along.
    """
    # An event loop would read a stream like this to its end before it sends the first byte.
    if not isinstance(request, WSGIRequest) or not _places.acquire(blocking=False):
        return HttpResponse(status=204)
    response = StreamingHttpResponse(
        _Stream(render, request.headers.get("Last-Event-ID", "")), content_type="text/event-stream"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would wait for a bufferful
    return response


class _Stream(Iterator[bytes]):
    """A class rather than a generator: the place is given back also when nobody has read a byte."""

    def __init__(self, render: Callable[[], str], seen: str) -> None:
        self.render = render
        self.seen = seen
        self.ends_at = time.monotonic() + LENGTH
        self.began = False
        self.closed = False

    def __next__(self) -> bytes:
        if not self.began:
            self.began = True
            return f"retry: {COME_BACK}\n\n{self._look()}".encode()
        if time.monotonic() + TICK > self.ends_at:
            raise StopIteration
        time.sleep(TICK)
        return self._look().encode()

    def _look(self) -> str:
        part = self.render()
        if (now := digest(part)) == self.seen:
            return ": still here\n\n"  # writing is how a server notices that the browser has gone
        self.seen = now
        return f"id: {now}\ndata: {json.dumps(part)}\n\n"

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            _places.release()
