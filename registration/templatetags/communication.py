"""Template tags of mailings and texts: what a kind of message is called, when a reminder is due."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration.emails.kinds import KINDS
from registration.models import Reminder

register = template.Library()


@register.filter
def kind_label(name: str) -> str:
    """“Approved” for registration.approved; a kind without a label as it is stored."""
    return str(KINDS[name].label) if name in KINDS else name


@register.simple_tag
def reminder_day(reminder: Reminder) -> str:
    """“14 days before the first day of the event”."""
    days = abs(reminder.days)
    what = {"anchor": reminder.get_anchor_display(), "days": days}
    if reminder.days < 0:
        return ngettext("%(days)s day before: %(anchor)s", "%(days)s days before: %(anchor)s", days) % what
    if reminder.days > 0:
        return ngettext("%(days)s day after: %(anchor)s", "%(days)s days after: %(anchor)s", days) % what
    return _("on the day: %(anchor)s") % what
