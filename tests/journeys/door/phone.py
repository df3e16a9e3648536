"""A volunteer's phone as the journeys use it: the page, the app's words in its language, and what it holds."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

from checkin.door_texts import texts_in
from plenary.core.languages import get
from tests.journeys.door.event import Door, Guest
from tests.journeys.fake_camera import FakeCamera

SCANS = "**/api/v1/checkin/scans"
SNAPSHOT = "**/api/v1/checkin/snapshot*"
PASSAGES = "**/api/v1/checkin/passages*"
BADGE = "E1:" + "A8$*-.:Z" * 14 + "0000000"  # looks like one, and nobody signed it


class Phone:
    """One volunteer's phone."""

    def __init__(self, page: Page, camera: FakeCamera, language: str) -> None:
        self.page = page
        self.camera = camera
        self.words: dict[str, Any] = texts_in(get(language))["texts"]

    def enrol(self, door: Door, *, informed: bool = True, **options: Any) -> None:
        """Open the address of the enrolment code, as the phone's own camera app does. Not `informed`: the network fails
        before the list of guests has come."""
        self.page.goto("about:blank")  # or an open app would take it for a change of the fragment alone
        if not informed:
            self.page.route(SNAPSHOT, lambda route: route.abort())
            self.page.goto(door.enrolment(**options))
        else:
            with self.page.expect_response(PASSAGES):  # it comes after the list
                self.page.goto(door.enrolment(**options))
        self.viewfinder.wait_for()

    def hold(self, *arguments: Any) -> None:
        """Hold a code before the camera. Chromium looks at its film when the camera starts, so the page starts anew."""
        self.camera.show(*arguments)
        self.page.reload()

    def type_like_a_scanner(self, text: str) -> None:
        """A handheld scanner types the code and ends with Enter."""
        self.viewfinder.wait_for()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    @property
    def viewfinder(self) -> Locator:
        return self.page.locator(".viewfinder--seeing")

    def verdict(self, tone: str) -> Locator:
        return self.page.locator(f".verdict--{tone}")

    def text(self, key: str) -> Locator:
        return self.page.get_by_role("main").get_by_text(self.words[key], exact=True)

    def button(self, key: str) -> Locator:
        return self.page.get_by_role("button", name=self.words[key], exact=True)

    def next_badge(self) -> None:
        self.button("verdict.next").click()

    def search(self, words: str) -> None:
        self.button("action.search").click()
        self.page.get_by_label(self.words["search.field"]).fill(words)
        self.page.get_by_role("main").get_by_role("button", name=self.words["search.submit"], exact=True).click()

    def found(self, guest: Guest) -> Locator:
        return self.page.get_by_role("listitem").filter(has_text=guest.registration.name)


def wait_until(page: Page, so: Callable[[], bool], seconds: int = 120) -> None:
    """Ask again and again what no locator can see: the phone's own store, or the ledger."""
    for _attempt in range(seconds * 4):
        if so():
            return
        page.wait_for_timeout(250)
    raise AssertionError("waited in vain")
