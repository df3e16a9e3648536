"""Sign up over the API, and ask what became of it. The rules are those of the site's forms."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status

from plenary.core.api import answers
from plenary.core.links import BadLink, Link, read_link
from plenary.core.problems import INVALID, NOT_FOUND, FieldError, Problem, define, pointer
from registration import wording
from registration.actions import CategoryClosed, read_guest_link
from registration.actions.requests import RECEIPT_LIFETIME, KeyReused, digest, sign_up_once
from registration.api.schemas import (
    EventSlug,
    IdempotencyKey,
    PersonIn,
    RegistrationFacts,
    SignUpIn,
    SignUpOut,
    Token,
)
from registration.facts import sign_up_facts
from registration.forms import PersonForm, QuestionsForm
from registration.forms.questions import PREFIX
from registration.models import Category, Question, Registration
from registration.rules import CONFIRM_WITHIN, State

Form = TypeVar("Form", bound=PersonForm)
router = Router()
CATEGORY_UNKNOWN = define("category_unknown", 404, _("This event has no such category"))
CATEGORY_CLOSED = define("category_closed", 409, _("This category takes no registration now"))
KEY_REUSED = define("idempotency_key_reused", 422, _("This Idempotency-Key came before with another body"))
_SEND_KINDS = {
    Question.Kind.NUMBER: (int, float),
    Question.Kind.CHOICES: (list,),
    Question.Kind.CONSENT: (bool,),
    Question.Kind.FILE: (dict,),
}


@router.post(
    "/events/{slug:event}/registrations/",
    response=answers({201: SignUpOut}, NOT_FOUND, CATEGORY_CLOSED, KEY_REUSED),
)
def create_registration(
    request: HttpRequest, event: EventSlug, body: SignUpIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Sign somebody up. The address gets a mail to confirm; until then the place is held for 72 hours.

    An address that is registered already gets a mail that says so, and the answer is the same: nobody learns here who
    is registered.
    """
    category = Category.objects.to_sign_up(event, body.category)
    if category is None:
        raise Problem(CATEGORY_UNKNOWN, _("Ask GET /events/EVENT/categories/ for those there are."))
    person, questions = forms_of(body, category, answers=body.answers, email=body.email)
    try:
        receipt = sign_up_once(
            category=category,
            particulars=person.particulars(),
            answers=questions.answers(),
            versions=questions.versions(),
            files={question: sent for question, sent in questions.changed_files().items() if sent is not None},
            language=body.language or get_language() or "en",
            key=idempotency_key,
            or_wait=body.waiting_list,
            fingerprint=fingerprint_of(body),
        )
    except KeyReused as error:
        raise Problem(KEY_REUSED, _("Use a new key for a new registration.")) from error
    except CategoryClosed as refusal:
        raise Problem(CATEGORY_CLOSED, wording.closed_message(refusal.opening)) from refusal
    links = {"self": whole_address(reverse("api-v1:get_registration", args=[receipt["token"]]))}
    return Status(201, receipt | {"links": links})


@router.get("/registrations/{slug:token}/", response=answers(RegistrationFacts, NOT_FOUND))
def get_registration(request: HttpRequest, token: Token) -> dict[str, Any]:
    """Where a registration stands. The receipt of a sign-up tells the state; the guest's own token tells all of it."""
    try:
        return _own_facts(read_guest_link(token), token)
    except BadLink:
        pass
    try:
        return _receipt_facts(read_link("receipt", token))
    except BadLink as error:
        raise Problem(
            NOT_FOUND, _("This token opens nothing. Use the one from the answer or from the mail.")
        ) from error


def fingerprint_of(body: Schema) -> str:
    """By which a body that is sent again is known."""
    return digest(orjson.dumps(body.dict(), option=orjson.OPT_SORT_KEYS))


def whole_address(path: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


# -- checking ------------------------------------------------------------------------------------------------------------
def forms_of(
    body: PersonIn,
    category: Category,
    *,
    answers: dict[str, Any],
    email: str,
    invited: bool = False,
    form_class: type[PersonForm] = PersonForm,
) -> tuple[PersonForm, QuestionsForm]:
    """The site's forms, filled from JSON and valid; raises Problem(invalid) with a pointer to every wrong value."""
    questions = list(Question.objects.asked_in(category))
    errors = misplaced(answers, {question.key: question for question in questions})
    person = person_form(body, form_class, email=email)
    errors += errors_of(person)
    if errors:
        raise Problem(INVALID, errors=errors)
    data, files = as_form_data(answers)
    facts = sign_up_facts(category, body.nationality, invited=invited)
    form = QuestionsForm(questions, data, files, facts=facts)
    if not form.is_valid():
        raise Problem(INVALID, errors=errors_of(form, "answers"))
    return person, form


def person_form(body: PersonIn, form_class: type[Form], **more: str) -> Form:
    """One of the site's forms about a person, filled from JSON; the caller asks whether it is valid."""
    sent = body.dict() | more
    return form_class(MultiValueDict({name: [sent[name]] for name in form_class.base_fields}))


def misplaced(given: dict[str, Any], questions: dict[str, Question]) -> list[FieldError]:
    """Answers to no question, and answers of the wrong JSON type."""
    errors = []
    for key, value in given.items():
        question = questions.get(key)
        if question is None:
            errors.append(FieldError(pointer("answers", key), _("This category has no such question."), "unknown"))
        elif value is not None and not _fits(question, value):
            errors.append(FieldError(pointer("answers", key), _("This value has the wrong type."), "type"))
    return errors


def _fits(question: Question, value: Any) -> bool:
    kinds = _SEND_KINDS.get(Question.Kind(question.kind), (str,))
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        return False
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value) and len(set(value)) == len(value)
    if isinstance(value, dict):
        return set(value) == {"name", "content"} and all(isinstance(one, str) for one in value.values())
    return True


