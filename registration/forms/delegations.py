"""Forms of a delegation's workspace: name a member, replace one, invite one, fill in for one, papers, the spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registration.actions import Particulars
from registration.forms.fields import GuestFileField, LatinNameField, LineField, NameField, StrictForm
from registration.forms.person import PersonForm
from registration.models import Category, DelegationPaper, DelegationQuota
from registration.rules.names import is_latin

LATIN_NEEDED = gettext_lazy(
    "Write the name in Latin letters too, as in the passport: doors and hotels need to read it."
)


def _address(help_text: Any) -> forms.EmailField:
    return forms.EmailField(
        label=gettext_lazy("E-mail address of the member"),
        help_text=help_text,
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
        error_messages={"invalid": gettext_lazy("Write an address like name@example.org.")},
    )


class NameForm(StrictForm):
    """Who takes a place: a name and a function are enough, the rest can follow."""

    name = NameField(
        label=gettext_lazy("Full name"),
        help_text=gettext_lazy("In the member's own script, as it should stand on the badge."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the name.")},
    )
    latin_name = LatinNameField(
        label=gettext_lazy("Full name in Latin letters"),
        help_text=gettext_lazy("As in the passport. Leave it empty if the name above is already in Latin letters."),
        required=False,
    )
    job_title = LineField(
        label=gettext_lazy("Function"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = _address(gettext_lazy("If there is one. Without it, mails about this member come to you."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name = cleaned.get("name", "")
        if name and not is_latin(name) and not cleaned.get("latin_name") and "latin_name" not in self.errors:
            self.add_error("latin_name", ValidationError(LATIN_NEEDED, "required"))
        return cleaned

    def person(self, organisation: str = "", nationality: str = "") -> Particulars:
        """What was cleaned, with what the delegation itself tells."""
        given = self.cleaned_data
        return Particulars(
            email=given["email"],
            name=given["name"],
            latin_name=given["latin_name"],
            job_title=given["job_title"],
            organisation=organisation,
            nationality=nationality,
        )


class NominateForm(NameForm):
    """A name for a place in one of the delegation's categories."""

    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        error_messages={
            "required": gettext_lazy("Choose a category."),
            "invalid_choice": gettext_lazy("Choose one of these."),
        },
    )
    namesake = forms.BooleanField(
        label=gettext_lazy("This is another person of the same name"), required=False, widget=forms.HiddenInput
    )
    field_order = ("category", "name", "latin_name", "job_title", "email", "namesake")

    def __init__(self, *args: Any, quotas: Iterable[DelegationQuota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quotas = {str(quota.category_id): quota for quota in quotas}
        field = cast(forms.ChoiceField, self.fields["category"])
        field.choices = [(key, quota_label(quota)) for key, quota in self.quotas.items()]
        free = next((key for key, quota in self.quotas.items() if quota.left), None)
        field.initial = free

    def category_chosen(self) -> Category:
        return self.quotas[self.cleaned_data["category"]].category

    def offer_namesake(self) -> None:
        """Show the box that says this is somebody else."""
        self.fields["namesake"].widget = forms.CheckboxInput()


def quota_label(quota: DelegationQuota) -> str:
    """“Delegate (2 places left)”."""
    if not quota.left:
        return _("%(category)s (no place left: waiting list)") % {"category": quota.category.name}
    left = ngettext("%(count)d place left", "%(count)d places left", quota.left) % {"count": quota.left}
    return _("%(category)s (%(left)s)") % {"category": quota.category.name, "left": left}


class InviteForm(StrictForm):
    """The address a member is invited at."""

    email = _address(gettext_lazy("We send a link to this address with which the member fills in the details."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].error_messages["required"] = _("Write the member's e-mail address.")


class MemberForm(PersonForm):
    """The person of a member, filled in by somebody else: the address may be missing."""

    def __init__(self, *args: Any, address_proved: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["email"]
        field.label = _("E-mail address of the member")
        field.required = False
        field.help_text = _("If there is one. Without it, mails about this member come to you.")
        if address_proved:
            field.disabled = True
            field.help_text = _("The member has confirmed this address.")
        self.fields["name"].help_text = _("In the member's own script, as it should stand on the badge.")
        self.fields["latin_name"].help_text = _(
            "As in the passport. Leave it empty if the name above is already in Latin letters."
        )
        self.fields["job_title"].help_text = ""
        self.fields["salutation"].help_text = _("For example Ms, Professor or H.E.")
        self.fields["nationality"].help_text = _("Of the passport or identity card the member will bring.")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # the browser knows the focal point, not the member


class PaperForm(StrictForm):
    """A paper of the delegation."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of paper"), choices=DelegationPaper.Kind.choices)
    file = GuestFileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("A picture (JPEG, PNG, WebP) or a PDF, at most 10 MB.")
    )

    def __init__(self, *args: Any, too_large: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(GuestFileField, self.fields["file"]).too_large = "file" in too_large
