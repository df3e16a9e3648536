"""Mails that carry a letter to a guest."""

from __future__ import annotations

from django.utils.translation import gettext as _

from registration.emails.guests import guest_values, own_page
from registration.emails.setting import Mail, MailText, Values, set_mail
from registration.models import Letter, Registration
from registration.wording import display_name


def attendance_certificate(registration: Registration, letter: Letter) -> Mail:
    """The certificate of attendance, attached."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your certificate of attendance: %(event)s") % {"event": registration.event.name},
            greeting=_("Dear %(name)s,") % {"name": display_name(registration)},
            paragraphs=[
                _("thank you for coming. Your certificate of attendance is attached. Its number is %(number)s.")
                % {"number": known["reference"]},
                _("The code on it leads to a page where anybody can check that it is genuine."),
            ],
            button=(_("Open my page"), own_page(registration)),
            after=[_("You can also load the letter from your page at any time.")],
        )

    return set_mail(
        "letter.attendance",
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [(_("Category"), str(registration.category.name))],
        attachments=[{"kind": "letter", "id": str(letter.pk)}],
        values=lambda: {**guest_values(registration), "reference": letter.reference},
    )


def visa_letter(registration: Registration, letter: Letter) -> Mail:
    """The visa support letter, attached."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your letter for the visa application: %(event)s") % {"event": registration.event.name},
            greeting=_("Dear %(name)s,") % {"name": display_name(registration)},
            paragraphs=[
                _("your letter in support of a visa application is attached. Its number is %(number)s.")
                % {"number": known["reference"]},
                _("The code on the letter leads to a page where the consulate can check that it is genuine."),
            ],
            button=(_("Open my page"), own_page(registration)),
            after=[_("You can also load the letter from your page at any time.")],
        )

    return set_mail(
        "letter.visa",
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [(_("Category"), str(registration.category.name))],
        attachments=[{"kind": "letter", "id": str(letter.pk)}],
        values=lambda: {**guest_values(registration), "reference": letter.reference},
    )
