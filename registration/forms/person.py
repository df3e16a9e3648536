"""Forms about the person: address and name, a reply to the organiser, why something should change, a lost link."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.actions.signing_up import Particulars
from registration.forms.fields import (
    CountryField,
    GuestFileField,
    LatinNameField,
    LineField,
    NameField,
    ParagraphsField,
    StrictForm,
)
from registration.labels import PERSON_LABELS
from registration.rules.names import is_latin


def _email_field() -> forms.EmailField:
    return forms.EmailField(
        label=PERSON_LABELS["email"],
        help_text=_("We will send a link to this address to confirm your registration."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr", "spellcheck": "false"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write an address like name@example.org."),
        },
    )


class PersonForm(StrictForm):
    """Who signs up."""

    email = _email_field()
    salutation = LineField(
        label=PERSON_LABELS["salutation"],
        help_text=_("As you wish to be addressed, for example Ms, Professor or H.E."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "honorific-prefix"}),
    )
    name = NameField(
        label=PERSON_LABELS["name"],
        help_text=_("In your own script, as it should stand on your badge."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    latin_name = LatinNameField(
        label=PERSON_LABELS["latin_name"],
        help_text=_("As in your passport. Leave it empty if your name above is already in Latin letters."),
        required=False,
    )
    organisation = LineField(
        label=PERSON_LABELS["organisation"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    job_title = LineField(
        label=PERSON_LABELS["job_title"],
        help_text=_("Your position in the organisation."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    nationality = CountryField(
        label=PERSON_LABELS["nationality"],
        help_text=_("Of the passport or identity card you will bring."),
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )

    def __init__(self, *args: Any, with_email: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_email:
            del self.fields["email"]  # the address was proved: it stays

    def only(self, names: Collection[str]) -> PersonForm:
        """Ask for these fields alone."""
        for name in self.fields.keys() - set(names):
            del self.fields[name]
        return self

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name, latin = self._named("name", cleaned), self._named("latin_name", cleaned)
        place = next((name for name in ("latin_name", "name") if name in self.fields), "")
        if place and name and not is_latin(name) and not latin and "latin_name" not in self.errors:
            self.add_error(
                place,
                ValidationError(
                    _("Write your name in Latin letters too: doors and hotels need to read it."), "required"
                ),
            )
        return cleaned

    def _named(self, name: str, cleaned: dict[str, Any]) -> str:
        """What was typed; what is known where the form does not ask for it."""
        return str(cleaned.get(name) or "") if name in self.fields else str(self.initial.get(name) or "")

    def particulars(self) -> Particulars:
        """What was cleaned, for the actions."""
        return Particulars(**{"email": "", **self.cleaned_data})


class LostLinkForm(StrictForm):
    """The address that a lost link is sent to."""

    email = _email_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("The address you registered with.")


class ReplyForm(StrictForm):
    """A guest's answer to the organiser's request, with one more file if it helps."""

    def __init__(self, *args: Any, too_large: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(GuestFileField, self.fields["file"]).too_large = "file" in too_large

    text = ParagraphsField(
        label=_("Your answer"), max_length=3_000, error_messages={"required": _("Write your answer.")}
    )
    file = GuestFileField(
        label=_("File"),
        help_text=_("A picture (JPEG, PNG, WebP) or a PDF, at most 10 MB."),
        required=False,
    )


class ReasonForm(StrictForm):
    """Why the answer should change."""

    reason = ParagraphsField(
        label=_("Why should it change?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a reason: the organiser decides by it.")},
    )
