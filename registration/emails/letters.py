"""Mails that carry a letter to a guest."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from registration.emails.guests import guest_values, own_page
from registration.emails.setting import Mail, MailText, Values, set_mail
from registration.models import Letter, Registration
from registration.wording import display_name


def attendance_certificate(registration: Registration, letter: Letter) -> Mail:
    """The certificate of attendance, attached."""

    def told(number: str) -> tuple[str, list[str]]:
        return (
            _("Your certificate of attendance: %(event)s") % {"event": registration.event.name},
            [
                _("thank you for coming. Your certificate of attendance is attached. Its number is %(number)s.")
                % {"number": number},
                _("The code on it leads to a page where anybody can check that it is genuine."),
            ],
        )

    return _carrying(letter, registration, "letter.attendance", told)


def visa_letter(registration: Registration, letter: Letter) -> Mail:
    """The visa support letter, attached."""

    def told(number: str) -> tuple[str, list[str]]:
        return (
            _("Your letter for the visa application: %(event)s") % {"event": registration.event.name},
            [
                _("your letter in support of a visa application is attached. Its number is %(number)s.")
                % {"number": number},
                _("The code on the letter leads to a page where the consulate can check that it is genuine."),
            ],
        )

    return _carrying(letter, registration, "letter.visa", told)


def _carrying(
    letter: Letter, registration: Registration, kind: str, told: Callable[[str], tuple[str, list[str]]]
) -> Mail:
    """A mail with the letter attached; `told` gives subject and paragraphs for its number, in the guest's language."""

    def write(known: Values) -> MailText:
        subject, paragraphs = told(known["reference"])
        return MailText(
            subject=subject,
            greeting=_("Dear %(name)s,") % {"name": display_name(registration)},
            paragraphs=paragraphs,
            button=(_("Open my page"), own_page(registration)),
            after=[_("You can also load the letter from your page at any time.")],
        )

    return set_mail(
        kind,
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [(_("Category"), str(registration.category.name))],
        attachments=[{"kind": "letter", "id": str(letter.pk)}],
        values=lambda: {**guest_values(registration), "reference": letter.reference},
    )
