"""What `make run` does before it serves: everything once, nothing twice, and clear words when it cannot."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from plenary.core import preparation
from plenary.core.languages import LANGUAGES
from plenary.core.management.commands import start
from portal.models import HomePage

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that were really taken."""
    settings.VAR = tmp_path
    steps: list[str] = []
    monkeypatch.setattr(preparation, "_migrate", lambda: steps.append("database"))
    monkeypatch.setattr(preparation, "_load_demo", lambda: steps.append("demonstration"))
    monkeypatch.setattr(preparation, "_collect_static", lambda: steps.append("static"))
    return steps


def test_a_second_start_does_nothing_twice(done: list[str]) -> None:
    preparation.prepare(demo=True)
    preparation.prepare(demo=True)
    assert done == ["database", "demonstration"]


def test_a_fresh_production_database_greets_visitors_in_every_language(done: list[str], client: Any) -> None:
    call_command("prepare")
    call_command("prepare")

    assert HomePage.objects.count() == len(LANGUAGES)
    for language in LANGUAGES:
        response = client.get(f"/{language.code}/")
        assert response.status_code == 200
        assert f'<html lang="{language.bcp47}"' in response.content.decode()


def test_new_migrations_are_applied_and_nothing_else_is(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    preparation.prepare(demo=True)
    usual = preparation._sources
    monkeypatch.setattr(
        preparation, "_sources", lambda p: [Path(preparation.__file__)] if "migrations" in p else usual(p)
    )
    preparation.prepare(demo=True)
    assert done == ["database", "demonstration", "database"]


def test_a_deleted_database_is_made_again(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    preparation.prepare()
    monkeypatch.setattr(preparation, "_has_tables", lambda: False)
    preparation.prepare()
    assert done == ["database", "database"]


def test_a_step_that_failed_is_tried_again(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(preparation, "_load_demo", fail)
    with pytest.raises(RuntimeError):
        preparation.prepare(demo=True)
    monkeypatch.setattr(preparation, "_load_demo", lambda: done.append("demonstration"))
    preparation.prepare(demo=True)
    assert done == ["database", "demonstration"]


def test_a_damaged_record_means_doing_all_again(done: list[str], settings: Any) -> None:
    preparation.prepare()
    (settings.VAR / "prepared.json").write_text("{")
    preparation.prepare()
    assert done == ["database", "database"]


def test_the_record_holds_no_password(done: list[str], settings: Any) -> None:
    preparation.prepare()
    record = json.loads((settings.VAR / "prepared.json").read_text())
    assert all("PASSWORD" not in place and "://" not in place for place in record)


def test_production_collects_static_files_and_loads_no_demonstration(done: list[str]) -> None:
    call_command("prepare")
    assert done == ["database", "static"]


def test_a_port_in_use_is_told_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"PORT={port + 1} make run"):
            start._must_be_free("127.0.0.1", port)


@pytest.mark.parametrize("wished", ["eighty", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(wished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wished)
    with pytest.raises(CommandError, match="PORT is a number"):
        start._port()


def test_the_welcome_names_addresses_and_logins(settings: Any) -> None:
    settings.PLENARY_DEMO_LOGINS = "tests.core.test_preparation.LOGINS"
    text = start.welcome("http://127.0.0.1:8001")
    for part in ("http://127.0.0.1:8001/cms/", "http://127.0.0.1:8001/en/forum/", "officer", "Ctrl-C"):
        assert part in text


LOGINS = [("officer", "demo", "vetting officer")]
