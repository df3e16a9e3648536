"""Ticks for a long list of choices: every country costs a page of the queue a template of its own otherwise."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class QuickChecklist(forms.CheckboxSelectMultiple):
    """What CheckboxSelectMultiple renders, without a template for each choice. Groups of choices are not for it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(one) for one in value or ()}
        attributes = self.build_attrs(self.attrs, attrs)
        rows = (
            (
                attributes.get("id", name),
                number,
                name,
                code,
                SafeString(" checked") if str(code) in chosen else "",
                label,
            )
            for number, (code, label) in enumerate(self.choices)
        )
        ticks = format_html_join(
            "",
            '<div><label for="{0}_{1}"><input type="checkbox" name="{2}" value="{3}" id="{0}_{1}"{4}> {5}</label></div>',
            rows,
        )
        return format_html('<div id="{}">{}</div>', attributes.get("id", name), ticks)
