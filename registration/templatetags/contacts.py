"""Template tags of guests' problems: whether one is open, and whether it is late."""

from __future__ import annotations

from django import template
from django.utils import timezone

from registration.models import Issue
from registration.rules.issues import OPEN, WITH_US

register = template.Library()


@register.filter
def is_open(issue: Issue) -> bool:
    return issue.state in OPEN


@register.filter
def is_overdue(issue: Issue) -> bool:
    return issue.state in WITH_US and issue.due_at < timezone.now()
