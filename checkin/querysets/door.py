"""The reads of a scan, in plain SQL: at a door a whole request has about two milliseconds, and composing these
through the ORM alone would take one. The statements are the same on PostgreSQL and SQLite but for one function name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from checkin.querysets.statements import is_postgresql, run
from checkin.rules import Passage, Place, Scope, moment

Label = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DoorCheckpoint:
    """A checkpoint as a door knows it. What it counts, it counts at `area`: itself, or the zone it leads into."""

    id: int
    area: int
    slug: str
    name: Label
    place: Place


@dataclass(frozen=True, slots=True)
class Door:
    """A device that presented a good token, its event's keys, and those of the checkpoints it asked about."""

    device_id: UUID
    device_name: str
    event_id: int
    event_number: int
    revoked: bool
    last_seen_at: datetime | None
    scope: Scope
    keys: Mapping[int, bytes]
    checkpoints: Mapping[str, DoorCheckpoint]


@dataclass(frozen=True, slots=True)
class Entry:
    """The scan by which somebody came through a checkpoint: what a second door is told."""

    scan_id: UUID
    at: datetime
    checkpoint: DoorCheckpoint | None
    device_name: str

    def as_answer(self) -> dict[str, Any]:
        place = self.checkpoint
        return {
            "id": str(self.scan_id),
            "scanned_at": self.at,
            "checkpoint": {"slug": place.slug, "name": place.name} if place else None,
            "device": self.device_name,
        }


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as found by its public id, with the little of its holder that a volunteer may see."""

    id: int
    issue: int
    digest: bytes
    withdrawn: bool
    category_id: int
    rights: int
    person: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of the list of who is through, as read before deciding."""

    passage: Passage
    entry: Entry


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A scan already in the ledger, ready to be answered again."""

    event_id: int
    verdict: str
    reason: str
    person: Mapping[str, Any] | None
    first: Entry | None


def find_door(token_digest: str, slugs: Collection[str]) -> Door | None:
    """The device of a token with its event, keys and the named checkpoints, in one statement; None for an unknown token."""
    rows = run(
        _DOOR.format(categories=_aggregate("category_id"), places=_aggregate("checkpoint_id"), slugs=_marks(slugs)),
        [*slugs, token_digest],
    )
    if not rows:
        return None
    first = rows[0]
    return Door(
        device_id=_uuid(first[0]),
        device_name=first[1],
        event_id=first[2],
        event_number=first[3],
        revoked=first[4] is not None,
        last_seen_at=_time(first[5]),
        scope=Scope(_numbers(first[8]), _time(first[6]), _time(first[7])),
        keys={row[9]: bytes(row[10]) for row in rows if row[9] is not None},
        checkpoints={row[12]: _checkpoint(row[11:]) for row in rows if row[11] is not None},
    )


# One row per key and checkpoint: an event has one key, or two for a while, and a batch names one checkpoint or a few.
_DOOR = """
SELECT d.id, d.name, d.event_id, e.number, d.revoked_at, d.last_seen_at, d.valid_from, d.valid_until,
       (SELECT {places} FROM checkin_device_checkpoints dc WHERE dc.device_id = d.id), k.key_id, k.public,
       c.id, c.slug, c.name, COALESCE(z.id, c.id), c.active AND COALESCE(z.active, c.active), c.rights,
       (SELECT {categories} FROM checkin_checkpoint_categories cc WHERE cc.checkpoint_id = c.id),
       (SELECT {categories} FROM checkin_checkpoint_escorted cc WHERE cc.checkpoint_id = c.id),
       c.opens_at, c.closes_at, COALESCE(z.entries, c.entries), COALESCE(z.pause, c.pause),
       CASE WHEN z.id IS NULL THEN c.capacity ELSE z.capacity END, e.time_zone, e.day_change
