"""The form after approval for programs: what is asked, what was answered, and a PUT of all that is still open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from plenary.core.api import Strict, answers
from plenary.core.links import BadLink
from plenary.core.problems import INVALID, NOT_FOUND, FieldError, Problem, define, pointer
from registration.actions import Refused, read_guest_link, save_second_form_answers
from registration.answering import SecondFormPages
from registration.api.registrations import as_form_data, errors_of, misplaced
from registration.api.schemas import Token
from registration.models import Consent, Registration
from registration.question_schema import answers_schema
from registration.rules import State
from registration.second_form import second_form_of

router = Router()
NOT_OPEN = define("form_not_open", 409, _("This form is not open"))


class SecondFormFacts(Schema):
    """The form as it stands for one guest."""

    title: str
    due: datetime | None
    complete: bool = Field(description="Whether everything that is required has been answered.")
    missing: list[str] = Field(description="Keys of required questions that apply and have no answer.")
    frozen: list[str] = Field(description="Keys of questions that can no longer be changed here.")
    questions: dict[str, Any] = Field(description="JSON Schema (2020-12) of `answers`: what is still open.")
    answers: dict[str, Any] = Field(description="What is stored, by question key; files are not repeated.")


class SecondFormIn(Strict):
    """All answers to what is still open: what is left out is taken away, frozen answers stay as they are."""

    answers: dict[str, Any] = Field(max_length=200, description="By question key, as `questions` describes.")


@router.get("/registrations/{slug:token}/second-form/", response=answers(SecondFormFacts, NOT_FOUND, NOT_OPEN))
def get_second_form(request: HttpRequest, token: Token) -> dict[str, Any]:
    """The form that opens after approval, for whoever holds the guest's own token."""
    registration, form = _open(token)
    return _facts(registration, form)


@router.put("/registrations/{slug:token}/second-form/", response=answers(SecondFormFacts, NOT_FOUND, NOT_OPEN))
def put_second_form(request: HttpRequest, token: Token, body: SecondFormIn) -> dict[str, Any]:
    """Answer it. The rules are those of the page; the same again changes nothing."""
    registration, pages = _open(token)
    errors = misplaced(body.answers, {question.key: question for question in pages.questions})
    errors += [
        FieldError(pointer("answers", question.key), pages.why_frozen(question), "frozen")
        for question in pages.frozen
        if question.key in body.answers
    ]
    if errors:
        raise Problem(INVALID, errors=errors)
    data, files = as_form_data(body.answers)
    form = pages.form(pages.open, data, files)
    if not form.is_valid():
        raise Problem(INVALID, errors=errors_of(form, "answers"))
    try:
        save_second_form_answers(
            registration_id=registration.pk,
            scope=pages.open,
            answers=form.answers(),
            versions=form.versions(),
            files=form.changed_files(),
            source=Consent.Source.API,
        )
    except Refused as refusal:
        raise Problem(NOT_OPEN, str(refusal)) from refusal
    registration, pages = _open(token)
    return _facts(registration, pages)


def _open(token: str) -> tuple[Registration, SecondFormPages]:
    try:
        registration = read_guest_link(token)
    except BadLink as error:
        raise Problem(NOT_FOUND, _("This token opens nothing. Use the one from the mail.")) from error
    if registration.state != State.APPROVED:
        raise Problem(NOT_OPEN, _("It opens once the registration is approved."))
    form = second_form_of(registration)
    if form is None:
        raise Problem(NOT_FOUND, _("Nothing is asked after approval in this category."))
    return registration, form


def _facts(registration: Registration, form: SecondFormPages) -> dict[str, Any]:
    keys = {question.key for question in form.questions}
    mine = {key: value for key, value in form.answers.items() if key not in {question.key for question in form.open}}
    return {
        "title": form.title(),
        "due": form.due,
        "complete": form.is_complete,
        "missing": [question.key for question in form.missing],
        "frozen": [question.key for question in form.frozen],
        "questions": answers_schema(form.open, mine | form.facts),
        "answers": {key: value for key, value in registration.answer_data.items() if key in keys},
    }
