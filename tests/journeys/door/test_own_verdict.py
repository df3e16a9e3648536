"""A phone that has its list decides by itself where there is no network, and the server hears of every scan."""

from typing import Any

import pytest
from playwright.sync_api import expect

from checkin.actions import reprint_badge, revoke_device, save_checkpoint, withdraw_credentials
from checkin.models import Device, Scan
from plenary.core.actions import SYSTEM
from tests.factories.registration import CategoryFactory
from tests.journeys.door.event import Door
from tests.journeys.door.phone import PASSAGES, SCANS, Phone
from tests.journeys.door.test_offline import go_offline

SAME_BADGE = 3200  # ms after which a badge held again is a new scan
SENT = 70_000  # ms: the longest wait between two attempts


def online_again(phone: Phone) -> None:
    go_offline(phone, False)
    expect(phone.page.locator(".status--warning")).to_be_hidden(timeout=SENT)


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_green_and_red_without_network_are_the_servers_too(volunteer, language, axe, picture):
    door = Door()
    guest, stranger = door.guest("Amina Wanjiru"), door.guest("Late Arrival")
    withdraw_credentials([stranger.registration])
    phone = volunteer(language)
    phone.enrol(door)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    green = phone.verdict("admit")
    expect(green.get_by_text("Amina Wanjiru")).to_be_visible()
    expect(green.get_by_text(phone.words["local.kept"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-own-green-{language}")
    phone.next_badge()
    phone.page.wait_for_timeout(SAME_BADGE)
    phone.type_like_a_scanner(guest.badge)
    red = phone.verdict("stop")
    expect(red.get_by_text(phone.words["reason.duplicate"])).to_be_visible()
    picture(phone.page, f"door-own-red-{language}")
    phone.next_badge()
    phone.type_like_a_scanner(stranger.badge)
    expect(red.get_by_text(phone.words["reason.withdrawn"])).to_be_visible()
    phone.next_badge()
    assert not Scan.objects.filter(event=door.event).exists()
    online_again(phone)
    told = Scan.objects.filter(event=door.event).order_by("scanned_at").values_list("verdict", "reason", "offline")
    assert list(told) == [("admit", "ok", True), ("refuse", "duplicate", True), ("refuse", "withdrawn", True)]


def test_the_list_survives_a_reload_without_network_and_so_does_what_was_let_in(volunteer):
    door = Door()
    guest, other = door.guest(), door.guest()
    phone = volunteer()
    phone.enrol(door)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    phone.page.reload()
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("stop").get_by_text(phone.words["reason.duplicate"])).to_be_visible()
    phone.next_badge()
    phone.type_like_a_scanner(other.badge)
    expect(phone.verdict("admit")).to_be_visible()


def test_two_gates_without_network_admit_one_badge_and_staff_see_one_conflict(volunteer, picture):
    door = Door()
    guest = door.guest()
    north, south = volunteer(), volunteer()
    north.enrol(door, name="North")
    south.enrol(door, name="South")
    for phone in (north, south):
        go_offline(phone)
        phone.type_like_a_scanner(guest.badge)
        expect(phone.verdict("admit")).to_be_visible()
        phone.next_badge()
    online_again(north)
    go_offline(south, False)
    alarm = south.page.get_by_role("button", name="1 guest scanned without a connection was refused")
    expect(alarm).to_be_visible(timeout=SENT)
    picture(south.page, "door-conflict-en")
    assert [scan.verdict for scan in guest.scans] == ["admit", "conflict"]


def test_a_badge_used_at_another_gate_is_known_here_once_the_network_goes(volunteer):
    door = Door()
    guest = door.guest()
    north, south = volunteer(), volunteer()
    north.enrol(door, name="North")
    north.type_like_a_scanner(guest.badge)
    expect(north.verdict("admit")).to_be_visible()
    south.enrol(door, name="South")
    go_offline(south)
    south.type_like_a_scanner(guest.badge)
    expect(south.verdict("stop").get_by_text(south.words["reason.duplicate"])).to_be_visible()


def test_a_reprint_is_refused_at_the_next_sync_and_the_new_badge_passes(volunteer):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door)
    reprint_badge(guest.credential, by=SYSTEM)
    with phone.page.expect_response(PASSAGES):
        phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("stop").get_by_text(phone.words["reason.superseded"])).to_be_visible()
    phone.next_badge()
    phone.type_like_a_scanner(door.badge_of(guest))
    expect(phone.verdict("admit")).to_be_visible()


def test_a_forged_badge_and_another_events_badge_are_told_apart_without_network(volunteer):
    door, other = Door(), Door()
    guest, foreign = door.guest(), other.guest()
    phone = volunteer()
    phone.enrol(door)
    go_offline(phone)
    # The last characters are the signature's: changed, they are a badge that nobody signed.
    phone.type_like_a_scanner(guest.badge[:-2] + ("00" if guest.badge[-2:] != "00" else "10"))
    expect(phone.verdict("stop").get_by_text(phone.words["reason.forged"])).to_be_visible()
    phone.next_badge()
    phone.type_like_a_scanner(foreign.badge)
    expect(phone.verdict("stop").get_by_text(phone.words["reason.other_event"])).to_be_visible()


