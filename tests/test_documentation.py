"""The documentation is true to the code where a machine can tell: settings, commands, roles, addresses, links."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from plenary.api import api
from plenary.operations.planning.roles import PERMISSIONS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
OURS = ("plenary", "portal", "registration", "checkin", "publicity")


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_within_the_documentation_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_can_be_reached_from_the_first() -> None:
    found, queue = set(), [ROOT / "README.md", ROOT / "docs" / "README.md"]
    while queue:
        page = queue.pop()
        if page in found or page.suffix != ".md":
            continue
        found.add(page)
        queue += [
            (page.parent / target).resolve()
            for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
        ]
    assert set(PAGES) <= found


def test_every_setting_from_the_environment_is_explained() -> None:
    folder = ROOT / "site" / "plenary"
    sources = [*sorted((folder / "settings").glob("*.py")), *sorted((folder / "core").rglob("*.py"))]
    read = r"(?:\benv(?:\.\w+)?|environ\.Env\(\)|os\.environ(?:\.get)?)[(\[]\s*[\"']([A-Z_]+)[\"']"
    names = {name for path in sources for name in re.findall(read, path.read_text(encoding="utf-8"))}
    assert "SECRET_KEY" in names
    explained = text_of("reference/settings.md")
    internal = {"PLENARY_TEST_RUN", "DJANGO_SETTINGS_MODULE"}
    assert sorted(name for name in names - internal if f"`{name}`" not in explained) == []


def test_no_setting_is_explained_that_nothing_reads() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "site" / "plenary").rglob("*.py") if path.is_file()
    )
    names = re.findall(r"^\| (`[A-Z_`, ]+`)", text_of("reference/settings.md"), re.M)
    explained = {name for row in names for name in re.findall(r"[A-Z_]{3,}", row)}
    assert explained
    assert sorted(name for name in explained if f'"{name}"' not in sources) == []


def test_every_command_is_explained() -> None:
    explained = text_of("reference/commands.md")
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in OURS}
    assert {"load_demo", "messages"} <= ours
    assert sorted(name for name in ours if f"`{name}" not in explained) == []
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert [name for name in targets if f"make {name}`" not in explained] == []


def test_every_role_is_explained_and_no_other() -> None:
    [table] = re.findall(r"^\| role \|.+?(?=^$)", text_of("reference/roles.md"), re.M | re.S)
    rows = set(re.findall(r"^\| ([^|]+?) \|", table, re.M)) - {"role", "---"}
    assert rows == set(PERMISSIONS)


def test_every_address_of_the_api_is_named() -> None:
    explained = text_of("reference/api.md").replace("EVENT", "{event}").replace("TOKEN", "{token}")
    paths = [path.removeprefix("/api/v1") for path in api.get_openapi_schema()["paths"]]
    named = [path for path in paths if not path.startswith("/problems/{")]
    assert [path for path in named if path not in explained] == []
