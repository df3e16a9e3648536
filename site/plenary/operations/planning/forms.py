"""What the office, the departments and the leading group fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plenary.events.models import Event
from plenary.events.rules import ApprovalState
from plenary.operations.planning.actions import CONTENT
from plenary.operations.planning.models import Plan
from plenary.operations.planning.rules import Department, Step, Verdict

LONG_TEXTS = {
    name: forms.Textarea(attrs={"rows": 4, "dir": "auto"}) for name in ("purpose", "outcomes", "publicity", "safety")
}


class PlanForm(forms.ModelForm):
    """The text of a plan."""

    class Meta:
        model = Plan
        fields = CONTENT
        widgets = LONG_TEXTS


class NewPlanForm(PlanForm):
    """The first text, and which event it is for."""

    event = forms.ModelChoiceField(
        label=_("Event"),
        queryset=Event.objects.filter(plan__isnull=True, approval=ApprovalState.DRAFT),
        help_text=_("Events in draft that have no plan yet. Make the event first, under Events."),
    )
    field_order = ["event", *CONTENT]

    class Meta:
        model = Plan
        fields = ("event", *CONTENT)
        widgets = LONG_TEXTS


class AmendForm(PlanForm):
    """A change to an approved plan, with its reason."""

    reason = forms.CharField(
        label=_("Why it changes"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "The approval ends with this change: until it is given anew, the event is not public and takes no registrations."
        ),
    )


class OpinionForm(forms.Form):
    """A department's word on a plan."""

    department = forms.ChoiceField(label=_("You speak for"))
    verdict = forms.ChoiceField(label=_("Opinion"), choices=Verdict.choices, widget=forms.RadioSelect)
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Needed when you ask for changes: say what has to change."),
    )

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = forms.ChoiceField(
            label=_("You speak for"), choices=[(department.value, department.label) for department in departments]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == Verdict.OBJECT and not cleaned.get("remark", "").strip():
            self.add_error("remark", _("Say what has to change."))
        return cleaned


class StepForm(forms.Form):
    """A step of the plan as a whole, with a reason where one is needed."""

    step = forms.ChoiceField(choices=Step.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Needed when you send the plan back or cancel the event. It is kept with the plan."),
    )
