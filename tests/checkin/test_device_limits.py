"""Where and how long a device may work, what it says of itself, and what a stolen list is good for."""

import json
import uuid
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from checkin.actions import add_supervisor_code, limit_device
from checkin.models import Device, Reversal, Scan, Shift
from checkin.snapshot import expiry
from plenary.core.actions import SYSTEM
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    event = EventFactory(slug="summit")
    CheckpointFactory(event=event, slug="main")
    CheckpointFactory(event=event, slug="gala")
    return event


@pytest.fixture
def device(event):
    return make_device(event)


@pytest.fixture
def ask(client, device):
    def call(address, body=None):
        headers = {"HTTP_AUTHORIZATION": f"Bearer {device[1]}"}
        address = f"/api/v1/checkin/{address}"
        if body is None:
            return client.get(address, **headers)
        return client.post(address, json.dumps(body), content_type="application/json", **headers)

    return call


@pytest.fixture
def limit(device, event):
    def to(places=(), since=None, until=None, supervisor=False):
        chosen = list(event.checkpoints.filter(slug__in=places))
        limit_device(
            device[0], checkpoints=chosen, valid_from=since, valid_until=until, supervisor=supervisor, by=SYSTEM
        )

    return to


def scan_of(credential, **facts):
    scan = {"id": str(uuid.uuid4()), "credential": badge_text(credential), "checkpoint": "main"}
    return scan | {"scanned_at": timezone.now().isoformat()} | facts


def verdicts(answer):
    return [(one["verdict"], one["reason"]) for one in answer.json()["results"]]


def test_a_device_of_one_checkpoint_admits_nowhere_else(ask, event, limit):
    limit(["gala"])
    guest = make_credential(event)
    sent = {"scans": [scan_of(guest), scan_of(guest, checkpoint="gala")]}
    assert verdicts(ask("scans", sent)) == [("refuse", "device_place"), ("admit", "ok")]
    assert [place["slug"] for place in ask("session").json()["checkpoints"]] == ["gala"]
    assert [place["slug"] for place in ask("snapshot").json()["checkpoints"]] == ["gala"]
    assert ask("passages?checkpoint=main").status_code == 404


@pytest.mark.parametrize("hours", [(1, 2), (-2, -1)])
def test_outside_of_its_time_a_device_admits_nobody_and_learns_no_name(ask, event, limit, hours):
    now = timezone.now()
    limit(since=now + timedelta(hours=hours[0]), until=now + timedelta(hours=hours[1]))
    assert verdicts(ask("scans", {"scans": [scan_of(make_credential(event))]})) == [("refuse", "device_time")]
    for address in ("snapshot", "search?q=am", "passages?checkpoint=main"):
        answer = ask(address)
        assert (answer.status_code, answer.json()["code"]) == (403, "device_not_valid")
    assert ask("session").json()["device"]["valid_until"] is not None  # it may know why


def test_what_was_scanned_in_time_may_arrive_late(ask, event, limit):
    now = timezone.now()
    limit(until=now - timedelta(hours=1))
    earlier = (now - timedelta(hours=2)).isoformat()
    sent = {"scans": [scan_of(make_credential(event), scanned_at=earlier, offline=True)]}
    assert verdicts(ask("scans", sent)) == [("admit", "ok")]


def test_the_list_expires_with_the_device_and_holds_no_key_that_signs(ask, event, limit):
    make_credential(event)
    [key] = event.signing_keys.all()
    until = timezone.now() + timedelta(hours=2)
    assert datetime.fromisoformat(ask("snapshot").json()["expires_at"]) == expiry(event)
    limit(until=until)
    text = ask("snapshot").content.decode()
    assert datetime.fromisoformat(json.loads(text)["expires_at"]) == until
    assert key.private not in text
    assert {tuple(sorted(one)) for one in json.loads(text)["keys"]} == {("key_id", "public")}


def report(**facts):
    return {"battery": 71, "queue_length": 3, "version": "abc", "shift": None} | facts


def shift(**facts):
    now = timezone.now().isoformat()
    numbers = {"admitted": 5, "refused": {"duplicate": 2}, "conflicts": 1}
    return {"id": str(uuid.uuid4()), "volunteer": "Amina", "started_at": now} | numbers | facts


