"""Kept public pages: who gets them, when they go stale, what browsers and CDNs are told."""

import gzip
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from wagtail.models import Locale, Page

from plenary.core import page_cache
from plenary.core.actions import refresh_public_pages
from plenary.core.page_cache import PRIVATE, PUBLIC, PageStore, PublicPageCacheMiddleware, cacheable

pytestmark = pytest.mark.django_db
ask = RequestFactory().get


class Site:
    """A site of one page that counts how often it was made."""

    def __init__(self, make: Callable[[HttpRequest], HttpResponse]) -> None:
        self.make = make
        self.made = 0
        self.middleware = PublicPageCacheMiddleware(self.view)

    def view(self, request: HttpRequest) -> HttpResponse:
        self.made += 1
        return self.make(request)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.middleware(request)


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    page_cache.STORE.clear()
    yield
    page_cache.STORE.clear()


@pytest.fixture
def site() -> Site:
    return Site(lambda _request: cacheable(HttpResponse("<h1>Forum</h1>" * 20)))


def test_a_public_page_is_made_once_for_all_visitors(site: Site) -> None:
    first, second = site(ask("/en/forum/")), site(ask("/en/forum/"))
    assert site.made == 1
    assert first.content == second.content == b"<h1>Forum</h1>" * 20
    assert second["Cache-Control"] == PUBLIC


def test_a_kept_page_costs_one_statement(site: Site, django_assert_num_queries: Callable) -> None:
    site(ask("/en/forum/"))
    with django_assert_num_queries(1):
        site(ask("/en/forum/"))


@pytest.mark.parametrize(
    "other",
    [
        ask("/fr/forum/"),
        ask("/en/forum/?day=2"),
        ask("/en/forum/", headers={"host": "other.example"}),
        ask("/en/forum/", secure=True),
    ],
    ids=["path", "query", "host", "scheme"],
)
def test_another_address_is_another_page(site: Site, other: HttpRequest) -> None:
    site(ask("/en/forum/"))
    site(other)
    assert site.made == 2


def test_a_change_is_seen_by_the_very_next_visitor(site: Site) -> None:
    site(ask("/en/forum/"))
    refresh_public_pages()
    site(ask("/en/forum/"))
    assert site.made == 2


def test_a_change_that_is_rolled_back_leaves_the_page_kept(site: Site) -> None:
    refresh_public_pages()
    site(ask("/en/forum/"))
    with transaction.atomic():
        refresh_public_pages()
        transaction.set_rollback(True)
    site(ask("/en/forum/"))
    assert site.made == 1


def test_a_change_while_the_page_is_made_is_not_lost() -> None:
    def make(_request: HttpRequest) -> HttpResponse:
        response = cacheable(HttpResponse("old"))
        refresh_public_pages()  # the moment between reading the facts and keeping the page
        return response

    site = Site(make)
    site(ask("/en/forum/"))
    site(ask("/en/forum/"))
    assert site.made == 2


def test_publishing_and_unpublishing_a_page_are_changes(site: Site) -> None:
    page = Page.objects.filter(depth=2).first().specific
    before = page_cache.current_generation()
    page.save_revision().publish()
    published = page_cache.current_generation()
    page.unpublish()
    assert before < published < page_cache.current_generation()


def test_a_new_language_is_a_change() -> None:
    before = page_cache.current_generation()
    Locale.objects.get_or_create(language_code="fr")[0].save()
    assert page_cache.current_generation() > before


def test_an_old_page_is_made_anew_after_a_minute(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site(ask("/en/forum/"))
    now = page_cache.time.monotonic()
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now + page_cache.LIFETIME + 1)
    site(ask("/en/forum/"))
    assert site.made == 2


@pytest.mark.parametrize("cookie", ["sessionid=abc", "messages=hello"])
def test_a_reader_with_a_session_gets_a_page_of_their_own(site: Site, cookie: str) -> None:
    site(ask("/en/forum/"))
    own = site(ask("/en/forum/", headers={"cookie": cookie}))
    assert site.made == 2
    assert own["Cache-Control"] == PRIVATE
    assert "Cookie" in own["Vary"]


def test_a_cookie_of_no_meaning_does_not_spoil_the_cache(site: Site) -> None:
    site(ask("/en/forum/"))
    site(ask("/en/forum/", headers={"cookie": "csrftoken=x; theme=dark"}))
    assert site.made == 1


def _sets_cookie(_request: HttpRequest) -> HttpResponse:
    response = cacheable(HttpResponse("form"))
    response.set_cookie("csrftoken", "secret")
    return response


def _varies(_request: HttpRequest) -> HttpResponse:
    return cacheable(HttpResponse("hello", headers={"Vary": "Accept-Language"}))


@pytest.mark.parametrize(
    "make",
    [
        _sets_cookie,
        _varies,
        lambda _request: HttpResponse("nobody said so"),
        lambda _request: cacheable(HttpResponse("gone", status=404)),
    ],
    ids=["sets a cookie", "varies by language", "not called cacheable", "not a success"],
)
def test_what_is_not_the_same_for_everybody_is_never_kept(make: Callable[[HttpRequest], HttpResponse]) -> None:
    site = Site(make)
    site(ask("/en/forum/"))
    site(ask("/en/forum/"))
    assert site.made == 2


def test_no_shared_cache_may_keep_a_page_that_sets_a_cookie() -> None:
    assert Site(_sets_cookie)(ask("/en/forum/"))["Cache-Control"] == PRIVATE


@pytest.mark.parametrize("path", ["/cms/", "/api/v1/events/", "/healthz", "/static/x.css", "/door/"])
def test_addresses_that_hold_no_public_page_do_not_touch_the_database(
    site: Site, path: str, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(0):
        site(ask(path))


def test_posts_and_authorised_requests_pass_through(site: Site) -> None:
    site(ask("/en/forum/"))
    site(RequestFactory().post("/en/forum/"))
    site(ask("/en/forum/", headers={"authorization": "Bearer x"}))
    assert site.made == 3


def test_a_browser_that_has_the_page_is_told_so_in_few_bytes(site: Site) -> None:
    etag = site(ask("/en/forum/"))["ETag"]
    again = site(ask("/en/forum/", headers={"if-none-match": etag}))
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == PUBLIC


def test_the_etag_changes_with_the_text() -> None:
    texts = iter(["one", "two"])
    site = Site(lambda _request: cacheable(HttpResponse(next(texts))))
    first = site(ask("/en/forum/"))["ETag"]
    refresh_public_pages()
    assert site(ask("/en/forum/", headers={"if-none-match": first})).content == b"two"


def test_the_page_goes_out_compressed_to_those_who_take_it(site: Site) -> None:
    small = site(ask("/en/forum/", headers={"accept-encoding": "br, gzip"}))
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == b"<h1>Forum</h1>" * 20
    assert small["Content-Length"] == str(len(small.content))
    assert small["Vary"] == "Accept-Encoding"


def test_a_flood_of_addresses_cannot_fill_the_memory() -> None:
    store = PageStore(capacity=3)
    kept = page_cache.Kept.of(HttpResponse("x"), generation=1)
    for number in range(10):
        store.put(("http", "host", f"/{number}", ""), kept)
    assert [store.get(("http", "host", f"/{n}", ""), 1) is not None for n in range(6, 10)] == [False, True, True, True]
