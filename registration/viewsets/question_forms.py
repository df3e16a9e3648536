"""The forms for questions, sections and the form after approval, with messages that say what to do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import DataClass
from registration.actions import QuestionRefused
from registration.actions.questions import check_question
from registration.models import Category, Question, Section
from registration.viewsets.condition_fields import FACT_LABELS, ConditionField, ConditionWidget, Reading, as_rows
from registration.viewsets.offer_fields import OptionsField
from registration.viewsets.offer_forms import OfferForm

WITH_OPTIONS = frozenset({Question.Kind.CHOICE, Question.Kind.CHOICES})


class QuestionForm(OfferForm):
    options = OptionsField(
        label=_("Options"),
        required=False,
        help_text=_(
            "For “one of a list” and “several of a list”. Save to get more empty rows; clear a row to remove it."
        ),
    )
    only_if = ConditionField(label=_("Ask only if"), required=False)
    correction = forms.BooleanField(
        label=_("Only a correction of the words"),
        required=False,
        help_text=_("For a misspelling: answers given so far count as answers to the corrected words."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = Section.objects.select_related("event").order_by("event", "-stage", "position", "id")
        others = Question.objects.select_related("event")
        if self.instance.pk:
            others = others.filter(event=self.instance.event_id).exclude(pk=self.instance.pk)
            sections = sections.filter(event=self.instance.event_id)
            self.fields["categories"].queryset = Category.objects.filter(event=self.instance.event_id)
            if "key" in self.fields:
                self.fields["key"].disabled = True  # answers are stored under it
        elif "correction" in self.fields:
            del self.fields["correction"]
        self.fields["section"].queryset = sections
        self.fields["section"].label_from_instance = lambda section: (
            f"{section} · {section.event} · {section.get_stage_display()}"
        )
        self._offer_conditions(list(others.in_order()))

    def _offer_conditions(self, others: list[Question]) -> None:
        self.others = {question.key: question for question in others}
        widget = self.fields["only_if"].widget
        assert isinstance(widget, ConditionWidget)  # noqa: S101 — tells the type checker what the class above says
        widget.subjects = [
            *FACT_LABELS.items(),
            *((question.key, f"{question.label} ({question.key})") for question in self.others.values()),
        ]
        reading = Reading(self.instance.event if self.instance.pk else None, self.others)
        stored = self.instance.condition or {}
        rows = as_rows(stored, reading.written)
        if rows is None:
            widget.nested_words = reading.words(stored)
        self.initial["only_if"] = rows or {"join": "all", "rows": []}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        event = cleaned.get("event") or (self.instance.event if self.instance.pk else None)
        self._clean_options(cleaned)
        if event and any(category.event_id != event.pk for category in cleaned.get("categories") or []):
            self.add_error("categories", _("Choose categories of the same event."))
        section = cleaned.get("section")
        if section:
            if event and section.event_id != event.pk:
                self.add_error("section", _("Choose a section of the same event."))
            cleaned["stage"] = section.stage  # a section says when it is asked
        if cleaned.get("data_class") != DataClass.PUBLIC and not cleaned.get("purpose"):
            self.add_error("purpose", _("Say why it is asked: personal data needs a purpose."))
        cleaned["condition"] = self._condition(cleaned, event)
        if event and not self.errors:
            self._check_fit(cleaned, event)
        return cleaned

    def _clean_options(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("kind") in WITH_OPTIONS and not cleaned.get("options") and "options" not in self.errors:
            self.add_error("options", _("A list needs at least one option."))
        if cleaned.get("kind") and cleaned["kind"] not in WITH_OPTIONS:
            cleaned["options"] = []

    def _condition(self, cleaned: dict[str, Any], event: Any) -> dict[str, Any]:
        given = cleaned.get("only_if") or {"join": "all", "rows": []}
        stored = self.instance.condition or {}
        nested = as_rows(stored, lambda _key, value: str(value)) is None
        if nested and not given["rows"]:
            return {} if given.get("always") else stored
        mine = {key: question for key, question in self.others.items() if event and question.event_id == event.pk}
        try:
            return Reading(event, mine).condition(given)
        except forms.ValidationError as error:
            self.add_error("only_if", error)
            return {}

    def _check_fit(self, cleaned: dict[str, Any], event: Any) -> None:
        """Whether it fits among the event's other questions, told before anything is saved."""
        candidate = Question(pk=self.instance.pk, event=event)
        for name in (
            "section",
            "stage",
            "staff_only",
            "key",
            "kind",
            "position",
            "condition",
            "options",
            "label",
            "required",
        ):
            setattr(candidate, name, cleaned.get(name, getattr(self.instance, name)))
        try:
            check_question(candidate)
        except QuestionRefused as refusal:
            self.add_error("only_if" if cleaned["condition"] else None, str(refusal))


def _section_name(section: Section) -> str:
    return f"{section} · {section.event} · {section.get_stage_display()}"


class SectionForm(OfferForm):
    """A heading, what stands below it, and when it is asked."""


class SecondFormForm(OfferForm):
    """The form after approval: its dates."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        due, frozen = cleaned.get("due_at"), cleaned.get("frozen_at")
        if due and frozen and frozen < due:
            self.add_error("frozen_at", _("It is frozen before it is due: give guests at least until then."))
        return cleaned
