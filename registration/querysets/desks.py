"""Reads of what desks said, and of where each stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from registration.rules import TO_ACT

if TYPE_CHECKING:
    from registration.models import Desk, DeskStanding, Question, Registration, Review


class ReviewQuerySet(models.QuerySet["Review"]):
    def counting(self, registration: Registration) -> ReviewQuerySet:
        """The verdicts that count now, one of each desk at most."""
        return self.filter(registration=registration, closed="").select_related("desk")

    def of(self, registration: Registration) -> ReviewQuerySet:
        """Every verdict of every round with its people, the newest first."""
        return (
            self.filter(registration=registration)
            .select_related("desk", "officer", "second_officer", "reason_code")
            .order_by("-at", "-round")
        )

    def last_words(self, registrations: Iterable[Registration]) -> dict[UUID, str]:
        """When desks last said, seconded or took back anything, for each of these; empty where none has spoken."""
        asked = list(registrations)
        spoken = self.filter(registration__in=asked).order_by().values("registration")
        rows = spoken.annotate(
            said=models.Max("at"), seconded=models.Max("seconded_at"), ended=models.Max("closed_at")
        ).values_list("registration", "said", "seconded", "ended")
        last = {key: max(moment for moment in moments if moment).isoformat() for key, *moments in rows}
        return {one.pk: last.get(one.pk, "") for one in asked}


class StandingQuerySet(models.QuerySet["DeskStanding"]):
    def to_act(self, desks: list[Desk]) -> StandingQuerySet:
        """What the officers of these desks have to look at now."""
        return self.filter(desk__in=desks, state__in=[state.value for state in TO_ACT])


def desks_by_question(questions: Iterable[Question]) -> dict[str, frozenset[str]]:
    """The short names of the desks that see each question's answer, by its key; questions open to all desks are left out."""
    asked = list(questions)
    if not asked:
        return {}
    found: dict[str, set[str]] = {}
    through = type(asked[0]).desks.through
    rows = through.objects.filter(question__in=asked).values_list("question__key", "desk__slug")
    for key, slug in rows:
        found.setdefault(key, set()).add(slug)
    return {key: frozenset(slugs) for key, slugs in found.items()}


def desks_by_key(event_id: int, keys: Collection[str]) -> dict[str, frozenset[str]]:
    """The same for answers whose questions are asked no more in a category, or by nobody: as they were when removed."""
    from registration.models import Question, QuestionVersion  # this module is imported by models

    if not keys:
        return {}
    standing = list(Question.objects.filter(event=event_id, key__in=keys))
    gone = set(keys) - {question.key for question in standing}
    removed = QuestionVersion.objects.filter(event=event_id, key__in=gone).exclude(desks=[]) if gone else ()
    return desks_by_question(standing) | {version.key: frozenset(version.desks) for version in removed}
