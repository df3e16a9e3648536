"""Search at the door, and the snapshot a door works with offline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router

from checkin.api.auth import OUT_OF_TIME, TOKEN_REVOKED, DeviceAuth, device_at_work, device_of
from checkin.api.schemas import FoundList, Passages, Snapshot
from checkin.models import Admission, Checkpoint, Credential, SigningKey
from checkin.querysets import OVERLAP
from checkin.signing import Signer
from checkin.snapshot import Snapshots
from plenary.core.actions import Actor, record_looks
from plenary.core.api import answers
from plenary.core.problems import Problem, define
from registration.models import Registration

router = Router()
MOST_FOUND = 20  # a volunteer who sees more should type more
PERSON = ("name", "latin_name", "organisation")


@router.get("/search", auth=DeviceAuth(device_at_work), response=answers(FoundList, TOKEN_REVOKED, OUT_OF_TIME))
def search_guests(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=2, max_length=100, description="Name in any script, organisation, or code.")],
) -> dict[str, Any]:
    """Guests by name or code, for a badge that was forgotten or cannot be read. Every answer is logged with the device."""
    device = device_of(request)
    found = list(Credential.objects.search(device.event, q)[:MOST_FOUND])
    key = SigningKey.objects.current(device.event)
    signer = Signer(key, device.event.number) if key else None
    record_looks(found, part="door search", by=Actor(device.name))
    return {"items": [_found(registration, signer) for registration in found], "next": None}


def _found(registration: Registration, signer: Signer | None) -> dict[str, Any]:
    credential: Credential | None = getattr(registration, "credential", None)
    valid = credential is not None and credential.withdrawn_at is None
    return {
        "credential": signer.text(credential) if signer and credential and valid else None,
        "name": registration.name,
        "latin_name": registration.latin_name,
        "organisation": registration.organisation,
        "category": {"name": registration.category.name, "colour": registration.category.colour},
        "photo": None,
        "code": registration.code,
        "state": registration.state,
    }


@router.get(
    "/snapshot",
    auth=DeviceAuth(device_at_work),
    response=answers({200: Snapshot, 304: None}, TOKEN_REVOKED, OUT_OF_TIME),
)
def get_snapshot(
    request: HttpRequest,
    since: Annotated[
        str | None,
        Query(pattern=r"^[0-9a-f]{1,16}-[0-9a-f]{1,8}$", description="`version` of an earlier answer: only changes."),
    ] = None,
) -> HttpResponse:
    """What a door needs to work without network, and nothing more. Ask again with `since` and with `If-None-Match`.

    A `since` that cannot be continued from is answered with the whole.
    """
    snapshots = Snapshots(device_of(request))
    etag = snapshots.etag(since)
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        response = unchanged
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(snapshots.gzipped(since), content_type="application/json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(snapshots.plain(since), content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Encoding, Authorization"
    return response


NO_CHECKPOINT = define("checkpoint_unknown", 404, _("There is no such checkpoint in use"))


@router.get(
    "/passages",
    auth=DeviceAuth(device_at_work),
    response=answers({200: Passages}, TOKEN_REVOKED, OUT_OF_TIME, NO_CHECKPOINT),
)
def get_passages(
    request: HttpRequest,
    checkpoint: Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="Slug of the checkpoint.")],
    since: Annotated[
        str | None, Query(pattern=r"^[0-9a-f]{1,11}$", description="`version` of an earlier answer: only changes.")
    ] = None,
) -> HttpResponse:
    """Who came through a checkpoint, or the zone it leads into, so that a door knows a used badge without network."""
    place = Checkpoint.objects.for_device(device_of(request)).filter(slug=checkpoint).first()
    if place is None:
        raise Problem(NO_CHECKPOINT, _("Choose the checkpoint again."))
    asked_at = timezone.now()
    # Told again from shortly before: two transactions may commit in another order than their clocks say.
    after = datetime.fromtimestamp(int(since, 16) / 1000, UTC) - OVERLAP if since else None
    undone = Admission.objects.undone(place.counting, after) if after else ()
    body = {
        "area": place.counting.slug,
        "complete": after is None,
        "version": f"{_milliseconds(asked_at):x}",
        "passages": [
            [bytes(public_id).hex(), _milliseconds(entered), left and _milliseconds(left)]
            for public_id, entered, left in Admission.objects.passages(place.counting, after)
        ]
        + [[bytes(public_id).hex(), None, None] for public_id in undone],
    }
    response = HttpResponse(orjson.dumps(body), content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
