"""Take a scan back: the one thing at a door that needs a supervisor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router

from checkin.actions import (
    BuiltUpon,
    NothingToUndo,
    NotUndone,
    ScanUnknown,
    TooManyCodes,
    UndoTooLate,
    WrongCode,
    undo_scan,
)
from checkin.api.auth import OUT_OF_TIME, TOKEN_REVOKED, DeviceAuth, device_at_work, device_of
from checkin.api.schemas import SupervisorsCode, Undone
from plenary.core.api import answers
from plenary.core.problems import TOO_MANY_REQUESTS, Problem, define

router = Router()
SCAN_UNKNOWN = define("scan_unknown", 404, _("This device has delivered no such scan"))
NOTHING_TO_UNDO = define("nothing_to_undo", 409, _("Nobody was let through by this scan"))
UNDO_TOO_LATE = define("undo_too_late", 409, _("This scan is too old to be undone"))
BUILT_UPON = define("built_upon", 409, _("The badge has been used again since"))
CODE_WRONG = define("supervisor_code_wrong", 403, _("No supervisor has this code"))
_REFUSALS = {
    ScanUnknown: SCAN_UNKNOWN,
    NothingToUndo: NOTHING_TO_UNDO,
    UndoTooLate: UNDO_TOO_LATE,
    BuiltUpon: BUILT_UPON,
    WrongCode: CODE_WRONG,
    TooManyCodes: TOO_MANY_REQUESTS,
}


@router.post(
    "/scans/{uuid:scan_id}/undo",
    auth=DeviceAuth(device_at_work),
    response=answers(Undone, TOKEN_REVOKED, OUT_OF_TIME, *_REFUSALS.values()),
)
def undo(request: HttpRequest, scan_id: UUID, body: SupervisorsCode) -> dict[str, Any]:
    """Take back an admitted scan of this device within two minutes, by a supervisor's code. The guest is then as before
    it; the ledger keeps both. Sent again it answers the same."""
    try:
        reversal = undo_scan(device_of(request), scan_id, body.code)
    except NotUndone as refusal:
        kind = _REFUSALS[type(refusal)]
        headers = {"Retry-After": "600"} if kind is TOO_MANY_REQUESTS else {}
        raise Problem(kind, _("Ask the office to look at the ledger of scans."), headers=headers) from refusal
    return {"id": reversal.scan_id, "undone_at": reversal.at, "by": reversal.code.name}
