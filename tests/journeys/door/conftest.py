"""A volunteer's phone with a camera that sees what the journey holds before it."""

from collections.abc import Callable

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
