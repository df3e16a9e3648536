"""The one way answers are written: with the wording each was given to, whoever writes them and from wherever."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from registration.models import Question, Registration


def put_answers(
    registration: Registration,
    answers: Mapping[str, Any],
    *,
    scope: Collection[str] | None = None,
    versions: Mapping[str, int] | None = None,
    of_staff: bool = False,
) -> None:
    """Put answers in the place of those to the questions in `scope`, of all where it is None. Saves nothing.

    `versions` are the wordings that stood on the page; an answer without one was given to the wording in force. `of_staff`
    writes the fields of staff instead of the guest's.
    """
    before = registration.staff_answer_data if of_staff else registration.answer_data
    asked = before.keys() if scope is None else set(scope)
    after = {key: value for key, value in before.items() if key not in asked} | dict(answers)
    told = {key: number for key, number in (versions or {}).items() if key in answers}
    if untold := answers.keys() - told.keys():
        in_force = Question.objects.filter(event=registration.event_id, key__in=untold)
        told |= dict(in_force.values_list("key", "version"))
    gone = asked - after.keys()
    registration.answer_versions = {
        key: number for key, number in registration.answer_versions.items() if key not in gone
    } | told
    text = json.dumps(after, ensure_ascii=False)
    if of_staff:
        registration.staff_answers = text
    else:
        registration.answers = text
