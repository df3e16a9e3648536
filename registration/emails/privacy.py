"""Mails about a guest's own data: erased, or why not."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from registration.emails.guests import guest_values, own_page
from registration.emails.setting import Mail, MailText, Values, set_mail
from registration.models import Registration
from registration.wording import display_name


def _dear(registration: Registration) -> str:
    return _("Dear %(name)s,") % {"name": display_name(registration)}


def erased(registration: Registration) -> Mail:
    """The wish to be forgotten is granted; written before the address goes."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your personal data are erased: %(event)s") % {"event": registration.event.name},
            greeting=_dear(registration),
            paragraphs=[
                _("as you asked, we have ended your registration and erased your personal data."),
                _("What a law obliges us to keep, and until when, is on the certificate on your page."),
            ],
            button=(_("Open my page"), own_page(registration)),
            after=[_("This message is the last one. It is erased too, once it has reached you.")],
        )

    return _set(registration, "registration.erased", write)


def erasure_refused(registration: Registration, answer: str) -> Mail:
    """Why the wish cannot be granted."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("About your request for erasure: %(event)s") % {"event": registration.event.name},
            greeting=_dear(registration),
            paragraphs=[_("you asked us to erase your personal data. We cannot do so now, for this reason:")],
            quote=answer,
            button=(_("Open my page"), own_page(registration)),
            after=[_("You may ask again, or complain to the authority for data protection.")],
        )

    return _set(registration, "registration.erasure_refused", write)


def _set(registration: Registration, kind: str, write: Callable[[Values], MailText]) -> Mail:
    return set_mail(
        kind,
        write,
        event=registration.event,
        language=registration.language,
        values=lambda: guest_values(registration),
    )
