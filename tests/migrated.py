"""A migrated SQLite database with nothing in it but the home pages, made once and copied for every run of tests while
neither changes: making it costs more than most tests. PostgreSQL is migrated anew each time. No test itself.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from plenary.core.preparation import fingerprint

ROOT = Path(__file__).resolve().parents[1]


def _template() -> Path:
    """Where the database of exactly these migrations is kept."""
    sources = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("site/plenary/**/migrations/*.py")]
    sources += [ROOT / "requirements-dev.lock", ROOT / "site/plenary/operations/planning/roles.py"]
    sources += [ROOT / "portal/actions.py", ROOT / "site/plenary/core/languages.py"]
    return Path(tempfile.gettempdir()) / f"plenary-migrated-{fingerprint(sources)[:24]}.sqlite3"


def _file(connection: Any) -> Path | None:
    return Path(connection.settings_dict["TEST"]["NAME"]) if connection.vendor == "sqlite" else None


def copy_to(connection: Any) -> bool:
    """Put a copy where the tests' database belongs; False where there is none to copy."""
    place, template = _file(connection), _template()
    if place is None or not template.exists():
        return False
    shutil.copyfile(template, place)
    return True


def keep(connection: Any) -> None:
    """Keep a copy of the database that has just been made, before any test writes into it."""
    place, template = _file(connection), _template()
    if place is None:
        return
    connection.close()
    partial = template.with_suffix(f".{os.getpid()}")
    shutil.copyfile(place, partial)
    partial.replace(template)


def remove(connection: Any) -> None:
    """Take the copy away again when the tests are over."""
    connection.close()
    if place := _file(connection):
        place.unlink(missing_ok=True)
