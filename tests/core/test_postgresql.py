"""Our PostgreSQL engine asks an idle connection whether it lives, and a busy one not for every request."""

import pytest

from plenary.core.postgresql import base
from plenary.core.postgresql.base import TRUST, DatabaseWrapper


class Connection:
    """Stands for psycopg's."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moments at which the server was asked."""
    moments: list[float] = []
    monkeypatch.setattr(DatabaseWrapper, "is_usable", lambda _self: moments.append(now[0]) or True)
    monkeypatch.setattr(base.time, "monotonic", lambda: now[0])
    now[0] = 1000.0
    return moments


now = [1000.0]


def request_after(wrapper: DatabaseWrapper, seconds: float) -> None:
    """What Django does at the beginning of a request."""
    now[0] += seconds
    wrapper.health_check_done = False
    wrapper.close_if_health_check_failed()


@pytest.fixture
def wrapper() -> DatabaseWrapper:
    made = DatabaseWrapper({"CONN_HEALTH_CHECKS": True, "TIME_ZONE": None, "OPTIONS": {}, "AUTOCOMMIT": True})
    made.connection = Connection()
    made.health_check_enabled = True
    return made


def test_a_busy_connection_is_asked_once_a_second(wrapper: DatabaseWrapper, asked: list[float]) -> None:
    for _request in range(30):
        request_after(wrapper, TRUST / 10)
    assert 2 <= len(asked) <= 4


def test_an_idle_connection_is_asked_before_it_is_used(wrapper: DatabaseWrapper, asked: list[float]) -> None:
    request_after(wrapper, 60)
    request_after(wrapper, 60)
    assert len(asked) == 2


def test_a_dead_connection_is_replaced(wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(DatabaseWrapper, "is_usable", lambda _self: False)
    monkeypatch.setattr(DatabaseWrapper, "close", lambda _self: closed.append(True))
    request_after(wrapper, 60)
    assert closed == [True]


def test_a_trusted_connection_is_not_asked_later_in_the_same_request(
    wrapper: DatabaseWrapper, asked: list[float]
) -> None:
    request_after(wrapper, 60)
    request_after(wrapper, TRUST / 10)
    now[0] += 2 * TRUST  # a long request: Django looks again when its transaction ends
    wrapper.close_if_health_check_failed()
    assert len(asked) == 1