def as_form_data(given: dict[str, Any]) -> tuple[MultiValueDict[str, Any], MultiValueDict[str, Any]]:
    data: MultiValueDict[str, Any] = MultiValueDict()
    files: MultiValueDict[str, Any] = MultiValueDict()
    for key, value in given.items():
        name = f"{PREFIX}-{key}"
        match value:
            case None | False:
                continue
            case True:
                data[name] = "on"
            case list():
                data.setlist(name, value)
            case dict():
                files[name] = _file(key, value)
            case float():
                data[name] = f"{Decimal(str(value)):f}"  # as it was written: 2.5, neither 2.500000 nor 1e-05
            case _:
                data[name] = str(value)
    return data, files


def _file(key: str, value: dict[str, str]) -> SimpleUploadedFile:
    try:
        content = base64.b64decode(value["content"], validate=True)
    except (ValueError, binascii.Error) as error:
        wrong = FieldError(pointer("answers", key, "content"), _("This is not base64."), "base64")
        raise Problem(INVALID, errors=[wrong]) from error
    return SimpleUploadedFile(value["name"] or "file", content)


def errors_of(form: Any, *place: str) -> list[FieldError]:
    return [
        FieldError(pointer(*place, name), " ".join(cast(ValidationError, error).messages), error.code or "invalid")
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]


# -- telling -------------------------------------------------------------------------------------------------------------
def _own_facts(registration: Registration, token: str) -> dict[str, Any]:
    """Everything, to whoever holds the link from the mail."""
    standing = wording.standing_of(registration)
    waits = registration.state == State.WAITLISTED and registration.confirmed_at is not None
    links = {"page": reverse("registration:my", args=[token])}
    if registration.state == State.PAYMENT_DUE:
        links["payment"] = reverse("registration:payment", args=[token])
    if registration.state == State.OFFERED:
        links["offer"] = reverse("registration:offer", args=[token])
    if registration.state == State.APPROVED:
        links["badge"] = reverse("checkin:badge", args=[token])
        links["calendar"] = reverse("registration:calendar", args=[token])
    return {
        "state": registration.state,
        "headline": str(standing.headline),
        "next_step": str(standing.next_step),
        "event": registration.event.slug,
        "category": registration.category.slug,
        "code": registration.code,
        "information_request": registration.information_request,
        "signed_up_at": registration.created_at,
        "decided_at": registration.decided_at,
        "waiting_position": Registration.objects.position_of(registration) if waits else None,
        "offer_expires_at": registration.offer_expires_at,
        "person": person_facts(registration),
        "links": {name: whole_address(path) for name, path in links.items()},
    }


def person_facts(person: Any) -> dict[str, str]:
    """Who somebody is: a registration or an invitation, to whoever holds its link."""
    names = ("name", "latin_name", "organisation", "job_title", "nationality")
    return {name: str(getattr(person, name)) for name in names}


def _receipt_facts(link: Link) -> dict[str, Any]:
    """The state alone. Where the address was registered already there is no record: it reads like one never confirmed."""
    registration = Registration.objects.with_event().filter(origin=link.subject).first()
    signed_up_at = datetime.fromtimestamp(link.expires_at - RECEIPT_LIFETIME, tz=UTC)
    if registration is not None:
        state = State(registration.state)
    else:
        lapsed = timezone.now() > signed_up_at + timedelta(seconds=CONFIRM_WITHIN)
        state = State.EXPIRED if lapsed else State.UNCONFIRMED
    standing = wording.standing_of(registration) if registration else wording.standing(state)
    return {
        "state": state.value,
        "headline": str(standing.headline),
        "next_step": str(standing.next_step),
        "event": None,
        "category": None,
        "code": None,
        "information_request": None,
        "signed_up_at": signed_up_at,
        "decided_at": None,
        "person": None,
        "links": {},
    }
