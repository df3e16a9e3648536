"""Fields of guests' forms: text as people of any script write it, countries, telephone numbers, files, consent."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from plenary.core.names import clean_text, fold
from registration.labels import country_name
from registration.models import StoredFile
from registration.rules.names import is_latin
from registration.uploads import ACCEPT, Checked, UploadRefused, inspect, too_large_message

TOO_LONG = _("Use at most %(limit_value)d characters. This has %(show_value)d.")
MARKS_IN_A_ROW = 6  # Hebrew with points and accents, Tibetan and Vietnamese stay below; decoration does not


class StrictForm(forms.Form):
    """A form in which a value sent twice is an error, and never a guess at which of the two was meant."""

    use_required_attribute = False  # our own messages, in the page's language, at the field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            several = getattr(field.widget, "allow_multiple_selected", False)
            if not several and len(self._sent(self.add_prefix(name))) > 1:
                self.add_error(name, ValidationError(_("This was sent more than once. Fill it in again."), "doubled"))
        return cleaned

    def _sent(self, html_name: str) -> list[Any]:
        return self.data.getlist(html_name) if hasattr(self.data, "getlist") else []


class LineField(forms.CharField):
    """One line, without control and directional characters, in NFC."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 300)
        messages = {"max_length": TOO_LONG, **kwargs.pop("error_messages", {})}
        super().__init__(error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: browsers cut pasted text silently, and the count differs from ours.
        return {"dir": "auto"}


class NameField(LineField):
    """A person's name in any script: it has letters, and nothing a badge cannot print."""

    def clean(self, value: Any) -> str:
        name = str(super().clean(value))
        if not name:
            return name
        for character in name:
            if _unprintable(character):
                raise ValidationError(
                    _("A badge cannot show “%(character)s”. Write the name without it."),
                    "unprintable",
                    {"character": character},
                )
        if not any(unicodedata.category(character)[0] == "L" for character in name):
            raise ValidationError(_("Write the name with letters."), "no_letters")
        if _marks_in_a_row(name) > MARKS_IN_A_ROW:
            raise ValidationError(
                _("Too many accents stand on one letter. Write the name as in the passport."), "marks"
            )
        return name


def _unprintable(character: str) -> bool:
    """Pictographs and unassigned characters; letters, digits, punctuation and marks of every script print."""
    return unicodedata.category(character) in {"So", "Cn", "Co"} or 0x1F3FB <= ord(character) <= 0x1F3FF


def _marks_in_a_row(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    return longest


class LatinNameField(NameField):
    """A name in the letters of the passport's machine-readable line, accents allowed."""

    def clean(self, value: Any) -> str:
        name = super().clean(value)
        if not is_latin(name):
            raise ValidationError(_("Use Latin letters only, as in the passport."), "not_latin")
        return name

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "spellcheck": "false"}


class ParagraphsField(forms.CharField):
    """Text of several lines, each cleaned like a single one."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 5_000)
        messages = {"max_length": TOO_LONG, **kwargs.pop("error_messages", {})}
        super().__init__(error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> str:
        lines = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(clean_text(line) for line in lines).strip()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "auto", "rows": "5"}


@lru_cache(maxsize=16)
def _country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Names in one language and in its order; making the list takes longer than checking a whole form."""
    named = [(code, country_name(code, language)) for code in countries.countries]
    # Folded, É stands beside E and Han characters stand by pinyin; Cyrillic and Arabic are in order as they are.
    order = str.casefold if language in {"ru", "ar"} else fold
    return tuple(sorted(named, key=lambda country: order(country[1])))


class CountryField(forms.TypedChoiceField):
    """A country of ISO 3166, stored as its two letters."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Choose a country.")})
        super().__init__(
            choices=lambda: [("", _("Choose a country")), *_country_choices(get_language() or "en")], **kwargs
        )

    def valid_value(self, value: Any) -> bool:
        # By code, without naming two hundred countries for each request of the API.
        return str(value) in countries.countries


class TelephoneInput(forms.TextInput):
    """Brings up the keypad; digits run left to right in every script."""

    input_type = "tel"


class PhoneField(forms.CharField):
    """A telephone number, kept in international form (E.164). Digits of every script are read."""

    widget = TelephoneInput

    def __init__(self, *, region: str | None = None, **kwargs: Any) -> None:
        self.region = region or None
        super().__init__(max_length=60, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "autocomplete": "tel"}

    def clean(self, value: Any) -> str:
        typed = clean_text(super().clean(value) or "")
        if not typed:
            return ""
        wrong = ValidationError(_("Write the number with the country code, like +41 22 917 12 34."), "phone")
        try:
            number = phonenumbers.parse(typed, self.region)
        except phonenumbers.NumberParseException as error:
            raise wrong from error
        if not phonenumbers.is_possible_number(number):
            raise wrong
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class ConsentField(forms.BooleanField):
    """A box to tick; a required one must be ticked."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Tick this box to go on.")})
        super().__init__(**kwargs)


class GuestFileInput(forms.FileInput):
    """A file input that shows what was sent before, and where the answer is optional lets it be removed."""

    template_name = "forms/file_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["stored"] = value if isinstance(value, StoredFile) else None
        context["widget"]["remove_name"] = "" if self.is_required else f"{name}-remove"
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        sent = super().value_from_datadict(data, files, name)
        if sent is None and not self.is_required and data.get(f"{name}-remove") == "on":
            return False
        return sent

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class GuestFileField(forms.FileField):
    """One file, checked by content. Cleans to a new `Checked`, to the stored file, to False for removed, or None."""

    widget = GuestFileInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "error_messages", {"required": _("Choose a file."), "empty": _("This file is empty. Choose it again.")}
        )
        super().__init__(**kwargs)
        self.stored: StoredFile | None = None  # what was kept although another field was wrong
        self.too_large = False

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"accept": ACCEPT}

    def check(self, sent: UploadedFile) -> Checked:
        """What a file has to be; fields for pictures alone ask for more. Raises UploadRefused."""
        return inspect(sent)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return self.stored or initial

    def clean(self, data: Any, initial: Any = None) -> Checked | StoredFile | bool | None:
        if self.too_large:
            raise ValidationError(too_large_message(), "too_large")
        if data is False:
            return False
        found = super().clean(data, initial)
        if not isinstance(found, UploadedFile):
            return found
        try:
            return self.check(found)
        except UploadRefused as refusal:
            raise ValidationError(str(refusal), "file") from refusal