FROM checkin_device d
JOIN events_event e ON e.id = d.event_id
LEFT JOIN checkin_signingkey k ON k.event_id = d.event_id
LEFT JOIN checkin_checkpoint c ON c.event_id = d.event_id AND c.slug IN ({slugs})
LEFT JOIN checkin_checkpoint z ON z.id = c.zone_id
WHERE d.token_digest = %s AND d.kind = 'scanner'
"""


def find_credentials(
    event_id: int, public_ids: Collection[bytes], checkpoints: Iterable[DoorCheckpoint]
) -> tuple[dict[bytes, Presented], dict[tuple[int, int], Standing]]:
    """The presented credentials of an event by public id, and who of them is through where, by (area, credential): one
    statement, because each way to the database and back costs more than its work."""
    areas = {checkpoint.area for checkpoint in checkpoints}
    if not public_ids:
        return {}, {}
    through = (_THROUGH_POSTGRESQL if is_postgresql() else _THROUGH).format(
        areas=_marks(areas), badges=_BADGES, entry=_ENTRY
    )
    statement = _CREDENTIALS.format(through=through, ids=_marks(public_ids))
    credentials: dict[bytes, Presented] = {}
    standings: dict[tuple[int, int], Standing] = {}
    for row in run(statement, [*areas, event_id, *public_ids]):
        credentials[bytes(row[0])] = Presented(
            id=row[1],
            issue=row[2],
            digest=bytes(row[3] or b""),
            withdrawn=row[4] is not None,
            category_id=row[5],
            rights=row[6],
            person=_person(row[7:12]),
        )
        if row[12] is not None:
            entered = _required_time(row[14])
            standings[row[12], row[1]] = Standing(
                Passage(entered, _time(row[15])), Entry(_uuid(row[13]), entered, _named(row[17:]), row[16] or "")
            )
    return credentials, standings


_CREDENTIALS = """
SELECT cr.public_id, cr.id, cr.issue, cr.digest, cr.withdrawn_at, r.category_id, cat.rights | cr.granted,
       r.name, r.latin_name, r.organisation, cat.name, cat.colour,
       {through}
WHERE cr.event_id = %s AND cr.public_id IN ({ids})
"""
_BADGES = """FROM checkin_credential cr
JOIN registration_registration r ON r.id = cr.registration_id
JOIN registration_category cat ON cat.id = r.category_id"""
_ENTRY = """LEFT JOIN checkin_scan s ON s.id = a.scan_id
LEFT JOIN checkin_device d ON d.id = s.device_id
LEFT JOIN checkin_checkpoint c ON c.id = s.checkpoint_id"""
_THROUGH = """a.checkpoint_id, a.scan_id, a.at, a.left_at, d.name, c.id, c.slug, c.name
{badges}
LEFT JOIN checkin_admission a ON a.credential_id = cr.id AND a.checkpoint_id IN ({areas})
{entry}"""
# PostgreSQL would rather read every admission of a checkpoint and the whole ledger than look up a hundred; what cannot
# be flattened (OFFSET) is looked up badge by badge.
_THROUGH_POSTGRESQL = """p.* {badges}
LEFT JOIN LATERAL (
    SELECT a.checkpoint_id, a.scan_id, a.at, a.left_at, d.name, c.id, c.slug, c.name AS gate
    FROM (SELECT * FROM checkin_admission WHERE credential_id = cr.id AND checkpoint_id IN ({areas}) OFFSET 0) a
    {entry} OFFSET 0
) p ON true"""


def find_by_code(event_id: int, codes: Collection[str]) -> dict[str, tuple[bytes, int]]:
    """Public id and issue number of the credentials whose holders have these codes."""
    rows = run(_BY_CODE.format(codes=_marks(codes)), [event_id, *codes])
    return {code: (bytes(public_id), issue) for code, public_id, issue in rows}


_BY_CODE = """
SELECT r.code, cr.public_id, cr.issue FROM registration_registration r
JOIN checkin_credential cr ON cr.registration_id = r.id
WHERE r.event_id = %s AND r.code IN ({codes})
"""


def count_inside(areas: Mapping[int, datetime | None]) -> dict[int, int]:
    """How many are inside each area now, of those who came since its moment (None: whenever).

    The areas stay locked until the transaction ends, so that two doors cannot give away the same last place. SQLite has
    one writer at a time anyway.
    """
    if is_postgresql():
        run(_LOCK.format(areas=_marks(areas)), sorted(areas))
    return {area: run(_INSIDE, [area, since or _EVER])[0][0] for area, since in areas.items()}


_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_LOCK = "SELECT id FROM checkin_checkpoint WHERE id IN ({areas}) ORDER BY id FOR NO KEY UPDATE"
_INSIDE = "SELECT count(*) FROM checkin_admission WHERE checkpoint_id = %s AND left_at IS NULL AND at >= %s"


def find_stored(scan_ids: Sequence[UUID]) -> dict[UUID, StoredScan]:
    """Scans already in the ledger, by id."""
    rows = run(_STORED.format(ids=_marks(scan_ids)), scan_ids)
    return {
        _uuid(row[0]): StoredScan(
            event_id=row[1],
            verdict=row[2],
            reason=row[3],
            person=_person(row[4:9]) if row[4] is not None else None,
            first=_first(row[9:]) if row[9] is not None else None,
        )
        for row in rows
    }


_STORED = """
SELECT s.id, s.event_id, s.verdict, s.reason, r.name, r.latin_name, r.organisation, cat.name, cat.colour,
       f.id, f.scanned_at, f.received_at, f.offline, d.name, c.id, c.slug, c.name
