"""Mails to people on the guest list: the invitation, the reminder of its last day, what they have answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plenary.core.dates import long_date
from plenary.core.links import make_link
from registration.emails.setting import Mail, MailText, Values, address, set_mail
from registration.models import Invitation, Letter


def invitation_token(invitation: Invitation) -> str:
    """The token of the reply page."""
    return make_link("invitation", invitation.pk, invitation.link_version)


def reply_page(invitation: Invitation) -> str:
    """The whole address of the reply page, in the active language."""
    return address("registration:invitation", invitation_token(invitation))


def _greeting(invitation: Invitation) -> str:
    if invitation.substitutes_for_id is not None:
        return _("Hello,")  # named by a guest, not by us: no word somebody else typed goes to a stranger
    name = f"{invitation.salutation} {invitation.name}".strip()
    return _("Dear %(name)s,") % {"name": name}


def _agenda(invitation: Invitation) -> tuple[str, str]:
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    return (_("Agenda"), f"{site}/{get_language()}/{invitation.event.slug}/agenda/")


def _terms(known: Values) -> list[str]:
    told = []
    if known["deadline"]:
        told.append(_("Please reply by %(day)s.") % {"day": known["deadline"]})
    told.append(_("You can accept, decline, or name somebody to come in your place."))
    return told


def invite(invitation: Invitation, letter: Letter | None) -> Mail:
    """The invitation itself; with a formal letter it carries the letter, else it says all there is to say."""

    def write(known: Values) -> MailText:
        if invitation.substitutes_for_id is not None:
            opening = _("an invited guest cannot come and has named you to take part instead.")
        elif letter is not None:
            opening = _("please find our formal invitation attached to this message.")
        else:
            opening = _("we have the pleasure of inviting you to the event below.")
        return MailText(
            subject=_("Invitation: %(event)s") % {"event": invitation.event.name},
            greeting=_greeting(invitation),
            paragraphs=[opening, *_terms(known)],
            button=(_("Reply to the invitation"), reply_page(invitation)),
            links=[_agenda(invitation)],
            after=[_("The link is yours alone: whoever has it can reply in your place.")],
        )

    attached = [{"kind": "letter", "id": str(letter.pk)}] if letter else []
    return _set(invitation, "invitation.sent", write, attached)


def remind(invitation: Invitation) -> Mail:
    """A reminder before the last day to reply."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your reply is still missing: %(event)s") % {"event": invitation.event.name},
            greeting=_greeting(invitation),
            paragraphs=[
                _("we have invited you to the event below and would like to know whether you come."),
                *_terms(known),
            ],
            button=(_("Reply to the invitation"), reply_page(invitation)),
            links=[_agenda(invitation)],
            after=[_("If you have replied in the meantime, you need not do anything.")],
        )

    return _set(invitation, "invitation.reminder", write)


def declined(invitation: Invitation) -> Mail:
    """To a guest who has declined: that we know, and until when they may change their mind."""

    def write(known: Values) -> MailText:
        if known["deadline"]:
            change = _("If you change your mind, you can accept or name somebody else until %(day)s.")
            change %= {"day": known["deadline"]}
        else:
            change = _("If you change your mind, you can still accept or name somebody else.")
        return MailText(
            subject=_("You have declined: %(event)s") % {"event": invitation.event.name},
            greeting=_greeting(invitation),
            paragraphs=[_("thank you for telling us that you cannot come to the event below."), change],
            button=(_("Open the invitation"), reply_page(invitation)),
            after=[_("If it was not you who declined, write to the organiser at once.")],
        )

    return _set(invitation, "invitation.declined", write)


def substituted(invitation: Invitation) -> Mail:
    """To a guest who has named somebody else. Whom is not said: nobody has proved who typed it."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Somebody comes in your place: %(event)s") % {"event": invitation.event.name},
            greeting=_greeting(invitation),
            paragraphs=[
                _("thank you for naming somebody to take part in the event below in your place."),
                _("That person gets an invitation of their own. Yours has ended with that, and so has its letter."),
            ],
            after=[_("If it was not you who named somebody, or you wish to come yourself, write to the organiser.")],
        )

    return _set(invitation, "invitation.substituted", write)


def _set(
    invitation: Invitation, kind: str, write: Callable[[Values], MailText], attachments: Sequence[dict[str, str]] = ()
) -> Mail:
    named = "" if invitation.substitutes_for_id is not None else f"{invitation.salutation} {invitation.name}".strip()
    return set_mail(
        kind,
        write,
        event=invitation.event,
        language=invitation.language,
        facts=lambda: [(_("Category"), str(invitation.category.name))],
        attachments=attachments,
        values=lambda: {
            "name": named,
            "category": str(invitation.category.name),
            "deadline": long_date(invitation.reply_by, get_language()) if invitation.reply_by else "",
        },
    )
