"""What an invited guest fills in: a word when declining, the person who comes instead, who comes along."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plenary.core.languages import LANGUAGES
from registration.forms.fields import ParagraphsField, StrictForm
from registration.forms.person import PersonForm

# Of somebody else's passport: the form of one's own says "your".
LATIN_NAME = _("As in the passport. Leave it empty if the name above is already in Latin letters.")


class DeclineForm(StrictForm):
    """A word of regret is welcome and never asked for."""

    text = ParagraphsField(
        label=_("A word to the organiser"),
        help_text=_("If you like. Nobody but the organiser reads it."),
        required=False,
        max_length=1_000,
    )


class SubstituteForm(PersonForm):
    """Who comes instead; the language is the one their invitation is written in."""

    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=[(language.code, language.name) for language in LANGUAGES]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("The invitation goes to this address.")
        self.fields["name"].help_text = _("In the person's own script.")
        self.fields["latin_name"].help_text = LATIN_NAME
        self.fields["salutation"].help_text = ""
        self.fields["job_title"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("autocomplete", None)  # the browser knows the guest, not the substitute

    def particulars(self) -> Any:
        self.chosen_language = self.cleaned_data.pop("language")
        return super().particulars()


class CompanionForm(PersonForm):
    """Who comes along; without an address of their own, messages go to the guest."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False
        self.fields["email"].help_text = _("Leave it empty to receive this person's messages yourself.")
        self.fields["name"].help_text = _("In the person's own script, as it should stand on the badge.")
        self.fields["latin_name"].help_text = LATIN_NAME
        self.fields["salutation"].help_text = _("For example Ms, Professor or H.E.")
        self.fields["job_title"].help_text = ""
        self.fields["nationality"].help_text = _("Of the passport or identity card this person will bring.")
        for field in self.fields.values():
            field.widget.attrs.pop("autocomplete", None)
