"""A volunteer's phone with a camera that sees what the journey holds before it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.door.phone import Phone
from tests.journeys.fake_camera import FakeCamera


@pytest.fixture(scope="package")
def camera(tmp_path_factory: pytest.TempPathFactory) -> FakeCamera:
    return FakeCamera(tmp_path_factory.mktemp("camera"))


@pytest.fixture(scope="package")
def camera_browser(launch_chromium: Callable[..., Browser], camera: FakeCamera) -> Browser:
    return launch_chromium(*camera.arguments)


@pytest.fixture
def volunteer(visitor: Callable[..., Page], camera_browser: Browser, camera: FakeCamera) -> Callable[..., Phone]:
    """`volunteer("ar")`: somebody with a phone in that language; its camera sees nothing yet."""
    camera.show(None)
    return lambda language="en": Phone(visitor("phone", language, browser=camera_browser), camera, language)


@pytest.fixture(scope="module")
def rules(server: str, browser: Any) -> Iterator[Any]:
    """`rules("queue.js", "backoff(3, () => 1)")`: what an expression over a module's exports gives."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    page.goto("/door/")

    def run(module: str, names: str, body: str, *given: Any) -> Any:
        # No eval under our own policy: the browser's debugger, as Playwright speaks to it, is not bound by it.
        return page.evaluate(
            f"async (given) => {{ const {{ {names} }} = await import('/static/checkin/door/{module}'); {body} }}",
            list(given),
        )

    yield run
    context.close()
