"""What HTTP asks of every address of the API: HEAD, OPTIONS, other origins, no sessions; and content through Wagtail's API."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from plenary.api import api
from plenary.api.middleware import allows_any_origin
from tests.factories.events import EventFactory
from tests.factories.publicity import make_press_room

pytestmark = pytest.mark.django_db


def test_head_answers_like_get_without_the_body(client: Client) -> None:
    EventFactory(slug="forum")
    for url in ("/api/v1/events/forum/", "/api/v1/openapi.json", "/api/v2/images/"):
        got, headed = client.get(url), client.head(url)
        assert headed.status_code == got.status_code == 200
        assert headed.content == b""
        assert headed["Content-Length"] == str(len(got.content))
        assert headed.get("ETag") == got.get("ETag")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("/api/v1/events/", "GET, HEAD, OPTIONS"),
        ("/api/v1/events/forum/registrations/", "OPTIONS, POST"),
        ("/api/v1/checkin/scans", "OPTIONS, POST"),
        ("/api/v1/openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_tells_what_an_address_takes(client: Client, url: str, allowed: str) -> None:
    answer = client.options(url)
    assert (answer.status_code, answer["Allow"]) == (204, allowed)


def test_a_front_end_on_another_host_may_read_and_register(client: Client) -> None:
    for url in ("/api/v1/events/", "/api/v1/events/forum/registrations/", "/api/v2/pages/", "/api/v1/nothing/"):
        answer = client.options(url, headers={"origin": "https://app.example", "access-control-request-method": "POST"})
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
    preflight = client.options("/api/v1/events/forum/registrations/")
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in preflight["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/api/v1/checkin/scans", "/api/v1/stripe/webhook", "/en/", "/cms/", "/door/"])
def test_doors_payments_and_pages_give_no_leave_to_other_origins(client: Client, path: str) -> None:
    assert not allows_any_origin(path)
    assert "Access-Control-Allow-Origin" not in client.options(path)


def test_the_api_neither_reads_nor_starts_a_session(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    EventFactory(slug="hidden", published=False)
    answer = client.get("/api/v1/events/hidden/")
    assert answer.status_code == 404  # a signed-in administrator is nobody here
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]


def test_answers_carry_the_headers_of_the_house(client: Client) -> None:
    for url in ("/api/v1/events/", "/api/v1/nothing/", "/api/v2/pages/"):
        answer = client.get(url)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert int(answer["Content-Length"]) == len(answer.content)


def test_every_address_under_v1_is_described_or_the_description() -> None:
    described = {
        f"{path}:{method.upper()}" for path, methods in api.get_openapi_schema()["paths"].items() for method in methods
    }
    (root,) = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/"]
    assert isinstance(root, URLResolver)
    names = {entry.name for entry in root.url_patterns if isinstance(entry, URLPattern)}
    operations = {
        operation["operationId"]
        for methods in api.get_openapi_schema()["paths"].values()
        for operation in methods.values()
    }
    assert len(described) == len(operations), "an operation id is used twice"
    assert names <= operations | {"openapi-json", "api-root", "stripe_webhook"}


def test_content_shows_what_the_pages_show(client: Client) -> None:
    room = make_press_room(intro="For journalists")
    found = client.get("/api/v2/pages/", {"type": "publicity.PressRoomPage", "fields": "intro", "locale": "en"}).json()
    assert [item["intro"] for item in found["items"]] == ["For journalists"]
    room.event.published = False
    room.event.save(update_fields=["published"])
    assert client.get("/api/v2/pages/?type=publicity.PressRoomPage").json()["items"] == []


@pytest.mark.parametrize(
    "query",
    ["type=nothing", "limit=-1", "limit=x", "offset=-1", "fields=nothing", "order=nothing", "unknown=1", "child_of=x",
     "id=99999999999999999999999", "limit=99999999999999999999", "offset=99999999999999999999", "search=" + "x" * 3000,
     "locale=xx", "translation_of=99999999999999999999", "fields=*(", "site=evil.example", "rich_text_format=x"],
)  # fmt: skip
def test_bad_parameters_of_the_content_are_told(client: Client, query: str) -> None:
    answer = client.get(f"/api/v2/pages/?{query}")
    assert answer.status_code in (200, 400, 404)
    if answer.status_code == 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]
