"""Fixtures every test may use: a clean slate between tests, and a count of the statements a piece of code runs."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from plenary.core.page_cache import STORE
from portal.actions import prepare_site
from tests import migrated


def pytest_collection_finish() -> None:
    """A seventh of the tests' time went into looking again and again at what was imported: modules, models, templates."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        _restore_migrated_rows(item)
    # Journeys bring their own database; first, so that they never wait for the slow end of the others.
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


def _restore_migrated_rows(item: pytest.Item) -> None:
    """A test with real transactions empties the database after it; the next one still finds what migrations made
    (root page, languages, roles)."""
    marker = item.get_closest_marker("django_db")
    by_fixture = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    if by_fixture or (marker and marker.kwargs.get("transaction")):
        item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Whether the tests' database could be copied from one that was migrated before."""
    return migrated.copy_to(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    """Keeps a copy of the database as migrations and `prepare_site` made it, and leaves none of its own behind."""
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            prepare_site()
            migrated.keep(connection)
    yield
    if django_db_keepdb:
        with django_db_blocker.unblock():
            migrated.remove(connection)


@pytest.fixture(autouse=True)
def clean_slate() -> Iterator[None]:
    """No test sees another's cache or language."""
    caches["default"].clear()
    STORE.clear()
    translation.activate("en")
    yield
    translation.activate("en")


@pytest.fixture
def statements_of() -> Callable[[Callable[[], object]], int]:
    """`statements_of(lambda: client.get(url))`: how many SQL statements that takes. Compare with 1 and with 3 items."""

    def count(act: Callable[[], object]) -> int:
        caches["default"].clear()
        with CaptureQueriesContext(connection) as captured:
            act()
        return len(captured)

    return count
