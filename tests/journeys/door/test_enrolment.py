"""Setting up a phone for the door: by link, by scanning the code in the app, by typing it; and what can go wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from checkin.actions import add_device, enrol_device
from checkin.models import Device
from plenary.core.actions import SYSTEM
from tests.journeys.door.event import NAMES, Door
from tests.journeys.fake_camera import TILTED


def new_code(door: Door) -> str:
    _device, code = add_device(event=door.event, name="Gate 1", by=SYSTEM)
    return code


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_a_phone_is_set_up_by_its_own_camera_app_and_chooses_its_checkpoint(volunteer, language, axe, picture):
    door = Door()
    door.add_checkpoint("garden", {"en": "Garden gate"})
    phone = volunteer(language)
    phone.page.goto(door.enrolment(checkpoint=False))
    expect(phone.page.get_by_role("heading", name=phone.words["checkpoint.title"])).to_be_visible()
    expect(phone.page.get_by_role("main").get_by_role("button")).to_have_count(2)
    axe(phone.page)
    picture(phone.page, f"door-checkpoint-{language}")
    phone.page.get_by_role("button", name=NAMES[language]).click()
    phone.viewfinder.wait_for()
    phone.page.reload()
    expect(phone.page.get_by_role("button", name=NAMES[language])).to_be_visible()  # it is not asked again
    assert door.device.enrolled_at is not None


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_the_first_page_says_how_to_set_up_a_phone(volunteer, language, axe, picture):
    phone = volunteer(language)
    phone.page.goto("/door/")
    expect(phone.page.get_by_role("heading", name=phone.words["enrol.title"])).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-enrol-{language}")


def test_the_code_is_scanned_inside_the_app(volunteer, camera, server, axe):
    door = Door()
    phone = volunteer()
    camera.show("https://example.org/", TILTED)
    phone.page.goto("/door/")
    phone.button("enrol.scan").click()
    expect(phone.text("enrol.not_code")).to_be_visible()
    axe(phone.page)
    phone.button("action.back").click()
    camera.show(f"{server}/door/#enrol={new_code(door)}", TILTED)
    phone.button("enrol.scan").click()
    phone.page.get_by_role("button", name="Main entrance").click()
    expect(phone.viewfinder).to_be_visible()


def test_the_code_is_typed(volunteer):
    door = Door()
    phone = volunteer()
    phone.page.goto("/door/")
    phone.page.get_by_label(phone.words["enrol.field"]).fill(f"  {new_code(door)} ")
    phone.page.keyboard.press("Enter")
    expect(phone.page.get_by_role("heading", name=phone.words["checkpoint.title"])).to_be_visible()


def test_a_code_that_sets_up_nothing_says_why_and_keeps_what_was_typed(volunteer, axe, picture):
    door = Door()
    used, expired = new_code(door), new_code(door)
    enrol_device(used)
    Device.objects.filter(enrolled_at=None, event=door.event).update(
        enrolment_expires_at=timezone.now() - timedelta(minutes=1)
    )
    phone = volunteer()
    phone.page.goto("/door/")
    field = phone.page.get_by_label(phone.words["enrol.field"])
    cases = {"": "empty", used: "code_used", expired: "code_expired", "NO-SUCH-CODE": "code_unknown"}
    for code, problem in cases.items():
        field.fill(code)
        phone.page.keyboard.press("Enter")
        expect(phone.text(f"enrol.{problem}")).to_be_visible()
        expect(field).to_have_value(code)
        expect(field).to_have_attribute("aria-invalid", "true")
    axe(phone.page)
    picture(phone.page, "door-enrol-error-en")


def test_a_link_used_before_shows_why_it_no_longer_works(volunteer):
    door = Door()
    address = door.enrolment()
    first, second = volunteer(), volunteer()
    first.page.goto(address)
    first.viewfinder.wait_for()
    second.page.goto(address)
    expect(second.text("enrol.code_used")).to_be_visible()


def test_a_volunteer_who_opens_the_old_link_again_goes_on_scanning(volunteer):
    door = Door()
    address = door.enrolment()
    guest = door.guest()
    phone = volunteer()
    phone.page.goto(address)
    phone.viewfinder.wait_for()
    phone.page.goto("about:blank")
    phone.page.goto(address)
    phone.viewfinder.wait_for()
    phone.type_like_a_scanner(guest.badge)
    expect(phone.verdict("admit")).to_be_visible()


def test_an_event_without_checkpoints_says_whom_to_ask(volunteer, axe):
    door = Door(active=False)
    phone = volunteer()
    phone.page.goto(door.enrolment(checkpoint=False))
    expect(phone.text("checkpoint.none")).to_be_visible()
    axe(phone.page)
    door.checkpoint.active = True
    door.checkpoint.save()
    phone.button("action.again").click()
    phone.page.get_by_role("button", name="Main entrance").click()
    expect(phone.viewfinder).to_be_visible()


def test_the_token_is_in_no_place_a_script_of_the_site_reads_by_name(volunteer):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    assert phone.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
