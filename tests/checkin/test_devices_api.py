"""Enrolment, session, search and snapshot over the API."""

import gzip
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from checkin.actions import (
    add_device,
    issue_credentials,
    renew_enrolment,
    reprint_badge,
    revoke_device,
    withdraw_credentials,
)
from checkin.models import Checkpoint, Credential, Device
from plenary.core.actions import SYSTEM
from plenary.core.models import AccessLog
from registration.models import Registration
from registration.rules import State
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return EventFactory(slug="summit", time_zone="Asia/Tokyo")


@pytest.fixture
def get(client, event):
    _device, token = make_device(event)

    def ask(address, token=token, **headers):
        return client.get(f"/api/v1/checkin/{address}", HTTP_AUTHORIZATION=f"Bearer {token}", **headers)

    return ask


def enrol(client, code):
    return client.post("/api/v1/checkin/enrol", {"code": code}, content_type="application/json")


def test_a_code_becomes_a_token_that_knows_where_it_works(client, event, get):
    gate = CheckpointFactory(event=event, slug="main", name={"en": "Main"}, position=0)
    CheckpointFactory(event=event, slug="gala", entries="in_out", position=1)
    CheckpointFactory(event=event, slug="closed", active=False)
    device, code = add_device(event=event, name="North door", checkpoint=gate, by=SYSTEM)
    answer = enrol(client, code).json()
    assert answer["device"] == {
        "id": str(device.pk),
        "name": "North door",
        "supervisor": False,
        "valid_from": None,
        "valid_until": None,
    }
    assert answer["event"] == {"slug": "summit", "name": event.name, "time_zone": "Asia/Tokyo"}
    assert [(place["slug"], place["entries"]) for place in answer["checkpoints"]] == [
        ("main", "once"),
        ("gala", "in_out"),
    ]
    assert answer["checkpoint"] == "main"
    session = get("session", token=answer.pop("token"))
    assert session.json() == answer


def test_only_digests_of_code_and_token_are_stored(client, event):
    device, code = add_device(event=event, name="North door", by=SYSTEM)
    token = enrol(client, code).json()["token"]
    stored = json.dumps(Device.objects.filter(pk=device.pk).values().get(), default=str)
    assert code not in stored
    assert token not in stored


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " ")])
def test_a_code_may_be_typed_without_its_dashes_and_in_small_letters(client, event, typed):
    _device, code = add_device(event=event, name="North door", by=SYSTEM)
    assert enrol(client, typed(code)).status_code == 200


def test_a_code_works_once(client, event):
    _device, code = add_device(event=event, name="North door", by=SYSTEM)
    enrol(client, code)
    answer = enrol(client, code)
    assert (answer.status_code, answer.json()["code"]) == (409, "code_used")


def test_a_code_expires_after_half_an_hour(client, event):
    _device, code = add_device(event=event, name="North door", by=SYSTEM)
    Device.objects.update(enrolment_expires_at=timezone.now() - timedelta(seconds=1))
    answer = enrol(client, code)
    assert (answer.status_code, answer.json()["code"]) == (410, "code_expired")


def test_an_unknown_or_replaced_code_enrols_nothing(client, event):
    device, old = add_device(event=event, name="North door", by=SYSTEM)
    renew_enrolment(device, by=SYSTEM)
    for code in (old, "guess", "x" * 200):
        answer = enrol(client, code)
        assert (answer.status_code, answer.json()["code"]) == (404, "code_unknown")


def test_the_phone_in_use_works_until_the_new_code_is_used(client, event, get):
    device, code = add_device(event=event, name="North door", by=SYSTEM)
    first = enrol(client, code).json()["token"]
    second_code = renew_enrolment(device, by=SYSTEM)
    assert get("session", token=first).status_code == 200
    second = enrol(client, second_code).json()["token"]
    assert get("session", token=first).status_code == 401
    assert get("session", token=second).status_code == 200


def test_a_revoked_device_can_do_nothing_and_its_open_code_is_void(client, event, get):
    device, token = make_device(event)
    code = renew_enrolment(device, by=SYSTEM)
    revoke_device(device, by=SYSTEM)
    for address in ("session", "snapshot", "search?q=am"):
        assert get(address, token=token).status_code == 403
    assert enrol(client, code).status_code == 404


def test_search_finds_by_name_in_any_script_and_by_printed_code_and_logs_the_look(get, event):
    credential = make_credential(event, name="Юлия Ветрова", latin_name="Iuliia Vetrova")
    make_credential(event, name="Amina Otieno")
    make_credential(EventFactory(), name="Юлия Ветрова")
    code = credential.registration.code
    for words in ("ветрова", "VETROVA", f"{code[:4]}-{code[4:]}".lower(), code):
        items = get(f"search?q={words}").json()["items"]
        assert [(item["name"], item["code"]) for item in items] == [("Юлия Ветрова", code)]
    assert items[0]["credential"] == badge_text(credential)
    assert items[0]["state"] == "approved"
    looks = AccessLog.objects.filter(subject_id=str(credential.registration_id), part="door search")
    assert looks.count() == 4
    assert looks.first().actor_label == "North door"


