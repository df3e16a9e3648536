"""The registration API: the rules of the site, the same answer for the same key, and problems a program can act on."""

import base64
import json
import uuid

import pytest
from jsonschema import Draft202012Validator

from plenary.core.links import make_link
from plenary.core.models import IdempotentRequest, Message
from plenary.events.rules import ApprovalState
from registration.emails import guest_token
from registration.models import Registration, Upload
from registration.rules import State
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.registration.files import picture

pytestmark = pytest.mark.django_db
YES_NO = [{"value": "yes", "label": {"en": "Yes", "fr": "Oui"}}, {"value": "no", "label": {"en": "No", "fr": "Non"}}]
BODY = {"email": "amina@example.org", "name": "أمينة", "latin_name": "Amina", "nationality": "EG"}


def post(client, category, body=None, key=None, raw=None, **headers):
    content = raw if raw is not None else json.dumps({"category": category.slug, **BODY, **(body or {})})
    return client.post(
        f"/api/v1/events/{category.event.slug}/registrations/",
        content,
        content_type="application/json",
        headers={"Idempotency-Key": key or str(uuid.uuid4()), **headers},
    )


def pointers(response) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in response.json()["errors"]}


# -- categories ---------------------------------------------------------------------------------------------------------
def test_questions_are_json_schema_in_the_asked_language(client):
    category = CategoryFactory(name={"en": "Press", "fr": "Presse"}, kind="press")
    visa = QuestionFactory(
        event=category.event,
        key="visa",
        kind="choice",
        options=YES_NO,
        required=True,
        label={"en": "Visa?", "fr": "Visa ?"},
    )
    QuestionFactory(event=category.event, key="passport", required=True, condition={"question": visa.key, "is": "yes"})
    QuestionFactory(event=category.event, key="agree", kind="consent", required=True)
    address = f"/api/v1/events/{category.event.slug}/categories/"
    [item] = client.get(address, headers={"Accept-Language": "fr"}).json()["items"]
    assert (item["name"], item["opening"]) == ("Presse", "open")
    schema = item["questions"]
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["visa"]["title"] == "Visa ?"
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"visa": "no", "agree": True})
    assert validator.is_valid({"visa": "yes", "passport": "X1", "agree": True})
    no = {"visa": "no", "agree": True}
    for wrong in ({"visa": "no"}, no | {"visa": "yes"}, no | {"agree": False}, no | {"x": 1}, no | {"visa": "perhaps"}):
        assert not validator.is_valid(wrong), wrong
    assert client.get(f"{address}?lang=en").json()["items"][0]["name"] == "Press"


def test_categories_cost_the_same_statements_however_many(client, statements_of):
    event = EventFactory()
    address = f"/api/v1/events/{event.slug}/categories/"
    CategoryFactory(event=event)
    QuestionFactory(event=event)
    one = statements_of(lambda: client.get(address))
    for category in CategoryFactory.create_batch(2, event=event):
        QuestionFactory(event=event, categories=[category])
    assert statements_of(lambda: client.get(address)) == one


def test_categories_of_an_event_that_is_not_public_are_not_there(client):
    event = EventFactory(approval=ApprovalState.DRAFT)
    response = client.get(f"/api/v1/events/{event.slug}/categories/")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


# -- signing up ---------------------------------------------------------------------------------------------------------
def test_a_sign_up_answers_with_a_receipt_that_tells_the_state(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="diet")
    response = post(client, category, {"language": "ar", "answers": {"diet": "vegan"}})
    assert response.status_code == 201
    receipt = response.json()
    registration = Registration.objects.get()
    assert (registration.language, registration.source, registration.answer_data) == ("ar", "api", {"diet": "vegan"})
    state = client.get(f"/api/v1/registrations/{receipt['token']}/").json()
    assert (state["state"], state["person"], state["code"]) == ("unconfirmed", None, None)
    assert Message.objects.get().recipient == BODY["email"]


def test_the_receipt_opens_no_page(client):
    token = post(client, CategoryFactory()).json()["token"]
    assert client.get(f"/en/my/{token}/").status_code == 404
    assert client.get(f"/en/register/confirm/{token}/").status_code == 404


def test_the_same_key_and_body_get_the_same_answer_and_do_nothing_more(client):
    category = CategoryFactory(quota=1)
    first = post(client, category, key="my-key-0001")
    again = post(client, category, key="my-key-0001")  # though the last place is gone meanwhile
    assert (again.status_code, again.json()) == (201, first.json())
    assert Registration.objects.count() == Message.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(client):
    category = CategoryFactory()
    post(client, category, key="my-key-0001")
    response = post(client, category, {"organisation": "Other"}, key="my-key-0001")
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Registration.objects.count() == 1


def test_a_key_is_asked_for(client):
    category = CategoryFactory()
    response = client.post(
        f"/api/v1/events/{category.event.slug}/registrations/", json.dumps(BODY), content_type="application/json"
    )
    assert response.status_code == 422
    assert not Registration.objects.exists()


def test_a_failed_attempt_does_not_use_up_the_key(client):
    category = CategoryFactory()
    assert post(client, category, {"email": "nobody"}, key="my-key-0001").status_code == 422
    assert post(client, category, key="my-key-0001").status_code == 201
    assert IdempotentRequest.objects.count() == 1


def test_an_address_that_is_registered_gets_the_same_answer(client):
    category = CategoryFactory()
    first, second = post(client, category), post(client, category, {"email": "AMINA@example.org"})
    assert second.status_code == 201
    assert set(second.json()) == set(first.json())
    state = client.get(f"/api/v1/registrations/{second.json()['token']}/").json()
    assert state["state"] == "unconfirmed"
    assert Registration.objects.count() == 1


