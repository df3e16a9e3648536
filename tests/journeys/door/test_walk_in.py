"""A walk-in: entered at the desk in under a minute, vetted, and admitted at the door only when the officer has approved."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from checkin.actions import add_device
from checkin.models import Checkpoint, Scan
from plenary.core.actions import SYSTEM
from registration.models import Registration
from registration.rules import State
from tests.journeys.door.phone import Phone
from tests.journeys.door.test_main_job import codes_on, officer_approves
from tests.journeys.test_officer import sign_in

NOT_YET = 404


@pytest.mark.parametrize(("device", "language"), [("laptop", "en"), ("phone", "ar")])
def test_a_walk_in_is_registered_in_under_a_minute_and_admitted_after_the_approval(
    visitor: Callable[..., Page],
    volunteer: Callable[..., Phone],
    axe: Callable[..., None],
    picture: Callable[[Page, str], Path],
    device: str,
    language: str,
) -> None:
    page = visitor(device, language)
    sign_in_desk(page)
    axe(page)
    picture(page, f"desk-{language}-{device}")
    name = f"Walker {language.title()}"
    began = time.monotonic()
    expect(page.locator("input[name=name]")).to_be_focused()
    page.keyboard.type(name)
    for text in ("", "River Watch"):  # the Latin name is the same, then the organisation
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.locator("select[name=nationality]").select_option("PT")
    page.locator("select[name=nationality]").press("Enter")  # sends from a list as from a field
    page.wait_for_url("**done=**")
    assert time.monotonic() - began < 60
    registration = Registration.objects.get(name=name)
    assert (registration.state, registration.source) == (State.SUBMITTED, "desk")
    expect(page.locator(".plenary-deskform [role=status]")).to_contain_text(registration.code)
    expect(page.locator("input[name=name]")).to_be_focused()
    # The same name again: it shows while one types, before anything is sent.
    page.keyboard.type(name)
    expect(page.locator("[data-similar-here]")).to_contain_text(registration.code)
    axe(page)

    # Provisional: under review there is no badge that the door supervisor could print; after the approval there is one.
    supervisor = visitor("laptop")
    sign_in(supervisor, "door", "/cms/check-in/badges/")
    badge = f"/cms/check-in/badges/one/{registration.pk}/"
    assert supervisor.request.get(badge).status == NOT_YET
    officer_approves(visitor("laptop"), name)
    printed = supervisor.request.get(badge)
    assert printed.ok
    [code] = codes_on(printed.body())
    phone = volunteer(language)
    checkpoint = Checkpoint.objects.select_related("event").get(event__slug="forum", slug="main")
    _device, enrolment = add_device(event=checkpoint.event, name=f"Desk {language}", by=SYSTEM, checkpoint=checkpoint)
    phone.page.goto(f"/door/#enrol={enrolment}")
    phone.viewfinder.wait_for()
    phone.type_like_a_scanner(code)
    expect(phone.verdict("admit").get_by_text(name)).to_be_visible()
    picture(phone.page, f"walk-in-{language}-green")
    assert Scan.objects.filter(credential__registration=registration, verdict="admit").count() == 1


def sign_in_desk(page: Page) -> None:
    """The labels of the sign-in page are in the reader's language: the fields' names are not."""
    page.goto("/cms/desk/")
    page.locator("input[name=login]").fill("desk")
    page.locator("input[name=password]").fill("plenary-demo")
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url("**/cms/desk/**")
