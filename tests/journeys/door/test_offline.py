"""The door without a network and without a list of guests: nothing scanned is lost, nothing is recorded twice, and the app
opens all the same. What a phone decides by its list is in test_own_verdict.py."""

from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from checkin.actions import add_device
from checkin.models import Scan
from plenary.core.actions import SYSTEM
from tests.journeys.door.event import Door
from tests.journeys.door.phone import SCANS, Phone

BLOCKED = """(() => {
  const send = window.fetch;
  window.fetch = (address, ...given) =>
    localStorage.blocked && String(address).endsWith("/scans")
      ? Promise.reject(new TypeError("no network"))
      : send(address, ...given);
})()"""


def go_offline(phone: Phone, offline: bool = True) -> None:
    """The whole phone, its service worker too; the app has been kept by then, as after a minute at the door."""
    if offline:
        phone.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    phone.page.context.set_offline(offline)


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_a_scan_without_network_is_kept_and_delivered_exactly_once(volunteer, language, axe, picture):
    door = Door()
    guest = door.guest()
    phone = volunteer(language)
    phone.enrol(door, informed=False)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    amber = phone.verdict("wait")
    expect(amber.get_by_text(phone.words["kept.title"])).to_be_visible()
    expect(amber.get_by_text(phone.words["kept.next"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-kept-{language}")
    phone.next_badge()
    expect(phone.page.locator(".status--warning")).to_be_visible()
    picture(phone.page, f"door-offline-{language}")
    assert guest.scans == []
    phone.page.reload()  # the queue is on the disk, and the page itself comes from the phone
    expect(phone.page.locator(".status--warning")).to_be_visible()
    go_offline(phone, False)
    expect(phone.page.locator(".status--warning")).to_be_hidden(timeout=70_000)
    [scan] = guest.scans
    assert (scan.verdict, scan.offline, scan.checkpoint) == ("admit", True, door.checkpoint)
    assert scan.received_at - scan.scanned_at < timedelta(minutes=3)


def test_an_answer_that_comes_while_the_guest_waits_turns_amber_into_green(volunteer):
    door = Door()
    guest = door.guest("Ngozi Okafor")
    phone = volunteer()
    phone.enrol(door, informed=False)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("wait")).to_be_visible()
    go_offline(phone, False)
    expect(phone.verdict("admit").get_by_text("Ngozi Okafor")).to_be_visible(timeout=20_000)
    assert len(guest.scans) == 1


def test_an_answer_lost_on_its_way_is_asked_for_again_and_nothing_happens_twice(volunteer):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door, informed=False)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    phone.page.route(SCANS, lose_the_answer)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("wait")).to_be_visible()
    assert [scan.verdict for scan in guest.scans] == ["admit"]  # the server has it, the phone does not know
    phone.page.unroute(SCANS)
    expect(phone.verdict("admit")).to_be_visible(timeout=20_000)
    assert len(guest.scans) == 1


def test_a_refusal_that_comes_after_the_guest_has_gone_on_raises_an_alarm(volunteer, axe, picture):
    door = Door()
    guest = door.guest()
    other_gate = volunteer()
    other_gate.enrol(door, name="Gate 2")
    phone = volunteer()
    phone.enrol(door, informed=False)
    other_gate.type_like_a_scanner(guest.badge)
    expect(other_gate.verdict("admit")).to_be_visible()
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("wait")).to_be_visible()
    phone.next_badge()
    go_offline(phone, False)
    alarm = phone.page.get_by_role("button", name="1 guest scanned without a connection was refused")
    expect(alarm).to_be_visible(timeout=20_000)
    axe(phone.page)
    picture(phone.page, "door-alarm-en")
    alarm.click()
    expect(phone.page.get_by_role("listitem").first).to_contain_text(phone.words["reason.conflict"])
    phone.page.go_back()
    expect(alarm).to_be_hidden()
    assert [scan.verdict for scan in guest.scans] == ["admit", "conflict"]


def test_what_a_whole_shift_scanned_without_network_arrives_once_in_its_order(volunteer):
    door = Door()
    guests = [door.guest(f"Guest {number}") for number in range(12)]
    phone = volunteer()
    phone.enrol(door, informed=False)
    go_offline(phone)
    for guest in guests:
        phone.type_like_a_scanner(guest.badge)
        expect(phone.verdict("wait")).to_be_visible()
        phone.next_badge()
    expect(phone.page.get_by_text("12 scans waiting")).to_be_visible()
    phone.button("action.recent").click()
    expect(phone.page.get_by_role("listitem")).to_have_count(12)
    go_offline(phone, False)  # the phone notices by itself
    expect(phone.page.get_by_role("heading", name=phone.words["recent.waiting"])).to_be_hidden(timeout=70_000)
    scans = list(Scan.objects.filter(event=door.event).order_by("scanned_at").select_related("credential"))
    assert [scan.credential for scan in scans] == [guest.credential for guest in guests]
    assert {scan.verdict for scan in scans} == {"admit"}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503, "body": "{}", "headers": {"Retry-After": "1"}},
        {"status": 200, "body": "<html>Sign in to the hotel's network</html>", "content_type": "text/html"},
        {"status": 200, "body": '{"results": []}', "content_type": "application/json"},
        {"status": 200, "body": '{"results": [{"id": "another", "verdict": "admit", "reason": "ok"}]}'},
        {"status": 400, "body": '{"title": "no"}', "content_type": "application/problem+json"},
    ],
    ids=["busy", "captive-portal", "no-result", "foreign-result", "refused-whole"],
)
def test_only_the_servers_word_on_this_very_scan_takes_it_off_the_queue(volunteer, answer):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door, informed=False)
    phone.page.route(SCANS, lambda route: route.fulfill(**answer))
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("wait").get_by_text(phone.words["kept.title"])).to_be_visible()
    phone.next_badge()
    phone.page.wait_for_timeout(2500)
    expect(phone.page.get_by_text("1 scan waiting")).to_be_visible()
    phone.page.unroute(SCANS)
    phone.button("action.recent").click()
    if answer["status"] == 400:  # held for a person to look at
        expect(phone.text("recent.held")).to_be_visible()
        phone.button("recent.send").click()
    expect(phone.page.get_by_role("heading", name=phone.words["recent.waiting"])).to_be_hidden(timeout=70_000)
    assert [scan.verdict for scan in guest.scans] == ["admit"]


