"""Replies to invitations over the API: read one, accept, decline, send somebody else, register, bring companions.

The token of the reply page is the key; what it may do and what it is refused is the same as there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router, Schema, Status
from pydantic import Field

from plenary.core.api import Strict, answers
from plenary.core.links import BadLink
from plenary.core.problems import INVALID, NOT_FOUND, Problem, define
from registration import wording
from registration.actions import CategoryClosed, Refused
from registration.actions.invitation_replies import (
    accept_invitation,
    bring_companion,
    companion_category,
    decline_invitation,
    read_invitation_link,
    register_invited,
    send_substitute,
)
from registration.actions.requests import KeyReused, once, origin_of
from registration.api.categories import questions_schema
from registration.api.registrations import (
    CATEGORY_CLOSED,
    KEY_REUSED,
    errors_of,
    fingerprint_of,
    forms_of,
    person_facts,
    person_form,
    whole_address,
)
from registration.api.schemas import Answers, IdempotencyKey, LanguageCode, PersonFacts, PersonIn
from registration.emails import guest_token
from registration.forms.invitations import CompanionForm, DeclineForm, SubstituteForm
from registration.models import Category, Invitation, Letter, Question, Registration
from registration.replying import ReplyStanding, standing_of
from registration.rules import State
from registration.rules.invitations import InvitationState

if TYPE_CHECKING:
    from collections.abc import Iterator

router = Router()
INVITATION_REFUSED = define("invitation_refused", 409, _("This reply cannot be given now"))

InvitationToken = Annotated[
    str,
    Path(pattern=r"^[A-Za-z0-9_-]{10,120}$", description="The token of the reply page, from the mail to the guest."),
]
May = Literal["accept", "register", "decline", "substitute", "bring"]


class InvitedAs(Schema):
    """As what somebody is invited, and what the registration asks then."""

    slug: str
    name: str
    questions: dict[str, Any] = Field(description="JSON Schema (2020-12) of `answers`, titles in the asked language.")


class CompanionFacts(Schema):
    """An accompanying person."""

    name: str
    state: State
    token: str | None = Field(description="Of the person's own page, where the reply link opens it.")


class InvitationFacts(Schema):
    """An invitation as its guest sees it."""

    event: str
    state: InvitationState
    reply_by: date | None = Field(description="The last day to reply, by the event's own zone; it counts whole.")
    may: list[May] = Field(description="What can be answered now; anything else is refused with 409.")
    salutation: str
    person: PersonFacts = Field(description="As the guest list has them, to fill a form with.")
    category: InvitedAs
    companions_allowed: int
    companion_category: InvitedAs | None = Field(description="Null where nobody may be brought along.")
    companions: list[CompanionFacts]
    registration: str | None = Field(description="The token for GET /registrations/TOKEN/, once registered.")
    links: dict[str, str] = Field(
        description="`page`; `letter`, `form` (to go on at the site) and `own_page` where there."
    )


class DeclineIn(Strict):
    """A word of regret is welcome and never asked for."""

    text: str = Field("", max_length=1_000)


class SubstituteIn(PersonIn):
    """Who comes instead; they get an invitation of their own."""

    email: str = Field(min_length=3, max_length=254)
    language: LanguageCode | None = Field(None, description="Of their invitation; without it, that of this one.")


class InvitedIn(PersonIn):
    """The registration of an invited guest; the invitation says in which category."""

    email: str | None = Field(
        None, min_length=3, max_length=254, description="Without it, the invited address, which needs no confirmation."
    )
    language: LanguageCode | None = Field(None, description="Of the mails; without it, the language of the request.")
    answers: Answers


class CompanionIn(PersonIn):
    """Somebody who comes along."""

    email: str = Field("", max_length=254, description="Without one, messages about this person go to the guest.")
    language: LanguageCode | None = Field(None, description="Of the mails; without it, the language of the request.")
    answers: Answers


@router.get("/invitations/{slug:token}/", response=answers(InvitationFacts, NOT_FOUND))
def get_invitation(request: HttpRequest, token: InvitationToken) -> dict[str, Any]:
    """What somebody is invited to, where the reply stands, and what can be answered now. Looking changes nothing."""
    return _facts(_invitation(token), token)


@router.post("/invitations/{slug:token}/accept/", response=answers(InvitationFacts, NOT_FOUND, INVITATION_REFUSED))
def accept(request: HttpRequest, token: InvitationToken) -> dict[str, Any]:
    """Accept; the registration is still to come. Accepted again, nothing changes."""
    found = _invitation(token)
    with _refusals():
        accept_invitation(invitation_id=found.pk, language=_language(None))
    return _facts(_again(found), token)


@router.post("/invitations/{slug:token}/decline/", response=answers(InvitationFacts, NOT_FOUND, INVITATION_REFUSED))
def decline(request: HttpRequest, token: InvitationToken, body: DeclineIn) -> dict[str, Any]:
    """Decline, with a word if the guest wishes. Declined again, nothing changes."""
    found, form = _invitation(token), DeclineForm({"text": body.text})
    if not form.is_valid():
        raise Problem(INVALID, errors=errors_of(form))
    with _refusals():
        decline_invitation(invitation_id=found.pk, text=form.cleaned_data["text"])
    return _facts(_again(found), token)


@router.post("/invitations/{slug:token}/substitute/", response=answers(InvitationFacts, NOT_FOUND, INVITATION_REFUSED))
def substitute(request: HttpRequest, token: InvitationToken, body: SubstituteIn) -> dict[str, Any]:
    """Name somebody to come instead: this invitation ends. The same person named again changes nothing."""
    found = _invitation(token)
    form = person_form(body, SubstituteForm, language=body.language or found.language)
    if not form.is_valid():
        raise Problem(INVALID, errors=errors_of(form))
    particulars = form.particulars()
    with _refusals():
        send_substitute(invitation_id=found.pk, particulars=particulars, language=form.chosen_language)
    return _facts(_again(found), token)


@router.post(
    "/invitations/{slug:token}/registration/",
    response=answers({201: InvitationFacts}, NOT_FOUND, INVITATION_REFUSED, CATEGORY_CLOSED, KEY_REUSED),
)
def register(
    request: HttpRequest, token: InvitationToken, body: InvitedIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Accept and register in one step, in the category of the invitation. The same Idempotency-Key again answers the same."""
    found = _invitation(token)
    person, questions = forms_of(
        body, found.category, answers=body.answers, email=body.email or found.email, invited=True
    )

    def act() -> dict[str, Any]:
        made = register_invited(
            invitation_id=found.pk,
            particulars=person.particulars(),
            answers=questions.answers(),
            versions=questions.versions(),
            files=questions.changed_files(),
            language=_language(body.language),
        )
        return {"registration": str(made.pk) if made else ""}

    _once(found, "registration", idempotency_key, body, act)
    return Status(201, _facts(_again(found), token))


