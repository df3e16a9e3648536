"""The mail that tells a guest what became of the changes asked for. It names the questions and repeats no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from registration.emails.guests import guest_values, own_page
from registration.emails.setting import Mail, MailText, Values, set_mail
from registration.labels import change_label
from registration.models import Registration
from registration.wording import display_name


def changes_decided(
    registration: Registration,
    granted: Sequence[str],
    refused: Sequence[str],
    labels: Mapping[str, Any],
    answer: str,
) -> Mail:
    """`granted` and `refused` are keys of requests, `labels` are those of the questions."""

    def write(known: Values) -> MailText:
        paragraphs = []
        if known["granted"]:
            paragraphs.append(_("we have changed what you asked for: %(fields)s.") % {"fields": known["granted"]})
        if known["refused"]:
            paragraphs.append(_("This stays as it was: %(fields)s.") % {"fields": known["refused"]})
        return MailText(
            subject=_("Your request for a change: %(event)s") % {"event": registration.event.name},
            greeting=_("Dear %(name)s,") % {"name": display_name(registration)},
            paragraphs=paragraphs or [_("the organiser has closed your request for a change.")],
            quote=answer,
            button=(_("Open my page"), own_page(registration)),
        )

    return set_mail(
        "registration.changes_decided",
        write,
        event=registration.event,
        language=registration.language,
        values=lambda: {
            **guest_values(registration),
            "granted": _named(granted, labels),
            "refused": _named(refused, labels),
        },
    )


def _named(keys: Sequence[str], labels: Mapping[str, Any]) -> str:
    """Of a question that is gone nothing is named: the quote tells."""
    told = [label for key in keys if (label := change_label(key, labels))]
    return _(", ").join(_("“%(question)s”") % {"question": label} for label in told)
