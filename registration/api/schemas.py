"""What the registration API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Header, Path, Schema
from pydantic import Field

from plenary.core.api import Strict
from registration.rules import Opening, State

EventSlug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="The event's name in addresses.")]
Token = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{10,120}$",
        description="The receipt of a sign-up, or the token of the guest's own page from the mail.",
    ),
]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A name of your own for this sign-up, best a UUID. Send the same one when you try again.",
    ),
]
LanguageCode = Literal["en", "zh-hans", "fr", "es", "ru", "ar"]


class CategoryFacts(Schema):
    """A kind of participant, whether it can be chosen now, and what it asks."""

    slug: str
    kind: str
    name: str
    description: str
    colour: str
    opening: Opening = Field(description="“open”, or why nobody can sign up now.")
    opens_at: datetime | None
    closes_at: datetime | None
    waiting_list: bool = Field(description="Whether one can wait for a place where “opening” is “full”.")
    needs_review: bool = Field(description="Whether an officer decides; else the confirmed address is enough.")
    questions: dict[str, Any] = Field(description="JSON Schema (2020-12) of `answers`, titles in the asked language.")


class PersonIn(Strict):
    """Who somebody is, as every form asks it."""

    salutation: str = Field("", max_length=40)
    name: str = Field(min_length=1, max_length=300, description="In the original script.", examples=["أمينة الحسن"])
    latin_name: str = Field(
        "",
        max_length=300,
        description="As in the passport; required where `name` is in another script.",
        examples=["Amina Al Hassan"],
    )
    organisation: str = Field("", max_length=300)
    job_title: str = Field("", max_length=300)
    nationality: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 code of two letters.", examples=["KE"])


Answers = Annotated[
    dict[str, Any],
    Field(default_factory=dict, max_length=200, description="By question key, as the category's `questions` describe."),
]


class SignUpIn(PersonIn):
    """One person's sign-up."""

    category: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", examples=["delegate"])
    language: LanguageCode | None = Field(None, description="Of the mails; without it, the language of the request.")
    email: str = Field(min_length=3, max_length=254, examples=["amina@example.org"])
    waiting_list: bool = Field(
        False, description="Join the waiting list where no place is left, instead of being refused."
    )
    answers: Answers


class SignUpOut(Schema):
    """The receipt of a sign-up. The address has got a mail with a link to confirm it."""

    state: Literal["unconfirmed", "waitlisted"] = Field(
        description="“waitlisted” where all places are taken and `waiting_list` was asked for."
    )
    category: str
    token: str = Field(description="For GET /registrations/TOKEN/; it tells the state and opens nothing else.")
    links: dict[str, str]


class PersonFacts(Schema):
    """Who is registered; only for the token of the guest's own page."""

    name: str
    latin_name: str
    organisation: str
    job_title: str
    nationality: str


class RegistrationFacts(Schema):
    """Where a registration stands."""

    state: State
    headline: str = Field(description="The state in plain words, in the asked language.")
    next_step: str = Field(description="What the guest can do now.")
    event: str | None
    category: str | None
    code: str | None = Field(description="The short code to quote; null for a receipt.")
    information_request: str | None = Field(description="What the organiser asks, if anything; null for a receipt.")
    signed_up_at: datetime | None
    decided_at: datetime | None
    waiting_position: int | None = Field(None, description="On the waiting list, from 1; for the guest's own token.")
    offer_expires_at: datetime | None = Field(None, description="Until when an offered place is kept for the guest.")
    person: PersonFacts | None
    links: dict[str, str]
