"""How the fields of a registration are called for officers, and which of them a guest can be asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from registration.labels import PERSON_LABELS
from registration.models import Question
from registration.rules.information_requests import PERSON, answer_field, question_key

_DOCUMENTS = {
    "document": _("Passport or identity card"),
    "document_number": _("Document number"),
    "document_expiry": _("Document valid until"),
    "document_nationality": _("Nationality in the document"),
    "assignment_letter": _("Letter of assignment"),
}


def askable(questions: Iterable[Question]) -> list[tuple[str, Any]]:
    """Names and labels of what a guest can fill in again: the person's own fields, then the questions of the category."""
    person = [(name, str(PERSON_LABELS[name])) for name in PERSON]
    # A consent is given or not given by itself; nobody is asked for it again.
    asked = [
        (answer_field(question.key), str(question.label))
        for question in questions
        if question.kind != Question.Kind.CONSENT and not question.staff_only
    ]
    return person + asked


def label_of(field: str, questions: Iterable[Question]) -> str:
    """The label of one field; what is no longer asked is called by its key."""
    if field in _DOCUMENTS:
        return str(_DOCUMENTS[field])
    known = dict(askable(questions))
    return str(known.get(field) or question_key(field) or field)
