"""What can be chosen at an event, and what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from ninja import Router

from plenary.core.api import Cursor, Limit, Page, answers, page
from plenary.core.problems import NOT_FOUND, Problem
from plenary.events.models import Event
from registration.api.schemas import CategoryFacts, EventSlug
from registration.facts import sign_up_facts
from registration.models import Category, Question
from registration.question_schema import answers_schema

router = Router()


@router.get("/events/{slug:event}/categories/", response=answers(Page[CategoryFacts], NOT_FOUND))
def list_categories(request: HttpRequest, event: EventSlug, cursor: Cursor, limit: Limit) -> dict[str, Any]:
    """The categories of an event that anybody may sign up in, each with its questions as JSON Schema."""
    found = Event.objects.public().filter(slug=event).first()
    if found is None:
        raise Problem(NOT_FOUND)
    categories, following = page(
        Category.objects.offered_to_public(found),
        by=("position", "id"),
        scope=f"categories.{found.pk}",
        cursor=cursor,
        limit=limit,
    )
    questions = list(Question.objects.of_public_categories(found))
    return {"items": [_as_json(category, questions) for category in categories], "next": following}


def _as_json(category: Category, questions: list[Question]) -> dict[str, Any]:
    return {
        "slug": category.slug,
        "kind": category.kind,
        "name": str(category.name),
        "description": str(category.description),
        "colour": category.colour,
        "opening": category.opening().value,
        "opens_at": category.opens_at,
        "closes_at": category.closes_at,
        "waiting_list": category.has_waiting_list,
        "needs_review": category.needs_review,
        "questions": questions_schema(category, (question for question in questions if question.is_asked_in(category))),
    }


def questions_schema(category: Category, questions: Iterable[Question], *, invited: bool = False) -> dict[str, Any]:
    """What a sign-up in a category asks, while the nationality is not known yet."""
    facts = sign_up_facts(category, "", invited=invited)
    return answers_schema(questions, {name: value for name, value in facts.items() if name != "nationality"})
