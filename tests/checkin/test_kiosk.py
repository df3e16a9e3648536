"""The self-service kiosk over the API: who gets a badge there, who is sent to the desk, and what a kiosk never sees."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from checkin.actions import kiosk as actions
from checkin.actions import reprint_badge, withdraw_credentials
from checkin.models import Credential, Device
from plenary.core.actions import SYSTEM, Actor
from plenary.core.languages import LANGUAGES
from plenary.core.models import AccessLog, HistoryEntry
from registration.rules import State
from tests.checkin.test_admin import scan
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
KIOSK = Device.Kind.KIOSK


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()


@pytest.fixture
def event():
    return EventFactory(slug="summit")


@pytest.fixture
def credential(event):
    return make_credential(event, name="李明", latin_name="Li Ming")


@pytest.fixture
def ask(client, event):
    """`ask("guest", presented=…)` at one kiosk, or with the token of another device."""
    _device, own = make_device(event, "Kiosk 1", kind=KIOSK)

    def post(what, token=own, **body):
        return client.post(
            f"/api/v1/checkin/kiosk/{what}", body, content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip

    return post


def ticket(ask, credential):
    return ask("guest", presented=badge_text(credential)).json()["ticket"]


def test_a_guest_is_known_by_badge_text_or_code_however_it_is_typed(ask, credential):
    code = credential.registration.code
    for presented in (badge_text(credential), f"CODE:{code}", code, f" {code[:4].lower()}-{code[4:].lower()} "):
        answer = ask("guest", presented=presented)
        assert answer.status_code == 200, presented
        assert set(answer.json()) == {"name", "latin_name", "category", "ticket"}
    assert answer.json()["latin_name"] == "Li Ming"
    looks = AccessLog.objects.filter(part="kiosk", subject_id=str(credential.registration_id))
    assert set(looks.values_list("actor_label", flat=True)) == {"Kiosk 1"}


def test_everybody_else_is_sent_to_the_desk_in_the_same_words(ask, event, credential):
    gate, (_door, token) = CheckpointFactory(event=event), make_device(event)
    waiting = RegistrationFactory(category=CategoryFactory(event=event), state=State.SUBMITTED)
    withdrawn, inside, printed, foreign = (
        make_credential(event), make_credential(event), make_credential(event), make_credential(EventFactory())
    )  # fmt: skip
    withdraw_credentials([withdrawn.registration])
    scan(event, inside, gate, token)
    ask("badge", ticket=ticket(ask, printed))
    forged = badge_text(credential)[:-1] + ("A" if badge_text(credential)[-1] != "A" else "B")
    shown = [waiting.code, "NOBODY1234", forged, badge_text(foreign), foreign.registration.code]
    shown += [one.registration.code for one in (withdrawn, inside, printed)]
    answers = [ask("guest", presented=text) for text in shown]
    assert {answer.status_code for answer in answers} == {409}
    assert len({answer.content for answer in answers}) == 1


def test_the_badge_is_printed_once_and_anew_only_after_the_desk_has_replaced_it(ask, credential):
    given = ticket(ask, credential)
    answer = ask("badge", ticket=given)
    assert answer.status_code == 200
    assert [page[:4] for page in answer.json()["pages"]] == ["<svg"]
    assert ask("badge", ticket=given).status_code == 409
    assert ask("guest", presented=credential.registration.code).status_code == 409
    assert HistoryEntry.objects.of(credential.registration).filter(verb="badge_at_kiosk").count() == 1
    reprint_badge(Credential.objects.get(pk=credential.pk), by=Actor("Officer Lin"))
    assert ask("badge", ticket=given).status_code == 409
    assert ask("guest", presented=credential.registration.code).status_code == 200


def test_a_ticket_is_good_for_a_minute_and_for_the_kiosk_that_got_it(ask, event, credential, monkeypatch):
    given = ticket(ask, credential)
    _other, token = make_device(event, "Kiosk 2", kind=KIOSK)
    assert ask("badge", token=token, ticket=given).status_code == 409
    assert ask("badge", ticket=given[:-2] + "xx").status_code == 409
    monkeypatch.setattr(actions, "TICKET_LIFETIME", timedelta(seconds=-1))
    assert ask("badge", ticket=given).status_code == 409
    assert Credential.objects.get().printed_at is None


def test_a_kiosk_cannot_be_made_to_try_codes(ask, credential):
    for _n in range(actions.MOST_A_MINUTE):
        ask("guest", presented="NOBODY1234")
    answer = ask("guest", presented=credential.registration.code)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"


def test_a_kiosk_sees_no_list_and_a_scanner_prints_nothing(client, ask, event, credential):
    _device, token = make_device(event, "Kiosk 2", kind=KIOSK)
    headers = {"Authorization": f"Bearer {token}"}
    for address in ("search?q=Li", "snapshot", "passages?checkpoint=main", "session"):
        assert client.get(f"/api/v1/checkin/{address}", headers=headers).status_code == 401
    body = {"scans": [{"id": "x"}]}
    scans = client.post("/api/v1/checkin/scans", body, content_type="application/json", headers=headers)
    assert scans.status_code == 401
    _scanner, token = make_device(event)
    assert ask("guest", token=token, presented=credential.registration.code).status_code == 401


def test_the_page_brings_the_words_of_all_languages_and_names_nobody(client, event, credential):
    page = client.get(reverse("door:kiosk")).content.decode()
    for language in LANGUAGES:
        assert f'"code": "{language.code}"' in page
    assert credential.registration.code not in page
    assert SYSTEM.label not in page