def test_who_has_no_valid_badge_is_found_without_one(get, event):
    RegistrationFactory(category__event=event, name="Pending Person", state=State.SUBMITTED)
    withdraw_credentials([make_credential(event, name="Withdrawn Person").registration])
    for words in ("pending", "withdrawn"):
        [item] = get(f"search?q={words}").json()["items"]
        assert item["credential"] is None


@pytest.mark.parametrize("query", ["", "?q=", "?q=a", "?q=" + "a" * 101])
def test_a_search_too_short_or_too_long_is_refused(get, query):
    assert get(f"search{query}").status_code == 422


def test_a_search_answers_at_most_twenty_in_as_many_statements_as_for_one(get, event, statements_of):
    make_credential(event, name="Amina Otieno")
    one = statements_of(lambda: get("search?q=amina"))
    for _guest in range(24):
        make_credential(event, name="Amina Otieno")
    assert statements_of(lambda: get("search?q=amina")) == one
    assert len(get("search?q=amina").json()["items"]) == 20


def test_the_snapshot_holds_what_a_door_needs_and_nothing_more(get, event):
    press = CategoryFactory(event=event, slug="press", name={"en": "Press"})
    gate = CheckpointFactory(event=event, slug="main")
    gate.categories.set([press])
    guest = make_credential(event, category=press, name="王小明", latin_name="WANG Xiaoming")
    gone = make_credential(event, category=press)
    withdraw_credentials([gone.registration])
    make_credential(EventFactory())
    snapshot = get("snapshot").json()
    assert snapshot["complete"] is True
    assert [(place["slug"], place["categories"]) for place in snapshot["checkpoints"]] == [("main", ["press"])]
    assert [key["key_id"] for key in snapshot["keys"]] == [1]
    assert snapshot["credentials"] == [
        {
            "id": bytes(guest.public_id).hex(),
            "issue": 1,
            "category": "press",
            "rights": 1,
            "name": "王小明",
            "latin_name": "WANG Xiaoming",
            "organisation": "Ministry of Water",
            "code": guest.registration.code,
        }
    ]
    assert snapshot["revocations"] == [bytes(gone.public_id).hex()]
    text = json.dumps(snapshot)
    assert "@" not in text
    assert "private" not in text


def age_everything():
    """Sets all changes back beyond the overlap that deltas tell again."""
    then = timezone.now() - timedelta(hours=1)
    Credential.objects.update(changed_at=then, created_at=then)


def test_a_delta_holds_only_what_changed_since(get, event):
    same, reprinted, withdrawn = (make_credential(event) for _guest in range(3))
    age_everything()
    version = get("snapshot").json()["version"]
    new = make_credential(event)
    reprint_badge(reprinted, by=SYSTEM)
    withdraw_credentials([withdrawn.registration])
    delta = get(f"snapshot?since={version}").json()
    assert delta["complete"] is False
    found = {entry["id"]: entry["issue"] for entry in delta["credentials"]}
    assert found[bytes(new.public_id).hex()] == 1
    assert found[bytes(reprinted.public_id).hex()] == 2
    assert delta["revocations"] == [bytes(withdrawn.public_id).hex()]
    assert same.pk  # told again only within the overlap, and then without harm


def test_a_delta_tells_a_changed_name(get, event):
    guest = make_credential(event, name="Old Name")
    age_everything()
    version = get("snapshot").json()["version"]
    Registration.objects.filter(pk=guest.registration_id).update(name="New Name")
    issue_credentials([Registration.objects.get(pk=guest.registration_id)])
    assert [entry["name"] for entry in get(f"snapshot?since={version}").json()["credentials"]] == ["New Name"]


def test_after_a_deletion_a_door_gets_the_whole_again(get, event):
    guest, _other = make_credential(event), make_credential(event)
    version = get("snapshot").json()["version"]
    guest.delete()
    assert get(f"snapshot?since={version}").json()["complete"] is True


@pytest.mark.parametrize("since", ["0-0", "ffffffffffffffff-ffffffff"])
def test_a_version_that_cannot_be_continued_from_gets_the_whole(get, event, since):
    make_credential(event)
    snapshot = get(f"snapshot?since={since}").json()
    assert len(snapshot["credentials"]) == 1


def test_an_unchanged_snapshot_is_304_and_any_change_is_not(get, event):
    gate = CheckpointFactory(event=event)
    guest = make_credential(event)
    etag = get("snapshot")["ETag"]
    assert get("snapshot", HTTP_IF_NONE_MATCH=etag).status_code == 304
    Checkpoint.objects.filter(pk=gate.pk).update(entries="in_out")
    changed = get("snapshot", HTTP_IF_NONE_MATCH=etag)
    assert changed.status_code == 200
    withdraw_credentials([guest.registration])
    assert get("snapshot", HTTP_IF_NONE_MATCH=changed["ETag"]).status_code == 200


def test_a_snapshot_is_compressed_for_who_can_read_that(get, event):
    make_credential(event)
    packed = get("snapshot", HTTP_ACCEPT_ENCODING="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == get("snapshot").json()


def test_a_snapshot_takes_as_many_statements_for_many_guests_as_for_one(get, event, statements_of):
    CheckpointFactory(event=event)
    make_credential(event)
    one = statements_of(lambda: get("snapshot"))
    for _guest in range(5):
        make_credential(event)
        CheckpointFactory(event=event)
    assert statements_of(lambda: get("snapshot")) == one
