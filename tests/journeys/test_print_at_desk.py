"""The desk's morning: type, Enter, Enter, the badge is in the print dialogue; a lost one is replaced and printed at once; and
many badges are prepared while somebody watches."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from checkin.models import Credential
from plenary.events.models import Event
from registration.models import Category
from tests.factories.checkin import make_credential
from tests.journeys.test_officer import sign_in

Judge = Callable[..., None]
# What a browser would show a dialogue for, noted instead; in frames too.
NOTE_PRINTS = "window.noted = []; window.print = () => window.top.noted.push(window.location.protocol)"


def guest(name: str) -> Credential:
    forum = Event.objects.get(slug="forum")
    return make_credential(forum, category=Category.objects.get(event=forum, slug="delegate"), name=name, latin_name="")


def noted(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.noted")
    return found


def wait_for_prints(page: Page, number: int) -> list[str]:
    for _try in range(50):
        if len(noted(page)) >= number:
            break
        page.wait_for_timeout(200)
    return noted(page)


@pytest.mark.parametrize("device", ["laptop", "phone"])
def test_a_badge_is_printed_from_the_keyboard_and_a_lost_one_is_replaced_and_printed(
    visitor: Callable[..., Page], axe: Judge, device: str
) -> None:
    credential, other = guest(f"Desk Printed {device}"), guest(f"Second {device}")
    page = visitor(device)
    page.add_init_script(NOTE_PRINTS)
    sign_in(page, "office", "/cms/check-in/badges/")
    page.goto("/cms/check-in/badges/?event=forum")
    expect(page.get_by_label("Name or code")).to_be_focused()
    page.keyboard.type(f"desk printed {device}")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name=f"Print {credential.registration.code}")).to_be_focused()
    axe(page)
    page.keyboard.press("Enter")
    assert wait_for_prints(page, 1) == ["blob:"]
    expect(page.get_by_label("Name or code")).to_be_focused()

    page.get_by_text("Lost or stolen").click()
    page.get_by_label("Reason to replace").fill("Lost on the bus")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Replaced: print the new badge")).to_be_visible()
    assert wait_for_prints(page, 1) == ["blob:"]
    credential.refresh_from_db()
    assert credential.issue == 2
    page.reload()
    page.wait_for_timeout(500)
    assert noted(page) == []  # loading the page anew prints nothing

    page.get_by_label("Name or code").fill(f"second {device}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=f"Print {other.registration.code}")).to_be_focused()
    Credential.objects.filter(pk=other.pk).delete()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The badge could not be loaded.")).to_be_visible()
    assert noted(page) == []


def test_the_badges_of_an_event_are_prepared_and_the_page_follows(laptop: Page, axe: Judge) -> None:
    guest("Prepared Guest")
    page = laptop
    sign_in(page, "office", "/cms/check-in/badges/")
    page.goto("/cms/check-in/badges/?event=forum")
    axe(page)
    page.get_by_role("button", name="Prepare the files").last.click()
    expect(page.get_by_role("button", name="Delete the files now")).to_be_visible(timeout=30_000)
    axe(page)
    with page.expect_download() as loaded:
        page.get_by_role("link", name="1 to").click()
    assert loaded.value.suggested_filename.startswith("badges-forum-all-1-")
