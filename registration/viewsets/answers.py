"""A guest's answers as an officer reads them: in the order asked, with labels, countries, dates and files told as such."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registration.labels import Asked, answer_text
from registration.models import Question, QuestionVersion, Upload


@dataclass
class Answer:
    """One line of the dossier: question, what was answered as text, files; `older` where it was worded otherwise then."""

    label: str
    text: str = ""
    purpose: str = ""
    files: list[Upload] = field(default_factory=list)
    older: bool = False


def answers(
    questions: Sequence[Question],
    given: Mapping[str, Any],
    uploads: Sequence[Upload],
    wordings: Mapping[str, QuestionVersion] | None = None,
    hidden: Collection[str] = (),
) -> list[Answer]:
    """One line for each question that has an answer or a file, as it was asked; what is asked no more comes last.

    `hidden` are keys of questions whose answers are not for this officer's desks.
    """
    files: dict[int, list[Upload]] = {}
    for upload in uploads:
        if upload.question_id:
            files.setdefault(upload.question_id, []).append(upload)
    worded = wordings or {}
    found = [
        Answer(
            str(worded.get(q.key, q).label),
            as_text(worded.get(q.key, q), given.get(q.key)),
            q.purpose,
            files.get(q.pk, []),
            older=q.key in worded,
        )
        for q in questions
        if given.get(q.key) not in (None, "", []) or q.pk in files
    ]
    known = {question.key for question in questions} | set(hidden)
    found += [
        Answer(str(worded[key].label), as_text(worded[key], value), older=True)
        if key in worded
        else Answer(key, _plain(value))
        for key, value in given.items()
        if key not in known and value not in (None, "")
    ]
    return found


def as_text(question: Asked, value: Any) -> str:
    """One answer in the officer's language; a value that no longer fits its question is shown as it was stored."""
    match question.kind:
        case Question.Kind.CONSENT:
            return _("agreed") if value else _("not agreed")
        case Question.Kind.FILE:
            return ""  # its files stand beside it
        case Question.Kind.NUMBER if not isinstance(value, int | float):
            return _plain(value)
    return answer_text(question, value)


def _plain(value: Any) -> str:
    if value in (None, "", []):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
