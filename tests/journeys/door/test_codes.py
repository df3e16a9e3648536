"""Codes as they come: dark, torn, shining, too small, two at a time, or not ours. Read, or nothing said; never taken for
somebody else's."""

import pytest
from playwright.sync_api import expect

from checkin.models import Scan
from tests.journeys.door.event import Door
from tests.journeys.door.phone import wait_until
from tests.journeys.fake_camera import TINY, Shot, View

READ = ("inverted", "dimmed", "glossy", "torn")
BESIDE = View(distance=330, aside=58)
FOREIGN = {
    "https://pay.google.com/gp/v/save/eyJhbGciOiJSUzI1NiJ9.e30.c2ln": "wallet",
    "f7x4cr7c2vm5hyx3mk4wpt8ukzvdhd5q": "ticket",  # the secret of another registration system
    "https://tickets.example/order/8F3KQ/": "web",
}


def test_what_is_dark_inverted_shining_or_torn_is_read_and_what_cannot_be_is_not_guessed_at(volunteer, camera):
    door = Door()
    phone = volunteer()
    phone.page.goto(door.enrolment(checkpoint=False))
    camera.play(
        Shot(door.guest().badge, TINY, seconds=1.5),
        Shot(door.guest().badge, harm="torn through", seconds=1.5),
        *(Shot(door.guest(harm).badge, harm=harm, seconds=2) for harm in READ),
    )
    phone.page.get_by_role("button", name="Main entrance").click()
    scans = Scan.objects.filter(event=door.event).select_related("credential__registration")
    wait_until(phone.page, lambda: scans.filter(verdict="admit").count() == len(READ), seconds=40)
    assert {scan.credential.registration.name for scan in scans} == set(READ)


def test_of_two_badges_in_one_picture_none_is_taken_until_one_is_shown_alone(volunteer, camera, picture):
    door = Door()
    one, other = door.guest("One"), door.guest("Other")
    phone = volunteer()
    phone.enrol(door)
    camera.play(Shot(one.badge, BESIDE, beside=other.badge))
    phone.page.reload()
    expect(phone.text("scan.one_at_a_time")).to_be_visible()
    picture(phone.page, "door-two-badges-en")
    phone.page.wait_for_timeout(2000)
    assert not Scan.objects.filter(event=door.event).exists()
    camera.play(Shot(one.badge, BESIDE, beside="https://sponsor.example/"))  # what else hangs on a lanyard is no badge
    phone.page.reload()
    expect(phone.verdict("admit").get_by_text("One", exact=True)).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_codes_of_others_are_refused_each_in_words_that_help(volunteer, language, axe, picture):
    door = Door()
    phone = volunteer(language)
    phone.enrol(door)
    for text, family in FOREIGN.items():
        phone.type_like_a_scanner(text)
        amber = phone.verdict("wait")
        expect(amber.get_by_text(phone.words[f"foreign.{family}"], exact=True)).to_be_visible()
        helps = "foreign.wallet_next" if family == "wallet" else "foreign.next"
        expect(amber.get_by_text(phone.words[helps], exact=True)).to_be_visible()
        if family == "wallet":
            axe(phone.page)
            picture(phone.page, f"door-wallet-{language}")
        phone.next_badge()
    phone.type_like_a_scanner(Door().guest().badge)
    expect(phone.verdict("stop").get_by_text(phone.words["reason.other_event"], exact=True)).to_be_visible()
    expect(phone.verdict("stop").get_by_text(phone.words["next.other_event"], exact=True)).to_be_visible()
    assert [scan.reason for scan in Scan.objects.filter(event=door.event)] == ["other_event"]
