"""Pages of a list neither repeat nor hide a row, whatever comes or goes between them; a cursor opens its own list alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from plenary.core import cursors
from plenary.events.models import Event
from tests.factories.events import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db


def walk(client: Client, url: str, limit: int) -> list[list[dict[str, Any]]]:
    """All pages of a list."""
    pages, cursor = [], ""
    for _step in range(20):
        body = client.get(url, {"limit": limit} | ({"cursor": cursor} if cursor else {})).json()
        pages.append(body["items"])
        cursor = body["next"]
        if cursor is None:
            return pages
    raise AssertionError("the list never ends")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_every_event_comes_once_and_in_order(client: Client, limit: int) -> None:
    for number in range(7):  # three begin on the same day: the name decides among them
        EventFactory(slug=f"e{number}", starts_on=date(2030, 1, 1 + number // 3), ends_on=date(2030, 2, 1))
    pages = walk(client, "/api/v1/events/", limit)
    slugs = [item["slug"] for page in pages for item in page]
    assert slugs == list(Event.objects.order_by("-starts_on", "slug").values_list("slug", flat=True))
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)


def test_an_event_that_comes_between_two_pages_moves_no_other(client: Client) -> None:
    for number in range(4):
        EventFactory(slug=f"e{number}", starts_on=date(2030, 1, 10 - number), ends_on=date(2030, 2, 1))
    first = client.get("/api/v1/events/?limit=2").json()
    EventFactory(slug="newcomer", starts_on=date(2030, 1, 20), ends_on=date(2030, 2, 1))
    second = client.get("/api/v1/events/", {"limit": 2, "cursor": first["next"]}).json()
    assert [item["slug"] for item in first["items"] + second["items"]] == ["e0", "e1", "e2", "e3"]


def test_sessions_are_paged_by_time(client: Client) -> None:
    event = EventFactory(slug="forum")
    start = SessionFactory(event=event, slug="s0").starts_at
    for number in (3, 1, 2):
        SessionFactory(event=event, slug=f"s{number}", starts_at=start + timedelta(hours=number))
    pages = walk(client, "/api/v1/events/forum/sessions/", 3)
    assert [[item["slug"] for item in page] for page in pages] == [["s0", "s1", "s2"], ["s3"]]


def test_a_cursor_of_another_list_or_changed_on_the_way_opens_nothing(client: Client) -> None:
    for slug in ("forum", "summit"):
        event = EventFactory(slug=slug)
        SessionFactory.create_batch(2, event=event)
    cursor = client.get("/api/v1/events/forum/sessions/?limit=1").json()["next"]
    foreign = client.get("/api/v1/events/summit/sessions/", {"cursor": cursor})
    changed = client.get("/api/v1/events/forum/sessions/", {"cursor": "A" + cursor[1:] if cursor[0] != "A" else "B"})
    for answer in (foreign, changed):
        assert answer.status_code == 404
        assert answer.json()["code"] == "bad_cursor"
    assert client.get("/api/v1/events/", {"cursor": "no cursor"}).status_code == 422


def test_a_sealed_position_of_another_order_is_refused() -> None:
    with pytest.raises(cursors.BadCursor):
        cursors.page_of(
            Event.objects.all(), by=("-starts_on", "slug"), scope="x", cursor=cursors.seal("x", ["only"]), limit=1
        )
    with pytest.raises(cursors.BadCursor):
        cursors.page_of(
            Event.objects.all(), by=("-starts_on", "slug"), scope="x", cursor=cursors.seal("x", ["?", "a"]), limit=1
        )
