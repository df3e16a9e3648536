"""The ground the journeys stand on: the product answers in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.visitors import watch


def test_a_visitor_arrives_in_the_language_of_the_browser(visitor: Callable[..., Page]) -> None:
    page = visitor("phone", "ar")
    page.goto("/healthz")
    assert page.inner_text("body").strip() == "ok"
    page.goto("/")
    assert page.url.endswith("/ar/")


def test_the_judge_objects_to_a_page_that_leaves_people_out(phone: Page, axe: Callable[..., None]) -> None:
    phone.goto("/healthz")
    phone.set_content("<html><body><img src='data:,'><input></body></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(phone)


def test_the_watch_notes_script_errors_and_breaches_of_the_policy(browser: Browser, server: str) -> None:
    complaints: list[str] = []
    context = browser.new_context(base_url=server)
    watch(context, complaints)
    page = context.new_page()
    page.goto("/healthz")
    page.evaluate("setTimeout(() => { throw new Error('broken part') })")
    page.evaluate("new Image().src = 'https://elsewhere.example/pixel.png'")
    page.wait_for_timeout(200)
    context.close()
    assert any("broken part" in complaint for complaint in complaints)
    assert any("Content Security Policy" in complaint for complaint in complaints)
