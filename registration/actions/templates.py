"""The office's own texts of messages: saved and removed, with a new edition for every event they hold for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from plenary.events.actions import new_edition
from plenary.events.models import Event
from registration.emails.checking import template_problems
from registration.emails.kinds import KINDS
from registration.models import MessageTemplate


class TextRefused(Exception):
    """The text cannot be saved; `problems` says why, by field."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        super().__init__(problems)
        self.problems = problems


@transaction.atomic
def save_template(template: MessageTemplate, *, by: Actor) -> MessageTemplate:
    """Keep a text of the office's own. Mails set after the commit use it, in every process. Raises TextRefused."""
    kind = KINDS.get(template.kind)
    if kind is None:
        raise TextRefused({"kind": [_("There is no such message.")]})
    problems = template_problems(
        kind, channel=template.channel, subject=template.subject, body=template.body, button=template.button
    )
    if problems:
        raise TextRefused(problems)
    _take_turns(template.event)
    is_new = template.pk is None
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        text = _("There is a text for this message in this language already: change that one.")
        raise TextRefused({"kind": [text]}) from error
    _note(template, verb="text_added" if is_new else "text_changed", by=by)
    _renew(template.event)
    return template


@transaction.atomic
def remove_template(template: MessageTemplate, *, by: Actor) -> None:
    """Go back to the built-in text, or to the one for all events."""
    event = template.event
    _take_turns(event)
    _note(template, verb="text_removed", by=by)
    template.delete()
    _renew(event)


def _note(template: MessageTemplate, *, verb: str, by: Actor) -> None:
    data: dict[str, Any] = {"kind": template.kind, "language": template.language, "channel": template.channel}
    record_history(template, verb=verb, by=by, event=template.event, data=data)


def _take_turns(event: Event | None) -> None:
    """Two changes at once, one after the other: else one that removes the last text would not see the first of another."""
    events = Event.objects.filter(pk=event.pk) if event else Event.objects.all()
    list(events.select_for_update().order_by("pk").values_list("pk", flat=True))


def _renew(event: Event | None) -> None:
    """A new edition for an event, or for all; none where no text is left, so that asking is free again."""
    if event is None:
        for_all = MessageTemplate.objects.filter(event__isnull=True).exists()
        with_own = MessageTemplate.objects.filter(event__isnull=False).values("event")
        Event.objects.filter(pk__in=with_own).update(mail_edition=new_edition())
        Event.objects.exclude(pk__in=with_own).update(mail_edition=new_edition() if for_all else 0)
        return
    left = MessageTemplate.objects.for_event(event).exists()
    event.mail_edition = new_edition() if left else 0
    Event.objects.filter(pk=event.pk).update(mail_edition=event.mail_edition)
