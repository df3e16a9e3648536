"""The form in which a guest asks to be forgotten."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ErasureForm(forms.Form):
    text = forms.CharField(
        label=_("Anything you want to tell us"),
        help_text=_("You need not give a reason."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(
        label=_("I understand that my registration ends with it."),
        error_messages={"required": _("Tick this box to go on: your registration ends with the erasure.")},
    )
