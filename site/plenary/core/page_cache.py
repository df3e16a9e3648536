"""Whole public pages kept in each process's memory, and the headers that let browsers and a CDN keep them too.

A page is kept when its view said `cacheable()`, it set no cookie, and the reader has no session. Its key holds the number
of the current generation of public pages, which every change raises in its own transaction: what was kept before a change
is never served after it. Nothing here knows what pages are about.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

LIFETIME = 60  # seconds: what nobody announces, like a sign-up that opens by the clock, shows after a minute
PUBLIC = f"public, max-age=0, s-maxage={LIFETIME}"  # browsers ask again (304), a CDN may answer for a minute
PRIVATE = "private, no-cache"
CAPACITY = 2_000  # pages in one process
LONGEST_ADDRESS = 500
MAX_BYTES = 2_000_000
_CURRENT = "SELECT number FROM core_publicgeneration WHERE id = 1"

Key = tuple[str, str, str, str]
Response = TypeVar("Response", bound=HttpResponse)
# Nothing under these is a public page; the health check must not even touch the database.
_ELSEWHERE = (
    "/static/",
    "/accent/",
    "/api/",
    "/cms/",
    "/door/",
    "/media/",
    "/documents/",
    "/dev/",
    "/healthz",
    "/readyz",
)


def cacheable(response: Response) -> Response:
    """Say of a public page that it is the same for every reader without a session."""
    response.headers["Cache-Control"] = PUBLIC
    return response


def current_generation() -> int:
    """The number every kept page must bear. One statement by primary key: cheaper than asking a cache server."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT)
        row = cursor.fetchone()
    return row[0] if row else 0


@dataclass(frozen=True, slots=True)
class Kept:
    """One page as it goes out: headers, and the body plain and compressed."""

    generation: int
    until: float
    headers: tuple[tuple[str, str], ...]
    etag: str
    plain: bytes
    zipped: bytes

    @classmethod
    def of(cls, response: HttpResponse, generation: int) -> "Kept":
        body = bytes(response.content)
        # Weak, because the plain and the compressed body share it.
        etag = f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
        left_out = {"etag", "vary", "content-length"}
        headers = tuple((name, value) for name, value in response.items() if name.lower() not in left_out)
        # Compressing is safe here: such a page holds no secret of its reader (BREACH needs one).
        return cls(generation, time.monotonic() + LIFETIME, headers, etag, body, gzip.compress(body, 6, mtime=0))

    def answer(self, request: HttpRequest) -> HttpResponse:
        wanted = request.META.get("HTTP_IF_NONE_MATCH", "")
        if wanted and (self.etag in wanted or wanted.strip() == "*"):
            response: HttpResponse = HttpResponseNotModified()
        elif "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            response = HttpResponse(self.zipped)
            response.headers["Content-Encoding"] = "gzip"
        else:
            response = HttpResponse(self.plain)
        for name, value in self.headers:
            response.headers[name] = value
        response.headers["ETag"] = self.etag
        response.headers["Vary"] = "Accept-Encoding"
        if response.status_code == 304:
            del response.headers["Content-Type"]
        else:
            response.headers["Content-Length"] = str(len(response.content))
        return response


class PageStore:
    """The most recently used pages of one process."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, generation: int) -> Kept | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is None:
                return None
            if kept.generation != generation or kept.until < time.monotonic():
                del self._pages[key]
                return None
            self._pages.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        with self._lock:
            self._pages[key] = kept
            self._pages.move_to_end(key)
            while len(self._pages) > self.capacity:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


STORE = PageStore()


def key_of(request: HttpRequest) -> Key | None:
    """What distinguishes one kept page from another; None where the answer may depend on who asks."""
    if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in request.META:
        return None
    cookies = request.META.get("HTTP_COOKIE", "")
    if any(name in cookies for name in (settings.SESSION_COOKIE_NAME, "messages", settings.PLENARY_PRESS_COOKIE)):
        return None
    query = request.META.get("QUERY_STRING", "")
    if request.path.startswith(_ELSEWHERE):
        return None
    if len(request.path) + len(query) > LONGEST_ADDRESS:
        return None
    return (request.scheme or "", request.META.get("HTTP_HOST", ""), request.path, query)


def may_keep(response: HttpResponse) -> bool:
    """Only a whole, plain answer that its view called cacheable, that set no cookie and varies by nothing we do not key by."""
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return (
        response.status_code == 200
        and not response.streaming
        and response.get("Cache-Control") == PUBLIC
        and not response.cookies
        and not response.has_header("Content-Encoding")
        and varies <= {"accept-encoding", "cookie"}
        and len(response.content) <= MAX_BYTES
    )


class PublicPageCacheMiddleware:
    """Stands first: a kept page costs no session, no language look-up, no template."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        if key is None:
            return self._for_one_reader(request)
        # Read before the page is made: were it read after, a change in between would keep the old page as the new one.
        generation = current_generation()
        kept = STORE.get(key, generation)
        if kept is None:
            response = self.get_response(request)
            if request.method != "GET" or not may_keep(response):
                return _guard(response)
            kept = Kept.of(response, generation)
            STORE.put(key, kept)
        return kept.answer(request)

    def _for_one_reader(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Cache-Control") == PUBLIC:
            response.headers["Cache-Control"] = PRIVATE
            patch_vary_headers(response, ["Cookie"])
        return response


def _guard(response: HttpResponse) -> HttpResponse:
    """A page that sets a cookie is nobody else's, whatever its view said."""
    if response.cookies and response.get("Cache-Control") == PUBLIC:
        response.headers["Cache-Control"] = PRIVATE
    return response