def test_a_scan_the_server_will_not_take_holds_up_no_other(volunteer, picture):
    door = Door()
    poison, guest = door.guest("Poison"), door.guest("Waiting behind")
    phone = volunteer()
    phone.enrol(door, informed=False)

    def refuse_the_poison(route: Route) -> None:
        if poison.badge in (route.request.post_data or ""):
            route.fulfill(status=422, body='{"title": "no"}', content_type="application/problem+json")
        else:
            route.continue_()

    go_offline(phone)
    for badge in (poison.badge, guest.badge):
        phone.type_like_a_scanner(badge)
        expect(phone.verdict("wait")).to_be_visible()
        phone.next_badge()
    phone.page.route(SCANS, refuse_the_poison)
    phone.button("action.recent").click()
    go_offline(phone, False)
    expect(phone.page.get_by_text("Waiting behind")).to_be_visible(timeout=20_000)
    expect(phone.text("recent.held")).to_be_visible()
    picture(phone.page, "door-held-en")
    assert len(guest.scans) == 1


def test_scans_of_one_event_are_never_sent_as_another_events(volunteer):
    door, other = Door(), Door()
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door, informed=False)
    go_offline(phone)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("wait")).to_be_visible()
    phone.next_badge()
    # Blocked inside the page: while one page gives way to the next Chromium forgets that it was told to be offline, and
    # the app may try the old event just then.
    phone.page.add_init_script(BLOCKED)
    phone.page.evaluate(BLOCKED)
    phone.page.evaluate("localStorage.blocked = 'yes'")
    go_offline(phone, False)
    phone.enrol(other, informed=False)
    phone.page.evaluate("delete localStorage.blocked")
    phone.button("action.recent").click()
    phone.button("recent.send").click()
    expect(phone.text("recent.elsewhere")).to_be_visible()
    phone.page.wait_for_timeout(1500)
    assert not Scan.objects.filter(credential=guest.credential).exists()
    phone.enrol(door, informed=False, name="Back again")
    expect(phone.page.get_by_text("1 admitted")).to_be_visible(timeout=20_000)
    assert [scan.verdict for scan in guest.scans] == ["admit"]


def test_the_app_opens_without_network_in_every_language(volunteer):
    door = Door()
    phone = volunteer()
    phone.enrol(door, informed=False)
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    go_offline(phone)
    phone.page.goto("/door/")
    expect(phone.page.get_by_role("button", name="Main entrance")).to_be_visible()
    phone.button("action.settings").click()
    for language in ("Русский", "Español", "Français", "简体中文", "العربية"):
        phone.page.locator("#language").select_option(label=language)
        expect(phone.page.locator("html")).not_to_have_attribute("lang", "en")
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl")


def test_setting_up_needs_the_network_and_says_so(volunteer, axe):
    door = Door()
    _device, code = add_device(event=door.event, name="Gate", by=SYSTEM, checkpoint=door.checkpoint)
    phone = volunteer()
    phone.page.goto("/door/")
    phone.page.get_by_label(phone.words["enrol.field"]).fill(code)
    go_offline(phone)
    phone.button("enrol.submit").click()
    expect(phone.text("enrol.no_network")).to_be_visible()
    axe(phone.page)
    go_offline(phone, False)
    phone.button("enrol.submit").click()  # what was typed is still there
    expect(phone.page.get_by_role("button", name="Main entrance")).to_be_visible()


def test_a_full_phone_asks_the_server_at_once_and_admits_when_nobody_has_the_scan(volunteer, axe, picture):
    door = Door()
    first, second = door.guest(), door.guest()
    phone = volunteer()
    phone.page.add_init_script(
        """const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given) {
          if (this.name === "queue") throw new DOMException("full", "QuotaExceededError");
          return put.apply(this, given);
        };"""
    )
    phone.enrol(door, informed=False)
    phone.type_like_a_scanner(first.badge)
    expect(phone.verdict("admit")).to_be_visible()
    assert len(first.scans) == 1
    go_offline(phone)
    phone.type_like_a_scanner(second.badge)
    expect(phone.verdict("stop").get_by_text(phone.words["unrecorded.title"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, "door-unrecorded-en")


def test_a_scan_survives_the_phone_being_killed_before_the_answer(volunteer):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door, informed=False)
    phone.page.route(SCANS, lambda route: None)  # the network hangs
    phone.type_like_a_scanner(guest.badge)
    expect(phone.text("scan.checking")).to_be_visible()
    context = phone.page.context
    phone.page.close()
    phone.page = context.new_page()
    phone.page.goto("/door/")
    expect(phone.page.get_by_text("1 admitted")).to_be_visible(timeout=20_000)
    assert [scan.verdict for scan in guest.scans] == ["admit"]
