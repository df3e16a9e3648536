"""What a registered guest may still answer, what is frozen and why, and what is missing. Pure, over loaded records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plenary.core.dates import date_and_clock, zone_name
from registration.facts import facts_of
from registration.forms.questions import QuestionsForm
from registration.models import Question, Registration, SecondForm, Section, Stage, Upload
from registration.review import Row, Wordings, answer_rows, by_question, by_section, person_rows
from registration.rules import EDITABLE_BY_GUEST, State, is_over, shown_keys
from registration.rules.information_requests import PERSON, person_key
from registration.rules.questions import missing_keys
from registration.wording import second_form_title

REST = "questions"  # the name of the part without a section


@dataclass(frozen=True)
class PersonField:
    """A field of the person where a question would stand."""

    key: str
    label: str


@dataclass(frozen=True)
class FrozenAnswer:
    """One answer a guest only reads: what was answered, why it is frozen, and whether a change can be asked for here."""

    question: Question | PersonField
    row: Row | None
    why: str
    may_ask: bool


class Answering:
    """The guest's side of some questions of one registration."""

    def __init__(
        self,
        registration: Registration,
        questions: Iterable[Question],
        uploads: Iterable[Upload],
        *,
        now: datetime,
        second_form: SecondForm | None = None,
        wordings: Wordings | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.registration, self.now, self.second_form = registration, now, second_form
        self.questions = list(questions)
        self.uploads = by_question(uploads)
        self.wordings = wordings or {}
        self.frozen = [
            question for question in self.questions if self._moment(question, passed=True) or self._decided(question)
        ]
        self.open = [question for question in self.questions if question not in self.frozen]
        self.facts = facts_of(registration) | dict(facts or {})

    def _moment(self, question: Question, *, passed: bool) -> datetime | None:
        """From when on a question is frozen by date, its own or its form's; with `passed` only if that is over."""
        event = self.registration.event
        moments = [question.frozen_from(event)]
        if question.stage == Stage.AFTER_APPROVAL and self.second_form:
            moments.append(self.second_form.frozen_from(event))
        known = [moment for moment in moments if moment and (not passed or is_over(moment, self.now))]
        return min(known) if known else None

    def _decided(self, question: Question) -> bool:
        """Whether the registration has been decided on by what was answered here."""
        return question.stage == Stage.SIGN_UP and self.registration.state not in EDITABLE_BY_GUEST

    def why_frozen(self, question: Question) -> str:
        moment = self._moment(question, passed=True)
        if moment is None:
            return _("The organiser has decided by this answer.")
        local = self.registration.event.local(moment)
        return _("Could be changed until %(moment)s (%(zone)s).") % {
            "moment": date_and_clock(local, get_language()),
            "zone": zone_name(local, get_language()),
        }

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What is stored, files counted as answered, as conditions read it."""
        stored = self.registration.answer_data
        return stored | {question.key: True for question in self.questions if question.pk in self.uploads}

    @cached_property
    def shown(self) -> set[str]:
        """The questions that apply to what is stored."""
        keys = {question.key for question in self.questions}
        elsewhere = {key: value for key, value in self.answers.items() if key not in keys}
        mine = {key: value for key, value in self.answers.items() if key in keys}
        return shown_keys(
            [(question.key, question.condition) for question in self.questions], elsewhere | self.facts | mine
        )

    def form(
        self, questions: Iterable[Question], data: Any = None, files: Any = None, *, too_large: Iterable[str] = ()
    ) -> QuestionsForm:
        """The form of those of some questions that are still open; everything answered elsewhere is known to conditions."""
        asked = [question for question in questions if question in self.open]
        keys = {question.key for question in asked}
        known = {key: value for key, value in self.answers.items() if key not in keys}
        return QuestionsForm(
            asked,
            data,
            files,
            facts=known | self.facts,
            uploads=self.uploads,
            too_large=too_large,
            wordings=self.wordings,
            initial=dict(self.registration.answer_data),
        )

    def form_of_frozen(
        self, question: Question, data: Any = None, files: Any = None, *, too_large: Iterable[str] = ()
    ) -> QuestionsForm:
        """The form of one frozen question: what its answer should be, everything else staying as it is."""
        others = {key: value for key, value in self.answers.items() if key != question.key}
        return QuestionsForm(
            [question],
            data,
            files,
            facts=others | self.facts,
            uploads=self.uploads,
            too_large=too_large,
            wordings=self.wordings,
            initial={question.key: self.registration.answer_data.get(question.key)},
        )

    def frozen_answers(self, questions: Iterable[Question]) -> list[FrozenAnswer]:
        """Those of some questions that are frozen and apply, answered or not."""
        may_ask = self.registration.state in {*EDITABLE_BY_GUEST, State.APPROVED}
        found = []
        for question in questions:
            if question in self.frozen and question.key in self.shown:
                rows = answer_rows([question], self.registration.answer_data, self.uploads, self.wordings)
                found.append(FrozenAnswer(question, rows[0] if rows else None, self.why_frozen(question), may_ask))
        return found

    @property
    def missing(self) -> list[Question]:
        """Required questions that apply and have no answer."""
        asked = [(question.key, question.condition, question.required) for question in self.questions]
        keys = missing_keys(asked, self.facts | self.answers)
        return [question for question in self.questions if question.key in keys]


def frozen_person(registration: Registration) -> list[FrozenAnswer]:
    """The fields of the person once the organiser has decided by them; none before, when the guest changes them freely."""
    if registration.state != State.APPROVED:
        return []
    keys = [person_key(name) for name in PERSON]
    rows = person_rows({name: str(getattr(registration, name)) for name in PERSON}, askable=keys)
    why = _("The organiser has decided by this answer.")
    return [FrozenAnswer(PersonField(row.key, row.label), row if row.text else None, why, True) for row in rows]


class SecondFormPages(Answering):
    """The form after approval, part by part."""

    @cached_property
    def parts(self) -> dict[str, list[Question]]:
        """Sections by their name in addresses; one of which nothing applies is left out unless its own answers decide."""
        found = {}
        for section, asked in by_section(self.questions):
            if self.form(asked).questions or any(question.key in self.shown for question in asked):
                found[section.step if section else REST] = asked
        return found

    def section(self, part: str) -> Section | None:
        return self.parts[part][0].section

    def title(self) -> str:
        return second_form_title(self.second_form)

    def part_title(self, part: str) -> str:
        section = self.section(part)
        return str(section.label) if section else self.title()

    @property
    def due(self) -> datetime | None:
        return self.second_form.due(self.registration.event) if self.second_form else None

    @property
    def is_frozen(self) -> bool:
        """Whether nothing of it can be changed any more."""
        return not self.open

    @property
    def is_complete(self) -> bool:
        return self.registration.second_form_saved_at is not None and not self.missing

    def is_part_done(self, part: str) -> bool:
        """Whether nothing required is missing there; before the first answer nothing counts as done."""
        keys = {question.key for question in self.parts[part]}
        begun = bool(keys & self.answers.keys()) or self.registration.second_form_complete
        return begun and not any(question.key in keys for question in self.missing)

    def rows(self, part: str) -> list[Row]:
        return answer_rows(self.parts[part], self.registration.answer_data, self.uploads, self.wordings)

    def after(self, part: str) -> str | None:
        """The part that follows; None behind the last."""
        names = list(self.parts)
        place = names.index(part) + 1
        return names[place] if place < len(names) else None

    def overview(self) -> list[dict[str, Any]]:
        """What the form's page lists."""
        return [
            {
                "name": part,
                "title": self.part_title(part),
                "rows": self.rows(part),
                "done": self.is_part_done(part),
                "open": any(question in self.open for question in asked),
                "frozen": self.frozen_answers(asked),
            }
            for part, asked in self.parts.items()
        ]
