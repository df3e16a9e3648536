"""What needs somebody in charge: a scan taken back, a shift handed over, a phone that came back with a long queue."""

import uuid
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from checkin import door_files
from checkin.actions import add_supervisor_code
from checkin.models import Admission, Scan, Shift
from plenary.core.actions import SYSTEM
from tests.journeys.door.event import Door
from tests.journeys.door.phone import wait_until
from tests.journeys.door.test_offline import go_offline


def test_a_slip_is_undone_by_the_supervisors_code_and_the_shift_handed_over(volunteer, axe, picture):
    door = Door()
    guest = door.guest("Amina Wanjiru")
    _mary, code = add_supervisor_code(event=door.event, name="Mary", by=SYSTEM)
    phone = volunteer()
    phone.enrol(door)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    phone.button("action.undo").click()
    phone.page.get_by_label(phone.words["undo.field"]).fill("AAAA-AAAA")
    phone.button("undo.submit").click()
    expect(phone.text("undo.supervisor_code_wrong")).to_be_visible()
    axe(phone.page)
    picture(phone.page, "door-undo-en")
    phone.page.get_by_label(phone.words["undo.field"]).fill(code.lower())
    phone.button("undo.submit").click()
    expect(phone.page.get_by_text("0 admitted")).to_be_visible()
    assert not Admission.objects.filter(credential=guest.credential).exists()
    phone.button("action.recent").click()
    expect(phone.page.get_by_role("listitem")).to_contain_text(phone.words["undo.done"])
    expect(phone.button("action.undo")).to_have_count(0)
    phone.page.go_back()
    phone.button("action.settings").click()
    phone.button("shift.hand_over").click()
    phone.page.get_by_label(phone.words["shift.next"]).fill("Otieno")
    axe(phone.page)
    picture(phone.page, "door-shift-en")
    phone.button("shift.hand_over").click()
    expect(phone.viewfinder).to_be_visible()
    phone.page.wait_for_timeout(1000)
    told = Shift.objects.filter(device=door.device).order_by("started_at")
    assert [shift.volunteer for shift in told] == ["", "Otieno"]


def test_a_shift_handed_over_without_network_tells_its_last_numbers_once_there_is_one(volunteer):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    phone.next_badge()
    phone.button("action.settings").click()
    phone.button("shift.hand_over").click()
    phone.page.get_by_label(phone.words["shift.next"]).fill("Otieno")
    phone.button("shift.hand_over").click()
    expect(phone.page.get_by_text("0 admitted")).to_be_visible()
    phone.page.reload()
    expect(phone.viewfinder).to_be_visible()
    told = Shift.objects.filter(device=door.device).order_by("started_at")
    assert not told.filter(admitted=1).exists()
    go_offline(phone, False)
    phone.page.reload()  # asks at once instead of within the minute
    wait_until(phone.page, lambda: told.count() == 2, seconds=30)
    assert [(shift.volunteer, shift.admitted) for shift in told.all()] == [("", 1), ("Otieno", 0)]


def test_two_thousand_scans_of_a_phone_with_a_wrong_clock_survive_a_new_version_and_arrive_once(volunteer, monkeypatch):
    """The whole of a bad day: the clock a day ahead, the list has no room on the disk, a new app arrives while two
    thousand scans wait, and the gate is taken out of use."""
    door = Door()
    guest = door.guest("Amina Wanjiru")
    phone = volunteer()
    phone.page.add_init_script(A_DAY_AHEAD + NO_ROOM_FOR_THE_LIST)
    phone.enrol(door)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)  # decided from memory
    expect(phone.verdict("admit")).to_be_visible()
    phone.next_badge()
    phone.button("action.settings").click()
    expect(phone.page.get_by_text(phone.words["offline.no_room"])).to_be_visible()
    phone.page.go_back()
    ids = [str(uuid.uuid4()) for _scan in range(1999)]
    phone.page.evaluate(QUEUE, [door.event.slug, guest.badge, ids])
    monkeypatch.setattr(door_files, "version", lambda: "a-later-deploy")
    type(door.checkpoint).objects.filter(pk=door.checkpoint.pk).update(active=False)
    go_offline(phone, False)
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((worker) => worker.update())")
    phone.page.reload()
    # The gate is gone, so the phone asks for another and shows no queue: the ledger tells when all have come.
    scans = Scan.objects.filter(event=door.event)
    wait_until(phone.page, lambda: scans.count() >= 2000)
    assert scans.count() == 2000
    assert set(scans.values_list("verdict", "reason", "offline")) == {("refuse", "unknown_checkpoint", True)}
    assert set(map(str, scans.values_list("pk", flat=True))) >= set(ids)
    own = scans.exclude(pk__in=ids).get()
    assert abs(timezone.now() - own.scanned_at) < timedelta(minutes=5)  # the phone has learnt how wrong its clock is


A_DAY_AHEAD = """(() => {
  const Real = Date, ahead = 86_400_000;
  window.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() + ahead])); }
    static now() { return Real.now() + ahead; }
  };
})();"""

NO_ROOM_FOR_THE_LIST = """(() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "kept") throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, given);
  };
})();"""

QUEUE = """async ([event, credential, ids]) => {
  const open = indexedDB.open("plenary-door");
  const db = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const writing = db.transaction("queue", "readwrite");
  ids.forEach((id, index) => writing.objectStore("queue").put({
    id, credential, checkpoint: "main", direction: "in", escort: null, refused: null, event, held: false, local: "admit",
    offline: true, scanned_at: new Date(Date.now() - 86_400_000 - (2000 - index) * 1000).toISOString(),
  }));
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  db.close();
}"""
