"""A supervisor takes an admitted scan back: who is through is as before, the ledger keeps both."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from checkin.actions import add_supervisor_code, revoke_supervisor_code
from checkin.models import Admission, Device, Reversal, Scan, SupervisorCode
from plenary.core.actions import SYSTEM
from plenary.core.models import HistoryEntry
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db


class Door:
    """An event with one device, asked over the API."""

    def __init__(self, client, **checkpoint):
        self.client = client
        self.event = EventFactory(slug="summit")
        self.gate = CheckpointFactory(event=self.event, slug="main", **checkpoint)
        self.device, self.token = make_device(self.event)
        self.supervisor, self.code = add_supervisor_code(event=self.event, name="Mary", by=SYSTEM)
        self.guest = make_credential(self.event)

    def ask(self, address, body, token=None):
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token or self.token}"}
        return self.client.post(
            f"/api/v1/checkin/{address}", json.dumps(body), content_type="application/json", **headers
        )

    def scan(self, token=None, **facts):
        """The id of a new scan, with its verdict."""
        scan = {"id": str(uuid.uuid4()), "credential": badge_text(self.guest), "checkpoint": "main"}
        scan |= {"scanned_at": timezone.now().isoformat(), **facts}
        [result] = self.ask("scans", {"scans": [scan]}, token).json()["results"]
        return scan["id"], result["verdict"]

    def undo(self, scan_id, code=None, token=None):
        answer = self.ask(f"scans/{scan_id}/undo", {"code": code or self.code}, token)
        return answer.status_code, answer.json().get("code")

    def passages(self, since):
        address = f"/api/v1/checkin/passages?checkpoint=main&since={since}"
        return self.client.get(address, HTTP_AUTHORIZATION=f"Bearer {self.token}").json()["passages"]


@pytest.fixture
def open_door(client):
    return lambda **facts: Door(client, **facts)


def test_an_undone_first_entry_lets_the_badge_in_again_and_doors_hear_of_it(open_door):
    door = open_door()
    scan_id, _verdict = door.scan()
    assert door.undo(scan_id) == (200, None)
    assert not Admission.objects.exists()
    assert door.passages("1") == [[bytes(door.guest.public_id).hex(), None, None]]
    assert Scan.objects.get().verdict == "admit"  # the ledger keeps what happened
    reversal = Reversal.objects.get()
    assert (reversal.scan_id, reversal.device, reversal.code) == (uuid.UUID(scan_id), door.device, door.supervisor)
    assert HistoryEntry.objects.get(verb="scan_undone").actor_label == "Mary (North door)"
    _again, verdict = door.scan()
    assert verdict == "admit"
    [[_id, entered, _left]] = door.passages("1")
    assert entered is not None


def test_undoing_twice_is_undoing_once(open_door):
    door = open_door()
    scan_id, _verdict = door.scan()
    assert door.undo(scan_id) == door.undo(scan_id) == (200, None)
    door.scan()
    assert door.undo(scan_id) == (200, None)  # a late retry does not throw out who has come since
    assert Admission.objects.count() == Reversal.objects.count() == 1


def test_an_undone_way_out_leaves_the_guest_inside(open_door):
    door = open_door(entries="in_out")
    entry, _verdict = door.scan()
    leaving, _verdict = door.scan(direction="out")
    assert Admission.objects.get().left_at is not None
    assert door.undo(leaving) == (200, None)
    admission = Admission.objects.get()
    assert (admission.scan_id, admission.left_at) == (uuid.UUID(entry), None)


def test_an_undone_return_leaves_the_guest_outside_as_before(open_door):
    door = open_door(entries="in_out")
    entry, _verdict = door.scan()
    door.scan(direction="out")
    before = Admission.objects.values("scan_id", "at", "left_at").get()
    back, verdict = door.scan()
    assert verdict == "admit"
    assert door.undo(back) == (200, None)
    assert Admission.objects.values("scan_id", "at", "left_at").get() == before
    assert before["scan_id"] == uuid.UUID(entry)


def test_what_later_scans_build_on_stays(open_door):
    door = open_door(entries="in_out")
    entry, _verdict = door.scan()
    door.scan(direction="out")
    assert door.undo(entry) == (409, "built_upon")
    assert Admission.objects.get().left_at is not None


def test_what_another_door_met_as_a_conflict_stays(open_door):
    door = open_door()
    entry, _verdict = door.scan()
    _other, token = make_device(door.event, "South door")
    _id, verdict = door.scan(token, offline=True)
    assert verdict == "conflict"
    assert door.undo(entry) == (409, "built_upon")


def test_a_refusal_undoes_nothing_and_an_old_scan_stays(open_door):
    door = open_door()
    entry, _verdict = door.scan()
    refused, verdict = door.scan()
    assert verdict == "refuse"
    assert door.undo(refused) == (409, "nothing_to_undo")
    Scan.objects.filter(pk=entry).update(
        received_at=timezone.now() - timedelta(minutes=4), scanned_at=timezone.now() - timedelta(minutes=4)
    )
    assert door.undo(entry) == (409, "undo_too_late")
    assert Admission.objects.count() == 1


def test_only_the_device_that_scanned_may_undo(open_door):
    door = open_door()
    entry, _verdict = door.scan()
    _other, token = make_device(door.event, "South door")
    assert door.undo(entry, token=token) == (404, "scan_unknown")
    assert door.undo(uuid.uuid4()) == (404, "scan_unknown")
    assert Admission.objects.count() == 1


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " ")])
def test_a_code_may_be_typed_in_any_way(open_door, typed):
    door = open_door()
    entry, _verdict = door.scan()
    assert door.undo(entry, typed(door.code)) == (200, None)


def test_a_wrong_a_revoked_and_another_events_code_undo_nothing(open_door):
    door = open_door()
    entry, _verdict = door.scan()
    _other, foreign = add_supervisor_code(event=EventFactory(), name="John", by=SYSTEM)
    revoke_supervisor_code(door.supervisor, by=SYSTEM)
    for code in ("AAAA-AAAA", foreign, door.code):
        assert door.undo(entry, code) == (403, "supervisor_code_wrong")
    assert Admission.objects.count() == 1


def test_five_mistakes_stop_a_phone_for_ten_minutes(open_door):
    door = open_door()
    entry, _verdict = door.scan()
    for _mistake in range(5):
        assert door.undo(entry, "AAAA-AAAA") == (403, "supervisor_code_wrong")
    assert door.undo(entry) == (429, "too_many_requests")
    Device.objects.update(wrong_code_at=timezone.now() - timedelta(minutes=11))
    assert door.undo(entry) == (200, None)
    assert Device.objects.get(pk=door.device.pk).wrong_codes == 0


def test_only_a_slow_digest_of_a_code_is_kept(open_door):
    door = open_door()
    stored = json.dumps(SupervisorCode.objects.values().get(), default=str)
    assert door.code not in stored
    assert door.code.replace("-", "") not in stored


def test_a_scan_is_undone_once_whatever_happens(open_door):
    door = open_door()
    entry, _verdict = door.scan()
    door.undo(entry)
    with pytest.raises(IntegrityError):
        Reversal.objects.create(scan_id=entry, device=door.device, code=door.supervisor)
