"""Every file that leaves, found by asking every address: tables are noted, run nothing, are written while they are read and
go to nobody without the right. Files that are no table, and tables that tell of nobody, stand below with the reason."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models.signals import post_init
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from plenary.core.exports import filters_of
from plenary.core.models import AccessLog
from plenary.events.models import Event, EventStaff
from plenary.operations.planning.roles import PERMISSIONS
from tests.factories.events import EventFactory
from tests.operations.tables import EVIL, ROWS, Leaving, fill, leaving

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EMPTY = "an empty form to fill in"
OF_NOBODY = {
    "invitations:sample": EMPTY,
    "watch_list:sample": EMPTY,
    "registration:delegation_template": EMPTY,
    "privacy:register": "names the fields, and holds none of them",
}
MUST_BE_FOUND = {
    "invitations:index", "payments:index", "payments:report", "scans:index", "vetting:index",
    "registration:delegation_csv", "registration:delegation_xlsx",
}  # fmt: skip
FORMS = ("csv", "xlsx")
# Of addresses that are a function of Wagtail's, or a page with other things on it.
RIGHTS = {
    "attendance:index": "checkin.view_scan",
    "reports_passport-reads_modeladmin_index": "core.export_accesslog",
}


@pytest.fixture(scope="module")
def event(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Event]:
    """An event with many of everything that tables list."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = EventFactory(slug="forum", name={"en": "=Event"})
        fill(found)
        yield found
        transaction.set_rollback(True)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def everybody(event: Event) -> Client:
    """Somebody who may do everything."""
    return browser(User.objects.create_superuser("takes everything", password=None))


@pytest.fixture(scope="module")
def found(event: Event, everybody: Client) -> list[Leaving]:
    return leaving(everybody, event)


@pytest.fixture(scope="module")
def tables(found: list[Leaving]) -> list[Leaving]:
    return [one for one in found if one.name not in OF_NOBODY]


def forms_of(table: Leaving) -> list[dict[str, str]]:
    """How a table is asked for: a delegation's has an address for each form."""
    return [{}] if table.name.startswith("registration:") else [{"export": form} for form in FORMS]


def taken(response: Any) -> list[list[Any]]:
    """The rows of a table, the headings first."""
    content = b"".join(response.streaming_content)
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content)).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def is_refused(response: Any) -> bool:
    location = response.headers.get("Location", "")
    return response.status_code in {403, 404} or (response.status_code == 302 and location.startswith("/cms/"))


def test_the_tables_are_found(found: list[Leaving]) -> None:
    assert {one.name for one in found} >= MUST_BE_FOUND | OF_NOBODY.keys()


def test_every_table_is_noted_with_who_took_how_many_by_which_filter(
    tables: list[Leaving], event: Event, everybody: Client
) -> None:
    for table in tables:
        for form in forms_of(table):
            AccessLog.objects.filter(part__startswith="export").delete()
            filters = (
                {"event": str(event.pk)} if form and table.name != "reports_passport-reads_modeladmin_index" else {}
            )
            rows = taken(everybody.get(table.path, form | filters))[1:]
            looks = list(AccessLog.objects.filter(part__startswith="export"))
            assert looks, table.name
            assert {look.actor_label for look in looks} <= {"takes everything", "delegation"}, table.name
            assert sum(look.detail["rows"] for look in looks) == len(rows) > 0, table.name
            told = {name: values for look in looks for name, values in look.detail["filters"].items()}
            assert told == {name: [value] for name, value in filters.items()}, table.name


def test_no_cell_of_any_table_runs(tables: list[Leaving], event: Event, everybody: Client) -> None:
    for table in tables:
        for form in forms_of(table):
            rows = taken(everybody.get(table.path, form))
            texts = [cell for row in rows for cell in row if isinstance(cell, str)]
            running = [
                text for text in texts if re.match(r"\s*[=+\-@\t\r]", text) and not re.match(r"-?[\d.,]+$", text)
            ]
            assert running == [], table.name
            assert any(text.startswith(("'=", "'+", "'@", "'-")) for text in texts), f"{table.name}: nothing to try"


def test_headings_are_as_harmless_as_cells() -> None:
    from plenary.core.exports import table_response

    for form in FORMS:
        [headings] = taken(table_response(form, name="x", headings=["=1", "\t=1", "-x"], rows=iter([]), taking=None))
        assert headings == ["'=1", "'\t=1", "'-x"]


def test_every_table_is_written_while_it_is_read(tables: list[Leaving], everybody: Client) -> None:
    for table in tables:
        for form in forms_of(table):
            made = 0

            def count(**_given: Any) -> None:
                nonlocal made
                made += 1

            post_init.connect(count)
            try:
                response = everybody.get(table.path, form)
                assert response.streaming, table.name
                parts = iter(response.streaming_content)
                next(parts)
                before = made
                rest = b"".join(parts)
            finally:
                post_init.disconnect(count)
            assert rest, table.name
            assert before < ROWS / 2, f"{table.name}: {before} records were loaded before the first part left"
            assert made - before >= ROWS, f"{table.name}: the measure saw nothing"


def test_somebody_of_another_event_gets_nothing_of_this_one(tables: list[Leaving], event: Event) -> None:
    user = User.objects.create_user("of elsewhere", password=None)
    user.groups.set(Group.objects.filter(name__in=PERMISSIONS))
    EventStaff.objects.create(event=EventFactory(slug="elsewhere"), user=user)
    client = browser(user)
    for table in (one for one in tables if not one.name.startswith("registration:")):
        for form in FORMS:
            response = client.get(table.path, {"export": form})
            assert is_refused(response) or len(taken(response)) == 1, table.name


