"""Record scans exactly once. The database decides between doors: a unique admission and the scan's own id.

A batch is read, decided in memory in its order, and written in at most three statements. Where somebody else was
faster, nothing is written and the batch is decided again on what is true now; a scan already in the ledger is
answered from there. So a retry, a double sending or a race changes nothing and gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from checkin import tokens
from checkin.querysets.door import (
    Door,
    DoorCheckpoint,
    Entry,
    Presented,
    Standing,
    find_credentials,
    find_stored,
)
from checkin.querysets.statements import is_postgresql, run
from checkin.rules import Badge, Effect, Outcome, Passage, Reason, Verdict, after, decide, moment, refuse
from checkin.signing import digest

ATTEMPTS = 8  # each lost race means that somebody else got through, so this is a crowd at one badge


class TooBusy(Exception):
    """Overtaken again and again; nothing was written, the device sends the batch once more."""


class _Overtaken(Exception):
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


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What a device is told of one scan."""

    verdict: str
    reason: str
    person: Mapping[str, Any] | None = None
    first: Entry | None = None


@dataclass(frozen=True, slots=True)
class _Decided:
    """One new scan with its verdict, ready for the ledger."""

    request: ScanRequest
    received_at: datetime
    verdict: Verdict
    checkpoint: DoorCheckpoint | None
    credential: Presented | None
    first: Entry | None


@dataclass(slots=True)
class _Books:
    """What was read for a batch, and what the scans decided so far have changed of it."""

    door: Door
    received_at: datetime
    badges: Mapping[str, tokens.Token | Reason]
    credentials: Mapping[bytes, Presented]
    before: Mapping[tuple[int, int], Standing]
    now: dict[tuple[int, int], Standing] = field(default_factory=dict)
    left_at: dict[tuple[int, int], datetime | None] = field(default_factory=dict)


_REFUSED_ELSEWHERE = ScanAnswer(Outcome.REFUSE, Reason.MALFORMED)


def record_scans(door: Door, requests: Sequence[ScanRequest], *, received_at: datetime) -> dict[UUID, ScanAnswer]:
    """Decide and store scans of one device; answers by scan id. Raises TooBusy.

    The same id twice, in this batch or ever before, is one scan: its first contents count and its answer stands, also
    when rules have changed since. An id that another event's ledger holds is refused and tells nothing of it.
    """
    wanted = {request.id: request for request in reversed(requests)}  # of two with one id the first counts
    new = [request for request in requests if wanted[request.id] is request]
    answers: dict[UUID, ScanAnswer] = {}
    for attempt in range(ATTEMPTS):
        if attempt:  # the usual scan is new, so the ledger is only asked once it has objected
            stored = find_stored([request.id for request in new])
            answers |= {
                scan_id: ScanAnswer(scan.verdict, scan.reason, scan.person, scan.first)
                if scan.event_id == door.event_id
                else _REFUSED_ELSEWHERE
                for scan_id, scan in stored.items()
            }
            new = [request for request in new if request.id not in stored]
        if not new:
            return answers
        books = _read(door, new, received_at)
        decided = [_decide(books, request, position) for position, request in enumerate(new)]
        try:
            _write(books, decided)
        except _Overtaken:
            continue
        return answers | {
            one.request.id: ScanAnswer(
                one.verdict.outcome, one.verdict.reason, one.credential.person if one.credential else None, one.first
            )
            for one in decided
        }
    raise TooBusy


def _read(door: Door, requests: Iterable[ScanRequest], received_at: datetime) -> _Books:
    badges: dict[str, tokens.Token | Reason] = {}
    for request in requests:
        if not request.faulty and request.credential not in badges:
            badges[request.credential] = _unpack(request.credential, door)
    public_ids = {badge.public_id for badge in badges.values() if isinstance(badge, tokens.Token)}
    credentials, standings = find_credentials(door.event_id, public_ids, door.checkpoints.values())
    return _Books(
        door=door,
        received_at=received_at,
        badges={text: _authentic(text, badge, credentials, door) for text, badge in badges.items()},
        credentials=credentials,
        before=standings,
    )


def _unpack(text: str, door: Door) -> tokens.Token | Reason:
    try:
        token, _signature = tokens.unpack(text)
    except tokens.Malformed:
        return Reason.MALFORMED
    return token if token.event == door.event_number else Reason.OTHER_EVENT


def _authentic(
    text: str, badge: tokens.Token | Reason, credentials: Mapping[bytes, Presented], door: Door
) -> tokens.Token | Reason:
    """The token when we made the text. Its digest tells at once for a current badge; a signature check costs far more
    and is left to the rest: superseded, unknown and forged ones."""
    if isinstance(badge, Reason):
        return badge
    known = credentials.get(badge.public_id)
    if known is not None and known.digest == digest(text):
        return badge
    try:
        return tokens.read(text, event=door.event_number, keys=door.keys)
    except tokens.BadToken:
        return Reason.FORGED


