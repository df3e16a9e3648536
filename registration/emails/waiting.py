"""Mails about the waiting list: on it, a place offered, accepted, lapsed, left."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from registration.emails.guests import dear, guest_token, guest_values, own_page
from registration.emails.setting import Mail, MailText, Values, address, set_mail
from registration.models import Registration
from registration.wording import moment_in_zone


def on_waiting_list(registration: Registration, position: int) -> Mail:
    """The address is proved: the guest is on the list, and where."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("You are on the waiting list: %(event)s") % {"event": registration.event.name},
            greeting=dear(registration),
            paragraphs=[
                _("your address is confirmed. All places are taken, and you are on the waiting list."),
                ngettext(
                    "You are the next: %(count)s person waits, and it is you.",
                    "You are number %(count)s on the list.",
                    position,
                )
                % {"count": known["position"]},
                _("As soon as a place is free for you, we will write. You need not do anything until then."),
            ],
            button=(_("Open my page"), own_page(registration)),
            after=[_("On your page you see your place on the list, and you can leave it.")],
        )

    return set_mail(
        "registration.on_waiting_list",
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [(_("Category"), str(registration.category.name))],
        values=lambda: {**guest_values(registration), "position": str(number_format(position))},
    )


def offer_values(registration: Registration) -> dict[str, str]:
    """Until when an offered place is kept."""
    until = registration.offer_expires_at
    return {"deadline": moment_in_zone(registration.event, until, get_language()) if until else ""}


def place_offered(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("A place for you: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[
            _("a place has become free, and it is kept for you until %(when)s.") % {"when": known["deadline"]},
            _("Accept it on your page. If you do not answer in time, the place goes to the next on the list."),
        ],
        button=(_("Accept or decline"), address("registration:offer", guest_token(registration))),
    )


def offer_accepted(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("You have accepted the place: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[
            _("thank you. The place is yours, and the organiser will now look at your registration."),
            _("Your registration code is %(code)s.") % {"code": registration.code},
        ],
        button=(_("Open my page"), own_page(registration)),
    )


def offer_lapsed(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("The offered place has gone: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[
            _("a place was offered to you and not accepted in time, so it has gone to the next on the list."),
            _("Your registration is closed. If you still want to come, join the waiting list again."),
        ],
        button=(_("Register again"), address("registration:sign_up", registration.event.slug)),
    )


def left_list(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("You have left the waiting list: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[_("you have left the waiting list. We will not write to you again about it.")],
    )
