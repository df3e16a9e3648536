"""A day and time typed by staff, in the event's own zone whatever zone an account is set to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.events.models import Event


class MomentField(forms.DateTimeField):
    """Asked for with the browser's own control; `of` says whose clock it is."""

    widget = forms.DateTimeInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
            **kwargs,
        )
        self.event: Event | None = None

    def of(self, event: Event) -> None:
        self.event = event
        self.help_text = _("Time of %(zone)s.") % {"zone": event.time_zone}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.localtime(value, self.event.zone if self.event else None).replace(tzinfo=None)
        return value

    def to_python(self, value: Any) -> Any:
        with timezone.override(self.event.zone if self.event else None):
            return super().to_python(value)
