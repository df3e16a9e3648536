"""Every right to act: who holds it by docs/reference/roles.md, what it opens by what_rights_open.json, and that whoever may
only look does nothing.

A right that opens something new fails here until somebody has written it down:
`WRITE_WHO_MAY=1 .venv/bin/python -m pytest tests/operations/test_rights.py`, then read the difference.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from checkin import permissions as of_check_in
from plenary.core import permissions as of_core
from plenary.events.models import Event
from plenary.operations.planning import permissions as of_planning
from plenary.operations.planning.roles import ADMIN, PERMISSIONS
from registration import permissions as of_registration
from tests.operations.test_permission_walk import opens, stage
from tests.operations.walk import OURS, addresses

__all__ = ["stage"]
pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent / "what_rights_open.json"
ROLES = settings.ROOT / "docs" / "reference" / "roles.md"

# Whose guests one works on is no act; without it there is no guest to look at.
SCOPE = {"registration.handle_guests", "registration.handle_press"}
# What those who only look may write, each with the reason.
THEIR_OWN = {"POST vetting:remove_filter": "a kept list is forgotten by whoever kept it; another's is left alone"}
# Whoever reads leaves a trace, and whoever comes has a session.
TRACES = ("django_session", "core_accesslog")


def _ours() -> dict[str, bool]:
    """Every right of our models, and whether it is one of their own making and to act."""
    found = {}
    for model in apps.get_models():
        if f"{model.__module__}.".startswith(OURS):
            own = {codename for codename, _label in model._meta.permissions}
            for codename in own | {f"{verb}_{model._meta.model_name}" for verb in model._meta.default_permissions}:
                found[f"{model._meta.app_label}.{codename}"] = codename in own and not codename.startswith("view_")
    return found


RIGHTS = _ours()
TO_ACT = sorted(right for right, acts in RIGHTS.items() if acts)
TO_LOOK = sorted(right for right in RIGHTS if right.partition(".")[2].startswith("view_"))


def test_the_page_of_roles_says_who_holds_every_right_to_act() -> None:
    written = dict(re.findall(r"^\| `(\w+\.\w+)` \| (.+) \|$", ROLES.read_text(encoding="utf-8"), re.MULTILINE))
    held = {right: ", ".join(role for role, rights in PERMISSIONS.items() if right in rights) for right in TO_ACT}
    assert written == {right: roles or "nobody" for right, roles in held.items()}


def test_no_right_is_nobodys() -> None:
    assert [right for right in TO_ACT if not any(right in rights for rights in PERMISSIONS.values())] == []


@pytest.mark.parametrize("module", [of_check_in, of_core, of_planning, of_registration])
def test_every_right_the_code_names_exists(module: Any) -> None:
    named = {
        value for name, value in vars(module).items() if name.isupper() and isinstance(value, str) and "." in value
    }
    assert named <= RIGHTS.keys()


def test_no_right_of_staff_opens_the_api() -> None:
    described = json.loads((Path(__file__).parent.parent / "api" / "openapi.json").read_text(encoding="utf-8"))
    schemes = described["components"]["securitySchemes"]
    assert {scheme["type"] for scheme in schemes.values()} == {"http"}
    assert {scheme["scheme"] for scheme in schemes.values()} == {"bearer"}


def _browser(name: str, *rights: str) -> Client:
    user = User.objects.create_user(name[:150], password=None)
    kept = {
        f"{one.content_type.app_label}.{one.codename}": one for one in Permission.objects.select_related("content_type")
    }
    user.user_permissions.set([kept[right] for right in rights])
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _written(captured: CaptureQueriesContext) -> list[str]:
    changes = [query["sql"] for query in captured if re.match(r"\s*(INSERT|UPDATE|DELETE)\b", query["sql"])]
    return [sql[:120] for sql in changes if not any(table in sql for table in TRACES)]


@pytest.mark.slow
def test_looking_alone_does_nothing_and_each_right_opens_what_the_table_says(
    stage: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    has_perm = User.has_perm

    def asking(user: User, right: str, *rest: Any) -> bool:
        asked.add(right)
        return has_perm(user, right, *rest)

    monkeypatch.setattr(User, "has_perm", asking)
    base = [ADMIN, *TO_LOOK, *SCOPE]
    looker = _browser("looks alone", *base)
    with_right = {right: _browser(right, *base, right) for right in TO_ACT if right not in SCOPE}
    found: dict[str, list[str]] = {right: [] for right in with_right}
    done: dict[str, list[str]] = {}
    for address in addresses(stage):
        for method in ("GET", "POST"):
            asked.clear()
            with CaptureQueriesContext(connection) as captured:
                opened = opens(looker, address, method)
            writes = _written(captured)
            if writes:
                done[f"{method} {address.name}"] = writes
            if not opened:
                # Only a right that was asked for can make a difference.
                for right in sorted(asked & with_right.keys()):
                    if opens(with_right[right], address, method):
                        found[right].append(f"{method} {address.name}")
    if os.environ.get("WRITE_WHO_MAY"):
        lines = [f" {json.dumps(right)}: {json.dumps(opened)}" for right, opened in found.items()]
        TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    assert {name: writes for name, writes in done.items() if name not in THEIR_OWN} == {}
    assert found == json.loads(TABLE.read_text(encoding="utf-8"))
