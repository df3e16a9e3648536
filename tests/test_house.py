"""Rules of the house that no linter knows (style.md): what a file is called, how it opens, what may not stand in it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}
OURS = ("portal/", "registration/", "checkin/", "publicity/", "site/", "tests/", "manage.py")
# Physical directions in styles turn a right-to-left page wrong; logical ones serve both.
PHYSICAL = re.compile(
    r"(?<![\w-])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b"
    r"|(?<![\w-])(?:left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)


def tracked(*patterns: str) -> list[Path]:
    """Files of the project: what git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in sorted(set(listed.splitlines())) if (path := ROOT / name).is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PYTHON = [path for path in tracked("*.py") if name_of(path).startswith(OURS) and "migrations" not in path.parts]
OWN_FRONT = [path for path in tracked("*.css", "*.html", "*.js") if "vendor" not in path.parts]


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in PYTHON if path.stem in SAYS_NOTHING] == []


def test_every_file_says_first_what_lives_in_it() -> None:
    silent = [
        name_of(path)
        for path in PYTHON
        if (source := path.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(source))
    ]
    assert silent == []


def test_no_module_grows_into_two_rooms() -> None:
    long = {name_of(p): n for p in PYTHON if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}


def test_nothing_is_left_unfinished_or_silenced() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX)\b|type: ignore|pytest\.mark\.(?:skip|xfail)|pytest\.(?:skip|xfail)\(")
    others = [path for path in [*PYTHON, *OWN_FRONT] if path != Path(__file__)]
    found = [
        f"{name_of(path)}:{number}"
        for path in others
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []


def test_no_template_has_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\b(?:src=|type=\"application/(?:ld\+)?json\"))[^>]*>|<style\b|\sstyle=\"|\son\w+=\""
    )
    # Mails are read by programs that know no stylesheet, and the admin's panels live in Wagtail's own policy.
    pages = [p for p in OWN_FRONT if p.suffix == ".html" and "emails" not in p.parts]
    found = [name_of(path) for path in pages if inline.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_styles_know_start_and_end_not_left_and_right() -> None:
    found = [
        f"{name_of(path)}:{number} {line.strip()}"
        for path in OWN_FRONT
        if path.suffix == ".css"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PHYSICAL.search(line)
    ]
    assert found == []


def test_moments_are_written_as_html_wants_them() -> None:
    """Django's "c" writes six digits of a second; HTML knows three at most."""
    found = [name_of(path) for path in OWN_FRONT if re.search(r"date:['\"]c['\"]", path.read_text(encoding="utf-8"))]
    assert found == []


def test_signals_stay_between_wagtail_and_us() -> None:
    """No signals between our own apps: an effect nobody can find by reading the action."""
    allowed = {"site/plenary/core/publication.py"}
    found = [
        name_of(path)
        for path in PYTHON
        if re.search(
            r"^from django\.db\.models\.signals import|^from django\.dispatch import", path.read_text("utf-8"), re.M
        )
        and not name_of(path).startswith("tests/")
    ]
    assert set(found) <= allowed


def test_every_app_has_one_migration_of_its_tables_until_the_first_release() -> None:
    """A second one may bring rows (roles, sites); tables belong in the first, remade as models change."""
    tables = re.compile(r"migrations\.(?:Create|Delete|Rename|Alter|Add|Remove)\w+\(")
    later = [path for path in tracked("*/migrations/0*.py") if path.name != "0001_initial.py"]
    assert [name_of(path) for path in later if tables.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_dependencies_are_pinned_with_hashes_and_without_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    pinned = re.findall(r"^([a-z0-9._\[\]-]+)==\S+(.*?)(?=^[a-z0-9]|\Z)", text, re.M | re.S)
    assert len(pinned) > 50
    assert [package for package, rest in pinned if "--hash=sha256:" not in rest] == []


def test_every_direct_dependency_is_in_the_lock() -> None:
    for source, lock in (("requirements.in", "requirements.lock"), ("requirements-dev.in", "requirements-dev.lock")):
        wanted = re.findall(r"^([a-z0-9][a-z0-9-]*)", (ROOT / source).read_text(encoding="utf-8"), re.M)
        locked = (ROOT / lock).read_text(encoding="utf-8").lower()
        assert [name for name in wanted if f"\n{name}==" not in locked] == []


def test_every_make_target_has_a_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.M)[0].split()) - {"prepare-tests"}
    assert targets == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M))
