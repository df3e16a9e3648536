"""What a guest changed: kept as old and new for those who may see it, and told to the desks whose verdict rested on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from plenary.core.actions import Actor, record_history
from registration.actions.standing import check_soon, refresh_standing, route_of
from registration.models import FieldChange, Question, Registration, Review
from registration.querysets.desks import desks_by_question
from registration.rules import State
from registration.rules.information_requests import MATERIAL, Seeing, desks_to_ask_again, question_key

MATERIAL_STATES = frozenset({State.SUBMITTED, State.INFORMATION_REQUESTED})


def note_changes(registration: Registration, changed: Mapping[str, tuple[Any, Any]], *, by: Actor) -> list[str]:
    """Keep old and new of each field, close the verdicts of desks that saw a material one, and compare anew.

    Fields are named as in rules.information_requests. Called in the transaction of the change, by whoever changes
    something material: the guest's form, an approved request for a change, the passport's own form. Answers the desks
    that are asked again.
    """
    if not changed:
        return []
    keys = [key for field in changed if (key := question_key(field))]
    questions = list(Question.objects.filter(event=registration.event_id, key__in=keys) if keys else ())
    marked = {question.key for question in questions if question.material}
    FieldChange.objects.bulk_create(
        FieldChange(
            registration=registration,
            field=field,
            old=_text(old),
            new=_text(new),
            material=field in MATERIAL or question_key(field) in marked,
            by=by.label[:120],
        )
        for field, (old, new) in changed.items()
    )
    asked = _ask_again(registration, changed, questions, marked, by)
    if registration.state in MATERIAL_STATES:
        check_soon(registration)
    return asked


def _ask_again(
    registration: Registration,
    changed: Mapping[str, Any],
    questions: list[Question],
    marked: set[str],
    by: Actor,
) -> list[str]:
    route = route_of(registration)
    again = desks_to_ask_again(
        changed,
        [Seeing(stop.desk.slug, stop.desk.sees_documents) for stop in route],
        material=marked,
        asked_by=desks_by_question(questions),
    )
    if not again:
        return []
    spoken = Review.objects.counting(registration).filter(desk__slug__in=again).exclude(verdict="ask")
    closed = sorted(review.desk.slug for review in spoken)
    spoken.update(closed=Review.Closed.CHANGED, closed_at=timezone.now())
    if closed:
        record_history(registration, verb="desks_asked_again", by=by, event=registration.event, data={"desks": closed})
        refresh_standing(registration)
    return closed


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value is not None else ""


WATCHED = {"number": "document_number", "expires_on": "document_expiry", "nationality": "document_nationality"}


def material_changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What of a travel document is material, as old and new. Of its number only the end is kept: enough to see it changed."""
    return {
        field: (_end(name, before.get(name, "")), _end(name, after.get(name, "")))
        for name, field in WATCHED.items()
        if before.get(name, "") != after.get(name, "")
    }


def _end(name: str, value: str) -> str:
    return f"…{value[-3:]}" if name == "number" and value else value
