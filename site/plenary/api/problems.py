"""The catalogue of errors, readable: `type` of every problem points here."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from plenary.core.api import Page, answers, cached_for
from plenary.core.problems import CATALOGUE, NOT_FOUND, Kind, Problem

router = Router()


class ProblemKind(Schema):
    """One kind of problem."""

    code: str
    status: int = Field(ge=400, le=599)
    title: str
    type: str = Field(json_schema_extra={"format": "uri"})


def _as_json(kind: Kind) -> dict[str, Any]:
    return {"code": kind.code, "status": kind.status, "title": str(kind.title), "type": kind.uri}


@router.get("/", response=answers({200: Page[ProblemKind], 304: None}))
@cached_for(3600)
def list_problems(request: HttpRequest) -> dict[str, Any]:
    """Every kind of problem this API answers with, by status and code."""
    kinds = sorted(CATALOGUE.values(), key=lambda kind: (kind.status, kind.code))
    return {"items": [_as_json(kind) for kind in kinds], "next": None}


@router.get("/{slug:code}/", response=answers({200: ProblemKind, 304: None}, NOT_FOUND))
@cached_for(3600)
def get_problem(request: HttpRequest, code: Annotated[str, Path(pattern=r"^[a-z_]{1,60}$")]) -> dict[str, Any]:
    """What one code means."""
    if code not in CATALOGUE:
        raise Problem(NOT_FOUND)
    return _as_json(CATALOGUE[code])