def test_nobody_takes_a_table_without_the_right_to(tables: list[Leaving], event: Event) -> None:
    roleless = browser(User.objects.create_user("no role", password=None))
    for table in (one for one in tables if not one.name.startswith("registration:")):
        right = RIGHTS.get(table.name) or getattr(table.view, "export_permission", "") or table.view.permission
        assert right, f"{table.name}: who may take data away is a right of its own"
        app, codename = right.split(".")
        everything_but = User.objects.create_user(f"but {table.name}", password=None)
        others = Permission.objects.exclude(content_type__app_label=app, codename=codename)
        everything_but.user_permissions.set(others)
        for client in (Client(), roleless, browser(everything_but)):
            for form in FORMS:
                assert is_refused(client.get(table.path, {"export": form})), table.name


def test_a_delegations_list_opens_to_its_own_link_alone(tables: list[Leaving], event: Event) -> None:
    from plenary.core.links import make_link
    from tests.factories.delegations import DelegationFactory

    other = DelegationFactory(event=event)
    mine = [one for one in tables if one.name.startswith("registration:delegation")]
    assert len(mine) == len(FORMS)
    for table in mine:
        start, _, rest = table.path.partition("/delegation/")
        end = rest.partition("/")[2]
        theirs = make_link("delegation", other.pk, other.link_version)
        assert not any(
            EVIL["name"] in str(cell)
            for row in taken(Client().get(f"{start}/delegation/{theirs}/{end}"))
            for cell in row
        )
        forged = make_link("guest", other.pk, other.link_version)
        assert Client().get(f"{start}/delegation/{forged}/{end}").status_code == 404


def test_search_words_are_noted_as_such_and_what_a_list_does_not_know_is_not_noted() -> None:
    from django.http import QueryDict

    query = QueryDict("q=Amina&state=open&state=paid&name=Amina&p=2&empty=")
    assert filters_of(query, ["q", "state", "empty"]) == {"q": ["…"], "state": ["open", "paid"]}


# -- and by the source: files that an address asked without a record does not show ----------------------------------------
ROOT = Path(__file__).parents[2]
WRITING = {"csv_rows", "xlsx_parts", "Workbook", "SpreadsheetExportMixin", "list_export", "writer"}
MAY_WRITE = {
    "site/plenary/core/exports.py",
    "site/plenary/core/spreadsheets.py",
    "site/plenary/core/viewsets/shared.py",
}
ONE_PAPER = "one paper of one person"
OWN = "a guest's own, behind the guest's own link"
PUBLIC = "what everybody may read"
# Whatever answers with a file and is no table. A new one fails the test below until its reason stands here.
NO_TABLE = {
    "checkin/live.py:stream": "numbers of the board, as they change; no file",
    "checkin/views.py:apple": OWN,
    "checkin/views.py:badge": OWN,
    "checkin/viewsets/muster.py:get": "the muster list on paper; noted with their number",
    "checkin/viewsets/badges.py:many": "badges, a part at once; noted with their number",
    "checkin/viewsets/badges.py:one": ONE_PAPER,
    "checkin/viewsets/printing.py:printed_file": "badges, a file of a run; noted with their number",
    "portal/interchange/views.py:schedule_ics": PUBLIC,
    "registration/api/own_data.py:get_own_data": OWN,
    "registration/views/delegations.py:paper_response": ONE_PAPER,
    "registration/views/identity.py:portrait_picture": OWN,
    "registration/views/letters.py:pdf_response": ONE_PAPER,
    "registration/views/own_data.py:as_archive": OWN,
    "registration/views/own_data.py:as_file": OWN,
    "registration/views/own_page.py:calendar": OWN,
    "registration/views/payment.py:document": OWN,
    "registration/viewsets/dossier.py:_answer_file": ONE_PAPER,
    "registration/viewsets/identity.py:_file": ONE_PAPER,
    "registration/viewsets/invitation.py:private_file": ONE_PAPER,
    "registration/viewsets/order_page.py:document_view": ONE_PAPER,
    "registration/viewsets/privacy.py:certificate_file": "one certificate; it holds digests and no names",
    "site/plenary/core/mailbox.py:attachment": "the mailbox of whoever develops",
    "site/plenary/core/views.py:media": PUBLIC,
}


def ours() -> Iterator[tuple[str, ast.Module]]:
    for app in ("site", "registration", "checkin", "publicity", "portal"):
        for file in sorted((ROOT / app).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def words_in(tree: ast.AST) -> set[str]:
    """The names a piece of code uses, and the texts in it."""
    found = {getattr(node, name, "") for node in ast.walk(tree) for name in ("id", "attr", "value")}
    return {word for word in found if isinstance(word, str)}


def test_nothing_writes_a_table_but_the_one_way() -> None:
    assert {file for file, tree in ours() if words_in(tree) & WRITING} == MAY_WRITE


def test_whatever_else_answers_with_a_file_has_a_reason_not_to_be_a_table() -> None:
    answering = {"Content-Disposition", "FileResponse", "StreamingHttpResponse"}
    found = {
        f"{file}:{node.name}"
        for file, tree in ours()
        if file not in MAY_WRITE
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and {w for part in node.body for w in words_in(part)} & answering
    }
    assert found - NO_TABLE.keys() == set(), "make it a table of core.exports, or say here why it is none"
    assert NO_TABLE.keys() - found == set(), "it is gone: take it out"
