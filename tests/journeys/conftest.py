"""What a journey needs: the product served from a database of its own with the demonstration event, Chromium, visitors
with a phone or a laptop in six languages, an accessibility judge, pictures, and the mailbox.

Journeys share one database and never flush it: each brings its own people.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from django.test.utils import override_settings, setup_databases, teardown_databases
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests import migrated
from tests.journeys.accessibility import assert_accessible
from tests.journeys.chromium import ARGUMENTS, find_chromium
from tests.journeys.mailbox import Mailbox
from tests.journeys.stripe import running_stripe
from tests.journeys.visitors import DEVICES, LOCALES, watch
from tests.stripe_double import SECRET

Launch = Callable[..., Browser]
Visitor = Callable[..., Page]
BANK = {"holder": "Institute of Rivers", "iban": "CH9300762011623852957", "bic": "POFICHBEXXX", "bank": "PostFinance"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="package", autouse=True)
def journey_database(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """A database for the journeys alone, migrated and with the demonstration event, as `make run` leaves it."""
    default = connections["default"]
    test = default.settings_dict["TEST"]
    usual = test.get("NAME")
    test["NAME"] = _journey_name(usual or f"test_{default.settings_dict['NAME']}")
    # Playwright's loop runs in this thread; Django would take it for asynchronous code and refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with django_db_blocker.unblock():
        copied = migrated.copy_to(default)
        created = setup_databases(
            verbosity=0, interactive=False, keepdb=copied, aliases={"default"}, serialized_aliases=set()
        )
        call_command("load_demo", verbosity=0)
        yield
        connections.close_all()
        teardown_databases(created, verbosity=0, keepdb=copied)
        if copied:
            migrated.remove(default)
    test["NAME"] = usual


def _journey_name(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-journeys.{suffix}" if dot else f"{name}_journeys"


@pytest.fixture(scope="package")
def server(journey_database: None) -> Iterator[str]:
    """The product's address, without a slash at the end. Real sockets, a thread for each request."""
    live = LiveServer("127.0.0.1")
    with override_settings(
        WAGTAILADMIN_BASE_URL=live.url,
        MEDIA_ROOT=django_settings.MEDIA_ROOT,
        ALLOWED_HOSTS=["*"],
    ):
        yield live.url
        live.stop()


@pytest.fixture(scope="module")
def stripe(server: str) -> Iterator[str]:
    """The address of a Stripe that takes cards and sends its events to the product, and an account for transfers."""
    with running_stripe(server) as url:
        keys = {"STRIPE_SECRET_KEY": "sk_test_journey", "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": url}
        with override_settings(
            **keys, PLENARY_BANK_ACCOUNT=BANK, PLENARY_ISSUER="Institute of Rivers|Geneva|CHE-123.456.789"
        ):
            yield url


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def launch_chromium(playwright: Playwright) -> Iterator[Launch]:
    """Starts another Chromium with arguments of its own, as a journey with a camera needs: `launch_chromium("--use-…")`."""
    path = find_chromium()
    started: list[Browser] = []

    def launch(*arguments: str) -> Browser:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
        started.append(browser)
        return browser

    yield launch
    for browser in started:
        browser.close()


@pytest.fixture(scope="package")
def browser(launch_chromium: Launch) -> Browser:
    return launch_chromium()


@pytest.fixture
def visitor(server: str, browser: Browser) -> Iterator[Visitor]:
    """`visitor("phone", "ar")`: a page of somebody new, with that device, language and time zone, and no cookies.

    `browser=` takes another Chromium (with a camera), further keywords go to the browser context. The test fails at
    its end when a page threw an error in a script or broke the Content Security Policy.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(device: str = "laptop", language: str = "en", *, browser: Browser = browser, **options: Any) -> Page:
        context = browser.new_context(**{"base_url": server, **DEVICES[device], **LOCALES[language], **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        watch(context, complaints)
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()
    assert not complaints, "pages complained:\n" + "\n".join(complaints)


@pytest.fixture
def phone(visitor: Visitor) -> Page:
    """An English visitor's phone."""
    return visitor("phone")


@pytest.fixture
def laptop(visitor: Visitor) -> Page:
    """An English visitor's laptop."""
    return visitor("laptop")


@pytest.fixture
def axe() -> Callable[..., None]:
    """`axe(page)`: fails with a readable list when axe-core finds a violation of WCAG 2.2 A/AA or of its best practices."""
    return assert_accessible


@pytest.fixture
def picture() -> Callable[[Page, str], Path]:
    """`picture(page, "guest-sign-up-ar-phone")` keeps a full-page screenshot in var/screenshots/ for human eyes."""
    folder = Path(django_settings.ROOT) / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> Path:
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take


@pytest.fixture
def mailbox() -> Mailbox:
    """What the outbox sent: `mailbox.last("a@b.example").link("/my/")`."""
    return Mailbox()