def test_a_full_category_is_a_conflict(client):
    response = post(client, CategoryFactory(quota=0))
    assert (response.status_code, response.json()["code"]) == (409, "category_closed")
    assert not IdempotentRequest.objects.exists()


@pytest.mark.parametrize("slug", ["nothing", "hidden"])
def test_a_category_nobody_offers_is_not_there(client, slug):
    category = CategoryFactory(slug="hidden", public=False)
    response = post(client, category, {"category": slug})
    assert (response.status_code, response.json()["code"]) == (404, "category_unknown")


def test_every_wrong_value_is_pointed_at(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="visa", kind="choice", options=YES_NO, required=True)
    response = post(client, category, {"email": "nobody", "name": "123", "answers": {"visa": "no"}})
    assert response.status_code == 422
    assert set(pointers(response)) == {"#/email", "#/name"}
    assert pointers(post(client, category)) == {"#/answers/visa": "required"}
    assert pointers(post(client, category, {"answers": {"visa": "perhaps"}})) == {"#/answers/visa": "invalid_choice"}
    assert pointers(post(client, category, {"answers": {"visa": "no", "a/b": 1}})) == {"#/answers/a~1b": "unknown"}


def test_errors_speak_the_asked_language(client):
    response = post(client, CategoryFactory(), {"nationality": "XX"}, **{"Accept-Language": "ar"})
    assert response["Content-Language"] == "ar"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 1), ("text", ["a"]), ("text", {"a": 1}), ("number", "1"), ("number", True), ("choices", "yes"),
        ("choices", [1]), ("choices", ["yes", "yes"]), ("consent", "on"), ("consent", 1), ("file", "x"), ("file", {"name": "x"}),
        ("file", {"name": "x", "content": 1}), ("date", 2027), ("country", 7),
    ],
)  # fmt: skip
def test_an_answer_of_the_wrong_type_is_refused(client, kind, value):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="q", kind=kind, options=YES_NO)
    response = post(client, category, {"answers": {"q": value}})
    assert (response.status_code, pointers(response)) == (422, {"#/answers/q": "type"})


def test_a_file_comes_as_base64_and_is_checked(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="passport", kind="file", required=True)

    def send(content: str):
        return post(client, category, {"answers": {"passport": {"name": "p.png", "content": content}}})

    assert pointers(send("***")) == {"#/answers/passport/content": "base64"}
    assert pointers(send(base64.b64encode(b"MZ program").decode())) == {"#/answers/passport": "file"}
    assert send(base64.b64encode(picture()).decode()).status_code == 201
    assert Upload.objects.get().registration == Registration.objects.get()


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"{}", b"\xff\xfe", b'{"email": NaN}', b"[" * 5000 + b"]" * 5000,
        b'{"category": "a", "category": "b"}', b'{"category": "press", "name": "\\ud800"}', b'{"name": "\\u0000"}',
        json.dumps({"category": "x", **BODY, "is_staff": True}).encode(),
        json.dumps({"category": "x", **BODY, "email": ["a@example.org"]}).encode(),
        json.dumps({"category": "x", **BODY, "answers": []}).encode(),
        json.dumps({"category": "x", **BODY, "answers": {"a": {"b": {"c": [1] * 9}}}, "language": "xx"}).encode(),
        json.dumps({"category": "' OR 1=1 --", **BODY}).encode(),
        json.dumps({"category": "x", **BODY, "name": "x" * 301}).encode(),
    ],
)  # fmt: skip
def test_a_body_of_the_wrong_shape_is_a_problem_and_never_a_fault(client, raw):
    response = post(client, CategoryFactory(), raw=raw)
    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/problem+json"


def test_conditions_count_over_the_api_too(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="visa", kind="choice", options=YES_NO, required=True)
    QuestionFactory(event=category.event, key="number", required=True, condition={"question": "visa", "is": "yes"})
    assert pointers(post(client, category, {"answers": {"visa": "yes"}})) == {"#/answers/number": "required"}
    assert post(client, category, {"answers": {"visa": "no", "number": "ignored"}}).status_code == 201
    assert Registration.objects.get().answer_data == {"visa": "no"}


def test_a_sign_up_costs_few_statements_however_many_are_registered(client, statements_of):
    category = CategoryFactory()
    few = statements_of(lambda: post(client, category, {"email": "one@example.org"}))
    RegistrationFactory.create_batch(20, category=category)
    many = statements_of(lambda: post(client, category, {"email": "two@example.org"}))
    assert few == many <= 24  # delivery of the mail included, which production leaves to a worker


# -- reading ------------------------------------------------------------------------------------------------------------
def test_the_guests_own_token_tells_all(client):
    registration = RegistrationFactory(state=State.APPROVED)
    facts = client.get(f"/api/v1/registrations/{guest_token(registration)}/").json()
    assert (facts["state"], facts["code"], facts["person"]["name"]) == (
        "approved",
        registration.code,
        registration.name,
    )
    assert set(facts["links"]) == {"page", "badge", "calendar"}


@pytest.mark.parametrize("purpose", ["confirm", "press", "nothing"])
def test_a_token_of_another_purpose_opens_nothing(client, purpose):
    registration = RegistrationFactory()
    response = client.get(f"/api/v1/registrations/{make_link(purpose, registration.pk)}/")
    assert response.status_code == 404
    assert registration.name not in response.content.decode()