FROM checkin_scan s
LEFT JOIN checkin_credential cr ON cr.id = s.credential_id
LEFT JOIN registration_registration r ON r.id = cr.registration_id
LEFT JOIN registration_category cat ON cat.id = r.category_id
LEFT JOIN checkin_scan f ON f.id = s.first_scan_id
LEFT JOIN checkin_device d ON d.id = f.device_id
LEFT JOIN checkin_checkpoint c ON c.id = f.checkpoint_id
WHERE s.id IN ({ids})
"""


def _first(row: Sequence[Any]) -> Entry:
    scan_id, scanned_at, received_at, offline, device, checkpoint_id, slug, name = row
    when = moment(scanned_at=_required_time(scanned_at), received_at=_required_time(received_at), offline=bool(offline))
    return Entry(_uuid(scan_id), when.at, _named([checkpoint_id, slug, name]), device or "")


def _named(row: Sequence[Any]) -> DoorCheckpoint | None:
    """A checkpoint that an answer only names."""
    checkpoint_id, slug, name = row
    return None if checkpoint_id is None else DoorCheckpoint(checkpoint_id, checkpoint_id, slug, _label(name), _NOWHERE)


_NOWHERE = Place(active=False, entries="")  # an answer tells a checkpoint's name; nothing is decided by it any more


def _checkpoint(row: Sequence[Any]) -> DoorCheckpoint:
    (checkpoint_id, slug, name, area, active, rights, categories, escorted, opens_at, closes_at, entries, pause,
     capacity, time_zone, day_change) = row  # fmt: skip
    place = Place(
        active=bool(active),
        entries=entries,
        categories=_numbers(categories),
        rights=rights,
        escorted=_numbers(escorted),
        opens_at=_time(opens_at),
        closes_at=_time(closes_at),
        capacity=capacity,
        pause=pause,
        time_zone=time_zone,
        day_change=_minutes(day_change),
    )
    return DoorCheckpoint(checkpoint_id, area, slug, _label(name), place)


def _minutes(duration: Any) -> int:
    """SQLite keeps a duration as microseconds."""
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration / 1_000_000
    return int(seconds // 60)


def _numbers(text: str | None) -> frozenset[int]:
    return frozenset(map(int, text.split(","))) if text else frozenset()


def _person(row: Sequence[Any]) -> dict[str, Any]:
    name, latin_name, organisation, category, colour = row
    return {
        "name": name,
        "latin_name": latin_name,
        "category": {"name": _label(category), "colour": colour},
        "organisation": organisation,
        "photo": None,
    }


@lru_cache(maxsize=1024)
def _label(text: str) -> Label:
    """The few labels of an event come with every row: each is parsed once."""
    label: Label = orjson.loads(text)
    return label


def _marks(values: Collection[Any]) -> str:
    """Place holders of an IN list; NULL, which equals nothing, where it is empty."""
    return ",".join(["%s"] * len(values)) or "NULL"


def _aggregate(column: str) -> str:
    return f"string_agg({column}::text, ',')" if is_postgresql() else f"group_concat({column})"


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _required_time(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)  # SQLite's own conversion forgets the zone


def _time(value: Any) -> datetime | None:
    return None if value is None else _required_time(value)
