"""Mails about the form after approval."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registration.emails.guests import guest_token, guest_values
from registration.emails.registrations import opened_form
from registration.emails.setting import Mail, MailText, Values, address, set_mail
from registration.models import Registration
from registration.wording import display_name, moment_in_zone


def second_form_reminder(registration: Registration) -> Mail | None:
    """To a guest who has not filled in the form; None where there is none."""
    return form_reminder(registration) if opened_form(registration) else None


def form_reminder(registration: Registration) -> Mail:
    """The same, whether or not there is a form: its text is one to begin from."""

    def write(known: Values) -> MailText:
        paragraphs = [
            _("you are registered. To prepare your stay we still need some answers from you: “%(form)s”.")
            % {"form": known["form"]}
        ]
        if known["deadline"]:
            paragraphs.append(_("Please fill it in by %(moment)s.") % {"moment": known["deadline"]})
        return MailText(
            subject=_("%(form)s: %(event)s") % {"form": known["form"], "event": registration.event.name},
            greeting=_("Dear %(name)s,") % {"name": display_name(registration)},
            paragraphs=paragraphs,
            button=(_("Fill in the form"), address("registration:second_form", guest_token(registration))),
            after=[_("It is saved part by part: you can stop and go on later.")],
        )

    return set_mail(
        "registration.second_form",
        write,
        event=registration.event,
        language=registration.language,
        values=lambda: {**guest_values(registration), **form_values(registration)},
    )


def form_values(registration: Registration) -> dict[str, str]:
    """What placeholders about the form stand for; empty where nothing is asked after the approval."""
    form = opened_form(registration)
    due = form.due if form else None
    deadline = moment_in_zone(registration.event, due, get_language()) if due else ""
    return {"form": form.title if form else "", "deadline": deadline}
