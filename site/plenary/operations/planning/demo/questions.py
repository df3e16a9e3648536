"""The forum's sections, its form after approval, a field of staff, and guests who have filled in or ask for a change."""

from __future__ import annotations

import json
from typing import Any

from plenary.core.actions import Actor
from plenary.events.models import Event
from plenary.operations.planning.demo.content import FOLDER
from registration.actions import (
    ask_for_change,
    save_question,
    save_second_form,
    save_second_form_answers,
    save_section,
)
from registration.models import Question, Registration, SecondForm, Section, Stage
from registration.rules import State

OF_THE_PRESS = ("outlet", "press-role", "equipment", "assignment-letter")
FILLED = 3  # guests who have filled in the whole form
FIRST_POSITION = 50  # behind the questions of the sign-up


def make_second_form(event: Event, by: Actor) -> None:
    """Group what the press is asked, and ask approved guests about journey and stay."""
    told: dict[str, Any] = json.loads((FOLDER / "questions.json").read_text(encoding="utf-8"))
    sections = {
        section["name"]: save_section(
            Section(
                event=event,
                stage=section["stage"],
                label=section["label"],
                intro=section["intro"],
                position=position,
            ),
            by=by,
        )
        for position, section in enumerate(told["sections"])
    }
    Question.objects.filter(event=event, key__in=OF_THE_PRESS).update(section=sections["press"])
    for position, question in enumerate(told["questions"], start=FIRST_POSITION):
        save_question(_question(event, sections, question, position), categories=[], by=by)
    save_second_form(
        SecondForm(event=event, title=told["title"], intro=told["intro"], due_days_before=30, frozen_days_before=3),
        by=by,
    )


def _question(event: Event, sections: dict[str, Section], told: dict[str, Any], position: int) -> Question:
    facts = {name: value for name, value in told.items() if name not in ("section", "options")}
    section = sections.get(told["section"])
    return Question(
        event=event,
        section=section,
        stage=section.stage if section else Stage.SIGN_UP,
        options=[{"value": value, "label": label} for value, label in told.get("options", [])],
        position=position,
        **facts,
    )


def fill_second_form(event: Event) -> None:
    """Some guests have answered everything, one only the journey, and one asks for a change of the sign-up."""
    approved = list(Registration.objects.filter(event=event, state=State.APPROVED).order_by("created_at", "id"))
    asked = list(Question.objects.filter(event=event, stage=Stage.AFTER_APPROVAL, staff_only=False))
    for number, registration in enumerate(approved[: FILLED + 1]):
        answers: dict[str, Any] = {"travel-by": "plane", "flight": f"CA 93{number}"}
        save_second_form_answers(
            registration_id=registration.pk,
            scope=asked,
            answers=answers | ({"nights": 4 + number} if number < FILLED else {}),
            versions={question.key: question.version for question in asked},
        )
    outspoken = next((registration for registration in approved if "interpretation" in registration.answer_data), None)
    if outspoken:
        ask_for_change(
            registration_id=outspoken.pk,
            question=Question.objects.get(event=event, key="interpretation"),
            value="fr" if outspoken.answer_data["interpretation"] != "fr" else "en",
            reason="I follow better in this language.",
        )