def _decide(books: _Books, request: ScanRequest, position: int) -> _Decided:
    # One microsecond apart, so that the ledger keeps the order of the batch.
    received_at = books.received_at + timedelta(microseconds=position)
    if request.faulty:
        return _Decided(request, received_at, refuse(Reason.MALFORMED), None, None, None)
    badge = books.badges[request.credential]
    credential = books.credentials.get(badge.public_id) if isinstance(badge, tokens.Token) else None
    checkpoint = books.door.checkpoints.get(request.checkpoint)
    pair = (checkpoint.id, credential.id) if checkpoint and credential else None
    standing = (books.now.get(pair) or books.before.get(pair)) if pair else None
    passage = standing.passage if standing else Passage()
    when = moment(scanned_at=request.scanned_at, received_at=received_at, offline=request.offline)
    verdict = decide(
        place=checkpoint.place if checkpoint else None,
        badge=_facts(badge, credential),
        passage=passage,
        direction=request.direction,
        when=when,
        offline=request.offline,
    )
    if pair and verdict.effect != Effect.NONE:
        entry = Entry(request.id, when.at, checkpoint, books.door.device_name)
        if verdict.effect == Effect.LEAVE and standing:
            entry = standing.entry
        books.now[pair] = Standing(after(verdict.effect, passage), entry)
        books.left_at[pair] = when.at if verdict.effect == Effect.LEAVE else None
    first = standing.entry if standing and verdict.reason == Reason.DUPLICATE else None
    return _Decided(request, received_at, verdict, checkpoint, credential, first)


def _facts(badge: tokens.Token | Reason, credential: Presented | None) -> Badge | Reason:
    if isinstance(badge, Reason):
        return badge
    if credential is None:
        return Reason.UNKNOWN
    return Badge(badge.issue, credential.issue, credential.category_id, credential.withdrawn)


def _write(books: _Books, decided: Sequence[_Decided]) -> None:
    """All or nothing; raises _Overtaken when a row is not as it was read."""
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


def _enter_one(books: _Books, one: _Decided) -> None:
    """The usual scan in one statement instead of four: the ledger gets its row only if the admission was won.

    A scan id that the ledger already has breaks the whole statement, admission included.
    """
    [(pair, standing)] = books.now.items()
    row = _row(books.door, one)
    try:
        written = run(_ENTER_ONE, [*pair, standing.entry.scan_id, standing.entry.at, *row[:-4], *row[-3:]])
    except IntegrityError as error:
        raise _Overtaken from error
    if not written:
        raise _Overtaken


# An admitted scan points to no first one; a plain NULL, because a parameter would need a type here.
_ENTER_ONE = """
WITH entered AS (
    INSERT INTO checkin_admission (checkpoint_id, credential_id, scan_id, at)
    VALUES (%s, %s, %s, %s) ON CONFLICT (checkpoint_id, credential_id) DO NOTHING RETURNING 1
)
INSERT INTO checkin_scan (id, event_id, device_id, checkpoint_id, credential_id, direction, verdict, reason,
first_scan_id, scanned_at, received_at, offline)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, NULL, %s, %s, %s FROM entered RETURNING 1
"""


def _enter(pairs: list[tuple[int, int]], books: _Books) -> None:
    """First entries. The constraint lets one of all doors win; in one order everywhere, so that none waits in a ring."""
    if not pairs:
        return
    rows = [
        (*pair, books.now[pair].entry.scan_id, books.now[pair].entry.at, books.left_at[pair]) for pair in sorted(pairs)
    ]
    _write_rows(_ENTER, rows)


_ENTER = """
INSERT INTO checkin_admission (checkpoint_id, credential_id, scan_id, at, left_at)
VALUES {rows} ON CONFLICT (checkpoint_id, credential_id) DO NOTHING RETURNING 1
"""


def _move(pairs: list[tuple[int, int]], books: _Books) -> None:
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
            books.left_at[pair],
        )
        for pair in sorted(pairs)
    ]
    _write_rows(_MOVE, rows)


# PostgreSQL cannot tell the type of a column of NULLs; SQLite would turn a moment into a number if it were told.
_MOVE = """
UPDATE checkin_admission AS a SET scan_id = v.column5, at = v.column6, left_at = {nullable_time}
FROM (VALUES {rows}) AS v
WHERE a.checkpoint_id = v.column1 AND a.credential_id = v.column2 AND a.scan_id = v.column3
AND (a.left_at IS NULL) = v.column4 RETURNING 1
"""


def _insert_scans(door: Door, decided: Sequence[_Decided]) -> None:
    rows = [_row(door, one) for one in sorted(decided, key=lambda one: one.request.id)]
    _write_rows(_STORE, rows)


def _row(door: Door, one: _Decided) -> tuple[Any, ...]:
    """A scan as the ledger stores it."""
    return (
        one.request.id,
        door.event_id,
        door.device_id,
        one.checkpoint.id if one.checkpoint else None,
        one.credential.id if one.credential else None,
        one.request.direction,
        one.verdict.outcome.value,
        one.verdict.reason.value,
        one.first.scan_id if one.first else None,
        one.request.scanned_at,
        one.received_at,
        one.request.offline,
    )


_STORE = """
INSERT INTO checkin_scan (id, event_id, device_id, checkpoint_id, credential_id, direction, verdict, reason,
first_scan_id, scanned_at, received_at, offline)
VALUES {rows} ON CONFLICT (id) DO NOTHING RETURNING 1
"""


def _write_rows(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement that answers one row for each it has written; raises _Overtaken when it wrote fewer."""
    one = f"({','.join(['%s'] * len(rows[0]))})"
    time = "CAST(v.column7 AS timestamptz)" if is_postgresql() else "v.column7"
    written = run(
        statement.format(rows=",".join([one] * len(rows)), nullable_time=time),
        [value for row in rows for value in row],
    )
    if len(written) != len(rows):
        raise _Overtaken
