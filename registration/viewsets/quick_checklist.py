"""Choices for the filters of a long list: Django makes a template of each tick, which costs a page of the queue a third."""

from typing import Any

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString


class _Quick(forms.widgets.ChoiceWidget):
    """Renders what Django's own widget renders, without a template for each choice. Groups of choices are not for it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        id_ = conditional_escape(self.build_attrs(self.attrs, attrs).get("id", name))
        field = conditional_escape(name)
        ticks = []
        for number, (key, label) in enumerate(self.choices):
            code, text = str(key), conditional_escape(str(label))
            checked = " checked" if code in chosen else ""
            ticks.append(
                f'<div><label for="{id_}_{number}"><input type="{self.input_type}" name="{field}"'
                f' value="{conditional_escape(code)}" id="{id_}_{number}"{checked}> {text}</label></div>'
            )
        return format_html('<div id="{}">{}</div>', id_, SafeString("".join(ticks)))


class QuickChecklist(_Quick, forms.CheckboxSelectMultiple):
    """Several of a list."""


class QuickRadios(_Quick, forms.RadioSelect):
    """One of a list."""
