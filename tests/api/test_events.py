"""Events and their programme as JSON: what is public, whole, cacheable, and at a fixed price."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from plenary.events.models import SessionPerson
from plenary.events.rules import ApprovalState
from tests.factories.events import EventFactory, PersonFactory, SessionFactory, SessionPersonFactory

pytestmark = pytest.mark.django_db


def test_an_event_tells_its_facts_in_all_its_languages(client: Client) -> None:
    EventFactory(slug="forum", name={"en": "Forum", "ar": "منتدى"}, accent="#123456")
    body = client.get("/api/v1/events/forum/").json()
    assert body["name"] == {"en": "Forum", "ar": "منتدى"}
    assert (body["starts_on"], body["ends_on"], body["time_zone"]) == ("2030-05-14", "2030-05-16", "Europe/Zurich")
    assert body["venue"]["city"] == {"en": "Geneva"}
    assert body["venue"]["country"] == "CH"
    assert body["registration"] == "open"


def test_the_links_of_an_event_lead_where_the_site_has_them(client: Client, settings: object) -> None:
    EventFactory(slug="forum")
    base = "http://127.0.0.1:8000"
    links = client.get("/api/v1/events/forum/").json()["links"]
    assert links["schedule_json"] == base + reverse("portal:schedule_json", args=["forum"])
    assert links["schedule_xml"] == base + reverse("portal:schedule_xml", args=["forum"])
    assert links["schedule_ics"] == base + reverse("portal:schedule_ics", args=["forum"])
    assert links["categories"] == base + reverse("api-v1:list_categories", args=["forum"])
    assert links["sessions"] == base + reverse("api-v1:list_sessions", args=["forum"])
    assert links["self"] == base + reverse("api-v1:get_event", args=["forum"])
    assert links["sign_up"]["en"] == base + reverse("registration:sign_up", args=["forum"])
    assert set(links["pages"]) == {"en", "zh-hans", "fr", "es", "ru", "ar"}


@pytest.mark.parametrize("approval", [state for state in ApprovalState if state != ApprovalState.IN_FORCE])
def test_before_its_plan_is_in_force_an_event_is_not_there(client: Client, approval: ApprovalState) -> None:
    EventFactory(slug="forum", approval=approval)
    public = approval == ApprovalState.CLOSED  # over, and still to be read
    for url in ("/api/v1/events/forum/", "/api/v1/events/forum/sessions/"):
        assert client.get(url).status_code == (200 if public else 404)
    assert len(client.get("/api/v1/events/").json()["items"]) == int(public)
    if public:
        assert client.get("/api/v1/events/forum/").json()["registration"] == "closed"


def test_an_unpublished_event_is_not_there(client: Client) -> None:
    EventFactory(slug="forum", published=False)
    assert client.get("/api/v1/events/forum/").status_code == 404
    assert client.get("/api/v1/events/").json() == {"items": [], "next": None}


def test_a_session_tells_when_where_and_who(client: Client) -> None:
    session = SessionFactory(event=EventFactory(slug="forum"), slug="opening")
    person = PersonFactory(event=session.event, name="李伟", latin_name="Li Wei")
    SessionPersonFactory(session=session, person=person, role=SessionPerson.Role.CHAIR)
    (item,) = client.get("/api/v1/events/forum/sessions/").json()["items"]
    assert item["starts_at"] == "2030-05-14T08:00:00Z"
    assert item["ends_at"] == "2030-05-14T08:45:00Z"
    assert item["room"] == {"slug": session.room.slug, "name": session.room.name}
    assert [(who["name"], who["latin_name"], who["role"]) for who in item["persons"]] == [("李伟", "Li Wei", "chair")]
    assert item["pages"]["ar"].endswith("/ar/forum/agenda/opening/")
    assert "working_title" not in item  # for staff lists


def test_who_has_it_already_gets_304(client: Client) -> None:
    EventFactory(slug="forum")
    first = client.get("/api/v1/events/forum/")
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get("/api/v1/events/forum/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/events/forum/", headers={"if-none-match": '"other"'}).status_code == 200


def test_a_list_costs_the_same_with_one_event_and_with_three(
    client: Client, statements_of: Callable[[Callable[[], object]], int]
) -> None:
    event = EventFactory(slug="forum")
    SessionPersonFactory(session=SessionFactory(event=event))
    urls = ["/api/v1/events/", "/api/v1/events/forum/", "/api/v1/events/forum/sessions/"]
    one = [statements_of(lambda url=url: client.get(url)) for url in urls]
    EventFactory.create_batch(2)
    for _number in range(2):
        session = SessionFactory(event=event)
        SessionPersonFactory.create_batch(2, session=session)
    three = [statements_of(lambda url=url: client.get(url)) for url in urls]
    assert three == one
    assert one == [1, 1, 3]