def test_a_genuine_badge_newer_than_the_list_passes_with_a_word_of_caution(volunteer):
    door = Door()
    door.guest()
    phone = volunteer()
    phone.enrol(door)
    go_offline(phone)
    late = door.guest("Printed a minute ago")
    phone.type_like_a_scanner(late.badge)
    expect(phone.verdict("admit").get_by_text(phone.words["local.unlisted"])).to_be_visible()


def test_a_phone_whose_browser_cannot_check_signatures_says_so_and_trusts_its_list_alone(volunteer):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.page.add_init_script(
        """const make = crypto.subtle?.importKey.bind(crypto.subtle);
        if (make) crypto.subtle.importKey = (format, key, algorithm, ...given) => algorithm === "Ed25519"
          ? Promise.reject(new DOMException("no", "NotSupportedError")) : make(format, key, algorithm, ...given);"""
    )
    phone.enrol(door)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit").get_by_text(phone.words["local.unchecked"])).to_be_visible()
    phone.next_badge()
    phone.type_like_a_scanner(door.guest("Not on the list").badge)
    expect(phone.verdict("stop").get_by_text(phone.words["reason.unknown"])).to_be_visible()


def test_fast_mode_shows_green_at_once_and_warns_when_the_server_disagrees(volunteer):
    door = Door(mode="fast")
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door)
    withdraw_credentials([guest.registration])  # the phone has not heard of it yet
    phone.page.route(SCANS, lambda route: (phone.page.wait_for_timeout(1500), route.continue_()))
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible(timeout=1200)
    phone.next_badge()
    alarm = phone.page.get_by_role("button", name="1 guest scanned without a connection was refused")
    expect(alarm).to_be_visible(timeout=SENT)
    [scan] = guest.scans
    assert (scan.verdict, scan.reason) == ("refuse", "withdrawn")


def test_searching_by_name_and_letting_in_without_network_and_without_badge(volunteer, axe, picture):
    door = Door()
    guest = door.guest("José García", latin_name="Jose Garcia")
    door.guest("Anna Novák")
    phone = volunteer()
    phone.enrol(door)
    go_offline(phone)
    phone.search("garcia jose")
    expect(phone.text("search.own_list")).to_be_visible(timeout=15_000)
    axe(phone.page)
    picture(phone.page, "door-own-search-en")
    phone.found(guest).get_by_role("button").click()
    phone.button("confirm.yes").click()
    expect(phone.verdict("admit").get_by_text("José García")).to_be_visible()
    phone.next_badge()
    online_again(phone)
    [scan] = guest.scans
    assert (scan.verdict, scan.by_hand, scan.offline) == ("admit", True, True)


@pytest.mark.parametrize("offline", [False, True])
def test_who_needs_an_escort_is_let_in_with_the_escorts_badge(volunteer, offline, axe, picture):
    door = Door()
    visitors = CategoryFactory(event=door.event, name={"en": "Visitor"})
    save_checkpoint(door.checkpoint, categories=[], escorted=[visitors], by=SYSTEM)
    visitor, host = door.guest("Visitor One", category=visitors), door.guest("Host Two")
    phone = volunteer()
    phone.enrol(door)
    if offline:
        go_offline(phone)
    phone.type_like_a_scanner(visitor.badge)
    expect(phone.verdict("stop").get_by_text(phone.words["reason.escort"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-escort-{offline}-en")
    phone.button("action.escort").click()
    expect(phone.text("scan.escort")).to_be_visible()
    phone.type_like_a_scanner(host.badge)
    expect(phone.verdict("admit").get_by_text("Visitor One")).to_be_visible()
    if offline:
        phone.next_badge()
        online_again(phone)
    assert Scan.objects.get(credential=visitor.credential, verdict="admit").escort == host.credential


def test_a_revoked_phone_forgets_every_name_with_its_next_question(volunteer):
    door = Door()
    guest = door.guest("Amina Wanjiru")
    phone = volunteer()
    phone.enrol(door)
    revoke_device(Device.objects.get(event=door.event), by=SYSTEM)
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(phone.text("signed_out.title")).to_be_visible()
    kept: dict[str, Any] = phone.page.evaluate(KEPT)
    assert kept == {"settings": ["signed_out"], "queue": [], "answers": [], "kept": []}
    assert guest.scans == []


def test_names_lie_sealed_on_the_phone(volunteer):
    door = Door()
    door.guest("Zebedee Quartermaine")
    phone = volunteer()
    phone.enrol(door)
    found = phone.page.evaluate(LOOK_FOR, "Quartermaine")
    assert found["sealed"] > 0
    assert not found["readable"]


KEPT = """async () => {
  const open = indexedDB.open("plenary-door");
  const db = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const found = {};
  for (const name of db.objectStoreNames) {
    const keys = db.transaction(name).objectStore(name).getAllKeys();
    found[name] = await new Promise((resolve) => { keys.onsuccess = () => resolve(keys.result); });
  }
  db.close();
  return found;
}"""

LOOK_FOR = """async (name) => {
  const open = indexedDB.open("plenary-door");
  const db = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const values = db.transaction("kept").objectStore("kept").getAll();
  const kept = await new Promise((resolve) => { values.onsuccess = () => resolve(values.result); });
  db.close();
  const bytes = kept.filter((one) => one.sealed).map((one) => new TextDecoder("latin1").decode(one.sealed));
  return { sealed: bytes.length, readable: bytes.some((text) => text.includes(name)) };
}"""
