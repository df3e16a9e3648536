"""Portraits for a phone at a checkpoint that shows them. Each face it is given is logged as a look at that guest."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router

from checkin.api.auth import OUT_OF_TIME, TOKEN_REVOKED, DeviceAuth, device_at_work, device_of
from checkin.api.lookups import NO_CHECKPOINT
from checkin.api.schemas import CarriedPortraits, Faces
from checkin.models import Checkpoint, Credential
from checkin.portraits import carried_at, faces_of
from plenary.core.actions import Actor, record_looks
from plenary.core.api import answers
from plenary.core.problems import Problem

router = Router()
Place = Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="Slug of the checkpoint.")]


@router.get(
    "/portraits",
    auth=DeviceAuth(device_at_work),
    response=answers({200: CarriedPortraits}, TOKEN_REVOKED, OUT_OF_TIME, NO_CHECKPOINT),
)
def get_portraits(request: HttpRequest, checkpoint: Place) -> HttpResponse:
    """Whose portraits this device may keep: guests who may pass a checkpoint that shows them. No face is in the answer.

    The office has to limit the device to that checkpoint; for every other one the answer is 404.
    """
    carried = carried_at(_place(request, checkpoint))
    return _answer({"complete": carried.complete, "portraits": carried.faces})


@router.get(
    "/portraits/faces",
    auth=DeviceAuth(device_at_work),
    response=answers({200: Faces}, TOKEN_REVOKED, OUT_OF_TIME, NO_CHECKPOINT),
)
def get_faces(
    request: HttpRequest,
    checkpoint: Place,
    wanted: Annotated[
        str, Query(pattern=r"^[0-9a-f]{16}(,[0-9a-f]{16}){0,24}$", description="1 to 25 credential ids, with commas.")
    ],
) -> HttpResponse:
    """Some of these faces. An id of whom the checkpoint shows no portrait is left out."""
    ids = [bytes.fromhex(one) for one in wanted.split(",")]
    found = list(Credential.objects.shown_at(_place(request, checkpoint)).filter(public_id__in=ids))
    faces = faces_of(found)
    seen = [one.registration for one in found if bytes(one.public_id).hex() in faces]
    record_looks(seen, part="door portrait", by=Actor(device_of(request).name))
    return _answer({"faces": faces})


def _place(request: HttpRequest, slug: str) -> Checkpoint:
    places = Checkpoint.objects.with_portraits(device_of(request))
    found = places.filter(slug=slug).prefetch_related("categories").first()
    if found is None:
        raise Problem(NO_CHECKPOINT, _("Choose the checkpoint again."))
    return found


def _answer(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "private, no-store"}
    )
