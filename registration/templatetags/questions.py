"""What the lists of questions tell beside each line."""

from __future__ import annotations

from datetime import datetime

from django import template

from registration.labels import languages_missing, section_languages_missing
from registration.models import Question, SecondForm, Section

register = template.Library()


@register.simple_tag
def missing_languages(record: Question | Section) -> list[str]:
    """The languages in which guests would read a fallback."""
    return section_languages_missing(record) if isinstance(record, Section) else languages_missing(record)


@register.simple_tag
def form_dates(form: SecondForm) -> dict[str, datetime | None]:
    """When a form is due and when it freezes, for its own event."""
    return {"due": form.due(form.event), "frozen": form.frozen_from(form.event)}
