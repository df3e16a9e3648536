"""The form of an event's own questions: its fields are built from what staff defined, conditions included."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.validators import MinValueValidator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plenary.core.fields import Label
from registration.forms.fields import (
    ConsentField,
    CountryField,
    GuestFileField,
    LineField,
    ParagraphsField,
    PhoneField,
    StrictForm,
)
from registration.labels import condition_hint, marked
from registration.models import Question, QuestionVersion, Upload
from registration.rules import settle, shown_keys
from registration.uploads import Checked

PREFIX = "q"
RADIOS = 7  # more choices than this are a list to open
ANSWER = gettext_lazy("Answer this question.")
CHOOSE = gettext_lazy("Choose one of these.")
ASKED = "_asked"  # which wordings stood on the page; no key of a question begins so
NO_LONGER = gettext_lazy("Choose one of these: the answer you gave is not offered any more.")
CHANGED = gettext_lazy("This question was changed while you were answering. Read it again and check your answer.")
Kind = Question.Kind


def _options(question: Question, *, html: bool) -> list[tuple[str, str]]:
    """Values and labels; in HTML where they stand beside a box, plain where they stand inside a list to open."""
    show = marked if html else str
    return [(option["value"], show(Label(option["label"]))) for option in question.options]


def _choice(question: Question, common: dict[str, Any]) -> forms.Field:
    short = len(question.options) <= RADIOS
    choices = _options(question, html=short)
    messages = {"required": CHOOSE, "invalid_choice": NO_LONGER}
    if short:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=messages, **common)
    return forms.ChoiceField(choices=[("", _("Choose")), *choices], error_messages=messages, **common)


def _choices(question: Question, common: dict[str, Any]) -> forms.Field:
    messages = {"required": gettext_lazy("Choose at least one of these."), "invalid_choice": NO_LONGER}
    return forms.MultipleChoiceField(
        choices=_options(question, html=True), widget=forms.CheckboxSelectMultiple, error_messages=messages, **common
    )


def _number(question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(
        max_digits=15,
        decimal_places=4,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-number": ""}),
        error_messages={"required": ANSWER, "invalid": gettext_lazy("Write a number.")},
        **common,
    )


def _date(question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.DateField(
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(date(1900, 1, 1), gettext_lazy("Give a date after 1900."))],
        error_messages={
            "required": ANSWER,
            "invalid": gettext_lazy("Write the date as year-month-day, like 2027-05-14."),
        },
        **common,
    )


def make_field(question: Question, *, region: str = "") -> forms.Field:
    """The form field of one question; `region` helps to read telephone numbers without a country code."""
    common: dict[str, Any] = {
        "label": marked(Label(question.label)),
        "help_text": marked(Label(question.help_text)),
        "required": question.required,
    }
    required = {"error_messages": {"required": ANSWER}}
    match question.kind:
        case Kind.LONG_TEXT:
            return ParagraphsField(**common, **required)
        case Kind.NUMBER:
            return _number(question, common)
        case Kind.DATE:
            return _date(question, common)
        case Kind.CHOICE:
            return _choice(question, common)
        case Kind.CHOICES:
            return _choices(question, common)
        case Kind.COUNTRY:
            return CountryField(**common)
        case Kind.PHONE:
            return PhoneField(region=region, **common, **required)
        case Kind.FILE:
            common["help_text"] = common["help_text"] or _("A picture (JPEG, PNG, WebP) or a PDF, at most 10 MB.")
            return GuestFileField(**common)
        case Kind.CONSENT:
            return ConsentField(**common)
    return LineField(**common, **required)


class QuestionsForm(StrictForm):
    """Some questions of a category. What the person sees at once is decided by script; what counts is decided here.

    `facts` are what is known before: category, nationality and the like, and answers to questions that stand elsewhere.
    `wordings` are earlier wordings by key, for a form of stored answers: an option that was chosen then and is gone now
    stays a choice for whoever chose it.
    """

    def __init__(
        self,
        questions: Iterable[Question],
        data: Any = None,
        files: Any = None,
        *,
        facts: Mapping[str, Any],
        uploads: Mapping[int, Upload] | None = None,
        too_large: Iterable[str] = (),
        wordings: Mapping[str, QuestionVersion] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, prefix=PREFIX, **kwargs)
        self.facts = dict(facts)
        self.wordings = wordings or {}
        every = list(questions)
        keys = {question.key for question in every}
        self.conditions = {
            question.key: left
            for question in every
            if (left := settle(question.condition, self.facts, keys)) is not None
        }
        self.questions = [question for question in every if question.key in self.conditions]
        by_key = {question.key: question for question in self.questions}
        self.kept_options: dict[str, list[tuple[str, str]]] = {}
        for question in self.questions:
            field = make_field(question, region=str(self.facts.get("nationality", "")))
            if isinstance(field, GuestFileField):
                self.initial[question.key] = (uploads or {}).get(question.pk)
                field.too_large = self.add_prefix(question.key) in too_large
            if question.key in self.wordings:
                self._keep_options(question, field)
            if condition := self.conditions[question.key]:
                self._mark_dependent(field, condition, by_key)
            self.fields[question.key] = field

    @property
    def asked_name(self) -> str:
        return self.add_prefix(ASKED)

    @property
    def asked(self) -> str:
        """Which wordings stand on the page: sent back with the answers, so that a change in between is noticed."""
        return write_asked({question.pk: question.version for question in self.questions})

    def _keep_options(self, question: Question, field: Any) -> None:
        """Offer what was chosen under an earlier wording and is gone, marked as such, so that saving loses nothing."""
        given = self.initial.get(question.key)
        offered = {option["value"] for option in question.options}
        gone = [value for value in (given if isinstance(given, list) else [given]) if value and value not in offered]
        if gone and isinstance(field, forms.ChoiceField):
            told = {option["value"]: Label(option["label"]) for option in self.wordings[question.key].options}
            kept = [(value, _("%(option)s (no longer offered)") % {"option": told.get(value, value)}) for value in gone]
            short = question.kind == Kind.CHOICES or len(question.options) <= RADIOS
            blank = [] if short else [("", _("Choose"))]
            field.choices = [*blank, *_options(question, html=short), *kept]
            self.kept_options[question.key] = kept

    def _mark_dependent(self, field: Any, condition: Mapping[str, Any], by_key: Mapping[str, Question]) -> None:
        """Tell the script what to decide, and whoever has no script when to answer."""
        field.condition = json.dumps(condition, ensure_ascii=False)
        hint = condition_hint(condition, by_key)
        field.help_text = format_html('{} <span class="field__condition">{}</span>', field.help_text, hint)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        given = {key: as_json(value) for key, value in cleaned.items()}
        conditions = [(question.key, self.conditions[question.key]) for question in self.questions]
        for key in self.fields.keys() - shown_keys(conditions, self.facts | given):
            # Hidden: neither an answer nor an error counts, whatever was sent.
            cleaned.pop(key, None)
            self.errors.pop(key, None)
        self._note_changed(cleaned)
        return cleaned

    def _note_changed(self, cleaned: dict[str, Any]) -> None:
        """Ask again where the answer was written to another wording than the one in force."""
        seen = read_asked(self.data.get(self.asked_name, "")) if self.data else {}
        for question in self.questions:
            answered = cleaned.get(question.key) not in (None, "", [], False)
            if answered and seen.get(question.pk, question.version) != question.version:
                self.add_error(question.key, forms.ValidationError(CHANGED, "changed"))

    def versions(self) -> dict[str, int]:
        """The wording each answer was given to, by key."""
        found = {}
        for question in self.questions:
            value = self.cleaned_data.get(question.key)
            if value not in (None, "", []):
                kept = {option for option, _label in self.kept_options.get(question.key, [])}
                still = kept & set(value if isinstance(value, list) else [str(value)])
                found[question.key] = self.wordings[question.key].number if still else question.version
        return found

    def answers(self) -> dict[str, Any]:
        """Cleaned answers by key as JSON values, files left out: they are records of their own."""
        return {
            key: as_json(value)
            for key, value in self.cleaned_data.items()
            if value not in (None, "", []) and not isinstance(self.fields[key], GuestFileField)
        }

    def given(self) -> dict[str, Any]:
        """Everything that was answered, as conditions read it: files count as answered."""
        return {
            key: as_json(value)
            for key, value in self.cleaned_data.items()
            if value not in (None, "", []) and not (value is False and isinstance(self.fields[key], GuestFileField))
        }

    def changed_files(self) -> dict[Question, Checked | None]:
        """Files sent now, by question; None where one that was stored is to be removed."""
        found: dict[Question, Checked | None] = {}
        for question in self.questions:
            value = self.cleaned_data.get(question.key)
            if isinstance(value, Checked):
                found[question] = value
            elif value is False and question.kind == Kind.FILE and self.initial.get(question.key):
                found[question] = None
        return found

    def has_refused_file(self) -> bool:
        """Whether an error is about a file that was sent, and not about one that is missing."""
        return any(
            question.kind == Kind.FILE and any(error.code != "required" for error in errors)
            for question in self.questions
            for errors in [self.errors.as_data().get(question.key, [])]
        )

    def kept_uploads(self) -> set[UUID]:
        """Files stored before that answer a question which shows."""
        return {value.pk for value in self.cleaned_data.values() if isinstance(value, Upload)}

    def show_as_stored(self, question: Question, upload: Upload) -> None:
        """Let the page say that this file has arrived, although another answer is wrong."""
        cast(GuestFileField, self.fields[question.key]).stored = upload


def read_asked(text: str) -> dict[int, int]:
    """Versions by primary key; whatever else was sent is none."""
    pairs = (part.split(".") for part in str(text)[:4_000].split("-"))
    return {
        int(pair[0]): int(pair[1])
        for pair in pairs
        if len(pair) == 2 and all(one.isascii() and one.isdigit() and len(one) < 10 for one in pair)
    }


def write_asked(versions: Mapping[int, int]) -> str:
    return "-".join(f"{pk}.{number}" for pk, number in versions.items())


def as_json(value: Any) -> Any:
    """A cleaned value as it is stored and compared."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case date():
            return value.isoformat()
        case Checked() | Upload():
            return True  # conditions may ask whether a file was sent
    return value
