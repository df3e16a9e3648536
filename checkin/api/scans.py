"""`POST /scans`: the hot path. Bodies are read by hand because one bad scan must not fail its neighbours, and because
validating a batch by schema would cost more than recording it."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from checkin.actions import ScanAnswer, ScanRequest, TooBusy, note_contact, record_scans, token_digest
from checkin.api.auth import ENROL_AGAIN, TOKEN_REVOKED, TOKEN_UNKNOWN, DeviceAuth
from checkin.api.schemas import ScanResults
from checkin.querysets.door import Door, find_door
from checkin.rules import Direction, Outcome, Reason
from plenary.core import strict_json
from plenary.core.api import answers
from plenary.core.problems import INVALID, UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE, FieldError, Problem

logger = logging.getLogger(__name__)
router = Router()
MOST = 200  # scans in one request
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)")
_DIRECTIONS = frozenset(Direction.values)

_REFUSALS = [reason.value for reason in Reason if reason not in (Reason.OK, Reason.CLOCK)]

_SCAN = {
    "title": "Scan",
    "type": "object",
    "required": ["id", "credential", "checkpoint", "scanned_at"],
    "properties": {
        "id": {
            "type": "string",
            "format": "uuid",
            "description": "Chosen by the device. The same id is the same scan: sent again, whatever else it then says, "
            "it gets the stored answer and nothing happens twice.",
        },
        "credential": {
            "type": "string",
            "description": "The text of the QR code; or `CODE:` and the short code of a guest whom the volunteer found "
            "by name, which the ledger then says.",
        },
        "checkpoint": {"type": "string", "description": "Slug of the checkpoint."},
        "direction": {"type": "string", "enum": Direction.values, "default": Direction.IN.value},
        "scanned_at": {
            "type": "string",
            "format": "date-time",
            "description": "By the device's clock. Where that is impossible (in the future, or long past for a scan "
            "made online) the server's time counts and the reason of an admission is `clock`.",
        },
        "escort": {
            "type": "string",
            "description": "The badge text of who comes along, where the answer to the badge alone was `escort`.",
        },
        "refused": {
            "type": "string",
            "enum": _REFUSALS,
            "description": "Why the device turned the person away without asking. It is stored as told and changes "
            "nothing else.",
        },
        "offline": {
            "type": "boolean",
            "default": False,
            "description": "The device has let the person through without asking. A duplicate is then a `conflict`.",
        },
    },
}
_BODY = {
    "title": "ScanBatch",
    "type": "object",
    "required": ["scans"],
    "properties": {
        "scans": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST,
            "items": {
                "anyOf": [_SCAN, {"description": "Anything else is refused by itself, with the reason `malformed`."}]
            },
        }
    },
}


@router.post(
    "/scans",
    auth=DeviceAuth(token_digest),
    response=answers(ScanResults, TOKEN_REVOKED, UNAVAILABLE),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}},
)
def send_scans(request: HttpRequest) -> HttpResponse:
    """Record 1 to 200 scans and get the verdict on each, in the same order.

    Exactly once: a batch may be sent again after any failure. A scan that cannot be read is refused as `malformed`;
    the others are not affected.
    """
    received_at = timezone.now()
    sent: list[Any] = []
    wrong: Problem | None = None
    try:
        sent = _scans_of(request)
    except Problem as problem:  # told to enrolled devices only
        wrong = problem
    try:
        door = _door(request, sent)
        if wrong is not None:
            raise wrong
        read = [_read(item, received_at) for item in sent]
        note_contact(door.device_id, door.last_seen_at, received_at)
        told = record_scans(door, [scan for scan in read if scan is not None], received_at=received_at)
    except TooBusy as error:
        raise Problem(UNAVAILABLE, _("Send the same scans again."), headers={"Retry-After": "1"}) from error
    except (InterfaceError, OperationalError) as error:  # the database is gone, or locked: not the device's mistake
        logger.exception("scans not recorded: no database")
        raise Problem(UNAVAILABLE, _("Send the same scans again."), headers={"Retry-After": "5"}) from error
    body = {"results": [_result(item, scan, told) for item, scan in zip(sent, read, strict=True)]}
    return HttpResponse(orjson.dumps(body, option=orjson.OPT_UTC_Z), content_type="application/json")


def _scans_of(request: HttpRequest) -> list[Any]:
    if request.content_type != "application/json":
        raise Problem(UNSUPPORTED_MEDIA_TYPE, _("Send the body as application/json."))
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        body = strict_json.loads(request.body)  # says where it is broken
    scans = body.get("scans") if isinstance(body, dict) else None
    if not isinstance(scans, list):
        raise Problem(INVALID, errors=[FieldError("#/scans", _("This must be a list."), "list_type")])
    if not 1 <= len(scans) <= MOST:
        raise Problem(INVALID, errors=[FieldError("#/scans", _("Send 1 to 200 scans at a time."), "length")])
    return scans


def _door(request: HttpRequest, sent: list[Any]) -> Door:
    slugs = {
        slug
        for item in sent
        if isinstance(item, dict) and isinstance(slug := item.get("checkpoint"), str) and _SLUG.fullmatch(slug)
    }
    door = find_door(cast(Any, request).auth, slugs)
    if door is None:
        raise Problem(TOKEN_UNKNOWN, ENROL_AGAIN)
    if door.revoked:
        raise Problem(TOKEN_REVOKED, ENROL_AGAIN)
    return door


def _read(item: Any, received_at: datetime) -> ScanRequest | None:
    """One scan with its types checked; None where not even an id can be read."""
    given = item.get("id") if isinstance(item, dict) else None
    if not isinstance(given, str) or not _UUID.fullmatch(given):
        return None
    scan_id = UUID(given)
    credential, checkpoint = item.get("credential"), item.get("checkpoint")
    direction, offline = item.get("direction", "in"), item.get("offline", False)
    escort, refused = item.get("escort") or "", item.get("refused")
    scanned_at = _moment(item.get("scanned_at"))
    if (
        scanned_at is None
        or not isinstance(credential, str)
        or not isinstance(checkpoint, str)
        or not isinstance(direction, str)
        or direction not in _DIRECTIONS
        or not isinstance(offline, bool)
        or not isinstance(escort, str)
        or (refused is not None and refused not in _REFUSALS)
    ):
        return ScanRequest(scan_id, "", "", Direction.IN, received_at, offline is True, faulty=True)
    return ScanRequest(
        scan_id,
        credential.strip(),
        checkpoint,
        direction,
        scanned_at,
        offline,
        escort=escort.strip(),
        refused=Reason(refused) if refused else None,
    )


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:  # a 30th of February, a leap second
        return None


_UNREADABLE = ScanAnswer(Outcome.REFUSE, Reason.MALFORMED)


def _result(item: Any, scan: ScanRequest | None, told: dict[UUID, ScanAnswer]) -> dict[str, Any]:
    answer = told[scan.id] if scan else _UNREADABLE
    return {
        "id": item["id"] if scan else None,
        "verdict": answer.verdict,
        "reason": answer.reason,
        "person": answer.person,
        "first_scan": answer.first.as_answer() if answer.first else None,
    }
