"""Faces at the door: carried by a phone for the gate it belongs to, shown without a network, gone with everything else."""

import pytest
from playwright.sync_api import Page, expect

from checkin.actions import limit_device, revoke_device
from checkin.models import Device
from plenary.core.actions import SYSTEM
from plenary.core.models import AccessLog
from registration.actions import save_portrait
from registration.uploads import inspect_portrait
from tests.journeys.door.event import Door, Guest
from tests.journeys.door.phone import Phone, wait_until
from tests.journeys.door.test_offline import go_offline
from tests.registration.files import upload
from tests.registration.papers import face

FACES = "**/api/v1/checkin/portraits/faces*"


def give_face(guest: Guest) -> None:
    portrait = inspect_portrait(upload("me.jpg", face()))
    type(guest.registration.category).objects.filter(pk=guest.registration.category_id).update(asks_portrait=True)
    save_portrait(registration_id=guest.registration.pk, portrait=portrait)


def limited(phone: Phone, door: Door) -> None:
    """Set a phone up for the checkpoint alone; its list and its faces have come."""
    address = door.enrolment()
    limit_device(
        door.device, checkpoints=[door.checkpoint], valid_from=None, valid_until=None, supervisor=False, by=SYSTEM
    )
    phone.page.goto(address)
    phone.viewfinder.wait_for()


def kept(page: Page) -> bool:
    return bool(page.evaluate(KEPT))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_face_is_shown_without_network_and_gone_when_the_phone_is_locked_out(volunteer, language, axe, picture):
    door = Door(photos=True)
    guest, without = door.guest("陈美玲", "CHEN Meiling"), door.guest("Amina Wanjiru")
    give_face(guest)
    phone = volunteer(language)
    limited(phone, door)
    wait_until(phone.page, lambda: kept(phone.page))
    assert AccessLog.objects.filter(subject_id=str(guest.registration.pk), part="door portrait").count() == 1
    go_offline(phone)
    phone.page.reload()  # from the disk
    phone.type_like_a_scanner(guest.badge)
    shown = phone.verdict("admit").get_by_role("img", name="陈美玲")
    expect(shown).to_be_visible()
    assert shown.evaluate("(image) => image.naturalWidth") == 120
    axe(phone.page)
    picture(phone.page, f"door-portrait-{language}")
    phone.next_badge()
    phone.page.wait_for_timeout(3200)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("stop").get_by_role("img", name="陈美玲")).to_be_visible()
    picture(phone.page, f"door-portrait-duplicate-{language}")
    phone.next_badge()
    phone.type_like_a_scanner(without.badge)
    expect(phone.verdict("admit").get_by_text("Amina Wanjiru")).to_be_visible()
    expect(phone.verdict("admit").locator("img")).to_be_hidden()
    phone.next_badge()
    revoke_device(Device.objects.get(event=door.event), by=SYSTEM)
    go_offline(phone, False)
    expect(phone.text("signed_out.title")).to_be_visible(timeout=70_000)
    assert not kept(phone.page)


def test_a_phone_that_may_work_everywhere_carries_no_face_and_neither_does_one_whose_gate_is_taken(volunteer):
    door = Door(photos=True)
    guest = door.guest("Amina Wanjiru")
    give_face(guest)
    phone = volunteer()
    phone.enrol(door)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit").get_by_text("Amina Wanjiru")).to_be_visible()
    assert not kept(phone.page)
    assert not AccessLog.objects.filter(part="door portrait", event=door.event).exists()
    phone.next_badge()
    limited(phone, door)
    wait_until(phone.page, lambda: kept(phone.page))
    type(door.checkpoint).objects.filter(pk=door.checkpoint.pk).update(photos=False)
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(phone.page, lambda: not kept(phone.page))


def test_a_full_phone_gives_the_room_of_its_faces_to_a_scan_and_goes_on(volunteer):
    door = Door(photos=True)
    guest = door.guest("Amina Wanjiru")
    give_face(guest)
    phone = volunteer()
    phone.page.add_init_script(FULL_WHILE_THERE_ARE_FACES)
    limited(phone, door)
    wait_until(phone.page, lambda: kept(phone.page))
    phone.page.evaluate("() => { window.full = true; }")
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit").get_by_role("img")).to_be_visible()  # from memory
    phone.next_badge()
    expect(phone.page.get_by_text("1 scan waiting")).to_be_visible()
    assert not kept(phone.page)


KEPT = """async () => {
  const open = indexedDB.open("plenary-door");
  const db = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const value = db.transaction("kept").objectStore("kept").get("portraits");
  const found = await new Promise((resolve) => { value.onsuccess = () => resolve(value.result); });
  db.close();
  return Boolean(found?.sealed);
}"""

FULL_WHILE_THERE_ARE_FACES = """(() => {
  const { put, delete: remove } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    if (window.full && this.name === "queue") throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, given);
  };
  IDBObjectStore.prototype.delete = function (key) {
    if (key === "portraits") window.full = false;
    return remove.call(this, key);
  };
})();"""
