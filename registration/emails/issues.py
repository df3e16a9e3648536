"""Mails about a guest's problem: received, answered, solved; in the guest's language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from registration.emails.guests import guest_token, guest_values
from registration.emails.setting import Mail, MailText, Values, address, set_mail
from registration.models import Issue
from registration.wording import display_name


def _set(issue: Issue, kind: str, write: Callable[[Values], MailText]) -> Mail:
    registration = issue.registration
    return set_mail(
        kind,
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [(_("Problem"), f"{issue.number}: {issue.subject}")],
        values=lambda: {**guest_values(registration), "number": str(issue.number), "topic": issue.subject},
    )


def _named(issue: Issue) -> dict[str, str]:
    """For subjects, which stand in clear in the outbox: what it is about is told inside."""
    return {"number": str(issue.number), "event": str(issue.registration.event.name)}


def _link(issue: Issue) -> str:
    return address("registration:issue", guest_token(issue.registration), str(issue.pk))


def _dear(issue: Issue) -> str:
    return _("Dear %(name)s,") % {"name": display_name(issue.registration)}


def issue_raised(issue: Issue) -> Mail:
    """That it has arrived, and under which number."""

    def write(known: Values) -> MailText:
        told = (
            _("thank you for telling us. Somebody of the organiser's staff will look into it.")
            if issue.by_guest
            else _("the organiser's staff has noted a problem for you and will look into it.")
        )
        return MailText(
            subject=_("Problem %(number)s received: %(event)s") % _named(issue),
            greeting=_dear(issue),
            paragraphs=[told, _("Its number is %(number)s.") % {"number": issue.number}],
            button=(_("Follow it"), _link(issue)),
            after=[_("You can see there how far we are, and add to what you wrote.")],
        )

    return _set(issue, "issue.raised", write)


def issue_answered(issue: Issue, text: str) -> Mail:
    """What staff wrote."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("About problem %(number)s: %(event)s") % _named(issue),
            greeting=_dear(issue),
            paragraphs=[_("the organiser's staff wrote about your problem:")],
            quote=text,
            button=(_("Answer or follow it"), _link(issue)),
        )

    return _set(issue, "issue.answered", write)


def issue_solved(issue: Issue, text: str) -> Mail:
    """That it is solved, with the way back if it is not."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Problem %(number)s is solved: %(event)s") % _named(issue),
            greeting=_dear(issue),
            paragraphs=[_("we believe your problem is solved.")],
            quote=text,
            button=(_("Look at it"), _link(issue)),
            after=[_("If it is not, say so there and we take it up again.")],
        )

    return _set(issue, "issue.solved", write)
