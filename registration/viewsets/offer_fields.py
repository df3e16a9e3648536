"""Form fields for what staff define: a list of options as a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plenary.core.languages import LANGUAGES
from plenary.core.names import fold

EMPTY_ROWS = 3
AT_MOST = 200
Option = dict[str, Any]


class OptionsWidget(forms.Widget):
    """One row for each option: its value, and its label in each language. Three empty rows wait at the end."""

    template_name = "registration_admin/options_widget.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = list(value or []) + [{}] * EMPTY_ROWS
        context["widget"]["languages"] = LANGUAGES
        context["widget"]["rows"] = [
            {
                "name": f"{name}-{number}-value",
                "value": row.get("value", ""),
                "labels": [
                    {
                        "name": f"{name}-{number}-{language.code}",
                        "text": (row.get("label") or {}).get(language.code, ""),
                        "language": language,
                    }
                    for language in LANGUAGES
                ],
            }
            for number, row in enumerate(rows)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Option]:
        found = []
        for number in range(AT_MOST):
            if f"{name}-{number}-value" not in data:
                break
            label = {
                language.code: text
                for language in LANGUAGES
                if (text := data.get(f"{name}-{number}-{language.code}", "").strip())
            }
            value = data[f"{name}-{number}-value"].strip()
            if value or label:
                found.append({"value": value, "label": label})
        return found

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-0-value" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class OptionsField(forms.Field):
    """Options as the model stores them: [{"value": "…", "label": {"en": "…"}}]; an empty value is made of the English label."""

    widget = OptionsWidget

    def clean(self, value: Any) -> list[Option]:
        options = [
            {"value": option["value"] or value_of(option["label"].get("en", "")), "label": option["label"]}
            for option in super().clean(value) or []
        ]
        seen: set[str] = set()
        for option in options:
            if not option["label"].get("en"):
                raise forms.ValidationError(
                    _("Option “%(value)s” needs its English label: every other language falls back to it."),
                    params={"value": option["value"]},
                )
            if not option["value"]:
                raise forms.ValidationError(
                    _("Give a value for “%(label)s”: small Latin letters and digits."),
                    params={"label": option["label"]["en"]},
                )
            if option["value"] in seen:
                raise forms.ValidationError(
                    _("Two options have the value “%(value)s”."), params={"value": option["value"]}
                )
            seen.add(option["value"])
        return options


def value_of(label: str) -> str:
    """A stable value for an option, made of its English label: it is stored with answers, so labels can change later."""
    return re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-")[:60]


def condition_as_words(condition: Mapping[str, Any]) -> tuple[str, str]:
    """A condition of one test as the two things a person fills in: what it hangs on, and the values with commas between."""
    if not condition:
        return "", ""
    values = condition["in"] if "in" in condition else [condition.get("is")]
    return condition.get("question", ""), ", ".join(_written(value) for value in values)


def _written(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def condition_of(hangs_on: str, values: list[Any]) -> dict[str, Any]:
    """The condition as the rules read it (rules.condition_holds)."""
    if not hangs_on:
        return {}
    return {"question": hangs_on, "is": values[0]} if len(values) == 1 else {"question": hangs_on, "in": values}
