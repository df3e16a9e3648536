"""Brings one machine up to date before a server starts: translations, database, home pages, demonstration, static files.
Each step is done only when what it depends on has changed, so that a second start takes seconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from plenary.core import catalogues

SOURCES = ("portal", "registration", "checkin", "publicity", "site/plenary")
# Any number names the lock, as long as all machines of one database use the same.
_MIGRATION_LOCK = 7_370_656_611


def prepare(*, demo: bool = False, static: bool = False) -> None:
    """Do what is due. Several processes, even on several machines, may call it at once: one works, the others wait."""
    catalogues.compile_stale()
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with _alone_on_this_machine():
        _once("database", [settings.ROOT / "requirements.lock", *_sources("migrations/*.py")], _migrate)
        _prepare_site()
        if demo:
            _once("demonstration", [*_sources("demo/*"), *_sources("load_demo.py")], _load_demo)
        if static:
            _once("static", [settings.ROOT / "requirements.lock", *_sources("static/**/*")], _collect_static)


def _once(step: str, depends_on: Iterable[Path], act: Any) -> None:
    done = _read_record()
    place = f"{step} of {_database_name()}"
    mark = fingerprint(depends_on)
    if done.get(place) == mark and (step == "static" or _has_tables()):
        return
    act()
    _record_path().write_text(json.dumps({**_read_record(), place: mark}, indent=1) + "\n", encoding="utf-8")


def fingerprint(paths: Iterable[Path]) -> str:
    """One digest of the names and contents of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(settings.ROOT)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(pattern: str) -> Iterator[Path]:
    for folder in SOURCES:
        yield from (settings.ROOT / folder).rglob(pattern)


def _migrate() -> None:
    with _alone_in_this_database():
        call_command("migrate", interactive=False, verbosity=0)


def _prepare_site() -> None:
    """Without a record: it looks for itself what is missing, in the database that is there today."""
    with _alone_in_this_database():
        call_command("prepare_site", verbosity=0)


def _load_demo() -> None:
    call_command("load_demo", verbosity=0)


def _collect_static() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


# -- records and locks -------------------------------------------------------------------------------------------------
def _record_path() -> Path:
    return Path(settings.VAR) / "prepared.json"


def _read_record() -> dict[str, str]:
    try:
        record: dict[str, str] = json.loads(_record_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record


def _database_name() -> str:
    # Not the whole address: it may hold a password.
    parts = (connection.vendor, connection.settings_dict["HOST"], connection.settings_dict["NAME"])
    return " ".join(str(part) for part in parts if part)


def _has_tables() -> bool:
    """Whether the database of the record is still there: a person may have deleted it, which is a way to begin anew."""
    return "django_migrations" in connection.introspection.table_names()


@contextmanager
def _alone_on_this_machine() -> Iterator[None]:
    with (Path(settings.VAR) / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _alone_in_this_database() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
