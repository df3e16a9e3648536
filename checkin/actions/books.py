"""What a batch of scans was decided on, and how its outcome is written: all or nothing, in at most three statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, connection, transaction

from checkin import tokens
from checkin.querysets.door import Door, DoorCheckpoint, Entry, Presented, Standing
from checkin.querysets.statements import is_postgresql, run
from checkin.rules import Reason, Verdict

BY_CODE = "CODE:"  # a guest whom the volunteer found by name: the device answers for it, no badge was read


class Overtaken(Exception):
    """Another transaction changed what this batch was decided on."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """One scan as a device sent it, its types already checked; `faulty` when only the id could be understood."""

    id: UUID
    credential: str
    checkpoint: str
    direction: str
    scanned_at: datetime
    offline: bool
    faulty: bool = False
    escort: str = ""  # the badge text of who comes along
    refused: Reason | None = None  # why the device itself turned the person away, without asking


@dataclass(frozen=True, slots=True)
class Decided:
    """One new scan with its verdict, ready for the ledger."""

    request: ScanRequest
    received_at: datetime
    verdict: Verdict
    checkpoint: DoorCheckpoint | None
    credential: Presented | None
    escort: Presented | None
    first: Entry | None


@dataclass(slots=True)
class Books:
    """What was read for a batch, and what the scans decided so far have changed of it."""

    door: Door
    received_at: datetime
    badges: Mapping[str, tokens.Token | Reason]
    credentials: Mapping[bytes, Presented]
    before: Mapping[tuple[int, int], Standing]
    inside: dict[int, int]  # by area, where there is a capacity
    now: dict[tuple[int, int], Standing] = field(default_factory=dict)


def write(books: Books, decided: Sequence[Decided]) -> None:
    """All or nothing; raises Overtaken when a row is not as it was read."""
    entering = [pair for pair in books.now if pair not in books.before]
    moving = [pair for pair in books.now if pair in books.before]
    if not books.now:  # one statement is a transaction by itself
        _insert_scans(books.door, decided)
    elif len(decided) == len(entering) == 1 and is_postgresql() and not connection.in_atomic_block:
        _enter_one(books, decided[0])
    else:
        with transaction.atomic():
            _enter(entering, books)
            _move(moving, books)
            _insert_scans(books.door, decided)


def _enter_one(books: Books, one: Decided) -> None:
    """The usual scan in one statement instead of four: the ledger gets its row only if the admission was won.

    A scan id that the ledger already has breaks the whole statement, admission included.
    """
    [(pair, standing)] = books.now.items()
    row = _row(books.door, one)
    try:
        written = run(_ENTER_ONE, [*pair, standing.entry.scan_id, standing.entry.at, *row[:9], *row[10:]])
    except IntegrityError as error:
        raise Overtaken from error
    if not written:
        raise Overtaken


# An admitted scan points to no first one; a plain NULL, because a parameter would need a type here.
_ENTER_ONE = """
WITH entered AS (
    INSERT INTO checkin_admission (checkpoint_id, credential_id, scan_id, at)
    VALUES (%s, %s, %s, %s) ON CONFLICT (checkpoint_id, credential_id) DO NOTHING RETURNING 1
)
INSERT INTO checkin_scan (id, event_id, device_id, checkpoint_id, credential_id, escort_id, direction, verdict, reason,
first_scan_id, scanned_at, received_at, offline, by_hand, turned_away)
SELECT %s, %s, %s, %s, %s, CAST(%s AS bigint), %s, %s, %s, NULL, %s, %s, %s, %s, %s FROM entered RETURNING 1
"""


def _enter(pairs: list[tuple[int, int]], books: Books) -> None:
    """First entries. The constraint lets one of all doors win; in one order everywhere, so that none waits in a ring."""
    if not pairs:
        return
    rows = [
        (*pair, books.now[pair].entry.scan_id, books.now[pair].entry.at, books.now[pair].passage.left)
        for pair in sorted(pairs)
    ]
    _write_rows(_ENTER, "bigint bigint uuid timestamptz timestamptz", rows)


# Without WHERE, SQLite would take ON for a join's.
_ENTER = """
INSERT INTO checkin_admission (checkpoint_id, credential_id, scan_id, at, left_at)
SELECT * FROM {rows} AS v WHERE true ON CONFLICT (checkpoint_id, credential_id) DO NOTHING RETURNING 1
"""


def _move(pairs: list[tuple[int, int]], books: Books) -> None:
    """Leaving and coming back: each row changes only if it still stands as it was read."""
    if not pairs:
        return
    rows = [
        (
            *pair,
            books.before[pair].entry.scan_id,
            books.before[pair].passage.inside,
            books.now[pair].entry.scan_id,
            books.now[pair].entry.at,
            books.now[pair].passage.left,
        )
        for pair in sorted(pairs)
    ]
    _write_rows(_MOVE, "bigint bigint uuid boolean uuid timestamptz timestamptz", rows)


_MOVE = """
UPDATE checkin_admission AS a SET scan_id = v.column5, at = v.column6, left_at = v.column7
FROM {rows} AS v
WHERE a.checkpoint_id = v.column1 AND a.credential_id = v.column2 AND a.scan_id = v.column3
AND (a.left_at IS NULL) = v.column4 RETURNING 1
"""


def _insert_scans(door: Door, decided: Sequence[Decided]) -> None:
    rows = [_row(door, one) for one in sorted(decided, key=lambda one: one.request.id)]
    _write_rows(_STORE, _LEDGER, rows)


def _row(door: Door, one: Decided) -> tuple[Any, ...]:
    """A scan as the ledger stores it."""
    return (
        one.request.id,
        door.event_id,
        door.device_id,
        one.checkpoint.id if one.checkpoint else None,
        one.credential.id if one.credential else None,
        one.escort.id if one.escort else None,
        one.request.direction,
        one.verdict.outcome.value,
        one.verdict.reason.value,
        one.first.scan_id if one.first else None,
        one.request.scanned_at,
        one.received_at,
        one.request.offline,
        one.request.credential.startswith(BY_CODE),
        one.request.refused is not None,
    )


_STORE = """
INSERT INTO checkin_scan (id, event_id, device_id, checkpoint_id, credential_id, escort_id, direction, verdict, reason,
first_scan_id, scanned_at, received_at, offline, by_hand, turned_away)
SELECT * FROM {rows} AS v WHERE true ON CONFLICT (id) DO NOTHING RETURNING 1
"""
_LEDGER = "uuid bigint uuid bigint bigint bigint text text text uuid timestamptz timestamptz boolean boolean boolean"


def _write_rows(statement: str, types: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement that answers one row for each it has written; raises Overtaken when it wrote fewer.

    `types` are PostgreSQL's, of the columns of the rows, which the statement calls column1, column2 …
    """
    written = _run_with_document(statement, types, rows) if is_postgresql() else _run_with_values(statement, rows)
    if len(written) != len(rows):
        raise Overtaken


def _run_with_document(statement: str, types: str, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """All rows as one parameter: the text stays the same for any number of them, so it is prepared once. A place holder
    for each value costs the driver more time than everything else about a batch."""
    columns = [f"column{number}" for number, _type in enumerate(types.split(), 1)]
    shape = ", ".join(map(" ".join, zip(columns, types.split(), strict=True)))
    document = orjson.dumps([dict(zip(columns, row, strict=True)) for row in rows]).decode()
    return run(statement.format(rows=_DOCUMENT.format(shape=shape)), [document])


_DOCUMENT = "(SELECT * FROM json_to_recordset(CAST(%s AS json)) AS r({shape}))"


def _run_with_values(statement: str, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    one = f"({','.join(['%s'] * len(rows[0]))})"
    source = f"(VALUES {','.join([one] * len(rows))})"
    return run(statement.format(rows=source), [value for row in rows for value in row])
