"""Record scans exactly once. The database decides between doors: a unique admission and the scan's own id.

A batch is read, decided in memory in its order, and written in at most three statements. Where somebody else was
faster, nothing is written and the batch is decided again on what is true now; a scan already in the ledger is
answered from there. So a retry, a double sending or a race changes nothing and gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from checkin import tokens
from checkin.actions.books import BY_CODE, Books, Decided, Overtaken, ScanRequest, write
from checkin.querysets.door import (
    Door,
    Entry,
    Presented,
    Standing,
    count_inside,
    find_by_code,
    find_credentials,
    find_stored,
)
from checkin.rules import (
    Badge,
    Effect,
    Entries,
    Outcome,
    Passage,
    Place,
    Reason,
    after,
    day_start,
    decide,
    moment,
    outside,
    refuse,
)
from checkin.signing import digest

ATTEMPTS = 8  # each lost race means that somebody else got through, so this is a crowd at one badge


class TooBusy(Exception):
    """Overtaken again and again; nothing was written, the device sends the batch once more."""


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What a device is told of one scan."""

    verdict: str
    reason: str
    person: Mapping[str, Any] | None = None
    first: Entry | None = None


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
        try:
            decided = _attempt(door, new, received_at)
        except Overtaken:
            continue
        return answers | {
            one.request.id: ScanAnswer(
                one.verdict.outcome, one.verdict.reason, one.credential.person if one.credential else None, one.first
            )
            for one in decided
        }
    raise TooBusy


def _attempt(door: Door, new: Sequence[ScanRequest], received_at: datetime) -> list[Decided]:
    """Read, decide, write. Where a place can be full, all of it in one transaction that holds the place."""
    limited = {
        checkpoint.area: _counted_from(checkpoint.place, received_at)
        for checkpoint in door.checkpoints.values()
        if checkpoint.place.capacity is not None
    }
    with transaction.atomic() if limited else nullcontext():
        books = _read(door, new, received_at, count_inside(limited) if limited else {})
        decided = [_decide(books, request, position) for position, request in enumerate(new)]
        write(books, decided)
    return decided


def _counted_from(place: Place, now: datetime) -> datetime | None:
    """Whoever forgot to scan out yesterday is not inside today, where each day begins anew."""
    if place.entries != Entries.DAILY:
        return None
    return day_start(place, now)


def _read(door: Door, requests: Iterable[ScanRequest], received_at: datetime, inside: dict[int, int]) -> Books:
    badges: dict[str, tokens.Token | Reason] = {}
    for request in requests:
        for text in (request.credential, request.escort) if request.escort else (request.credential,):
            if not request.faulty and text not in badges:
                badges[text] = _unpack(text, door)
    by_hand = _found_by_hand([text for text in badges if text.startswith(BY_CODE)], door)
    badges |= by_hand
    public_ids = {badge.public_id for badge in badges.values() if isinstance(badge, tokens.Token)}
    credentials, standings = find_credentials(door.event_id, public_ids, door.checkpoints.values())
    return Books(
        door=door,
        received_at=received_at,
        badges={text: _authentic(text, badge, credentials, door) for text, badge in badges.items()} | by_hand,
        credentials=credentials,
        before=standings,
        inside=inside,
    )


def _found_by_hand(texts: Sequence[str], door: Door) -> dict[str, tokens.Token | Reason]:
    """Current badges by the short codes of their holders."""
    if not texts:
        return {}
    current = find_by_code(door.event_id, {text.removeprefix(BY_CODE) for text in texts})
    return {
        text: tokens.Token(0, door.event_number, *current[code], 0) if code in current else Reason.UNKNOWN
        for text in texts
        for code in [text.removeprefix(BY_CODE)]
    }


def _unpack(text: str, door: Door) -> tokens.Token | Reason:
    if text.startswith(BY_CODE):
        return Reason.UNKNOWN  # until a guest is found
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


def _decide(books: Books, request: ScanRequest, position: int) -> Decided:
    # One microsecond apart, so that the ledger keeps the order of the batch.
    received_at = books.received_at + timedelta(microseconds=position)
    if request.faulty:
        return Decided(request, received_at, refuse(Reason.MALFORMED), None, None, None, None)
    credential, badge = _presented(books, request.credential)
    escort, company = _presented(books, request.escort) if request.escort else (None, None)
    if escort is not None and escort == credential:
        escort, company = None, None  # nobody escorts oneself
    checkpoint = books.door.checkpoints.get(request.checkpoint)
    pair = (checkpoint.area, credential.id) if checkpoint and credential else None
    standing = (books.now.get(pair) or books.before.get(pair)) if pair else None
    passage = standing.passage if standing else Passage()
    when = moment(scanned_at=request.scanned_at, received_at=received_at, offline=request.offline)
    objection = request.refused or outside(books.door.scope, checkpoint.id if checkpoint else None, when.at)
    verdict = (
        refuse(objection)
        if objection
        else decide(
            place=checkpoint.place if checkpoint else None,
            badge=badge,
            passage=passage,
            direction=request.direction,
            when=when,
            offline=request.offline,
            escort=company,
            inside=books.inside.get(checkpoint.area, 0) if checkpoint else 0,
        )
    )
    if pair and verdict.effect != Effect.NONE:
        entry = Entry(request.id, when.at, checkpoint, books.door.device_name)
        if verdict.effect == Effect.LEAVE and standing:
            entry = standing.entry
        books.now[pair] = Standing(after(verdict.effect, passage, when.at), entry)
        if pair[0] in books.inside:
            books.inside[pair[0]] += 1 if verdict.effect == Effect.ENTER else -1
    first = standing.entry if standing and verdict.reason in _USED_BEFORE else None
    return Decided(request, received_at, verdict, checkpoint, credential, escort, first)


_USED_BEFORE = frozenset({Reason.DUPLICATE, Reason.TOO_SOON})


def _presented(books: Books, text: str) -> tuple[Presented | None, Badge | Reason]:
    """Whose badge a text is, and what the rules need of it."""
    badge = books.badges[text]
    if isinstance(badge, Reason):
        return None, badge
    credential = books.credentials.get(badge.public_id)
    if credential is None:
        return None, Reason.UNKNOWN
    return credential, Badge(
        badge.issue, credential.issue, credential.category_id, credential.withdrawn, credential.rights
    )
