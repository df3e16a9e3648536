"""The office's own texts, kept in each process. Asking costs nothing where there are none, and one statement per edition else.

Every change of a text gives the events it holds for a new edition in the same transaction, and every mail has its event at
hand as it was read in this request: so no process sets a mail with a text older than the last commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from plenary.core.models import Message
from plenary.events.models import Event
from registration.models import MessageTemplate

AT_MOST = 200  # editions kept: more events at once than any institution runs


@dataclass(frozen=True)
class OwnText:
    """What the office wrote in place of a built-in text."""

    subject: str
    body: str
    button: str


Texts = Mapping[tuple[str, str, str], OwnText]  # by kind, language, channel
_kept: dict[tuple[int, int], Texts] = {}
_lock = Lock()


def own_text(event: Event, kind: str, language: str, *, channel: str = Message.Channel.MAIL) -> OwnText | None:
    """The text that holds for one kind in one language at one event; None where the built-in one does."""
    if not event.mail_edition:
        return None
    return _texts(event).get((kind, language, channel))


def _texts(event: Event) -> Texts:
    key = (event.pk, event.mail_edition)
    if (kept := _kept.get(key)) is not None:
        return kept
    read = {
        (row.kind, row.language, row.channel): OwnText(row.subject, row.body, row.button)
        for row in MessageTemplate.objects.for_event(event)
    }
    with _lock:
        if len(_kept) >= AT_MOST:
            _kept.clear()
        _kept[key] = read
    return read
