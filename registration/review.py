"""What somebody typed, as rows to read: for the review before sending, the guest's own page, and the officer's dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from plenary.core.fields import Label
from registration.labels import PERSON_LABELS, Asked, answer_text, country_name, marked
from registration.models import Question, QuestionVersion, Registration, Section, Upload
from registration.rules.information_requests import person_key

PERSON_FIELDS = ("email", "salutation", "name", "latin_name", "organisation", "job_title", "nationality")
Kind = Question.Kind
Wordings = Mapping[str, QuestionVersion]


@dataclass(frozen=True)
class Row:
    """One line: what was asked, and what was answered. `upload` where the answer is a file, `older` where the question has
    been worded anew since."""

    label: str
    text: str
    upload: Upload | None = None
    older: bool = False
    key: str = ""


def wordings_of(registration: Registration, questions: Iterable[Question]) -> Wordings:
    """The earlier wordings that answers were given to, by key: also of questions that are gone. No statement where there
    are none, as for nearly everybody."""
    current = {question.key: question.version for question in questions}
    given = registration.answer_data.keys() | registration.staff_answer_data.keys()
    wanted = [
        (key, number)
        for key, number in registration.answer_versions.items()
        if key in given and current.get(key) != number
    ]
    if not wanted:
        return {}
    return {version.key: version for version in QuestionVersion.objects.of_answers(registration.event_id, wanted)}


def person_rows(person: Mapping[str, str], *, askable: Collection[str] = ()) -> list[Row]:
    """Address and name; what was left empty is left out, unless a change of it can be asked for."""
    rows = []
    for name in PERSON_FIELDS:
        value = person.get(name, "")
        key = person_key(name)
        if value or key in askable:
            text = country_name(value) if name == "nationality" else value
            rows.append(Row(str(PERSON_LABELS[name]), text, key=key))
    return rows


def answer_rows(
    questions: Iterable[Question],
    answers: Mapping[str, Any],
    uploads: Mapping[int, Upload],
    wordings: Wordings | None = None,
) -> list[Row]:
    """Answers in the order of the questions; questions without an answer are left out."""
    rows = []
    for question in questions:
        upload = uploads.get(question.pk)
        earlier = (wordings or {}).get(question.key)
        asked: Asked = earlier or question
        if upload is not None:
            rows.append(
                Row(
                    marked(Label(question.label)),
                    f"{upload.name} ({filesizeformat(upload.size)})",
                    upload,
                    key=question.key,
                )
            )
        elif text := answer_text(asked, answers.get(question.key)):
            rows.append(Row(marked(Label(asked.label)), text, older=earlier is not None, key=question.key))
    return rows


def gone_rows(questions: Iterable[Question], answers: Mapping[str, Any], wordings: Wordings) -> list[Row]:
    """Answers to questions that are asked no more, as they were asked then."""
    current = {question.key for question in questions}
    return [
        Row(marked(Label(wording.label)), text, older=True)
        for key, wording in wordings.items()
        if key not in current and not wording.staff_only and (text := answer_text(wording, answers.get(key)))
    ]


def by_question(uploads: Iterable[Upload]) -> dict[int, Upload]:
    """Files that answer a question, by its primary key."""
    return {upload.question_id: upload for upload in uploads if upload.question_id is not None}


def by_section(questions: Iterable[Question]) -> list[tuple[Section | None, list[Question]]]:
    """Questions in their order, section by section; those without one first."""
    return [(section, list(found)) for section, found in groupby(questions, key=lambda question: question.section)]


def sections_of(
    registration: Registration,
    questions: Iterable[Question],
    uploads: Iterable[Upload],
    *,
    askable: Collection[str] = (),
) -> list[dict[str, Any]]:
    """A registration as the guest reads it: the person, and answers with files, section by section, as they were asked.

    `askable` are keys of what the guest may ask to have changed.
    """
    person = {name: str(getattr(registration, name)) for name in PERSON_FIELDS}
    sent, every, answers = list(uploads), list(questions), registration.answer_data
    files, wordings = by_question(sent), wordings_of(registration, every)
    sections: list[dict[str, Any]] = [
        {"name": "you", "title": _("Address and name"), "rows": person_rows(person, askable=askable)}
    ]
    for section, asked in by_section(every):
        rows = answer_rows(asked, answers, files, wordings)
        if rows and section is not None:
            sections.append({"name": section.step, "title": section.label, "rows": rows})
        elif rows:
            sections.append({"name": f"questions-{asked[0].stage}", "title": _("Answers"), "rows": rows})
    rest = gone_rows(every, answers, wordings)
    rest += [
        Row(_("Sent with a reply"), f"{upload.name} ({filesizeformat(upload.size)})", upload)
        for upload in sent
        if upload.question_id is None
    ]
    if rest:
        sections.append({"name": "more", "title": _("Sent earlier"), "rows": rest})
    return sections
