"""Whether a text can be saved, said in sentences: for the form, and for whatever else calls the verb."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from plenary.core.models import Message
from plenary.core.segments import AT_MOST, measure
from registration.emails.kinds import MailKind
from registration.rules.placeholders import Fault, Problem, problems


def sentence(problem: Problem, known: Collection[str]) -> str:
    """One fault as the office reads it, with the way out."""
    match problem.fault:
        case Fault.STRAY_BRACE:
            return _("A brace stands alone near “%(place)s”. Write {{ or }} for a brace that is meant as one.") % {
                "place": problem.word
            }
        case Fault.MISSING:
            return _("{%(name)s} is missing: without it this message cannot do its work.") % {"name": problem.word}
        case Fault.UNKNOWN if problem.nearest:
            return _("{%(name)s} is unknown here. Did you mean {%(nearest)s}?") % {
                "name": problem.word,
                "nearest": problem.nearest,
            }
        case _:
            return _("{%(name)s} is unknown here. Possible: %(known)s.") % {
                "name": problem.word,
                "known": ", ".join(f"{{{name}}}" for name in known),
            }


def text_problems(text: str, *, known: Sequence[str], needed: Sequence[str] = (), channel: str = "mail") -> list[str]:
    """What is wrong with one text; a text message is measured too, with room for what placeholders bring."""
    found = [sentence(problem, known) for problem in problems(text, known=known, needed=needed)]
    if channel == Message.Channel.SMS and measure(text).segments > AT_MOST:
        found.append(_("This is longer than %(parts)s parts: shorten it, or write a mail.") % {"parts": AT_MOST})
    return found


def in_subject(known: Sequence[str]) -> list[str]:
    """Placeholders that may stand in a subject, which is kept in clear and shown on locked screens."""
    return [name for name in known if name not in {"link", "reason", "topic"}]


def template_problems(kind: MailKind, *, channel: str, subject: str, body: str, button: str) -> dict[str, list[str]]:
    """What is wrong with the office's own text of a kind, by field; nothing when it can be saved."""
    mail = channel == Message.Channel.MAIL
    found = {
        "body": text_problems(body, known=kind.placeholders, needed=kind.needed if mail else (), channel=channel),
        "subject": text_problems(subject, known=in_subject(kind.placeholders)),
        "button": text_problems(button, known=()),
    }
    if not body.strip():
        found["body"].append(_("Write the text."))
    if mail and not subject.strip():
        found["subject"].append(_("Write a subject."))
    if not mail and not kind.by_sms:
        found["body"].append(_("This message goes by mail alone."))
    return {field: sentences for field, sentences in found.items() if sentences}