def test_a_report_is_kept_and_answers_the_session(ask, device, limit):
    limit(supervisor=True)
    answer = ask("report", report())
    assert answer.json() == ask("session").json()
    assert answer.json()["device"]["supervisor"] is True
    kept = Device.objects.get(pk=device[0].pk)
    assert (kept.battery, kept.queue_length, kept.app_version) == (71, 3, "abc")
    assert timezone.now() - kept.reported_at < timedelta(minutes=1)


def test_reports_in_a_row_are_written_once_but_a_new_shift_is(ask, device):
    ask("report", report())
    ask("report", report(battery=70))
    assert Device.objects.get(pk=device[0].pk).battery == 71
    first, second = shift(), shift(volunteer="Otieno", admitted=0)
    ask("report", report(battery=69, shift=first))
    ask("report", report(battery=69, shift=first | {"admitted": 6}))
    assert Shift.objects.get().admitted == 5
    Device.objects.update(reported_at=timezone.now() - timedelta(minutes=1))
    ask("report", report(battery=69, shift=first | {"admitted": 7, "volunteer": "somebody else"}))
    ask("report", report(shift=second))
    told = Shift.objects.order_by("started_at")
    assert [(one.volunteer, one.admitted) for one in told] == [("Amina", 7), ("Otieno", 0)]
    ask("report", report(shift=first | {"admitted": 8, "ended": True}))
    assert Shift.objects.get(pk=first["id"]).admitted == 8  # the last numbers of a shift are kept at once


def test_another_devices_shift_is_not_changed(ask, device, event):
    mine = shift()
    other, _token = make_device(event, "South door")
    Shift.objects.create(pk=mine["id"], device=other, volunteer="Otieno", started_at=timezone.now())
    ask("report", report(shift=mine))
    assert (Shift.objects.get().volunteer, Shift.objects.get().admitted) == ("Otieno", 0)


@pytest.mark.parametrize("wrong", [{"battery": 101}, {"queue_length": -1}, {"shift": {"id": "x"}}, {"other": 1}])
def test_a_report_that_cannot_be_is_refused(ask, wrong):
    assert ask("report", report(**wrong)).status_code == 422


def test_the_ledger_tells_who_was_turned_away_by_the_phone_itself(ask, event):
    let_in, turned_away = make_credential(event), make_credential(event)
    sent = [scan_of(let_in, offline=True, checkpoint="nowhere")]
    sent += [scan_of(turned_away, offline=True, refused="withdrawn")]
    ask("scans", {"scans": sent})
    assert [scan.credential for scan in Scan.objects.unresolved()] == [let_in]


@pytest.mark.parametrize("hours", [(1, 2), (-2, -1)])
def test_outside_of_its_time_a_device_takes_no_scan_back(ask, event, limit, hours):
    _mary, code = add_supervisor_code(event=event, name="Mary", by=SYSTEM)
    sent = scan_of(make_credential(event))
    ask("scans", {"scans": [sent]})
    now = timezone.now()
    limit(since=now + timedelta(hours=hours[0]), until=now + timedelta(hours=hours[1]))
    answer = ask(f"scans/{sent['id']}/undo", {"code": code})
    assert (answer.status_code, answer.json()["code"]) == (403, "device_not_valid")
    assert not Reversal.objects.exists()
    limit()
    assert ask(f"scans/{sent['id']}/undo", {"code": code}).status_code == 200


def test_outside_of_its_time_no_shift_begins_but_the_last_numbers_of_one_still_come(ask, device, limit):
    now = timezone.now()
    inside, begun = shift(started_at=(now - timedelta(hours=3)).isoformat()), shift()
    ask("report", report(shift=begun))
    limit(since=now - timedelta(hours=4), until=now - timedelta(hours=1))
    ask("report", report(queue_length=9, shift=shift(volunteer="Late")))
    ask("report", report(queue_length=9, shift=begun | {"admitted": 6, "ended": True}))
    ask("report", report(queue_length=9, shift=inside | {"ended": True}))
    assert set(Shift.objects.values_list("id", "admitted")) == {
        (uuid.UUID(begun["id"]), 6),
        (uuid.UUID(inside["id"]), 5),
    }
    assert Device.objects.get(pk=device[0].pk).queue_length == 9  # what waits on it is known all the same
