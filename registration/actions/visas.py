"""The letters desk: a guest asks, we issue, the outside authority answers, and a departure closes the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration import emails
from registration.actions.letters import issue_letter
from registration.actions.locking import lock_then_read
from registration.actions.posting import post_to_guest
from registration.actions.storing import discard, store
from registration.actions.transitions import Refused
from registration.actions.vetting import DecisionReport
from registration.letters import rules_on
from registration.models import AuthorityLetter, Registration, VisaCase
from registration.rules import State
from registration.rules.letters import LetterKind, departure_due
from registration.uploads import Checked
from registration.working_days import working_days_of


@transaction.atomic
def open_case(*, registration_id: UUID, by: Actor) -> VisaCase:
    """Ask for a visa support letter; asked twice it is one case. Raises Refused unless the guest is approved."""
    registration = lock_then_read(Registration.objects.with_event(), registration_id)
    if found := VisaCase.objects.filter(registration=registration).first():
        return found
    if registration.state != State.APPROVED:
        raise Refused(_("A visa letter can be asked for once the registration is approved."))
    today = registration.event.local(timezone.now()).date()
    rules = rules_on(today)
    case = VisaCase.objects.create(
        registration=registration,
        event=registration.event,
        letter_due=working_days_of(registration.event, today).after(today, rules.visa_letter_days),
        departure_due=departure_due(registration.event.ends_on, rules.departure_days),
    )
    record_history(registration, verb="letter_requested", by=by, event=registration.event)
    return case


def issue_visa_letters(registration_ids: Iterable[UUID], *, by: Actor) -> DecisionReport:
    """Issue and mail visa letters, each in a transaction of its own; one that cannot be issued holds up nobody."""
    report = DecisionReport()
    for registration_id in registration_ids:
        try:
            _issue_one(registration_id, by=by)
        except Registration.DoesNotExist:
            report.refused[registration_id] = _("This registration no longer exists.")
        except Refused as refusal:
            report.refused[registration_id] = str(refusal)
        else:
            report.done.append(registration_id)
    return report


@transaction.atomic
def _issue_one(registration_id: UUID, *, by: Actor) -> None:
    case = open_case(registration_id=registration_id, by=by)
    registration = Registration.objects.with_event().get(pk=registration_id)
    letter = issue_letter(kind=LetterKind.VISA_SUPPORT, subject=registration, by=by)
    if case.letter_issued_at is None:
        case.letter_issued_at = timezone.now()
        case.version += 1
        case.save(update_fields=["letter_issued_at", "version"])
    post_to_guest(emails.visa_letter(registration, letter), registration, occasion=f"letter:{letter.pk}")


@transaction.atomic
def note_authority(
    *,
    case_id: UUID,
    state: str,
    by: Actor,
    requested_on: date | None = None,
    number: str = "",
    dated: date | None = None,
    checked: Checked | None = None,
    expected_version: int | None = None,
) -> VisaCase:
    """Note how far the outside authority's letter is. Raises Refused for a stale version or a letter without a number."""
    case = lock_then_read(VisaCase.objects.select_related("event__venue", "registration", "authority_file"), case_id)
    if expected_version is not None and case.version != expected_version:
        raise Refused(_("Somebody else changed this case in the meantime. Look at it again."))
    if state == VisaCase.Authority.RECEIVED and not (number and dated):
        raise Refused(_("Write the number and the date of the letter that was received."))
    today = case.event.local(timezone.now()).date()
    case.authority = state
    case.authority_requested_on = requested_on or case.authority_requested_on
    if state == VisaCase.Authority.REQUESTED:
        case.authority_requested_on = case.authority_requested_on or today
        asked = case.authority_requested_on
        case.authority_due = working_days_of(case.event, asked).after(asked, rules_on(today).authority_days)
    case.authority_number, case.authority_dated = number, dated
    old = case.authority_file
    if checked is not None:
        case.authority_file = store(AuthorityLetter(), checked)
    case.version += 1
    case.save()
    if checked is not None and old is not None:
        discard(old)
    record_history(case.registration, verb="authority_letter", by=by, event=case.event, data={"state": state})
    return case


@transaction.atomic
def close_departure(*, case_id: UUID, departure: str, by: Actor, departed_on: date | None = None) -> VisaCase:
    """Register that a guest has left, or never came. Raises Refused for a day that cannot be."""
    case = lock_then_read(VisaCase.objects.select_related("event", "registration"), case_id)
    today = case.event.local(timezone.now()).date()
    if departure == VisaCase.Departure.DEPARTED:
        if departed_on is None:
            raise Refused(_("Write the day the guest left."))
        if departed_on > today:
            raise Refused(_("This day is still to come."))
    case.departure = departure
    case.departed_on = departed_on if departure == VisaCase.Departure.DEPARTED else None
    case.version += 1
    case.save(update_fields=["departure", "departed_on", "version"])
    record_history(case.registration, verb="departure", by=by, event=case.event, data={"departure": departure})
    return case
