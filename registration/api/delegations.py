"""A delegation's workspace for programs of missions and secretariats: places, members, and naming one. The link is the key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from django.http import HttpRequest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router, Schema, Status
from pydantic import Field

from plenary.core.api import Cursor, Limit, Page, Strict, answers, page
from plenary.core.links import BadLink
from plenary.core.problems import INVALID, NOT_FOUND, FieldError, Problem, define, pointer
from registration.actions import Namesake, Refused, nominate, read_delegation_link
from registration.actions.nominations import closed_list
from registration.api.registrations import KEY_REUSED
from registration.api.schemas import IdempotencyKey
from registration.forms.delegations import NominateForm
from registration.members import Member, members_of, quotas_of
from registration.models import Delegation, Registration
from registration.rules import Stage, State

router = Router()
LIST_CLOSED = define("delegation_list_closed", 409, _("This delegation's list cannot be changed now"))
NAMESAKE = define("delegation_namesake", 409, _("Somebody of this name is on the list already"))
NOMINATION_REFUSED = define("delegation_refused", 409, _("This member cannot be named"))

DelegationToken = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{10,120}$", description="The token of the workspace, from the mail to the focal point."
    ),
]


class DelegationPlaces(Schema):
    """A delegation's places in one category."""

    category: str = Field(description="The category's short name.")
    name: str
    places: int
    taken: int
    left: int


class DelegationFacts(Schema):
    """A delegation: how far its list is, and its places."""

    name: str
    event: str
    stage: Stage = Field(description="“open”, or why the list cannot be changed now.")
    deadline: datetime | None
    confirmed_at: datetime | None
    version: int = Field(description="Raised by every change of the list.")
    places: list[DelegationPlaces]
    links: dict[str, str]


class MemberFacts(Schema):
    """A member of the list, with what is still missing."""

    code: str
    category: str
    name: str
    latin_name: str
    job_title: str
    state: State
    waiting_position: int | None = Field(description="On the delegation's own waiting list, from 1.")
    missing: list[str] = Field(description="What the officer would miss, in the asked language.")


class MemberIn(Strict):
    """Somebody to be named; the details can follow on the workspace's page."""

    category: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", examples=["delegate"])
    name: str = Field(min_length=1, max_length=300, description="In the original script.", examples=["Ama Owusu"])
    latin_name: str = Field("", max_length=300, description="Required where `name` is in another script.")
    job_title: str = Field("", max_length=300)
    email: str = Field("", max_length=254, description="Without one, mails about the member go to the focal point.")
    namesake: bool = Field(False, description="True where somebody of this name is on the list and this is another.")


def _delegation(token: str) -> Delegation:
    try:
        return read_delegation_link(token)
    except BadLink as error:
        raise Problem(NOT_FOUND) from error


@router.get("/delegations/{slug:token}/", response=answers(DelegationFacts, NOT_FOUND))
def get_delegation(request: HttpRequest, token: DelegationToken) -> dict[str, Any]:
    """How far a delegation's list is, and how many places it has left."""
    delegation = _delegation(token)
    return {
        "name": str(delegation.name),
        "event": delegation.event.slug,
        "stage": delegation.stage().value,
        "deadline": delegation.deadline,
        "confirmed_at": delegation.confirmed_at,
        "version": delegation.version,
        "places": [
            {
                "category": quota.category.slug,
                "name": str(quota.category.name),
                "places": quota.places,
                "taken": quota.taken,
                "left": quota.left,
            }
            for quota in quotas_of(delegation)
        ],
        "links": {"page": request.build_absolute_uri(reverse("registration:delegation", args=[token]))},
    }


@router.get("/delegations/{slug:token}/members/", response=answers(Page[MemberFacts], NOT_FOUND))
def list_members(request: HttpRequest, token: DelegationToken, cursor: Cursor, limit: Limit) -> dict[str, Any]:
    """The members of a delegation, also those who are no longer on the list, the first named first."""
    delegation = _delegation(token)
    found = Registration.objects.filter(delegation=delegation).select_related("category", "draft")
    rows, following = page(found, by=("created_at", "id"), scope=f"members.{delegation.pk}", cursor=cursor, limit=limit)
    return {"items": [_as_json(member) for member in members_of(delegation, only=rows)], "next": following}


@router.post(
    "/delegations/{slug:token}/members/",
    response=answers({201: MemberFacts}, NOT_FOUND, LIST_CLOSED, NAMESAKE, NOMINATION_REFUSED, KEY_REUSED),
)
def create_member(
    request: HttpRequest, token: DelegationToken, body: MemberIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Name a member; the place is held at once. Where none is left, the member waits on the delegation's own list (`state`
    “reserve”). The same Idempotency-Key again answers the same member."""
    delegation = _delegation(token)
    form = _form(delegation, body)
    person = form.person(str(delegation.name), str(delegation.country))
    origin = uuid5(NAMESPACE_URL, f"delegation:{delegation.pk}:{idempotency_key}")
    try:
        member = nominate(
            delegation_id=delegation.pk,
            category=form.category_chosen(),
            person=person,
            origin=origin,
            namesake=body.namesake,
        )
    except Namesake as refusal:
        raise Problem(NAMESAKE, _("Send `namesake` as true if this is another person.")) from refusal
    except Refused as refusal:
        stage = delegation.stage()
        if stage != Stage.OPEN:
            raise Problem(LIST_CLOSED, closed_list(stage)) from refusal
        raise Problem(NOMINATION_REFUSED, str(refusal)) from refusal
    if (member.name, member.category.slug) != (person.name, body.category):
        raise Problem(KEY_REUSED, _("Use a new key for another member."))
    [line] = members_of(delegation, only=[member])
    return Status(201, _as_json(line))


def _form(delegation: Delegation, body: MemberIn) -> NominateForm:
    """The workspace's own form judges what a program sends."""
    quotas = quotas_of(delegation)
    chosen = next((str(quota.category_id) for quota in quotas if quota.category.slug == body.category), "")
    sent: MultiValueDict[str, Any] = MultiValueDict(
        {name: [getattr(body, name)] for name in ("name", "latin_name", "job_title", "email")}
    )
    sent["category"] = chosen
    form = NominateForm(sent, quotas=quotas)
    if not form.is_valid():
        errors = [
            FieldError(pointer(name), " ".join(str(text) for text in texts), "invalid")
            for name, texts in form.errors.items()
        ]
        raise Problem(INVALID, errors=errors)
    return form


def _as_json(member: Member) -> dict[str, Any]:
    row = member.registration
    return {
        "code": row.code,
        "category": row.category.slug,
        "name": row.name,
        "latin_name": row.latin_name,
        "job_title": row.job_title,
        "state": row.state,
        "waiting_position": member.position or None,
        "missing": member.missing,
    }
