"""`POST /api/v1/checkin/scans` as outsiders rely on it: order, exactly once, one bad scan alone, and few statements."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import OperationalError
from django.utils import timezone

from checkin import tokens
from checkin.actions import reprint_badge, revoke_device, withdraw_credentials
from checkin.models import Admission, Checkpoint, Device, Scan
from plenary.core.actions import SYSTEM
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/checkin/scans"


@pytest.fixture
def event():
    return EventFactory(slug="summit")


@pytest.fixture
def gate(event):
    return CheckpointFactory(event=event, slug="main", name={"en": "Main entrance"})


@pytest.fixture
def device(event, gate):
    return make_device(event, "North door")


@pytest.fixture
def send(client, device):
    """Sends scans as the device; answers the results."""
    _device, token = device

    def post(*scans, token=token, status=200, raw=None):
        body = json.dumps({"scans": scans}) if raw is None else raw
        answer = client.post(ADDRESS, body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}")
        assert answer.status_code == status, answer.content
        return answer.json().get("results", answer.json())

    return post


def scan(credential, **facts):
    return {
        "id": str(uuid.uuid4()),
        "credential": credential if isinstance(credential, str) else badge_text(credential),
        "checkpoint": "main",
        "direction": "in",
        "scanned_at": timezone.now().isoformat(),
        "offline": False,
        **facts,
    }


def verdict_of(result):
    return result["verdict"], result["reason"]


def test_a_valid_badge_is_admitted_with_the_little_a_volunteer_needs(send, event, gate):
    category = CategoryFactory(event=event, name={"en": "Delegate", "fr": "Délégué"}, colour="#1a5fb4")
    credential = make_credential(event, category=category, name="王小明", latin_name="WANG Xiaoming")
    [result] = send(scan(credential))
    assert verdict_of(result) == ("admit", "ok")
    assert result["first_scan"] is None
    assert result["person"] == {
        "name": "王小明",
        "latin_name": "WANG Xiaoming",
        "category": {"name": {"en": "Delegate", "fr": "Délégué"}, "colour": "#1a5fb4"},
        "organisation": "Ministry of Water",
        "photo": None,
    }


def test_a_second_scan_is_refused_and_tells_when_and_where_the_first_was(send, event, gate, device):
    credential = make_credential(event)
    first = scan(credential, scanned_at=(timezone.now() - timedelta(minutes=2)).isoformat())
    send(first)
    [result] = send(scan(credential))
    assert verdict_of(result) == ("refuse", "duplicate")
    told = result["first_scan"]
    assert told["id"] == first["id"]
    assert datetime.fromisoformat(told["scanned_at"]) == datetime.fromisoformat(first["scanned_at"])
    assert told["checkpoint"] == {"slug": "main", "name": {"en": "Main entrance"}}
    assert told["device"] == "North door"


def test_a_duplicate_let_in_without_network_is_a_conflict_with_the_first_scan(send, event, gate):
    credential = make_credential(event)
    first = scan(credential)
    send(first)
    [result] = send(scan(credential, offline=True))
    assert verdict_of(result) == ("conflict", "duplicate")
    assert result["first_scan"]["id"] == first["id"]


def test_the_same_id_again_gets_the_stored_answer_even_when_rules_have_changed_since(send, event, gate):
    credential = make_credential(event)
    sent = scan(credential)
    answers = [send(sent)]
    Checkpoint.objects.update(active=False)
    withdraw_credentials([credential.registration])
    answers.append(send(sent))
    assert answers[0] == answers[1]
    assert Scan.objects.count() == 1


def test_the_same_id_with_other_contents_is_still_the_first_scan(send, event, gate):
    one, other = make_credential(event), make_credential(event)
    sent = scan(one)
    first = send(sent)
    assert send({**sent, "credential": badge_text(other), "direction": "out"}) == first
    assert Admission.objects.count() == 1


def test_a_stored_duplicate_is_answered_again_with_its_first_scan(send, event, gate):
    credential = make_credential(event)
    send(scan(credential))
    again = scan(credential)
    assert send(again) == send(again)


def test_one_id_twice_in_a_batch_is_one_scan(send, event, gate):
    sent = scan(make_credential(event))
    one, two = send(sent, sent)
    assert one == two
    assert verdict_of(one) == ("admit", "ok")
    assert Scan.objects.count() == 1


def test_a_batch_is_decided_in_its_order(send, event):
    Checkpoint.objects.update(entries="in_out")
    credential = make_credential(event)
    results = send(*[scan(credential, direction=direction) for direction in ("in", "in", "out", "out", "in")])
    assert [verdict_of(result) for result in results] == [
        ("admit", "ok"),
        ("refuse", "duplicate"),
        ("admit", "ok"),
        ("refuse", "not_inside"),
        ("admit", "ok"),
    ]
    assert Admission.objects.get().left_at is None
    assert [str(found) for found in Scan.objects.order_by("received_at").values_list("pk", flat=True)] == [
        result["id"] for result in results
    ]


def test_leaving_and_coming_back_in_requests_of_their_own(send, event):
    Checkpoint.objects.update(entries="in_out")
    credential = make_credential(event)
    verdicts = [verdict_of(send(scan(credential, direction=d))[0]) for d in ("in", "out", "in", "in", "out", "out")]
    assert [reason for _verdict, reason in verdicts] == ["ok", "ok", "ok", "duplicate", "ok", "not_inside"]
    assert Admission.objects.get().left_at is not None


BAD = [
    {"credential": 7},
    {"credential": None},
    {"credential": "E1:" + "0" * 10_000},
    {"credential": "\x00"},
    {"credential": "x" * 200_000},
    {"checkpoint": ["main"]},
    {"checkpoint": {"slug": "main"}},
    {"checkpoint": None},
    {"direction": "sideways"},
    {"direction": ["in"]},
    {"scanned_at": "yesterday"},
    {"scanned_at": "2030-02-30T00:00:00Z"},
    {"scanned_at": "2030-05-14T09:00:00"},
    {"scanned_at": 1},
    {"offline": "yes"},
    {"offline": 1},
]


@pytest.mark.parametrize("fault", BAD, ids=lambda fault: json.dumps(fault)[:40])
def test_one_bad_scan_is_refused_alone_and_gets_the_same_answer_again(send, event, gate, fault):
    good = scan(make_credential(event))
    bad = {**scan(make_credential(event)), **fault}
    results = send(bad, good)
    assert verdict_of(results[0]) == ("refuse", "malformed")
    assert results[0]["id"] == bad["id"]
    assert verdict_of(results[1]) == ("admit", "ok")
    assert send(bad, good) == results


@pytest.mark.parametrize("item", [None, 7, "x", [], {}, {"id": "no-uuid"}, {"id": 5}, {"id": None}])
def test_what_has_no_id_is_refused_without_one_and_its_neighbours_are_not(send, event, gate, item):
    results = send(item, scan(make_credential(event)))
    assert results[0] == {
        "id": None, "verdict": "refuse", "reason": "malformed", "person": None, "first_scan": None,
    }  # fmt: skip
    assert verdict_of(results[1]) == ("admit", "ok")
    assert Scan.objects.count() == 1


def test_two_hundred_scans_with_one_bad_among_them(send, event, gate):
    scans = [scan(make_credential(event)) for _number in range(8)] + [scan("E1:" + "0" * 119) for _number in range(192)]
    scans[100]["scanned_at"] = "never"
    results = send(*scans)
    assert [result["id"] for result in results] == [sent["id"] for sent in scans]
    assert [verdict_of(result) for result in results[:8]] == [("admit", "ok")] * 8
    assert verdict_of(results[100]) == ("refuse", "malformed")


@pytest.mark.parametrize("slug", ["nowhere", "", "Main", "main\x00", "x" * 500, "'; DROP TABLE checkin_scan; --"])
def test_an_unknown_checkpoint_is_said_so_whatever_its_name(send, event, gate, slug):
    [result] = send(scan(make_credential(event), checkpoint=slug))
    assert verdict_of(result) == ("refuse", "unknown_checkpoint")


def test_another_events_checkpoint_is_unknown(send, event, gate):
    CheckpointFactory(slug="elsewhere")
    [result] = send(scan(make_credential(event), checkpoint="elsewhere"))
    assert verdict_of(result) == ("refuse", "unknown_checkpoint")


def test_bad_badges_are_refused_each_for_its_reason(send, event, gate):
    good = make_credential(event)
    text = badge_text(good)
    withdrawn, replaced, deleted = make_credential(event), make_credential(event), make_credential(event)
    old, gone = badge_text(replaced), badge_text(deleted)
    withdraw_credentials([withdrawn.registration])
    reprint_badge(replaced, by=SYSTEM)
    deleted.delete()
    token, _signature = tokens.unpack(text)
    forged = tokens.sign(Ed25519PrivateKey.generate(), token)
    results = send(
        scan(text[:-1]),
        scan(forged),
        scan(badge_text(make_credential(EventFactory()))),
        scan(withdrawn),
        scan(old),
        scan(gone),
    )
    assert [result["reason"] for result in results] == [
        "malformed", "forged", "other_event", "withdrawn", "superseded", "unknown",
    ]  # fmt: skip
    assert [result["person"] is None for result in results[:3]] == [True, True, True]
    replaced.refresh_from_db()
    assert verdict_of(send(scan(replaced))[0]) == ("admit", "ok")


def test_a_changed_issue_number_does_not_pass_for_a_reprint(send, event, gate):
    credential = make_credential(event)
    token, signature = tokens.unpack(badge_text(credential))
    raised = tokens.Token(token.key_id, token.event, token.public_id, token.issue + 1, token.rights)
    [result] = send(scan(tokens.PREFIX + tokens.base41_encode(raised.pack() + signature)))
    assert verdict_of(result) == ("refuse", "forged")


def test_a_category_without_entitlement_is_refused_and_others_pass(send, event, gate):
    press, delegate = CategoryFactory(event=event), CategoryFactory(event=event)
    gate.categories.set([press])
    results = send(scan(make_credential(event, category=press)), scan(make_credential(event, category=delegate)))
    assert [result["reason"] for result in results] == ["ok", "not_entitled"]


@pytest.mark.parametrize("hours", [-30, -3, 3, 30])
def test_a_wrong_clock_is_told_but_keeps_nobody_out_and_both_times_are_kept(send, event, gate, hours):
    wrong = timezone.now() + timedelta(hours=hours)
    sent = scan(make_credential(event), scanned_at=wrong.isoformat())
    [result] = send(sent)
    assert verdict_of(result) == ("admit", "clock")
    row = Scan.objects.get(pk=sent["id"])
    assert row.scanned_at == wrong
    assert abs(row.received_at - timezone.now()) < timedelta(minutes=1)
    assert abs(Admission.objects.get().at - timezone.now()) < timedelta(minutes=1)


def test_opening_hours_go_by_the_scan_for_a_queue_that_comes_late(send, event, gate):
    Checkpoint.objects.update(closes_at=timezone.now() - timedelta(minutes=30))
    before, after = timezone.now() - timedelta(hours=1), timezone.now() - timedelta(minutes=1)
    results = send(
        scan(make_credential(event), offline=True, scanned_at=before.isoformat()),
        scan(make_credential(event), offline=True, scanned_at=after.isoformat()),
    )
    assert [result["reason"] for result in results] == ["ok", "closed"]


@pytest.mark.parametrize(
    "text", ["2030-05-14T09:00:00Z", "2030-05-14t09:00:00.123456789z", "2030-05-14T11:00:00+02:00"]
)
def test_every_form_of_rfc_3339_is_understood(send, event, gate, text):
    sent = scan(make_credential(event), scanned_at=text)
    send(sent)
    assert Scan.objects.get(pk=sent["id"]).scanned_at.replace(microsecond=0) == datetime(2030, 5, 14, 9, tzinfo=UTC)


def test_an_id_that_another_events_ledger_holds_tells_nothing_of_it(send, event, gate):
    sent = scan(make_credential(event, name="Somebody Private"))
    send(sent)
    elsewhere = CheckpointFactory(slug="main")
    _device, token = make_device(elsewhere.event)
    [result] = send(sent, token=token)
    assert verdict_of(result) == ("refuse", "malformed")
    assert "Private" not in json.dumps(result)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ('{"scans": []}', 422),
        ('{"scans": {}}', 422),
        ('{"scans": null}', 422),
        ("{}", 422),
        ("[]", 422),
        ("7", 422),
        ('{"scans": [' + ",".join(["{}"] * 201) + "]}", 422),
        ("{", 400),
        (" ", 400),
        ("[" * 100_000, 400),
        ('{"scans": NaN}', 400),
    ],
)
def test_a_body_of_the_wrong_shape_is_a_problem_and_stores_nothing(send, raw, status):
    answer = send(raw=raw, status=status)
    assert answer["status"] == status
    assert not Scan.objects.exists()


def test_without_a_database_the_device_is_told_to_come_back_and_nothing_is_lost(send, event, gate, monkeypatch):
    sent = scan(make_credential(event))

    def gone(*_arguments, **_options):
        raise OperationalError("server closed the connection unexpectedly")

    for step in ("find_door", "record_scans"):
        with monkeypatch.context() as without:
            without.setattr(import_module("checkin.api.scans"), step, gone)
            assert send(sent, status=503)["code"] == "unavailable"
    assert verdict_of(send(sent)[0]) == ("admit", "ok")


def test_an_unknown_token_is_401_before_anything_is_said_about_the_body(send):
    assert send(token="unknown", raw="{", status=401)["code"] == "token_unknown"


def test_a_revoked_device_is_403_with_its_very_next_request(send, event, gate, device):
    credential = make_credential(event)
    send(scan(credential))
    revoke_device(device[0], by=SYSTEM)
    assert send(scan(credential), status=403)["code"] == "token_revoked"


def test_without_a_token_is_401(client):
    assert client.post(ADDRESS, "{}", content_type="application/json").status_code == 401


def test_a_media_type_that_is_not_json_is_415(client, device):
    answer = client.post(ADDRESS, "x", content_type="text/plain", HTTP_AUTHORIZATION=f"Bearer {device[1]}")
    assert answer.status_code == 415


def test_a_batch_takes_as_many_statements_as_a_single_scan(send, event, gate, statements_of):
    send(scan(make_credential(event)))
    single = scan(make_credential(event))
    batch = [scan(make_credential(event)) for _number in range(100)]
    one = statements_of(lambda: send(single))
    assert one == statements_of(lambda: send(*batch))
    assert one <= 7


def test_a_refused_duplicate_takes_no_transaction(send, event, gate, statements_of):
    credential = make_credential(event)
    send(scan(credential))
    again = scan(credential)
    assert statements_of(lambda: send(again)) <= 4


def test_last_contact_is_noted_but_not_for_every_scan(send, event, gate, statements_of):
    Device.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    send(scan(make_credential(event)))
    assert timezone.now() - Device.objects.get().last_seen_at < timedelta(minutes=1)
    seen = Device.objects.get().last_seen_at
    send(scan(make_credential(event)))
    assert Device.objects.get().last_seen_at == seen
