"""A guest's own data over the API: taken whole and streamed, corrected by the rules of the own page."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language

from plenary.core.actions import Actor, record_looks
from plenary.core.links import make_link
from plenary.core.models import HistoryEntry
from registration.emails import guest_token
from registration.models import ChangeRequest, Consent, FieldChange, Registration, Upload
from registration.querysets import own_data
from registration.rules import State
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.registration.files import picture

pytestmark = pytest.mark.django_db
NAMES = {"name": "Amina Osman", "latin_name": ""}
REASON = "My plans changed."
FROZEN = {"reason": REASON}


@pytest.fixture
def guest() -> Registration:
    category = CategoryFactory()
    event = category.event
    QuestionFactory(event=event, key="diet")
    QuestionFactory(event=event, key="nights", kind="number")
    QuestionFactory(event=event, key="photos", kind="consent", label={"en": "Photographs?"})
    QuestionFactory(event=event, key="hotel", frozen_at=timezone.now() - timedelta(days=1))
    QuestionFactory(event=event, key="paper", kind="file")
    QuestionFactory(event=event, key="flight", stage="after_approval")
    answers = {"diet": "vegan", "nights": 2.5, "hotel": "Grand", "photos": True}
    return RegistrationFactory(category=category, **NAMES, job_title="Head", answers=json.dumps(answers))


def address(registration: Registration) -> str:
    return f"/api/v1/registrations/{guest_token(registration)}/data/"


def patch(client: Client, registration: Registration, **body: Any) -> Any:
    return client.patch(address(registration), json.dumps(body), content_type="application/json")


def errors(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.content
    return {error["pointer"]: error["code"] for error in response.json()["errors"]}


# -- taken -------------------------------------------------------------------------------------------------------------
def test_a_program_takes_what_the_page_gives_and_it_is_noted(client: Client, guest: Registration) -> None:
    response = client.get(address(guest))
    assert response.streaming
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "application/json; charset=utf-8",
        "no-store, private",
    )
    taken = json.loads(b"".join(response.streaming_content))
    page = client.get(f"/en/my/{guest_token(guest)}/data/everything.json")
    from_page = json.loads(b"".join(page.streaming_content))
    history = {"core.historyentry"}  # that it was taken stands in the second
    assert {k: v for k, v in taken["data"].items() if k not in history} == {
        k: v for k, v in from_page["data"].items() if k not in history
    }
    assert taken["data"]["registration.registration"][0]["answers"]["diet"] == "vegan"
    assert HistoryEntry.objects.of(guest).get(data={"form": "api"}).verb == "data_taken"


def test_it_is_told_row_by_row_in_the_language_of_whoever_asked(
    client: Client, guest: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_looks([guest] * 600, part="identity", by=Actor("officer"))
    read = 0
    real = own_data.looks_at

    def counted(*given: Any) -> Iterator[Any]:
        nonlocal read
        for look in real(*given):
            read += 1
            yield look

    monkeypatch.setattr(own_data, "looks_at", counted)
    monkeypatch.setattr(own_data, "_role", lambda _look: get_language())
    response = client.get(address(guest) + "?lang=fr")
    parts = iter(response.streaming_content)
    first = next(parts)
    assert read == 0
    assert guest.code.encode() in first
    whole = json.loads(first + b"".join(parts))
    assert (read, len(whole["looks"])) == (600, 600)
    assert {look["role"] for look in whole["looks"]} == {"fr"}


def test_the_token_of_a_receipt_and_a_revoked_one_open_nothing(client: Client, guest: Registration) -> None:
    receipt = f"/api/v1/registrations/{make_link('receipt', guest.pk)}/data/"
    mine = address(guest)
    Registration.objects.filter(pk=guest.pk).update(link_version=2)
    for closed in (receipt, mine):
        for response in (client.get(closed), client.patch(closed, "{}", content_type="application/json")):
            assert (response.status_code, response.json()["code"]) == (404, "not_found")


# -- corrected before the decision ---------------------------------------------------------------------------------------
def test_what_is_sent_changes_and_all_else_stays(client: Client, guest: Registration) -> None:
    told = patch(client, guest, job_title="Director", answers={"diet": None, "photos": False}).json()
    assert told["corrected"] == ["#/job_title", "#/answers/diet", "#/answers/photos"]
    assert told["requested"] == []
    guest.refresh_from_db()
    assert (guest.job_title, guest.name, guest.email) == ("Director", NAMES["name"], guest.email)
    assert guest.answer_data == {"nights": 2.5, "hotel": "Grand", "photos": False}
    assert told["answers"] == guest.answer_data
    assert set(FieldChange.objects.filter(registration=guest).values_list("field", flat=True)) == {
        "job_title", "answer:diet", "answer:photos",
    }  # fmt: skip
    version = guest.version
    assert patch(client, guest, job_title="Director").json()["corrected"] == []
    guest.refresh_from_db()
    assert guest.version == version


def test_a_consent_given_so_is_noted_as_given_by_a_program(client: Client, guest: Registration) -> None:
    guest.answers = "{}"
    guest.save()
    patch(client, guest, answers={"photos": True})
    assert Consent.objects.get(registration=guest).source == Consent.Source.API


def test_a_file_is_sent_and_taken_back(client: Client, guest: Registration) -> None:
    content = base64.b64encode(picture()).decode()
    told = patch(client, guest, answers={"paper": {"name": "a.png", "content": content}}).json()
    assert told["corrected"] == ["#/answers/paper"]
    assert Upload.objects.get(registration=guest).name == "a.png"
    patch(client, guest, job_title="Chief")
    assert Upload.objects.filter(registration=guest).exists(), "what is not sent stays"
    patch(client, guest, answers={"paper": None})
    assert not Upload.objects.filter(registration=guest).exists()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"name": "王小明", "latin_name": ""}, {"#/latin_name": "required"}),
        ({"nationality": "XX"}, {"#/nationality": "invalid_choice"}),
        ({"answers": {"nights": "many"}}, {"#/answers/nights": "type"}),
        ({"answers": {"flight": "LX1"}}, {"#/answers/flight": "unknown"}),
        ({"email": "new@example.org"}, {"#/email": "extra_forbidden"}),
        ({"answers": {"hotel": "Plaza"}}, {"#/reason": "required"}),
        ({"job_title": "x", "answers": {"nights": "many"}}, {"#/answers/nights": "type"}),
    ],
)
def test_wrong_values_are_pointed_at_and_nothing_changes(
    client: Client, guest: Registration, body: dict[str, Any], wrong: dict[str, str]
) -> None:
    assert errors(patch(client, guest, **body)) == wrong
    unchanged = Registration.objects.get(pk=guest.pk)
    assert (unchanged.version, unchanged.job_title, unchanged.answers) == (0, "Head", guest.answers)


def test_a_frozen_answer_is_asked_for_beside_what_changes_at_once(client: Client, guest: Registration) -> None:
    told = patch(client, guest, job_title="Chief", answers={"hotel": "Plaza"}, **FROZEN).json()
    assert told["corrected"] == ["#/job_title"]
    assert [asked["pointer"] for asked in told["requested"]] == ["#/answers/hotel"]
    asked = ChangeRequest.objects.get()
    assert (asked.key, asked.old, asked.new, asked.reason) == ("hotel", "Grand", "Plaza", REASON)
    again = patch(client, guest, answers={"hotel": "Plaza"}, **FROZEN).json()
    assert again["requested"] == told["requested"], "the same again is no second request"
    other = patch(client, guest, job_title="Other", answers={"hotel": "Ritz"}, **FROZEN)
    assert (other.status_code, other.json()["code"]) == (409, "correction_refused")
    guest.refresh_from_db()
    assert guest.job_title == "Chief", "all of it or nothing"


# -- after the decision --------------------------------------------------------------------------------------------------
def test_after_the_decision_the_person_and_the_sign_up_are_asked_for_and_the_second_form_changes(
    client: Client, guest: Registration
) -> None:
    Registration.objects.filter(pk=guest.pk).update(state=State.APPROVED)
    assert errors(patch(client, guest, name="Amina New")) == {"#/reason": "required"}
    told = patch(client, guest, name="Amina New", answers={"diet": "all", "flight": "LX1"}, **FROZEN).json()
    assert told["corrected"] == ["#/answers/flight"]
    assert [asked["pointer"] for asked in told["requested"]] == ["#/name", "#/answers/diet"]
    guest.refresh_from_db()
    assert guest.name == NAMES["name"]
    assert guest.answer_data["flight"] == "LX1"
    assert patch(client, guest, name=NAMES["name"], answers={"diet": "vegan"}).json()["requested"] == []


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.REJECTED, State.EXPIRED])
def test_what_is_closed_is_not_corrected(client: Client, guest: Registration, state: State) -> None:
    Registration.objects.filter(pk=guest.pk).update(state=state)
    response = patch(client, guest, job_title="x")
    assert (response.status_code, response.json()["code"]) == (409, "correction_refused")
