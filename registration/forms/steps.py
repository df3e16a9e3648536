"""The steps of a sign-up: which there are, what was typed at each, which comes next. Reads a draft, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.actions.signing_up import Particulars
from registration.facts import INVITED, sign_up_facts
from registration.forms.person import PersonForm
from registration.forms.questions import ASKED, PREFIX, QuestionsForm, read_asked, write_asked
from registration.models import Draft, Question, Section, Upload
from registration.review import answer_rows, by_question, by_section, person_rows
from registration.rules import settle
from registration.rules.questions import keys_in

ASKED_NAME = f"{PREFIX}-{ASKED}"
YOU, QUESTIONS, REVIEW, SENT = "you", "questions", "review", "sent"
TITLES: dict[str, Promise | str] = {
    YOU: _("Address and name"),
    QUESTIONS: _("Questions"),
    REVIEW: _("Review and consent"),
    SENT: _("Sent"),
}


def asked_at_review(questions: Iterable[Question]) -> list[Question]:
    """Consents of no section, which come last, unless another question hangs on them."""
    every = list(questions)
    parents = {
        key for question in every if question.kind != Question.Kind.CONSENT for key in keys_in(question.condition)
    }
    return [
        question
        for question in every
        if question.kind == Question.Kind.CONSENT and question.section is None and question.key not in parents
    ]


class SignUp:
    """One draft as its pages see it."""

    def __init__(self, draft: Draft, questions: Iterable[Question], uploads: Iterable[Upload]) -> None:
        self.draft = draft
        every = list(questions)
        self.consents = asked_at_review(every)
        self.sections: dict[str, Section | None] = {}
        self.groups: dict[str, list[Question]] = {}
        for section, asked in by_section(question for question in every if question not in self.consents):
            step = section.step if section else QUESTIONS
            self.sections[step], self.groups[step] = section, asked
        self.uploads = by_question(uploads)
        self.typed: dict[str, dict[str, list[str]]] = json.loads(draft.content or "{}")

    @cached_property
    def steps(self) -> list[str]:
        """What there is to do, in order; a section of which nothing applies to this guest is no step."""
        return [YOU, *(step for step in self.groups if self._applies(step)), REVIEW, SENT]

    def _applies(self, step: str) -> bool:
        asked = self.groups[step]
        if any(not question.condition for question in asked):
            return True
        keys, known = {question.key for question in asked}, self._known_before(step)
        return any(settle(question.condition, known, keys) is not None for question in asked)

    def is_section(self, step: str) -> bool:
        """Whether this is, or was until a moment ago, a step of questions."""
        return step in self.groups or step == QUESTIONS or step.startswith("section-")

    def before(self, step: str) -> str | None:
        place = self.steps.index(step)
        return self.steps[place - 1] if place else None

    def after(self, step: str) -> str:
        return self.steps[self.steps.index(step) + 1]

    def title(self, step: str) -> Any:
        section = self.sections.get(step)
        return section.label if section else TITLES[step]

    def progress(self, current: str) -> list[dict[str, Any]]:
        """What the list of steps shows; a step that was reached before can be opened again."""
        here = self.steps.index(current)
        return [
            {"name": step, "title": self.title(step), "is_current": step == current, "is_done": place < here}
            for place, step in enumerate(self.steps)
        ]

    def facts(self) -> dict[str, Any]:
        """What conditions may ask about besides answers."""
        nationality = "".join(self.typed.get(YOU, {}).get("nationality", [])[:1])
        return sign_up_facts(self.draft.category, nationality, invited=INVITED in self.typed)

    def _known_before(self, step: str) -> dict[str, Any]:
        """Facts, and what was answered at earlier steps."""
        known = self.facts()
        for other in self.groups:
            if other == step:
                break
            known |= self._judged[other].given()
        return known

    def form(self, step: str, data: Any = None, files: Any = None, too_large: Iterable[str] = ()) -> Any:
        """The form of a step: with what is being sent, else with what was typed before, not yet judged."""
        initial = {} if data is not None else self._initial(step)
        if step == YOU:
            return PersonForm(data, initial=initial)
        return QuestionsForm(
            self.groups.get(step, self.consents),
            data,
            files,
            facts=self._known_before(step),
            uploads=self.uploads,
            too_large=too_large,
            initial=initial,
        )

    def _initial(self, step: str) -> dict[str, Any]:
        blank = (
            PersonForm()
            if step == YOU
            else QuestionsForm(self.groups.get(step, self.consents), facts=self._known_before(step))
        )
        typed = self._typed(step)
        found: dict[str, Any] = {}
        for name, field in blank.fields.items():
            values = typed.get(blank.add_prefix(name))
            if values:
                several = getattr(field.widget, "allow_multiple_selected", False)
                found[name] = values if several else values[-1]
        return found

    def _typed(self, step: str) -> dict[str, list[str]]:
        """What was typed at a step, and what was typed elsewhere to a question that staff have moved here since."""
        typed = dict(self.typed.get(step, {}))
        asked = read_asked("".join(typed.get(ASKED_NAME, [])))
        for question in self.groups.get(step, []):
            name = f"{PREFIX}-{question.key}"
            if question.pk in asked or name in typed:
                continue
            for other in self.typed.values():
                there = read_asked("".join(other.get(ASKED_NAME, []))) if isinstance(other, dict) else {}
                if question.pk in there and name in other:
                    typed[name] = other[name]
                    asked[question.pk] = there[question.pk]
        if asked:
            typed[ASKED_NAME] = [write_asked(asked)]
        return typed

    def kept(self, step: str) -> Any:
        """The form of a step bound to what was kept of it, to be judged again."""
        return self.form(step, MultiValueDict(self._typed(step)), MultiValueDict())

    def read_again(self, uploads: Iterable[Upload] | None = None) -> None:
        """See the draft as it is after it was saved: which steps there are hangs on what was typed."""
        self.typed = json.loads(self.draft.content or "{}")
        if uploads is not None:
            self.uploads = by_question(uploads)
        for name in ("steps", "_judged"):
            self.__dict__.pop(name, None)

    def first_unfinished(self) -> str | None:
        """The first step before the review that is missing or wrong; None when all can be sent."""
        return next((step for step in self.steps[:-2] if not self._judged[step].is_valid()), None)

    @cached_property
    def _judged(self) -> Mapping[str, Any]:
        """The forms of the steps before the review, each made when it is first asked for: one hangs on those before it."""
        return _Judged(self)

    def _question_forms(self) -> list[QuestionsForm]:
        return [self._judged[step] for step in self.steps if step in self.groups]

    def particulars(self) -> Particulars:
        """The person, once no step is unfinished."""
        form: PersonForm = self._judged[YOU]
        return form.particulars()

    def answers(self) -> dict[str, Any]:
        """Answers of all sections, once none is unfinished."""
        return {key: value for form in self._question_forms() for key, value in form.answers().items()}

    def versions(self) -> dict[str, int]:
        """The wordings those answers were given to."""
        return {key: number for form in self._question_forms() for key, number in form.versions().items()}

    def wanted_uploads(self) -> set[UUID]:
        """Files that answer a question which shows; others were sent to a question that no longer applies."""
        return {pk for form in self._question_forms() for pk in form.kept_uploads()}

    def review(self) -> list[dict[str, Any]]:
        """What was typed, by step, to be read again before it is sent."""
        sections: list[dict[str, Any]] = [
            {"name": YOU, "title": TITLES[YOU], "rows": person_rows(asdict(self.particulars()))}
        ]
        answers = self.answers()
        for step in self.steps:
            if step in self.groups:
                rows = answer_rows(self.groups[step], answers, self.uploads)
                sections.append({"name": step, "title": self.title(step), "rows": rows})
        return sections


class _Judged(dict[str, Any]):
    """Forms by step, bound to what was kept and checked."""

    def __init__(self, sign_up: SignUp) -> None:
        super().__init__()
        self.sign_up = sign_up

    def __missing__(self, step: str) -> Any:
        form = self.sign_up.kept(step)
        form.is_valid()  # also an unfinished step gives the answers it has
        self[step] = form
        return form


def kept_values(form: forms.Form, typed: Mapping[str, list[str]]) -> dict[str, Any]:
    """What was typed before into this form's fields, as its initial values; a field that was emptied is empty again."""
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        html_name = form.add_prefix(name)
        if html_name not in typed:
            continue
        values = typed.getlist(html_name) if isinstance(typed, MultiValueDict) else typed[html_name]
        several = getattr(field.widget, "allow_multiple_selected", False)
        found[name] = values if several else (values[-1] if values else "")
    return found


def typed_values(form: forms.Form, sent: Any) -> dict[str, list[str]]:
    """What was typed into this form's own fields; whatever else was sent is no business of the draft."""
    names = [form.add_prefix(field) for field in form.fields]
    if isinstance(form, QuestionsForm):
        names.append(form.asked_name)
    return {name: [str(value)[:20_000] for value in sent.getlist(name)] for name in names if name in sent}
