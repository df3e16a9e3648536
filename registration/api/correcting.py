"""A correction that came as JSON: what is open is changed at once, what is frozen is asked for, by the forms of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plenary.core.problems import INVALID, FieldError, Problem, pointer
from registration import actions
from registration.answering import Answering
from registration.api.registrations import as_form_data, errors_of, misplaced
from registration.forms import PersonForm, QuestionsForm
from registration.forms.person import ReasonForm
from registration.forms.questions import PREFIX
from registration.models import ChangeRequest, Consent, Question, Registration, SecondForm, Upload
from registration.review import wordings_of
from registration.rules import EDITABLE_BY_GUEST, State, Who
from registration.rules.information_requests import PERSON, person_key
from registration.second_form import second_form_of


class Correction:
    """One correction of one guest: `person` by field and `given` by question key, as they were sent."""

    def __init__(
        self, registration: Registration, person: Mapping[str, str], given: Mapping[str, Any], *, reason: str
    ) -> None:
        self.registration, self.reason = registration, reason
        self.known = {name: str(getattr(registration, name)) for name in PERSON}
        self.person = {name: value for name, value in person.items() if value != self.known[name]}
        self.given = dict(given)
        self.corrected: list[str] = []
        self.requested: list[tuple[str, ChangeRequest]] = []

    def carry_out(self) -> Correction:
        """Change and ask. Raises Problem(invalid) with a pointer to every wrong value, and Refused."""
        if self.registration.state in EDITABLE_BY_GUEST:
            asked = Question.objects.asked_in(self.registration.category)
            self.answering = self._answering(asked, facts={"nationality": self.person.get("nationality")})
            frozen = self._frozen()
            self._change({key: value for key, value in self.given.items() if key not in frozen})
            self._ask({}, frozen)
        elif self.registration.state == State.APPROVED:
            asked = Question.objects.ever_asked_in(self.registration.category).for_guests()
            self.answering = self._answering(asked)
            frozen = self._frozen()
            self._answer_second_form({key: value for key, value in self.given.items() if key not in frozen})
            self._ask(self.person, frozen)
        else:
            raise actions.Refused(_("This registration can no longer be changed."))
        return self

    def _answering(self, questions: Iterable[Question], *, facts: Mapping[str, Any] | None = None) -> Answering:
        questions = list(questions)
        answering = Answering(
            self.registration,
            questions,
            Upload.objects.of_registration(self.registration),
            now=timezone.now(),
            second_form=SecondForm.objects.filter(event=self.registration.event_id).first(),
            wordings=wordings_of(self.registration, questions),
            facts={name: value for name, value in (facts or {}).items() if value},
        )
        if errors := misplaced(self.given, {question.key: question for question in questions}):
            raise Problem(INVALID, errors=errors)
        return answering

    def _frozen(self) -> dict[str, Question]:
        """The frozen questions of which another answer was sent, by key."""
        stored = self.registration.answer_data
        frozen = {question.key: question for question in self.answering.frozen if question.key in self.given}
        wrong = [
            FieldError(pointer("answers", key), _("This category has no such question."), "unknown")
            for key in frozen.keys() - self.answering.shown
        ]
        if wrong:
            raise Problem(INVALID, errors=wrong)
        same = {key for key in frozen if key in stored and stored[key] == self.given[key]}
        for key in same:
            del self.given[key]
        return {key: question for key, question in frozen.items() if key not in same}

    # -- at once -------------------------------------------------------------------------------------------------------
    def _change(self, given: Mapping[str, Any]) -> None:
        """What the page “Change” does, before the decision."""
        if not self.person and not given and self.registration.state != State.NOMINATED:
            return
        sent = MultiValueDict({name: [value] for name, value in (self.known | self.person).items()})
        person = PersonForm(sent, initial=self.known, with_email=False)
        questions = self._form(self.answering, self.answering.questions, given)
        self._check([*errors_of(person), *errors_of(questions, "answers")])
        before = self.registration.answer_data
        changed = actions.change_answers(
            registration_id=self.registration.pk,
            particulars=person.particulars(),
            answers=questions.answers(),
            files=questions.changed_files(),
            scope=[question.key for question in self.answering.open],
            versions=questions.versions(),
            expected_version=self.registration.version,
            source=Consent.Source.API,
        )
        actions.complete_nomination(registration_id=self.registration.pk, who=Who.GUEST, language=get_language() or "")
        self.corrected += [pointer(name) for name in PERSON if str(getattr(changed, name)) != self.known[name]]
        self._note(before, changed, questions)

    def _answer_second_form(self, given: Mapping[str, Any]) -> None:
        """What the form after approval does, part by part."""
        left = set(given)
        while left:
            pages = second_form_of(self.registration)  # anew for each part: one answer decides what another asks
            parts = pages.parts.items() if pages else ()
            name, asked = next(((n, a) for n, a in parts if left & {question.key for question in a}), ("", []))
            if pages is None or not name:
                return  # what does not apply counts for nothing, as on the page
            left -= {question.key for question in asked}
            form = self._form(pages, asked, {q.key: given[q.key] for q in asked if q.key in given})
            self._check(errors_of(form, "answers"))
            before = self.registration.answer_data
            self.registration = actions.save_second_form_answers(
                registration_id=self.registration.pk,
                scope=[question for question in asked if question in pages.open],
                answers=form.answers(),
                versions=form.versions(),
                files=form.changed_files(),
                expected_version=self.registration.version,
                part=name,
                source=Consent.Source.API,
            )
            self._note(before, self.registration, form)

    def _form(self, answering: Answering, asked: Iterable[Question], given: Mapping[str, Any]) -> QuestionsForm:
        """The form of some open questions, with what is stored where nothing was sent."""
        asked = list(asked)
        stored = self.registration.answer_data
        open_keys = {question.key for question in asked if question in answering.open}
        data, files = as_form_data({key: stored[key] for key in open_keys & stored.keys()} | dict(given))
        for question in asked:
            if question.kind == Question.Kind.FILE and question.key in given and given[question.key] is None:
                data[f"{PREFIX}-{question.key}-remove"] = "on"
        return answering.form(asked, data, files)

    def _note(self, before: Mapping[str, Any], after: Registration, form: QuestionsForm) -> None:
        now = after.answer_data
        moved = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
        moved |= {question.key for question in form.changed_files()}
        self.corrected += [pointer("answers", key) for key in sorted(moved)]

    @staticmethod
    def _check(errors: list[FieldError]) -> None:
        if errors:
            raise Problem(INVALID, errors=errors)

    # -- by request ----------------------------------------------------------------------------------------------------
    def _ask(self, person: Mapping[str, str], frozen: Mapping[str, Question]) -> None:
        """What the page “Ask for a change” does, for each value that is frozen."""
        if not person and not frozen:
            return
        sent = MultiValueDict({name: [value] for name, value in person.items()})
        form = PersonForm(sent, initial=self.known, with_email=False).only(person)
        reason = ReasonForm({"reason": self.reason})
        forms = {}
        for key, question in frozen.items():
            data, files = as_form_data({key: self.given[key]})
            forms[key] = self.answering.form_of_frozen(question, data, files)
        errors = [*errors_of(form), *errors_of(reason)]
        self._check(errors + [error for one in forms.values() for error in errors_of(one, "answers")])
        why = reason.cleaned_data["reason"]
        for name in person:
            self._ask_person(name, str(form.cleaned_data[name]), why)
        for key, question in frozen.items():
            self._ask_answer(question, forms[key], why)

    def _ask_person(self, name: str, value: str, why: str) -> None:
        if value == self.known[name]:
            return
        request = self._asked_already(person_key(name), value) or actions.ask_for_person_change(
            registration_id=self.registration.pk, name=name, value=value, reason=why
        )
        self.requested.append((pointer(name), request))

    def _ask_answer(self, question: Question, form: QuestionsForm, why: str) -> None:
        value, files = form.answers().get(question.key), form.changed_files()
        if question.kind == Question.Kind.FILE and not files:
            raise actions.Refused(_("Choose the file that should take the place of this one."))
        if question.kind != Question.Kind.FILE and value == self.registration.answer_data.get(question.key):
            return
        request = self._asked_already(question.key, value) if not files else None
        request = request or actions.ask_for_change(
            registration_id=self.registration.pk,
            question=question,
            value=value,
            checked=files.get(question),
            reason=why,
        )
        self.requested.append((pointer("answers", question.key), request))

    def _asked_already(self, key: str, value: Any) -> ChangeRequest | None:
        """The open request for the very same change: sent again, it is no second one."""
        found = ChangeRequest.objects.pending().filter(registration=self.registration, key=key).first()
        return found if found is not None and found.new == value else None
