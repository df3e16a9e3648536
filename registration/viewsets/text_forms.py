"""The form for the office's own text of a message: checked as it is saved, with what each placeholder stands for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plenary.core import languages
from plenary.core.models import Message
from plenary.events.models import Event
from registration.emails.checking import template_problems
from registration.emails.kinds import KINDS
from registration.models import MessageTemplate, Registration


class TextForm(forms.ModelForm[MessageTemplate]):
    """One text. What it is for is chosen once, when it is added."""

    guest = forms.CharField(
        label=gettext_lazy("Look at it as this guest gets it"),
        required=False,
        max_length=10,
        help_text=gettext_lazy(
            "A registration code of the event; empty takes the newest guest who reads this language."
        ),
    )

    class Meta:
        model = MessageTemplate
        fields = ("event", "kind", "channel", "language", "subject", "body", "button")
        widgets = {
            "kind": forms.Select,
            "subject": forms.TextInput(attrs={"dir": "auto"}),
            "body": forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
            "button": forms.TextInput(attrs={"dir": "auto"}),
        }

    def __init__(self, *args: Any, events: QuerySet[Event], whole_house: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.events = events
        event = self.fields["event"]
        if isinstance(event, forms.ModelChoiceField):
            event.queryset = events
            event.empty_label = _("all events") if whole_house else None
        event.required = not whole_house
        self.fields["kind"] = forms.ChoiceField(
            label=_("Message"), choices=[(name, kind.label) for name, kind in KINDS.items()]
        )
        if self.instance.pk:
            for name in ("event", "kind", "channel", "language"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = KINDS.get(cleaned.get("kind", ""))
        if kind is None:
            return cleaned
        found = template_problems(
            kind,
            channel=cleaned.get("channel", "mail"),
            subject=cleaned.get("subject", ""),
            body=cleaned.get("body", ""),
            button=cleaned.get("button", ""),
        )
        for field, problems in found.items():
            if field not in self.errors:
                self.add_error(field, [ValidationError(problem) for problem in problems])
        if cleaned.get("channel") == Message.Channel.SMS:
            cleaned["subject"] = cleaned["button"] = ""
        return cleaned

    def reader(self, visible: QuerySet[Registration]) -> Registration | None:
        """The guest to show it as: the chosen one, else the newest of the event in this language, else the newest."""
        event, language = self.value("event"), self.value("language")
        guests = visible.select_related("event__venue", "category__event").filter(event__in=self.events)
        if event:
            guests = guests.filter(event=event)
        if code := self["guest"].data or "":
            return guests.filter(code=code.strip().upper()).first()
        newest = guests.order_by("-created_at")
        return newest.filter(language=language).first() or newest.first()

    def value(self, name: str) -> Any:
        """What was sent of a field, or what it stands at."""
        sent = self.data.get(self.add_prefix(name)) if self.is_bound and not self.fields[name].disabled else None
        return sent if sent is not None else self.initial.get(name)

    @property
    def direction(self) -> str:
        return languages.get(self.value("language")).direction
