"""Forms of the letters desk: the authority's letter, the departure; and of what letters say: texts, letterhead, rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from plenary.core.forms import LabelFormField, LabelWidget
from plenary.core.languages import LANGUAGES
from registration.forms.fields import GuestFileField
from registration.letter_texts import built_in_text
from registration.models import Holiday, Letterhead, LetterRules, LetterTemplate, VisaCase
from registration.rules.letters import PLACEHOLDERS, LetterKind, unknown_placeholders


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class AuthorityForm(forms.Form):
    """How far the outside authority's letter is."""

    state = forms.ChoiceField(label=_("State"), choices=VisaCase.Authority.choices)
    requested_on = _day(_("Requested on"))
    number = forms.CharField(label=_("Its number"), required=False, max_length=100)
    dated = _day(_("Its date"))
    file = GuestFileField(label=_("Scan of the letter"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, case: VisaCase) -> AuthorityForm:
        return cls(
            initial={
                "state": case.authority,
                "requested_on": case.authority_requested_on,
                "number": case.authority_number,
                "dated": case.authority_dated,
                "version": case.version,
            }
        )


class DepartureForm(forms.Form):
    """Whether the guest has left, or never came."""

    departure = forms.ChoiceField(label=_("Departure"), choices=VisaCase.Departure.choices, widget=forms.RadioSelect)
    departed_on = _day(_("Left on"))

    @classmethod
    def of(cls, case: VisaCase) -> DepartureForm:
        return cls(initial={"departure": case.departure, "departed_on": case.departed_on})


class LongLabelWidget(LabelWidget):
    """A longer text in each language."""

    def __init__(self, attrs: dict[str, Any] | None = None, rows: int = 8) -> None:
        super().__init__(attrs)
        self.widgets = [
            forms.Textarea({"lang": language.bcp47, "dir": language.direction, "rows": rows}) for language in LANGUAGES
        ]


class LetterTemplateForm(WagtailAdminModelForm):
    """The text of a kind of letter; begun with the built-in one, so that it is changed and not written anew."""

    body = LabelFormField(label=_("Text"), widget=LongLabelWidget, help_text=_("An empty line begins a new paragraph."))

    class Meta:
        model = LetterTemplate
        fields = ["event", "kind", "subject", "body"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not self.is_bound:
            kind = self.initial.get("kind") or LetterKind.VISA_SUPPORT
            self.initial["kind"] = kind
            self.initial["subject"], self.initial["body"] = built_in_text(kind)
        known = {name for names in PLACEHOLDERS.values() for name in names}
        self.fields["subject"].help_text = _("Placeholders: %(names)s") % {
            "names": ", ".join(f"{{{name}}}" for name in sorted(known))
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("subject", "body"):
            for code, text in (cleaned.get(name) or {}).items():
                if strange := unknown_placeholders(text, PLACEHOLDERS.get(cleaned.get("kind") or "", ())):
                    self.add_error(
                        name,
                        forms.ValidationError(
                            _("%(language)s: unknown placeholder %(names)s"),
                            params={
                                "language": next(one.name for one in LANGUAGES if one.code == code),
                                "names": ", ".join(f"{{{one}}}" for one in strange),
                            },
                        ),
                    )
        return dict(cleaned)


class LetterheadForm(WagtailAdminModelForm):
    """Who writes, who signs, and the seal."""

    address = LabelFormField(label=_("Address and contact"), widget=LongLabelWidget(rows=3), required=False)
    seal_file = GuestFileField(
        label=_("Seal"), required=False, help_text=_("A picture, best a PNG with a transparent ground.")
    )
    remove_seal = forms.BooleanField(label=_("Print no seal"), required=False)

    class Meta:
        model = Letterhead
        fields = ["event", "institution", "address", "signatory", "signatory_title"]

    def clean_seal_file(self) -> Any:
        checked = self.cleaned_data["seal_file"]
        if checked and not checked.media_type.startswith("image/"):
            raise forms.ValidationError(_("Send the seal as a picture."))
        return checked


class HolidayForm(WagtailAdminModelForm):
    """A day of the calendar: of a country, or of one event."""

    class Meta:
        model = Holiday
        fields = ["country", "event", "day", "name", "is_worked"]
        widgets = {"day": AdminDateInput}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "country" in self.fields and bool(cleaned.get("country")) == bool(cleaned.get("event")):
            self.add_error("country", _("Choose a country or an event, one of the two."))
        return dict(cleaned)


class LetterRulesForm(WagtailAdminModelForm):
    """The days the institution's rules set."""

    reminder_days = forms.CharField(
        label=_("Reminders, days before the last day to reply"), required=False, help_text=_("Like: 14, 3")
    )

    class Meta:
        model = LetterRules
        fields = ["valid_from", "source", "visa_letter_days", "authority_days", "departure_days", "reminder_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reminder_days"] = ", ".join(str(day) for day in self.instance.reminder_days or [])

    def clean_reminder_days(self) -> list[int]:
        written = [part.strip() for part in self.cleaned_data["reminder_days"].split(",") if part.strip()]
        if any(not part.isascii() or not part.isdigit() or int(part[:6]) > 365 for part in written):
            raise forms.ValidationError(_("Write numbers of days from 0 to 365 with commas between them."))
        return sorted({int(part) for part in written}, reverse=True)
