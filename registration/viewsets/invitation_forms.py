"""Forms of the guest list: one guest, the risk assessment, a list to import, why an invitation is taken back."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from plenary.events.models import Event
from registration.actions.invitations import CHANGEABLE_WHEN_SENT
from registration.forms.fields import GuestFileField, LatinNameField, LineField, NameField
from registration.models import Invitation
from registration.rules.invitations import MOST_COMPANIONS, InvitationState
from registration.rules.names import is_latin

ASSESS = "registration.assess_invitation"


class InvitationForm(WagtailAdminModelForm):
    """One guest. Once the invitation is out, only what no letter says can be changed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = NameField(label=_("Name in original script"))
    latin_name = LatinNameField(
        label=_("Name in Latin letters"), required=False, help_text=_("Needed where the name above is not Latin.")
    )
    salutation = LineField(label=_("Form of address"), max_length=40, required=False)
    organisation = LineField(label=_("Organisation"), required=False)
    job_title = LineField(label=_("Function"), required=False)
    note = forms.CharField(
        label=_("Note for colleagues"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Invitation
        fields = [
            "event",
            "category",
            "salutation",
            "name",
            "latin_name",
            "organisation",
            "job_title",
            "nationality",
            "email",
            "language",
            "delivery",
            "prominent",
            "companions_allowed",
            "companion_category",
            "reply_by",
            "note",
        ]
        widgets = {"reply_by": AdminDateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["companions_allowed"].max_value = MOST_COMPANIONS
        known = self.instance.pk and not self.instance._state.adding
        if known:
            self.initial["version"] = self.instance.version
            self.fields["event"].disabled = True
            if self.instance.prominent and not (self.for_user and self.for_user.has_perm(ASSESS)):
                self.fields["prominent"].disabled = True  # who may not assess must not take the hold away either
            if self.instance.state != InvitationState.LISTED:
                for name in set(self.fields) - {*CHANGEABLE_WHEN_SENT, "version"}:
                    self.fields[name].disabled = True
        for name in ("category", "companion_category"):
            field: Any = self.fields[name]
            field.queryset = field.queryset.select_related("event")
            field.label_from_instance = lambda category: f"{category} · {category.event}"
            if known:
                field.queryset = field.queryset.filter(event=self.instance.event_id)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        event = cleaned.get("event")
        for name in ("category", "companion_category"):
            category = cleaned.get(name)
            if event and category and category.event_id != event.pk:
                self.add_error(name, _("Choose a category of the same event."))
        name = cleaned.get("name", "")
        if name and not is_latin(name) and not cleaned.get("latin_name"):
            self.add_error("latin_name", _("Write the name in Latin letters too: doors and hotels need to read it."))
        if (cleaned.get("companions_allowed") or 0) > MOST_COMPANIONS:
            self.add_error("companions_allowed", _("At most ten."))
        reply_by = cleaned.get("reply_by")
        if event and reply_by and reply_by > event.ends_on:
            self.add_error("reply_by", _("The event is over by then. Choose an earlier day."))
        return dict(cleaned)

    def save(self, commit: bool = True) -> Any:
        version = self.cleaned_data.get("version")
        if version is not None and not self.instance._state.adding:
            self.instance.version = version  # what this person looked at; the action compares
        return super().save(commit=commit)


class AssessmentForm(forms.Form):
    """The risk assessment of a prominent guest, as picture or PDF."""

    file = GuestFileField(label=_("Risk assessment"), help_text=_("A PDF or a picture, at most 10 MB."))


class TakeBackForm(forms.Form):
    """Why an invitation is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Colleagues read it; the guest does not."),
    )


class GuestListForm(forms.Form):
    """A list to import: into which event, and the file."""

    event = forms.ModelChoiceField(label=_("Event"), queryset=Event.objects.none())
    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or CSV, headings in the first row, at most 5,000 guests."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def __init__(self, *args: Any, events: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["event"]).queryset = events
