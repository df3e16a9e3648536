"""Registrations made in bulk for load tests and demonstrations: approved at once, without mails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from plenary.events.models import Event
from registration.actions.signing_up import index_names
from registration.models import Category, Question, Registration
from registration.querysets import address_index
from registration.rules import State

BATCH = 1_000


@dataclass(frozen=True)
class SeedGuest:
    """One person of a load test or a demonstration."""

    category: Category
    email: str
    name: str
    latin_name: str = ""
    organisation: str = ""
    job_title: str = ""
    nationality: str = ""
    language: str = "en"
    answers: str = "{}"


def seed_approved(*, event: Event, guests: Iterable[SeedGuest]) -> Iterable[list[Registration]]:
    """Write approved registrations a thousand at a time and yield each batch, whose credentials the caller issues.

    Places are counted past any quota: who seeds wants the number asked for.
    """
    wordings = dict(Question.objects.filter(event=event).values_list("key", "version"))
    remaining = iter(guests)
    while batch := list(islice(remaining, BATCH)):
        with transaction.atomic():
            written = Registration.objects.bulk_create([_seeded(event, guest, wordings) for guest in batch])
            for category_id, count in Counter(guest.category.pk for guest in batch).items():
                Category.objects.filter(pk=category_id).update(taken=F("taken") + count)
        yield written


def _seeded(event: Event, guest: SeedGuest, wordings: Mapping[str, int]) -> Registration:
    now = timezone.now()
    registration = Registration(
        event=event,
        category=guest.category,
        state=State.APPROVED,
        source="seed",
        language=guest.language,
        email=guest.email,
        email_index=address_index(guest.email),
        name=guest.name,
        latin_name=guest.latin_name,
        organisation=guest.organisation,
        job_title=guest.job_title,
        nationality=guest.nationality,
        answers=guest.answers,
        answer_versions={key: wordings[key] for key in json.loads(guest.answers) if key in wordings},
        confirmed_at=now,
        decided_at=now,
    )
    index_names(registration)
    return registration
