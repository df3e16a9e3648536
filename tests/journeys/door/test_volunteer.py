"""A volunteer at the door: sets up the own phone, scans badges with its camera, and is told what to do."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from checkin.actions import reprint_badge, revoke_device, withdraw_credentials
from checkin.models import Scan
from plenary.core.actions import SYSTEM
from tests.journeys.door.event import DELEGATES, NAMES, Door
from tests.journeys.door.phone import SCANS
from tests.journeys.fake_camera import DARK, HARD, STRAIGHT, TILTED, UNSTEADY, Shot, View


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_a_badge_is_green_once_and_then_red_with_the_time_and_place_of_the_first(volunteer, language, axe, picture):
    door = Door()
    guest = door.guest("陈美玲", "CHEN Meiling")
    phone = volunteer(language)
    phone.enrol(door)
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    expect(phone.page.get_by_role("button", name=NAMES[language])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-scan-{language}")

    phone.hold(guest.badge, TILTED)
    green = phone.verdict("admit")
    expect(green.get_by_role("heading", name=phone.words["word.admit"])).to_be_visible()
    for text in ("陈美玲", "CHEN Meiling", DELEGATES[language], "Ministry of Water"):
        expect(green.get_by_text(text, exact=True)).to_be_visible()
    picture(phone.page, f"door-admit-{language}")
    expect(green).to_be_hidden()  # by itself, after a second and a half

    phone.page.reload()  # the badge is still before the camera
    red = phone.verdict("stop")
    expect(red.get_by_text(phone.words["reason.duplicate"])).to_be_visible()
    expect(red.get_by_text("陈美玲")).to_be_visible()
    [first, second] = guest.scans
    local = first.scanned_at.astimezone(door.zone)
    expect(red.get_by_role("time")).to_have_text(local.strftime("%H:%M"))
    expect(red.get_by_role("definition").filter(has_text=NAMES[language])).to_be_visible()
    expect(red.get_by_text("Gate 1")).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-duplicate-{language}")
    phone.page.wait_for_timeout(2000)
    expect(red).to_be_visible()  # a refusal waits for a person
    phone.next_badge()
    expect(red).to_be_hidden()
    assert (first.verdict, second.verdict, second.reason) == ("admit", "refuse", "duplicate")
    assert second.first_scan_id == first.pk


@pytest.mark.parametrize("view", [STRAIGHT, UNSTEADY, DARK, HARD], ids=["straight", "unsteady", "dark", "hard"])
def test_a_badge_is_read_as_people_hold_it(volunteer, view):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    phone.hold(door.guest().badge, view)
    expect(phone.verdict("admit")).to_be_visible()


def test_a_badge_held_on_counts_once_and_one_that_comes_again_counts_again(volunteer, camera):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.page.goto(door.enrolment(checkpoint=False))
    camera.play(Shot(guest.badge, seconds=6), Shot(None, seconds=4.5))
    phone.page.get_by_role("button", name="Main entrance").click()
    expect(phone.verdict("admit")).to_be_visible()
    expect(phone.verdict("admit")).to_be_hidden()
    expect(phone.text("scan.same")).to_be_visible()
    expect(phone.text("scan.hint")).to_be_visible(timeout=20_000)  # taken away
    assert len(guest.scans) == 1
    expect(phone.verdict("stop")).to_be_visible(timeout=20_000)  # away for more than three seconds, and back
    assert len(guest.scans) == 2


def refused_badges() -> dict[str, Callable[[Door], str]]:
    def forged(door: Door) -> str:
        genuine = door.guest().badge
        return genuine[:-3] + ("000" if genuine[-3:] != "000" else "111")

    def withdrawn(door: Door) -> str:
        guest = door.guest()
        withdraw_credentials([guest.registration])
        return guest.badge

    def superseded(door: Door) -> str:
        guest = door.guest()
        reprint_badge(guest.credential, by=SYSTEM)
        return guest.badge

    def not_entitled(door: Door) -> str:
        door.checkpoint.categories.add(Door().category)
        return door.guest().badge

    def other_event(door: Door) -> str:
        return Door().guest().badge

    return {function.__name__: function for function in (forged, withdrawn, superseded, not_entitled, other_event)}


@pytest.mark.parametrize("reason", list(refused_badges()))
def test_a_badge_that_must_not_pass_is_red_and_says_why_and_what_next(volunteer, reason, axe):
    door = Door()
    badge = refused_badges()[reason](door)
    phone = volunteer()
    phone.enrol(door)
    phone.hold(badge)
    red = phone.verdict("stop")
    expect(red.get_by_role("heading", name=phone.words["word.stop"])).to_be_visible()
    expect(red.get_by_text(phone.words[f"reason.{reason}"], exact=True)).to_be_visible()
    expect(red.get_by_text(phone.words[f"next.{reason}"], exact=True)).to_be_visible()
    axe(phone.page)
    assert Scan.objects.get(event=door.event).reason == reason


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_code_that_is_no_badge_is_refused_on_the_phone_itself(volunteer, language, axe, picture):
    door = Door()
    phone = volunteer(language)
    phone.enrol(door)
    phone.hold("https://wallet.example/pay?to=someone")
    amber = phone.verdict("wait")
    expect(amber.get_by_text(phone.words["foreign.web"])).to_be_visible()
    expect(amber.get_by_text(phone.words["foreign.next"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-foreign-{language}")
    phone.button("action.search_guest").click()
    expect(phone.page.get_by_role("heading", name=phone.words["search.title"])).to_be_visible()
    assert not Scan.objects.filter(event=door.event).exists()


def test_a_cut_off_badge_code_asks_to_scan_again(volunteer):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    phone.hold(door.guest().badge[:60])
    expect(phone.verdict("wait").get_by_text(phone.words["reason.malformed"])).to_be_visible()
    assert Scan.objects.get(event=door.event).reason == "malformed"


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_a_guest_without_a_badge_is_found_by_name_and_admitted(volunteer, language, axe, picture):
    door = Door()
    guest = door.guest("فاطمة الزهراء", "FATIMA ALZAHRA")
    without = door.guest("Fatima Petrova", "")
    withdraw_credentials([without.registration])
    phone = volunteer(language)
    phone.enrol(door)
    phone.search("f")
    expect(phone.text("search.short")).to_be_visible()
    phone.page.get_by_label(phone.words["search.field"]).fill("fatima")
    phone.page.keyboard.press("Enter")
    expect(phone.found(guest)).to_be_visible()
    expect(phone.found(without).get_by_text(phone.words["search.no_badge"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-search-{language}")
    phone.found(guest).get_by_role("button").click()
    expect(phone.page.get_by_role("heading", name=phone.words["confirm.title"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-confirm-{language}")
    phone.button("confirm.no").click()
    phone.found(guest).get_by_role("button").click()
    phone.button("confirm.yes").click()
    expect(phone.verdict("admit").get_by_text("فاطمة الزهراء")).to_be_visible()
    assert [scan.verdict for scan in guest.scans] == ["admit"]


def test_the_short_code_on_a_badge_finds_its_guest_and_a_wrong_name_finds_nobody(volunteer):
    door = Door()
    guest = door.guest("Nomvula Dlamini")
    door.guest("Somebody Else")
    phone = volunteer()
    phone.enrol(door)
    phone.search(guest.registration.code.lower())
    expect(phone.found(guest)).to_be_visible()
    expect(phone.page.get_by_role("listitem")).to_have_count(1)
    phone.page.get_by_label(phone.words["search.field"]).fill("Nobody of that name")
    phone.page.keyboard.press("Enter")
    expect(phone.text("search.none")).to_be_visible()


def test_who_leaves_may_come_back_where_the_checkpoint_counts_both_ways(volunteer, axe, picture):
    door = Door(entries="in_out")
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    expect(phone.verdict("admit")).to_be_hidden()
    phone.page.get_by_text(phone.words["direction.out"], exact=True).click()
    axe(phone.page)
    picture(phone.page, "door-direction-en")
    phone.page.wait_for_timeout(3100)  # the same badge within three seconds is taken for still being there
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("out").get_by_role("heading", name="Out")).to_be_visible()
    expect(phone.verdict("out")).to_be_hidden()
    phone.page.get_by_text(phone.words["direction.in"], exact=True).click()
    phone.page.wait_for_timeout(3100)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    assert [(scan.direction, scan.verdict) for scan in guest.scans] == [
        ("in", "admit"),
        ("out", "admit"),
        ("in", "admit"),
    ]
    expect(phone.page.get_by_text("2 admitted")).to_be_attached()


def test_a_locked_out_phone_says_so_and_keeps_what_it_has_not_sent(volunteer, axe, picture):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door, informed=False)
    phone.page.route(SCANS, lambda route: route.abort())
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("wait").get_by_text(phone.words["kept.title"])).to_be_visible()
    phone.next_badge()
    revoke_device(door.device, by=SYSTEM)
    phone.page.unroute(SCANS)
    expect(phone.page.get_by_role("heading", name=phone.words["signed_out.title"])).to_be_visible()
    expect(phone.page.get_by_text("1 scan is kept on this phone")).to_be_visible()
    axe(phone.page)
    picture(phone.page, "door-signed-out-en")
    phone.page.reload()
    expect(phone.page.get_by_role("heading", name=phone.words["signed_out.title"])).to_be_visible()
    assert guest.scans == []
    phone.enrol(door, informed=False, name="Gate 1 again")
    expect(phone.page.get_by_text("1 admitted")).to_be_visible()
    [scan] = guest.scans
    assert (scan.device.name, scan.offline) == ("Gate 1 again", True)


def test_the_last_scans_and_the_count_of_the_shift_survive_a_restart(volunteer, axe, picture):
    door = Door()
    guest = door.guest("Olga Иванова")
    phone = volunteer()
    phone.enrol(door)
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    phone.page.reload()
    expect(phone.page.get_by_text("1 admitted")).to_be_visible()
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("stop")).to_be_visible()
    phone.next_badge()
    phone.button("action.recent").click()
    rows = phone.page.get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(phone.words["reason.duplicate"])
    expect(rows.last).to_contain_text("Olga Иванова")
    axe(phone.page)
    picture(phone.page, "door-recent-en")
    phone.page.go_back()
    expect(phone.viewfinder).to_be_visible()
    expect(phone.page.get_by_text("1 admitted")).to_be_visible()


def test_the_time_of_a_scan_is_right_though_the_phones_clock_is_a_day_off(volunteer):
    door = Door()
    guest = door.guest()
    phone = volunteer()
    phone.page.clock.install(time="2026-01-01T09:00:00Z")
    phone.page.clock.resume()
    phone.enrol(door)
    expect(phone.page.get_by_text("Online")).to_be_visible()
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    [scan] = guest.scans
    assert scan.reason == "ok"
    assert abs((scan.received_at - scan.scanned_at).total_seconds()) < 10


def test_the_language_is_changed_in_the_app_and_stays(volunteer, axe, picture):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    phone.button("action.settings").click()
    axe(phone.page)
    picture(phone.page, "door-settings-en")
    phone.page.get_by_label("Language").select_option(label="العربية")
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl")
    axe(phone.page)
    picture(phone.page, "door-settings-ar")
    phone.page.reload()
    expect(phone.page.get_by_role("button", name="المدخل الرئيسي")).to_be_visible()
    expect(phone.page.locator("html")).to_have_attribute("lang", "ar")


def test_a_volunteer_signs_the_phone_out_at_the_end_of_the_shift(volunteer, axe):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    phone.button("action.settings").click()
    phone.button("settings.sign_out").click()
    axe(phone.page)
    phone.button("settings.sign_out").click()
    expect(phone.page.get_by_role("heading", name=phone.words["enrol.title"])).to_be_visible()
    phone.page.reload()
    expect(phone.page.get_by_role("heading", name=phone.words["enrol.title"])).to_be_visible()


def test_another_checkpoint_is_chosen_in_the_middle_of_a_shift(volunteer):
    door = Door()
    door.add_checkpoint("garden", {"en": "Garden gate"})
    guest = door.guest()
    phone = volunteer()
    phone.enrol(door)
    phone.page.get_by_role("button", name="Main entrance").click()
    phone.page.get_by_role("button", name="Garden gate").click()
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()
    assert guest.scans[0].checkpoint.slug == "garden"


def test_a_checkpoint_taken_out_of_use_leads_to_choosing_another(volunteer):
    door = Door()
    door.add_checkpoint("garden", {"en": "Garden gate"})
    phone = volunteer()
    phone.enrol(door)
    door.checkpoint.active = False
    door.checkpoint.save()
    phone.type_like_a_scanner(door.guest().badge)
    expect(phone.verdict("wait").get_by_text(phone.words["reason.unknown_checkpoint"])).to_be_visible()
    phone.button("action.change_checkpoint").click()
    expect(phone.page.get_by_role("heading", name=phone.words["checkpoint.title"])).to_be_visible()


def test_a_guest_admitted_far_away_is_still_read_at_arms_length(volunteer):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    phone.hold(door.guest().badge, View(distance=430))
    expect(phone.verdict("admit")).to_be_visible()


def test_the_address_with_the_code_is_cleared_at_once(volunteer):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    assert re.fullmatch(r".*/door/", phone.page.url)
    phone.page.go_back()
    phone.page.go_forward()
    expect(phone.page).to_have_url(re.compile(r"/door/$"))
