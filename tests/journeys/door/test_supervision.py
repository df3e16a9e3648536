"""A supervisor watches the board while a phone scans, and counts heads by the phone when there is no network."""

from typing import Any

from playwright.sync_api import expect

from checkin.models import Device
from registration.models import Category
from tests.factories.registration import CategoryFactory
from tests.journeys.door.event import Door
from tests.journeys.door.phone import wait_until
from tests.journeys.door.test_offline import go_offline
from tests.journeys.test_officer import sign_in


def test_the_board_tells_of_a_vip_whom_a_door_has_just_let_in(
    volunteer: Any, visitor: Any, axe: Any, picture: Any
) -> None:
    door = Door(entries="in_out", capacity=10)
    minister = door.guest("Amina Wanjiru", category=CategoryFactory(event=door.event, kind=Category.Kind.VIP))
    board = visitor("laptop")
    sign_in(board, "door")
    board.goto(f"/cms/check-in/board/?event={door.event.slug}")
    expect(board.get_by_text("1 expected, 1 not here yet")).to_be_visible()
    phone = volunteer()
    phone.enrol(door)
    phone.type_like_a_scanner(minister.badge)
    expect(phone.verdict("admit")).to_be_visible()
    expect(board.get_by_text("1 expected, 0 not here yet")).to_be_visible()
    expect(board.locator("[data-news]")).to_contain_text("Amina Wanjiru has arrived")
    axe(board)
    picture(board, "board-laptop")


def test_a_supervisors_phone_counts_heads_without_network(volunteer: Any, axe: Any, picture: Any) -> None:
    door = Door(entries="in_out")
    guests = [door.guest("Amina Wanjiru"), door.guest("王小明")]
    phone = volunteer()
    phone.enrol(door)
    phone.type_like_a_scanner(guests[0].badge)
    expect(phone.verdict("admit")).to_be_visible()
    Device.objects.filter(pk=door.device_id).update(supervisor=True)
    phone.page.reload()  # the phone learns that it is a supervisor's, then asks about all areas
    phone.viewfinder.wait_for()
    wait_until(phone.page, lambda: phone.page.evaluate(KEPT))
    go_offline(phone)
    phone.type_like_a_scanner(guests[1].badge)
    expect(phone.verdict("admit")).to_be_visible()
    phone.next_badge()
    phone.button("action.settings").click()
    phone.button("muster.title").click()
    expect(phone.page.get_by_text("2 people inside")).to_be_visible()
    phone.page.get_by_label("Amina Wanjiru").check()
    expect(phone.page.get_by_text("1 not found yet")).to_be_visible()
    axe(phone.page)
    picture(phone.page, "door-muster-en")


KEPT = """async () => {
  document.dispatchEvent(new Event("visibilitychange"));
  const open = indexedDB.open("plenary-door");
  const db = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const found = db.transaction("kept").objectStore("kept").get("muster");
  const kept = await new Promise((resolve) => { found.onsuccess = () => resolve(found.result); });
  db.close();
  return Boolean(kept && kept.knownAt);
}"""
