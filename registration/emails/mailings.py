"""Mails and text messages of mailings and reminders: the office's words, set for one guest."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from plenary.core.fields import Label
from registration.emails.guests import guest_values, own_page
from registration.emails.kinds import GUEST
from registration.emails.overrides import OwnText
from registration.emails.setting import Mail, MailText, Values, set_mail
from registration.models import Registration
from registration.models.communication import Written
from registration.rules.placeholders import fill
from registration.wording import event_dates, event_place

PLACEHOLDERS = GUEST


def language_of(written: Written, registration: Registration) -> str:
    """The language this guest reads it in: the guest's own, or the one its text falls back to."""
    return Label(written.body).language_for(registration.language)


def written_mail(written: Written, registration: Registration, *, kind: str) -> Mail:
    """What one guest gets. Where the text falls back, the whole mail is in that language, and its link in the guest's."""
    language = language_of(written, registration)
    with translation.override(registration.language):
        link = own_page(registration)

    def write(known: Values) -> MailText:
        return MailText(subject="", greeting="", paragraphs=[], button=(_("Open my page"), link))

    return set_mail(
        kind,
        write,
        event=registration.event,
        language=language,
        facts=lambda: [(_("Category"), str(registration.category.name))],
        values=lambda: guest_values(registration),
        text=OwnText(Label(written.subject).get_for(language), Label(written.body).get_for(language), ""),
    )


def written_sms(written: Written, registration: Registration) -> str:
    """The text message one guest gets."""
    language, event = language_of(written, registration), registration.event
    with translation.override(registration.language):
        link = own_page(registration)
    with translation.override(language):
        facts = {"event": str(event.name), "dates": event_dates(event), "place": event_place(event), "link": link}
        return fill(Label(written.body).get_for(language), {**guest_values(registration), **facts})
