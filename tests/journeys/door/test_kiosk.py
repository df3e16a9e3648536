"""A guest at the kiosk: a language, a code, "that is me", a badge; and nothing of it stays on the screen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from checkin.actions import add_device
from checkin.models import Device
from plenary.core.actions import SYSTEM
from tests.journeys.accessibility import assert_accessible
from tests.journeys.door.event import Door


def test_a_guest_prints_the_badge_and_the_next_one_finds_nothing_of_it(visitor: Callable[..., Page]) -> None:
    door = Door()
    guest = door.guest("李明", "Li Ming")
    _device, code = add_device(event=door.event, name="Kiosk", by=SYSTEM, kind=Device.Kind.KIOSK)
    page = visitor("laptop", "en")
    page.clock.install()
    page.add_init_script(
        "window.print = () => { window.printed = document.querySelector('#print img')?.naturalWidth; }"
    )
    page.goto(f"/door/kiosk/#enrol={code}")
    page.get_by_role("button", name="English").click()
    assert_accessible(page)
    page.get_by_label("Registration code").fill(guest.registration.code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="李明")).to_be_visible()
    assert_accessible(page)
    page.clock.fast_forward(31_000)  # gone away without an answer
    expect(page.get_by_role("button", name="English")).to_be_visible()
    assert "李明" not in page.content()
    page.get_by_role("button", name="English").click()
    page.get_by_label("Registration code").fill(guest.badge)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Yes, print my badge").click()
    expect(page.get_by_role("heading", name="Please take your badge")).to_be_visible()
    page.wait_for_function("window.printed > 0")
    assert guest.credential.printed_at
    page.clock.fast_forward(9_000)
    page.get_by_role("button", name="English").click()
    page.get_by_label("Registration code").fill(guest.registration.code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Please go to the desk")).to_be_visible()
    assert "Li Ming" not in page.content()
