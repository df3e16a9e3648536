"""Staff forms of facts. Times are typed and shown in the event's own zone, whatever zone an account is set to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from plenary.events.models import Event, Person, Room, Track


class MinutesField(forms.IntegerField):
    """A time span typed as a number of minutes: "00:45" would be read as 45 seconds by the framework's own field."""

    def prepare_value(self, value: Any) -> Any:
        return int(value.total_seconds() // 60) if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> Any:
        minutes = super().clean(value)
        return None if minutes is None else timedelta(minutes=minutes)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class EventForm(WagtailAdminModelForm):
    day_change = MinutesField(
        label=gettext_lazy("A day begins (minutes after midnight)"),
        min_value=0,
        max_value=720,
        initial=0,
        help_text=gettext_lazy("A session after midnight belongs to the evening before."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day is before the first day."))
        if not cleaned.get("name"):
            self.add_error("name", _("Give the event a name."))
        return cleaned


class SessionForm(WagtailAdminModelForm):
    """Room, track and persons are those of the session's event."""

    duration = MinutesField(label=gettext_lazy("Duration (minutes)"), min_value=1, max_value=1440)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self._event()
        if event is not None and self.instance.starts_at:
            self.initial["starts_at"] = timezone.make_naive(self.instance.starts_at, event.zone)
        if event is not None and "starts_at" in self.fields:
            self.fields["starts_at"].help_text = _("Time of %(zone)s.") % {"zone": event.time_zone}
        self._narrow("room", Room, event)
        self._narrow("track", Track, event)
        for part in getattr(self, "formsets", {}).get("contributions", ()):
            if event is not None and "person" in part.fields:
                part.fields["person"].queryset = Person.objects.filter(event=event)

    def _event(self) -> Event | None:
        """The session's event: as posted, else as stored."""
        posted = self.data.get(self.add_prefix("event")) if self.is_bound else None
        if posted and str(posted).isdigit():
            return Event.objects.filter(pk=posted).first()
        return self.instance.event if self.instance.event_id else None

    def _narrow(self, name: str, model: Any, event: Event | None) -> None:
        if name in self.fields and event is not None:
            self.fields[name].queryset = model.objects.filter(event=event)

    def full_clean(self) -> None:
        """Read what was typed as time of the event."""
        event = self._event()
        with timezone.override(event.zone if event else ZoneInfo("UTC")):
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        event = cleaned.get("event")
        for name in ("room", "track"):
            if cleaned.get(name) and event and cleaned[name].event_id != event.pk:
                self.add_error(name, _("This belongs to another event."))
        return cleaned
