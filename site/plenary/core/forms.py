"""Form fields shared by staff forms: one text per language, side by side."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import Label
from plenary.core.languages import LANGUAGES


class LabelWidget(forms.MultiWidget):
    """One input per language, each with its own `lang` and `dir`."""

    template_name = "forms/label_widget.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                language.code: forms.TextInput({"lang": language.bcp47, "dir": language.direction})
                for language in LANGUAGES
            },
            attrs,
        )

    def decompress(self, value: Any) -> list[str]:
        value = value or {}
        return [value.get(language.code, "") for language in LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for language, widget in zip(LANGUAGES, context["widget"]["subwidgets"], strict=True):
            widget["language"] = language
        return context


class LabelFormField(forms.MultiValueField):
    """A Label; English is asked for because it is what every other language falls back to."""

    widget = LabelWidget

    def __init__(self, **kwargs: Any) -> None:
        self.max_length = kwargs.pop("max_length", None)
        super().__init__(
            fields=[forms.CharField(required=False, max_length=self.max_length) for _language in LANGUAGES],
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> Label:
        label = Label(
            {
                language.code: text.strip()
                for language, text in zip(LANGUAGES, data_list or [], strict=False)
                if text and text.strip()
            }
        )
        if label and not label.get("en"):
            raise forms.ValidationError(_("Give the English text: every other language falls back to it."))
        return label
