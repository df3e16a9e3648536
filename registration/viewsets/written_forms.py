"""The form of what is written to many: whom it is for, and what it says in each language. Mailings and reminders share it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plenary.core.fields import Label
from plenary.core.forms import LabelFormField, LabelWidget
from plenary.core.languages import LANGUAGES
from plenary.core.models import Message
from plenary.events.models import Event
from registration.actions.mailings import written_problems
from registration.audiences import offered_conditions
from registration.models import Category, Delegation, Mailing, Question, Reminder
from registration.models.communication import Written
from registration.rules import State
from registration.rules.mailings import LISTS, Anchor, Audience
from registration.viewsets.moments import MomentField


class LongLabelWidget(LabelWidget):
    """A text of several paragraphs for each language."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets = [
            forms.Textarea({"lang": language.bcp47, "dir": language.direction, "rows": 8}) for language in LANGUAGES
        ]


class LongLabelFormField(LabelFormField):
    widget = LongLabelWidget


class WrittenForm(forms.Form):
    """Whom, then what. Every box left empty means: any."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("For staff; guests never see it.")
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Sent as"), choices=Message.Channel.choices, initial="mail", widget=forms.RadioSelect
    )
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories"),
        queryset=Category.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    delegations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Delegations"),
        queryset=Delegation.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("None chosen means: guests of any delegation, and those who come without one."),
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("States"),
        choices=State.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means: every registration that is alive."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages of the guests"),
        choices=[(language.code, language.name) for language in LANGUAGES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    conditions = forms.MultipleChoiceField(
        label=gettext_lazy("Only if"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("All of these have to hold; they are asked again when it is sent."),
    )
    answered = forms.ChoiceField(label=gettext_lazy("Has answered"), required=False)
    unanswered = forms.ChoiceField(label=gettext_lazy("Has not answered"), required=False)
    subject = LabelFormField(label=gettext_lazy("Subject"), required=False, max_length=200)
    body = LongLabelFormField(
        label=gettext_lazy("Text"),
        max_length=8_000,
        help_text=gettext_lazy("Guests of a language without a text get the English one."),
    )

    def __init__(self, data: Any = None, *, written: Written) -> None:
        super().__init__(data, initial=self._initial(written))
        self.written = written
        fields: dict[str, Any] = self.fields
        fields["categories"].queryset = Category.objects.filter(event=written.event)
        fields["delegations"].queryset = Delegation.objects.filter(event=written.event)
        fields["conditions"].choices = offered_conditions()
        questions = [
            (question.key, str(question.label))
            for question in Question.objects.filter(event=written.event).order_by("position", "id")
        ]
        fields["answered"].choices = fields["unanswered"].choices = [("", _("any question or none")), *questions]

    def _initial(self, written: Written) -> dict[str, Any]:
        audience = Audience.stored(written.audience)
        kept = {name: list(getattr(audience, name)) for name in LISTS}
        texts = {name: getattr(written, name) for name in ("name", "channel", "subject", "body")}
        return {**kept, **texts, "answered": audience.answered, "unanswered": audience.unanswered}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["answered"] and cleaned["answered"] == cleaned["unanswered"]:
            self.add_error("unanswered", _("Nobody has both answered and not answered the same question."))
        self.fill()
        for problem in written_problems(self.written):
            self.add_error("body", ValidationError(problem))
        return cleaned

    def fill(self) -> Written:
        """The record with what was typed, not saved."""
        given = self.cleaned_data
        self.written.name, self.written.channel = given["name"], given["channel"]
        self.written.subject = given["subject"] or Label() if given["channel"] == Message.Channel.MAIL else Label()
        self.written.body = given["body"]
        self.written.audience = Audience(
            categories=tuple(category.pk for category in given["categories"]),
            delegations=tuple(str(one.pk) for one in given["delegations"]),
            states=tuple(given["states"]),
            languages=tuple(given["languages"]),
            conditions=tuple(given["conditions"]),
            answered=given["answered"],
            unanswered=given["unanswered"],
        ).as_stored()
        return self.written


class MailingForm(WrittenForm):
    """A mailing's draft."""

    written: Mailing


class ReminderForm(WrittenForm):
    """A rule: the same, with a day and a switch."""

    written: Reminder
    anchor = forms.ChoiceField(label=gettext_lazy("Counted from"), choices=Anchor.choices)
    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        min_value=-366,
        max_value=366,
        help_text=gettext_lazy("Negative means before that date: -14 is two weeks before it."),
    )
    active = forms.BooleanField(
        label=gettext_lazy("Switched on"),
        required=False,
        help_text=gettext_lazy("Look first at who would get it today."),
    )
    field_order = ("name", "anchor", "days", "active")

    def _initial(self, written: Written) -> dict[str, Any]:
        facts = {name: getattr(written, name) for name in ("anchor", "days", "active")}
        return {**super()._initial(written), **facts}

    def fill(self) -> Written:
        for name in ("anchor", "days", "active"):
            setattr(self.written, name, self.cleaned_data[name])
        return super().fill()


class ScheduleForm(forms.Form):
    """When a mailing begins by itself."""

    at = MomentField(label=gettext_lazy("Send at"))

    def __init__(self, data: Any = None, *, event: Event, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["at"]
        if isinstance(field, MomentField):
            field.of(event)
