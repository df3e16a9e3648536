"""Sets what a mail says as text and as HTML, in the reader's language, with the event's facts beside it.

What people typed only ever stands in template variables, never in a template, and never in a mail to an address that
nobody has proved: else anybody could have us send their words to a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from plenary.core import languages
from plenary.core.colour import accent
from plenary.events.models import Event
from registration.emails.kinds import KINDS
from registration.emails.overrides import OwnText, own_text
from registration.rules.placeholders import blocks, fill
from registration.wording import event_dates, event_place

Values = Mapping[str, str]


@dataclass(frozen=True)
class Mail:
    """A finished mail: what the outbox takes."""

    kind: str
    subject: str
    text: str
    html: str
    attachments: Sequence[dict[str, str]] = ()
    sms: str = ""  # the office's text message of the same kind, where it has written one


@dataclass
class MailText:
    """What a mail says, before it is set as text and as HTML."""

    subject: str
    greeting: str
    paragraphs: list[str]
    quote: str = ""  # an officer's words, set apart
    button: tuple[str, str] | None = None  # label, address
    after: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


class UnknownKind(LookupError):
    """A mail of a kind that kinds.py does not list: the office could not replace its text."""


_taken: ContextVar[list[tuple[str, MailText]] | None] = ContextVar("taken", default=None)


@contextmanager
def captured() -> Iterator[list[tuple[str, MailText]]]:
    """Kinds and built-in letters of all mails set inside, with placeholders where values stand, to begin a text from."""
    letters: list[tuple[str, MailText]] = []
    token = _taken.set(letters)
    try:
        yield letters
    finally:
        _taken.reset(token)


def address(name: str, *arguments: str) -> str:
    """The whole address of a page, as a mail needs it, in the active language."""
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{reverse(name, args=arguments)}"


def set_mail(
    kind: str,
    write: Callable[[Values], MailText],
    *,
    event: Event,
    language: str,
    facts: Callable[[], list[tuple[str, str]]] = list,
    attachments: Sequence[dict[str, str]] = (),
    values: Callable[[], Values] = dict,
    text: OwnText | None = None,
) -> Mail:
    """Set a mail in its reader's language, whatever language the person who caused it reads.

    `write`, `facts` and `values` are called with that language active; `facts` are rows shown below those of the event,
    `values` what placeholders of this kind stand for beside the event's, handed to `write`. Where the office has a text
    of its own for the kind, that is set in place of the built-in one; `text` is one to look at before it is saved, or of
    a mailing. Raises UnknownKind.
    """
    registered = KINDS.get(kind)
    if registered is None and text is None:
        raise UnknownKind(kind)
    with translation.override(language):
        if registered and (letters := _taken.get()) is not None:
            letter = write({name: f"{{{name}}}" for name in registered.placeholders})
            letters.append((kind, letter))
            return Mail(kind, letter.subject, "", "")
        told = values()
        letter = write(told)
        own, sms = text or own_text(event, kind, language), own_text(event, kind, language, channel="sms")
        known: Values = {}
        if own or sms:
            every = {**_event_values(event, letter), **told}
            # What a kind does not know stays out even if a text got past the check: no name goes to an unproved address.
            known = {name: every[name] for name in registered.placeholders if name in every} if registered else every
        if own:
            letter = _in_own_words(letter, own, known)
        rows = [
            (_("Event"), str(event.name)),
            (_("Date"), event_dates(event)),
            (_("Place"), event_place(event)),
            *facts(),
        ]
        context: dict[str, Any] = {
            "letter": letter,
            "facts": [(label, value) for label, value in rows if value],
            "event": event,
            "language": languages.get(language),
            "accent": accent(event.accent).deep,
        }
        return Mail(
            kind=kind,
            subject=letter.subject,
            text=render_to_string("emails/letter.txt", context),
            html=render_to_string("emails/letter.html", context),
            attachments=attachments,
            sms=fill(sms.body, known) if sms else "",
        )


def _event_values(event: Event, letter: MailText) -> dict[str, str]:
    return {
        "event": str(event.name),
        "dates": event_dates(event),
        "place": event_place(event),
        "link": letter.button[1] if letter.button else "",
        "reason": letter.quote,
    }


def _in_own_words(letter: MailText, own: OwnText, values: Values) -> MailText:
    """A letter with the office's words: the first paragraph greets, {link} alone is the button, {reason} alone the quotation.

    What belongs to the step and not to its wording stays: further links, the button's address, attachments.
    """
    written = blocks(own.body)
    button = letter.button and (own.button or letter.button[0], letter.button[1])
    place = written.index("{link}") if "{link}" in written else len(written)
    inline = "{link}" in "".join(block for block in written if block != "{link}")
    filled = [fill(block, values) for block in written[:place] if block != "{reason}"]
    shown = [block for block in filled if block.strip()]
    return replace(
        letter,
        subject=fill(own.subject, values) if own.subject else letter.subject,
        greeting=shown[0] if shown else "",
        paragraphs=shown[1:],
        quote=letter.quote if "{reason}" in written else "",
        button=button if place < len(written) or not inline else None,
        after=[fill(block, values) for block in written[place + 1 :] if block not in ("{link}", "{reason}")],
    )
