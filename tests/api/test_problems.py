"""Whatever is wrong with a request, the answer is a problem that says what and where, in the reader's language."""

import json
import logging
from typing import Any

import pytest
from django.test import Client
from django.utils.functional import Promise
from hypothesis import given
from hypothesis import strategies as st

from plenary.api.frame import as_problem
from plenary.core import problems
from plenary.core.problems import CATALOGUE, Problem, define, pointer

pytestmark = pytest.mark.django_db
ENROL = "/api/v1/checkin/enrol"


def problem_of(answer: Any, status: int) -> dict[str, Any]:
    """The body of an error, checked for what every one of them must have."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == status
    assert body["type"].endswith(f"/api/v1/problems/{body['code']}/")
    assert body["title"]
    return body


def post(client: Client, body: bytes | str, media_type: str = "application/json", url: str = ENROL) -> Any:
    return client.post(url, body, content_type=media_type)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"code": ', "line 1"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'\xef\xbb\xbf{"code": "x"}', "line 1"),
        (b'{"code": NaN}', "NaN"),
        (b'{"code": Infinity}', "NaN"),
        (b'{"code": 1e999}', "too large"),
        (b'{"code": ' + b"9" * 5000 + b"}", "too large"),
        (b'{"code": 9223372036854775808}', "too large"),
        (b'{"code": "a", "code": "b"}', "twice"),
        (b'{"code": "a\\u0000b"}', "U+0000"),
        (b'{"code": "\\ud800"}', "surrogate"),
        (b'{"co\\u0000de": "a"}', "U+0000"),
        (b"[" * 10_000 + b"]" * 10_000, "deeply"),
        (b'{"code":' * 5_000 + b"1" + b"}" * 5_000, "deeply"),
        (b'{"code":' + b"[" * 40 + b"]" * 40 + b"}", "deeply"),
        (b"{'code': 'a'}", "line 1"),
    ],
)
def test_json_that_is_none_is_refused_with_the_reason(client: Client, body: bytes, told: str) -> None:
    found = problem_of(post(client, body), 400)
    assert found["code"] == "bad_json"
    assert told in found["detail"]


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_json_of_another_shape_names_the_body(client: Client, body: bytes) -> None:
    (error,) = problem_of(post(client, body), 422)["errors"]
    assert error["pointer"] == "#"
    assert error["in"] == "body"


def test_each_wrong_value_is_named_with_a_pointer(client: Client) -> None:
    found = problem_of(post(client, '{"code": 7, "colour": "red"}'), 422)
    assert {(error["pointer"], error["code"]) for error in found["errors"]} == {
        ("#/code", "string_type"),
        ("#/colour", "extra_forbidden"),
    }
    missing = problem_of(post(client, "{}"), 422)["errors"]
    assert [(error["pointer"], error["code"]) for error in missing] == [("#/code", "missing")]


def test_wrong_parameters_are_named_too(client: Client) -> None:
    (error,) = problem_of(client.get("/api/v1/events/?limit=0"), 422)["errors"]
    assert (error["in"], error["pointer"], error["code"]) == ("query", "#/limit", "greater_than_equal")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_media_type_is_refused(client: Client, media_type: str) -> None:
    assert problem_of(post(client, '{"code": "x"}', media_type), 415)["code"] == "unsupported_media_type"


def test_another_charset_is_refused(client: Client) -> None:
    problem_of(post(client, '{"code": "x"}', "application/json; charset=utf-16"), 415)


def test_a_body_too_large_is_refused(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem_of(post(client, json.dumps({"code": "x" * 1000})), 413)


@pytest.mark.parametrize("url", ["/api/v1/nothing/", "/api/v1/events/no-such/", "/api/v3/", "/api/", "/api/v2/nope/"])
def test_an_unknown_address_is_a_problem_and_no_page(client: Client, url: str) -> None:
    assert problem_of(client.get(url), 404)["code"] == "not_found"


def test_an_unknown_method_tells_the_known_ones(client: Client) -> None:
    for url in ("/api/v1/events/", "/api/v1/openapi.json", "/api/v2/pages/"):
        answer = client.delete(url)
        problem_of(answer, 405)
        assert "GET" in answer["Allow"]


def test_a_missing_token_asks_for_one(client: Client) -> None:
    answer = client.get("/api/v1/checkin/session")
    assert problem_of(answer, 401)["code"] == "unauthenticated"
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer é", "Bearer " + "x" * 5000, "x"])
def test_a_token_that_is_none_is_refused_and_never_logged(client: Client, caplog: Any, header: str) -> None:
    with caplog.at_level(logging.DEBUG):
        problem_of(client.get("/api/v1/checkin/session", headers={"authorization": header}), 401)
    assert not header.partition(" ")[2] or header not in caplog.text


@pytest.mark.parametrize("url", ["/api/v1/events/?cursor=%00", "/api/v1/events/a%00b/", "/api/v2/pages/?search=%00"])
def test_the_null_character_reaches_no_database(client: Client, url: str) -> None:
    assert client.get(url).status_code in (400, 404)


def test_the_reader_is_told_in_the_asked_language(client: Client) -> None:
    for code, url, header in [
        ("fr", "/api/v1/nothing/?lang=fr", "ar"),
        ("ar", "/api/v1/nothing/", "ar,en;q=0.5"),
        ("en", "/api/v1/nothing/", "xx"),
    ]:
        answer = client.get(url, headers={"accept-language": header})
        assert answer["Content-Language"] == code
        assert "Accept-Language" in answer["Vary"]
    (error,) = problem_of(client.get("/api/v1/events/?lang=xx"), 422)["errors"]
    assert error["pointer"] == "#/lang"


def test_a_language_chosen_on_the_site_changes_no_program(client: Client, settings: Any) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    assert client.get("/api/v1/nothing/")["Content-Language"] == "en"


def test_our_own_fault_is_told_without_detail_and_logged_without_data(caplog: Any) -> None:
    address = "@".join(["amina", "example.org"])  # a traceback quotes lines of source: the secret must not stand in one
    try:
        raise ValueError(f"Key (email)=({address}) already exists")
    except ValueError as error:
        found = as_problem(error)
    assert found.kind is problems.INTERNAL
    assert address not in json.dumps(found.as_json())
    assert "ValueError" in caplog.text
    assert "test_problems.py" in caplog.text
    assert address not in caplog.text


def test_an_unknown_host_is_refused_as_a_problem(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["plenary.example"]
    problem_of(client.get("/api/v1/events/", headers={"host": "evil.example"}), 400)


def test_a_forgotten_slash_leads_on_with_method_and_body(client: Client) -> None:
    answer = client.post("/api/v1/events?limit=3")
    assert answer.status_code == 308
    assert answer["Location"] == "/api/v1/events/?limit=3"


def test_every_code_can_be_looked_up(client: Client) -> None:
    listed = client.get("/api/v1/problems/").json()["items"]
    assert {item["code"] for item in listed} == set(CATALOGUE)
    for code, kind in CATALOGUE.items():
        answer = client.get(f"/api/v1/problems/{code}/").json()
        assert (answer["status"], answer["type"]) == (kind.status, kind.uri)
        assert isinstance(kind.title, Promise), f"{code}: the title is not translatable"


def test_a_code_means_one_thing_for_ever() -> None:
    with pytest.raises(ValueError, match="taken"):
        define("conflict", 409, "again")


@given(st.lists(st.one_of(st.text(), st.integers(0, 9))))
@pytest.mark.slow
def test_pointers_can_be_read_back(steps: list[str | int]) -> None:
    parts = pointer(*steps).removeprefix("#").split("/")[1:]
    assert [part.replace("~1", "/").replace("~0", "~") for part in parts] == [str(step) for step in steps]


def test_a_problem_without_detail_has_none() -> None:
    assert set(Problem(problems.CONFLICT).as_json()) == {"type", "title", "status", "code"}
