"""Certificates of attendance: letters of the house, with the days and hours that the ledger of scans tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from babel.units import format_unit
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from checkin.attendance import Attendance, Presence, presence
from checkin.querysets.attendance import attendance_of, passages_of
from plenary.core.actions import Actor
from plenary.core.dates import cldr, date_range
from plenary.events.models import Event
from registration import emails
from registration.actions import Refused
from registration.actions.letters import issue_letter
from registration.actions.posting import post_to_guest
from registration.actions.vetting import DecisionReport
from registration.models import Registration
from registration.rules import State
from registration.rules.letters import LetterKind

PIECE = 200  # guests whose scans are read at a time
HOUR = timedelta(hours=1)


def issue_certificates(registration_ids: Iterable[UUID], *, by: Actor) -> DecisionReport:
    """Issue and mail certificates, each in a transaction of its own; who was not there is refused and holds up nobody.

    Whoever has a certificate keeps it and gets no second mail.
    """
    report = DecisionReport()
    keys = list(registration_ids)
    for start in range(0, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        guests = Registration.objects.with_event().in_bulk(piece)
        passages = passages_of(piece)
        for key in piece:
            try:
                if key not in guests:
                    raise Refused(_("This registration no longer exists."))
                event = guests[key].event
                was = presence(passages.get(key, ()), zone=event.zone, day_change=event.day_change)
                _issue_one(guests[key], was, by=by)
            except Refused as refusal:
                report.refused[key] = str(refusal)
            else:
                report.done.append(key)
    return report


@transaction.atomic
def _issue_one(registration: Registration, was: Presence, *, by: Actor) -> None:
    if not was.days:
        raise Refused(_("No scan says that this guest was there."))
    told = {
        "days": days_in_words(was.days, registration.language),
        "hours": _hours_in_words(was.time, registration.language) if was.time else "",
    }
    letter = issue_letter(kind=LetterKind.ATTENDANCE, subject=registration, by=by, told=told)
    post_to_guest(emails.attendance_certificate(registration, letter), registration, occasion=f"letter:{letter.pk}")


def issue_to_all(event: Event, *, by: Actor) -> int:
    """Certificates for everybody who attended and has none; answers how many. Cut short, it goes on where it stopped."""
    waiting = attendance_of(event).filter(attendance=Attendance.ATTENDED, state=State.APPROVED, certified=False)
    return len(issue_certificates(waiting.order_by("pk").values_list("pk", flat=True), by=by).done)


def start_issuing_to_all(event: Event, *, by: User) -> None:
    """Issue certificates to all in the background."""
    from checkin.tasks import issue_all_certificates

    event_id, user_id = event.pk, by.pk
    transaction.on_commit(lambda: issue_all_certificates.enqueue(event_id, user_id) and None)


def days_in_words(days: Iterable[date], language: str) -> str:
    """Days of one event, those that follow each other as a span."""
    spans: list[list[date]] = []
    for day in sorted(days):
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    with translation.override(language):
        return _(", ").join(date_range(span[0], span[-1], language) for span in spans)


def _hours_in_words(time: timedelta, language: str) -> str:
    return str(format_unit(round(time / HOUR, 1), "hour", locale=cldr(language)))
