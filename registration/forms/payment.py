"""What a guest types about money: whom the invoice is made out to, a member's code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from plenary.core.names import clean_text


class BillingForm(forms.Form):
    """The head of the invoice."""

    name = forms.CharField(label=_("Name on the invoice"), max_length=200)
    organisation = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    address = forms.CharField(
        label=_("Postal address"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=[])
    tax_id = forms.CharField(
        label=_("Tax number"),
        max_length=40,
        required=False,
        help_text=_("Where your organisation needs it on invoices."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        if isinstance(country, forms.ChoiceField):
            country.choices = [("", "—"), *countries]

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])

    def clean_organisation(self) -> str:
        return clean_text(self.cleaned_data["organisation"])

    def clean_tax_id(self) -> str:
        return clean_text(self.cleaned_data["tax_id"])

    def billing(self) -> dict[str, str]:
        """What was typed, without what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class CodeForm(forms.Form):
    """A member's code."""

    code = forms.CharField(
        label=_("Code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"})
    )
