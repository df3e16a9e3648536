"""Every address of the office × every role × GET and POST, compared with the table in who_may.json.

A new view fails here until somebody has written down who may open it:
`WRITE_WHO_MAY=1 .venv/bin/python -m pytest tests/operations/test_permission_walk.py`, then read the difference.
"""

import json
import os
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from plenary.events.models import Event, EventStaff
from plenary.operations.planning.roles import PERMISSIONS
from tests.operations.stage import complete
from tests.operations.walk import Address, addresses, belongs_to, taking_keys

TABLE = Path(__file__).parent / "who_may.json"
ANONYMOUS, NO_ROLE, ELSEWHERE = "(nobody)", "(account without a role)", "(all roles, of another event)"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Event]:
    """The demonstration event, and what it lacks: one of everything that an address opens."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        event = Event.objects.get(slug="forum")
        complete(event)
        yield event
        transaction.set_rollback(True)


def visitors(event: Event) -> dict[str, Client]:
    """One signed-in browser for each role, and those who may nothing."""
    found = {ANONYMOUS: Client(raise_request_exception=False)}
    for name in (*PERMISSIONS, NO_ROLE, ELSEWHERE):
        user = User.objects.create_user(f"walk {name}"[:150], password=None)
        if name in PERMISSIONS:
            user.groups.set([Group.objects.get(name=name)])
        elif name == ELSEWHERE:
            user.groups.set(Group.objects.filter(name__in=PERMISSIONS))
            other = Event.objects.create(
                slug="elsewhere",
                number=9_999,
                name={"en": "Elsewhere"},
                starts_on=date(2031, 1, 1),
                ends_on=date(2031, 1, 2),
            )
            EventStaff.objects.create(event=other, user=user)
        found[name] = Client(raise_request_exception=False)
        found[name].force_login(user)
    return found


FAULTS: set[str] = set()


def opens(client: Client, address: Address, method: str) -> bool:
    """Whether this person gets past the permissions; what a post does is undone."""
    with transaction.atomic():
        response = getattr(client, method.lower())(address.path)
        if response.streaming:
            b"".join(response.streaming_content)  # to its end, which closes its file
        transaction.set_rollback(True)
    if response.status_code >= 500:
        FAULTS.add(f"{method} {address.name}: {response.exc_info[1]!r:.300}")
    location = response.headers.get("Location", "")
    sent_away = response.status_code == 302 and (
        location in {"/cms/", "/cms"} or location.startswith(("/cms/account/login/", "/en/cms/"))
    )
    return not sent_away and response.status_code not in {403, 404, 405}


def walk(event: Event) -> tuple[dict[str, dict[str, list[str]]], int]:
    table: dict[str, dict[str, list[str]]] = {}
    asked = 0
    people = visitors(event)
    for address in addresses(event):
        line: dict[str, list[str]] = {}
        for method in ("GET", "POST"):
            line[method] = [name for name, client in people.items() if opens(client, address, method)]
            asked += len(people)
        table[address.name] = line
    return table, asked


@pytest.fixture(scope="module")
def walked(stage: Event) -> tuple[dict[str, dict[str, list[str]]], int]:
    found = walk(stage)
    if os.environ.get("WRITE_WHO_MAY"):
        lines = [f" {json.dumps(name)}: {json.dumps(line, ensure_ascii=False)}" for name, line in found[0].items()]
        TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return found


def test_every_address_is_open_to_those_in_the_table_and_to_nobody_else(walked: Any) -> None:
    table, asked = walked
    wanted = json.loads(TABLE.read_text(encoding="utf-8"))
    assert sorted(table) == sorted(wanted), "a view came or went: say in who_may.json who may open it"
    different = {name: (line, wanted[name]) for name, line in table.items() if line != wanted[name]}
    assert different == {}
    assert asked == len(table) * 2 * (len(PERMISSIONS) + 3)


# Addresses that take a key and are walked without a record of the event, each with the reason.
WITHOUT_A_RECORD = {
    "invitations:preview": "a list that was sent opens to whoever sent it, and each walker is another person",
    "vetting:remove_filter": "a kept list is forgotten by whoever kept it; another's is left alone",
}
NOBODYS = {
    "invitations:preview": WITHOUT_A_RECORD["invitations:preview"],
    "venues:delete": "a venue outlives its events: no role deletes one",
}


def test_every_address_that_takes_a_key_is_walked_with_a_record_of_the_event(walked: Any, stage: Event) -> None:
    found = {address.name: address for address in addresses(stage)}
    assert taking_keys() <= found.keys()
    assert {name for name in taking_keys() if found[name].record is None} == WITHOUT_A_RECORD.keys()


def test_every_address_opens_to_some_role(walked: Any) -> None:
    table, _asked = walked
    assert {name for name, line in table.items() if not (line["GET"] or line["POST"])} == NOBODYS.keys()


def test_nothing_of_ours_opens_to_strangers_or_to_accounts_without_a_role(walked: Any) -> None:
    table, _asked = walked
    for name, line in table.items():
        assert not {ANONYMOUS, NO_ROLE} & {*line["GET"], *line["POST"]}, name


def test_no_record_of_an_event_opens_to_staff_of_another(walked: Any, stage: Event) -> None:
    table, _asked = walked
    # An action on many opens with the records of others left out: test_bulk_actions_of_others proves that.
    single = [address for address in addresses(stage) if not address.name.startswith("bulk:")]
    bound = [address for address in single if belongs_to(address.record) == stage.pk]
    assert len(bound) > 50
    leaks = [a.name for a in bound if ELSEWHERE in table[a.name]["GET"] or ELSEWHERE in table[a.name]["POST"]]
    assert leaks == []


def test_no_address_breaks_whoever_asks_and_whatever_is_missing(walked: Any) -> None:
    assert sorted(FAULTS) == []


def test_every_role_opens_something(walked: Any) -> None:
    table, _asked = walked
    idle = set(PERMISSIONS) - {name for line in table.values() for name in line["GET"]}
    assert idle <= {"HR", "Finance", "Leading group", "Editor", "Translator"} - {"HR"} or idle == set()
