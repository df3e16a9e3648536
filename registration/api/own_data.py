"""A guest's own data for programs: take everything that is held, and correct it. The rules are those of the own page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from plenary.core.actions import GUEST, record_history
from plenary.core.api import Strict, answers
from plenary.core.links import BadLink
from plenary.core.problems import NOT_FOUND, Problem, define
from registration.actions import Refused, read_guest_link
from registration.api.correcting import Correction
from registration.api.registrations import person_facts
from registration.api.schemas import PersonFacts, Token
from registration.models import Registration
from registration.querysets.own_data import as_json
from registration.rules import State
from registration.rules.information_requests import PERSON

router = Router()
CORRECTION_REFUSED = define("correction_refused", 409, _("These data cannot be changed now"))


class LookFacts(Schema):
    """One look at the data."""

    role: str = Field(description="Of whoever looked; never a name.")
    part: str
    at: datetime


class OwnData(Schema):
    """Everything that is held of one guest."""

    registration: str = Field(description="The short code to quote.")
    event: str
    data: dict[str, list[dict[str, Any]]] = Field(description="By kind of record: each record with its fields.")
    withheld: dict[str, dict[str, str]] = Field(description="By kind of record: fields that are left out, and why.")
    looks: list[LookFacts] = Field(description="Who looked at it, the newest first.")


class CorrectionIn(Strict):
    """What should be different; whatever is left out stays. The address is proved and stays too."""

    salutation: str = Field(default_factory=str, max_length=40, examples=["Dr"])
    name: str = Field(default_factory=str, min_length=1, max_length=300, examples=["أمينة الحسن"])
    latin_name: str = Field(default_factory=str, max_length=300, examples=["Amina Al Hassan"])
    organisation: str = Field(default_factory=str, max_length=300, examples=["Ministry of Transport"])
    job_title: str = Field(default_factory=str, max_length=300, examples=["Director"])
    nationality: str = Field(default_factory=str, pattern="^[A-Z]{2}$", examples=["KE"])
    answers: dict[str, Any] = Field(
        default_factory=dict,
        max_length=200,
        description="By question key; null takes an answer away.",
        examples=[{"diet": "vegan", "arrival": None}],
    )
    reason: str = Field(
        "",
        max_length=1_000,
        description="Why; needed where the organiser has decided by a value, so that a request is made of its change.",
        examples=["I have married."],
    )

    def person(self) -> dict[str, str]:
        """The fields of the person that were sent."""
        return {name: getattr(self, name) for name in PERSON if name in self.model_fields_set}


class ChangeAsked(Schema):
    """A change that waits for the organiser."""

    pointer: str = Field(description="Of the value in the request.", examples=["#/name"])
    state: Literal["pending"]
    asked_at: datetime


class CorrectionOut(Schema):
    """What came of a correction, and the data as they stand now."""

    state: State
    corrected: list[str] = Field(description="Pointers to the values that are changed.", examples=[["#/answers/diet"]])
    requested: list[ChangeAsked] = Field(description="Values that are frozen: the organiser decides and writes.")
    person: PersonFacts
    answers: dict[str, Any] = Field(description="By question key; files are not repeated.")


@router.get("/registrations/{slug:token}/data/", response=answers(OwnData, NOT_FOUND))
def get_own_data(request: HttpRequest, token: Token) -> StreamingHttpResponse:
    """Everything that is held of the guest, as the file of the own page has it. That it was taken is noted."""
    registration = _mine(token)
    record_history(registration, verb="data_taken", by=GUEST, event=registration.event, data={"form": "api"})
    response = StreamingHttpResponse(as_json(registration), content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "no-store, private"
    return response


@router.patch("/registrations/{slug:token}/data/", response=answers(CorrectionOut, NOT_FOUND, CORRECTION_REFUSED))
def correct_own_data(request: HttpRequest, token: Token, body: CorrectionIn) -> dict[str, Any]:
    """Correct the guest's data, all of it or nothing. What the organiser has decided by is frozen: its change is asked for,
    with a reason, and `requested` tells so. The same again changes nothing.
    """
    registration = _mine(token)
    # One transaction around several actions: a program that is refused one value must not wonder what became of the rest.
    with _refusals(), transaction.atomic():
        correction = Correction(registration, body.person(), body.answers, reason=body.reason).carry_out()
    registration = _mine(token)
    return {
        "state": registration.state,
        "corrected": correction.corrected,
        "requested": [
            {"pointer": place, "state": asked.state, "asked_at": asked.created_at}
            for place, asked in correction.requested
        ],
        "person": person_facts(registration),
        "answers": registration.answer_data,
    }


def _mine(token: str) -> Registration:
    try:
        return read_guest_link(token)
    except BadLink as error:
        raise Problem(NOT_FOUND, _("This token opens nothing. Use the one from the mail.")) from error


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise Problem(CORRECTION_REFUSED, str(refusal)) from refusal
