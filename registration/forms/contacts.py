"""Forms of a guest who has a problem, and of one who agrees to text messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.forms.fields import LineField, ParagraphsField, PhoneField, StrictForm

WRITE = _("Write what has happened, so that somebody can help.")


class IssueForm(StrictForm):
    """A problem, told in the guest's own words."""

    subject = LineField(
        label=_("What is it about?"),
        help_text=_("A few words, for example “No room at the hotel”."),
        max_length=120,
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    text = ParagraphsField(label=_("What has happened?"), max_length=3_000, error_messages={"required": WRITE})
    urgent = forms.BooleanField(
        label=_("It is urgent: I need help today"),
        required=False,
    )
    origin = forms.UUIDField(widget=forms.HiddenInput)  # sent twice, it is still one problem


class IssueReplyForm(StrictForm):
    """More about a problem, for those who follow it up."""

    text = ParagraphsField(
        label=_("Your message"), max_length=3_000, error_messages={"required": _("Write your message.")}
    )


class TextsForm(StrictForm):
    """The telephone number for text messages; sending the form is the agreement."""

    number = PhoneField(
        label=_("Mobile telephone"),
        region="",
        help_text=_("With the country code, for example +41 79 123 45 67."),
        error_messages={"required": _("Write your telephone number.")},
    )

    def __init__(self, *args: Any, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["number"]
        if isinstance(field, PhoneField):
            field.region = region
