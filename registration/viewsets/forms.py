"""What officers fill in: decisions, verdicts of desks, holds, notes, what a flag is worth; for one registration or for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.models import Desk, Finding, ReasonCode, Registration
from registration.rules import State, Verdict, transition

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# What the officer does, where the state's own name would only say what the registration becomes.
VERBS = {
    State.APPROVED: pgettext_lazy("decision", "Approve"),
    State.INFORMATION_REQUESTED: _("Ask for more information"),
    State.REJECTED: pgettext_lazy("decision", "Reject"),
    State.CANCELLED: pgettext_lazy("decision", "Cancel the registration"),
    State.SUBMITTED: _("Put back under review"),
    State.OFFERED: pgettext_lazy("decision", "Offer a place"),
}
AskedFields = Sequence[tuple[str, Any]]


def _fields_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("What the guest is to fill in again"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The link in the mail opens just these, filled in as they are now. None: the guest writes freely."),
        error_messages={"invalid_choice": _("This cannot be asked here.")},
    )


class DecisionForm(forms.Form):
    """One decision on one registration. It carries the version the officer looked at."""

    to = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a decision."), "invalid_choice": _("Your role cannot decide this now.")},
    )
    reason = forms.CharField(
        label=_("Reason or question"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The guest reads it word for word. An approval needs none."),
    )
    fields_asked = _fields_field()
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # when a desk had last spoken

    def __init__(
        self,
        *args: Any,
        registration: Registration,
        decisions: Sequence[State],
        askable: AskedFields = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.registration = registration
        to = self.fields["to"]
        if isinstance(to, forms.ChoiceField):
            to.choices = [(state.value, VERBS[state]) for state in VERBS if state in decisions]
        asked = self.fields["fields_asked"]
        if isinstance(asked, forms.MultipleChoiceField):
            asked.choices = list(askable)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        step = transition(self.registration.state, cleaned.get("to", ""))
        if step and step.needs_reason and not cleaned.get("reason"):
            self.add_error("reason", _("Give a reason: the guest will read it."))
        return cleaned


class VerdictForm(forms.Form):
    """What one desk says. It carries what the officer saw of the registration and of the own desk's verdict."""

    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a verdict.")},
    )
    reason_code = forms.ModelChoiceField(
        label=_("Reason"), queryset=ReasonCode.objects.none(), required=False, empty_label=_("none")
    )
    note = forms.CharField(
        label=_("Note, or question to the guest"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Other officers read it. The guest reads it only if you ask for more."),
    )
    fields_asked = _fields_field()
    desk = forms.SlugField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, codes: Iterable[ReasonCode], askable: AskedFields, may_ask: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.codes = list(codes)
        reason = self.fields["reason_code"]
        if isinstance(reason, forms.ModelChoiceField):
            reason.queryset = ReasonCode.objects.filter(active=True)
        asked, verdict = self.fields["fields_asked"], self.fields["verdict"]
        if isinstance(asked, forms.MultipleChoiceField):
            asked.choices = list(askable)
        if isinstance(verdict, forms.ChoiceField) and not may_ask:
            verdict.choices = [choice for choice in Verdict.choices if choice[0] != Verdict.ASK]


def look_again(form: forms.Form, why: str, *, choice: str, **seen: Any) -> None:
    """Show a form that was overtaken as it was sent, but for its choice, which is made anew on what is seen now."""
    form.errors.clear()
    data = QueryDict(mutable=True)
    for name, values in dict(form.data).items():
        if name != choice:
            data.setlist(name, values)
    for name, value in seen.items():
        data[name] = str(value)
    form.data = data
    form.add_error(None, why)


class HoldForm(forms.Form):
    """Set aside until a day, with the reason."""

    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": _("Write why it is on hold: whoever takes it up will read it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": timezone.localdate() + timedelta(days=7)})
        super().__init__(*args, **kwargs)

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day after today."))
        return until


class NoteForm(forms.Form):
    """A note for other officers, about the registration or one of its fields."""

    text = forms.CharField(
        label=_("Note"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Write the note.")},
    )
    about = forms.ChoiceField(label=_("About"), required=False)
    own_desk = forms.ModelChoiceField(
        label=_("Who reads it"), queryset=Desk.objects.none(), required=False, empty_label=_("all desks")
    )

    def __init__(self, *args: Any, about: AskedFields, desks: Sequence[Desk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice, desk = self.fields["about"], self.fields["own_desk"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", _("the whole registration")), *about]
        if isinstance(desk, forms.ModelChoiceField):
            desk.queryset = Desk.objects.filter(pk__in=[one.pk for one in desks])
        if not desks:
            del self.fields["own_desk"]


class AssignForm(forms.Form):
    """To whom; empty lets anybody take it. `holder` is with whom it was when the page was made."""

    officer = forms.ChoiceField(label=_("Assigned to"), required=False)
    holder = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, officers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["officer"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", _("nobody"))] + [
                (str(user.pk), user.get_full_name() or user.get_username()) for user in officers
            ]


class FlagForm(forms.Form):
    """What a flag is worth, and why."""

    finding = forms.UUIDField(widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=Finding.State.choices)
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=1_000, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("state") != Finding.State.OPEN and not cleaned.get("reason"):
            self.add_error("reason", _("Write why: the next officer will ask."))
        return cleaned


class BulkDecisionForm(forms.Form):
    """One decision on many: the reason goes to each of them; `confirmed` is set once the mails were looked at."""

    reason = forms.CharField(
        label=_("Reason or question"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Every one of these guests reads it word for word."),
    )
    fields_asked = _fields_field()
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_reason: bool, askable: AskedFields = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
        asked = self.fields["fields_asked"]
        if isinstance(asked, forms.MultipleChoiceField):
            asked.choices = list(askable)