@router.post(
    "/invitations/{slug:token}/companions/",
    response=answers({201: CompanionFacts}, NOT_FOUND, INVITATION_REFUSED, KEY_REUSED),
)
def create_companion(
    request: HttpRequest, token: InvitationToken, body: CompanionIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Add an accompanying person, within the limit, once the guest is registered."""
    found = _invitation(token)
    person, questions = forms_of(
        body,
        companion_category(found),
        answers=body.answers,
        email=body.email,
        invited=True,
        form_class=CompanionForm,
    )

    def act() -> dict[str, Any]:
        made = bring_companion(
            invitation_id=found.pk,
            particulars=person.particulars(),
            answers=questions.answers(),
            versions=questions.versions(),
            files=questions.changed_files(),
            language=_language(body.language),
            origin=origin_of(f"companion:{found.pk}", idempotency_key),
        )
        return {"companion": str(made.pk)}

    answer = _once(found, "companion", idempotency_key, body, act)
    standing = standing_of(_again(found))
    made = Registration.objects.get(pk=UUID(answer["companion"]))
    return Status(201, _companion(made, standing))


# -- reading -------------------------------------------------------------------------------------------------------------
def _invitation(token: str) -> Invitation:
    try:
        return read_invitation_link(token)
    except BadLink as error:
        raise Problem(NOT_FOUND, _("This token opens nothing. Use the one from the mail.")) from error


def _again(found: Invitation) -> Invitation:
    return Invitation.objects.with_event().get(pk=found.pk)


def _language(chosen: str | None) -> str:
    return chosen or get_language() or "en"


@contextmanager
def _refusals() -> Iterator[None]:
    """What the actions refuse, as problems."""
    try:
        yield
    except Refused as refusal:
        raise Problem(INVITATION_REFUSED, str(refusal)) from refusal
    except CategoryClosed as refusal:
        raise Problem(CATEGORY_CLOSED, wording.closed_message(refusal.opening)) from refusal
    except KeyReused as error:
        raise Problem(KEY_REUSED, _("Use a new key for another person.")) from error


def _once(found: Invitation, what: str, key: str, body: Schema, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    with _refusals():
        return once(scope=f"{what}:{found.pk}", key=key, fingerprint=fingerprint_of(body), act=act)


# -- telling -------------------------------------------------------------------------------------------------------------
def _facts(found: Invitation, token: str) -> dict[str, Any]:
    standing = standing_of(found)
    own = guest_token(standing.registration) if standing.is_own and standing.registration else ""
    letter = Letter.objects.valid().filter(invitation=found).exists()
    links = {"page": reverse("registration:invitation", args=[token])}
    if letter:
        links["letter"] = reverse("registration:invitation_letter", args=[token])
    if standing.may_register and found.draft is not None and found.draft.sent_at is None:
        links["form"] = reverse("registration:step", args=[found.event.slug, found.draft_id, "you"])
    if own:
        links["own_page"] = reverse("registration:my", args=[own])
    may: dict[May, bool] = {
        "accept": standing.may_accept,
        "register": standing.may_accept or standing.may_register,
        "decline": standing.may_decline,
        "substitute": standing.may_substitute,
        "bring": standing.may_bring,
    }
    return {
        "event": found.event.slug,
        "state": found.state,
        "reply_by": found.reply_by,
        "may": [name for name, allowed in may.items() if allowed],
        "salutation": found.salutation,
        "person": person_facts(found),
        "category": _invited_as(found.category),
        "companions_allowed": found.companions_allowed,
        "companion_category": _invited_as(companion_category(found)) if found.companions_allowed else None,
        "companions": [_companion(one, standing) for one in standing.companions],
        "registration": own or None,
        "links": {name: whole_address(path) for name, path in links.items()},
    }


def _invited_as(category: Category) -> dict[str, Any]:
    asked = Question.objects.asked_in(category)
    return {
        "slug": category.slug,
        "name": str(category.name),
        "questions": questions_schema(category, asked, invited=True),
    }


def _companion(registration: Registration, standing: ReplyStanding) -> dict[str, Any]:
    token = guest_token(registration) if standing.is_own else None
    return {"name": registration.name, "state": registration.state, "token": token}
