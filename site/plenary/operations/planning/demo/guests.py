"""The forum's categories and questions, and forty invented guests in every state a registration can have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from checkin.models import Checkpoint
from plenary.core.actions import Actor, record_history
from plenary.events.models import Event
from plenary.operations.planning.demo.content import facts, guests, label, local
from registration.actions import Particulars, confirm_address, decide, sign_up, withdraw
from registration.models import Category, Question, Registration
from registration.rules import State

MISSING = "Please send us a letter from your organisation that confirms your function."
UNSUITED = "Places are reserved for institutions that work on water. We wish you success with your own event."
DOUBLE = "Your delegation has named another delegate for this place."
REASONS = {
    State.INFORMATION_REQUESTED: MISSING,
    State.REJECTED: UNSUITED,
    State.CANCELLED: DOUBLE,
}


def make_categories(event: Event) -> dict[str, Category]:
    """Seven categories with quotas, dates, colours and badge rights."""
    opens = local("2026-10-12T09:00")
    found = {}
    for position, told in enumerate(facts()["categories"]):
        found[told["slug"]] = Category.objects.create(
            event=event,
            slug=told["slug"],
            kind=told["kind"],
            name=label("categories", told["slug"], "name"),
            description=label("categories", told["slug"], "description"),
            colour=told["colour"],
            public=told["public"],
            needs_review=told["needs_review"],
            opens_at=min(opens, timezone.now()),
            closes_at=local(told["closes"]),
            quota=told["quota"],
            position=position,
        )
    return found


def make_questions(event: Event, categories: dict[str, Category]) -> None:
    """One question of every kind there is, asked where it is needed and nowhere else."""
    for position, told in enumerate(facts()["questions"]):
        question = Question.objects.create(
            event=event,
            key=told["key"],
            kind=told["kind"],
            label=label("questions", told["key"], "label"),
            help_text=label("questions", told["key"], "help"),
            options=[
                {"value": value, "label": label("questions", told["key"], "options", value)}
                for value in told.get("options", [])
            ],
            required=told["required"],
            condition=told.get("condition", {}),
            purpose=told["purpose"],
            position=position,
        )
        question.categories.set([categories[slug] for slug in told["categories"]])


def make_checkpoints(event: Event, categories: dict[str, Category], by: Actor) -> None:
    """Where badges are scanned; `main` is the entrance that documents and measurements rely on (contract.md)."""
    for position, told in enumerate(facts()["checkpoints"]):
        checkpoint = Checkpoint.objects.create(
            event=event,
            slug=told["slug"],
            name=label("checkpoints", told["slug"]),
            entries=told["entries"],
            position=position,
        )
        checkpoint.categories.set([categories[slug] for slug in told["categories"]])
        record_history(checkpoint, verb="created", by=by, event=event)


def make_guests(event: Event, categories: dict[str, Category], staff: dict[str, Actor]) -> None:
    """Sign everybody up, have addresses confirmed, and decide: history and mails come about as they do in earnest."""
    wanted: dict[State, list[UUID]] = {}
    made = []
    for told in guests():
        registration = _sign_up(event, categories, told)
        made.append(registration)
        state = State(told[9])
        if state == State.UNCONFIRMED:
            continue
        confirm_address(registration_id=registration.pk)
        wanted.setdefault(state, []).append(registration.pk)
    _decide(wanted, categories, staff)
    _spread(made)


def _sign_up(event: Event, categories: dict[str, Category], told: list[Any]) -> Registration:
    mailbox, salutation, name, latin, organisation, job_title, nationality, language, category, _state = told
    return sign_up(
        category=categories[category],
        particulars=Particulars(
            email=f"{mailbox}@guests.example",
            name=name,
            latin_name=latin,
            salutation=salutation,
            organisation=organisation,
            job_title=job_title,
            nationality=nationality,
        ),
        answers=_answers(told),
        language=language,
        origin=uuid5(NAMESPACE_URL, f"https://{event.slug}.example/guest/{mailbox}"),
        source="site",
    )


def _answers(told: list[Any]) -> dict[str, Any]:
    """What a guest of this category, country and language would have answered."""
    nationality, language, category, mailbox = told[6], told[7], told[8], told[0]
    spoken = {"ar": "ar", "fr": "fr", "es": "es", "ru": "ru", "zh-hans": "zh-hans"}.get(language, "none")
    found: dict[str, Any] = {"interpretation": spoken, "privacy": True}
    if category != "staff":
        found |= {"passport-nationality": nationality, "visa-letter": "no" if nationality == "CN" else "yes"}
        found["arrival"] = "2027-05-17" if len(mailbox) % 2 else "2027-05-16"
    if nationality in {"EG", "KW", "DZ", "SN", "BD"}:
        found["diet"] = ["halal"]
    if nationality == "IN":
        found["diet"] = ["vegetarian"]
    if category == "head-of-delegation":
        found["delegation-size"] = 3 + len(mailbox) % 5
    if category == "press":
        found |= {"outlet": told[4], "press-role": "reporter"}
        if "hotograph" in told[5] or "Camera" in told[5]:
            found |= {"press-role": "photographer", "equipment": "Two cameras, one tripod"}
    return found


def _decide(wanted: dict[State, list[UUID]], categories: dict[str, Category], staff: dict[str, Actor]) -> None:
    press = categories["press"].pk
    for state, ids in wanted.items():
        rows = Registration.objects.filter(pk__in=ids)
        if state == State.WITHDRAWN:
            for registration in rows:
                withdraw(registration_id=registration.pk)
        if state in {State.WITHDRAWN, State.SUBMITTED}:
            continue
        for officer, found in (("press", rows.filter(category=press)), ("protocol", rows.exclude(category=press))):
            pending = [registration.pk for registration in found.exclude(state=state).order_by("pk")]
            _must(decide(pending, to=state, by=staff[officer], reason=REASONS.get(state, "")).refused.values())


def _must(refusals: Iterable[str]) -> None:
    """A demonstration that silently lacks a guest would be a puzzle to whoever reads it."""
    if found := list(refusals):
        raise RuntimeError(f"the demonstration's guests could not be decided on: {'; '.join(found)}")


def _spread(registrations: list[Registration]) -> None:
    """Let sign-ups have come in over the last three weeks, the oldest first, instead of all this minute."""
    now = timezone.now()
    step = timedelta(days=20) / len(registrations)
    for number, registration in enumerate(registrations):
        moment = now - timedelta(days=21) + step * number
        Registration.objects.filter(pk=registration.pk).update(created_at=moment)
        Registration.objects.filter(pk=registration.pk, confirmed_at__isnull=False).update(
            confirmed_at=moment + timedelta(minutes=7 + number)
        )
