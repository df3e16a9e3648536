"""Letters: issued once with a number of their own, and withdrawn; their texts, letterhead and rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, next_number, record_history, record_look
from plenary.events.rules import ApprovalState
from registration.actions.locking import lock_then_read
from registration.actions.storing import store
from registration.actions.transitions import Refused
from registration.letters import Subject, compose, text_of
from registration.models import Holiday, Invitation, Letter, Letterhead, LetterSeal, Registration, VisaCase
from registration.rules import State
from registration.rules.letters import LetterKind, reference, unknown_placeholders
from registration.uploads import Checked

# A letter that lacks one of these where its text asks for it would be sent back by whoever reads it.
_NEEDED = {
    "reply_by": lambda: _("the last day to reply"),
    "passport_number": lambda: _("the passport number"),
    "date_of_birth": lambda: _("the date of birth"),
}


@transaction.atomic
def issue_letter(*, kind: LetterKind, subject: Subject, by: Actor, told: Mapping[str, str] | None = None) -> Letter:
    """Give somebody a letter in their language; whoever has a valid one of the kind gets that one again.

    `told` are values of placeholders that other apps know, such as the days somebody attended. Raises Refused while the
    plan is not in force, while a registration is not approved, or where the text needs what is not known.
    """
    model = type(subject)
    rows: Any = model._default_manager.select_related("event__venue", "category__event")
    subject = lock_then_read(rows, subject.pk)
    owner = {"registration": subject} if isinstance(subject, Registration) else {"invitation": subject}
    # The subject's row is locked, so a second officer waits here and then finds the first one's letter.
    if existing := Letter.objects.valid().with_subject().filter(kind=kind, **owner).first():
        return existing
    _check(subject, kind)
    event = subject.event
    number = next_number(f"letter:{event.pk}:{kind}")
    printed = reference(event.acronym or event.slug.upper(), kind, number)
    content = compose(subject, kind=kind, reference=printed, language=subject.language, told=told)
    letter = Letter.objects.create(
        event=event,
        kind=kind,
        number=number,
        reference=printed,
        language=subject.language,
        content=json.dumps(content, ensure_ascii=False),
        issued_by=by.user,
        **owner,
    )
    facts = {"kind": kind.value, "reference": printed}
    if kind == LetterKind.VISA_SUPPORT:
        record_look(subject, part="passport, for a letter", by=by)
    record_history(letter, verb="issued", by=by, event=event, data=facts)
    record_history(subject, verb="letter_issued", by=by, event=event, data=facts)
    return letter


def _check(subject: Subject, kind: LetterKind) -> None:
    # Certificates are asked for when an event is long over and its plan is closed.
    is_over = kind == LetterKind.ATTENDANCE and subject.event.approval == ApprovalState.CLOSED
    if not subject.event.takes_registrations and not is_over:
        raise Refused(_("The plan of this event is not in force: no letter goes out."))
    if isinstance(subject, Registration) and subject.state != State.APPROVED:
        raise Refused(_("Only approved guests get this letter."))
    if isinstance(subject, Invitation) and subject.is_held:
        raise Refused(_("This is a prominent person: attach the risk assessment first."))
    missing = missing_facts(subject, kind)
    if missing:
        raise Refused(_("The text of this letter needs %(what)s.") % {"what": _(", ").join(missing)})


def missing_facts(subject: Subject, kind: str) -> list[str]:
    """What the letter's text asks for and nobody has told, in words."""
    from registration.letters import values_for

    heading, body = text_of(subject.event, kind)
    text = heading.get_for(subject.language) + body.get_for(subject.language)
    values = values_for(subject, kind=kind, reference="", language=subject.language)
    return [name() for key, name in _NEEDED.items() if f"{{{key}}}" in text and not values.get(key)]


@transaction.atomic
def revoke_letter(*, letter_id: Any, by: Actor, reason: str) -> Letter:
    """Withdraw a letter: its page says so from now on, and another can be issued. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(_("Give a reason: colleagues will ask for it."))
    letter = lock_then_read(Letter.objects.select_related("event"), letter_id)
    if letter.revoked_at is None:
        letter.revoked_at = timezone.now()
        letter.save(update_fields=["revoked_at"])
        if letter.kind == LetterKind.VISA_SUPPORT:  # the guest, if still coming, waits for a letter again
            waiting = VisaCase.objects.filter(registration=letter.registration_id)
            waiting.update(letter_issued_at=None, version=models.F("version") + 1)
        record_history(letter, verb="revoked", by=by, event=letter.event, reason=reason.strip())
    return letter


@transaction.atomic
def save_letter_data(record: Any, *, by: Actor) -> Any:
    """Save a text, a letterhead or a set of rules, with its trace. Raises Refused for a placeholder nobody knows."""
    from registration.models import LetterTemplate
    from registration.rules.letters import PLACEHOLDERS

    if isinstance(record, LetterTemplate):
        for text in [*record.subject.values(), *record.body.values()]:
            if strange := unknown_placeholders(text, PLACEHOLDERS[record.kind]):
                raise Refused(_("Unknown placeholder: %(names)s") % {"names": ", ".join(strange)})
    verb = "created" if record._state.adding else "changed"
    record.save()
    record_history(record, verb=verb, by=by, event=getattr(record, "event", None))
    return record


@transaction.atomic
def set_seal(*, letterhead: Letterhead, checked: Checked | None, by: Actor) -> None:
    """Give a letterhead a seal, another one, or none. The old picture stays: letters issued with it keep it."""
    letterhead.seal = store(LetterSeal(), checked) if checked else None
    letterhead.save(update_fields=["seal"])
    record_history(letterhead, verb="seal_set" if checked else "seal_removed", by=by, event=letterhead.event)


@transaction.atomic
def remove_holiday(holiday: Holiday, *, by: Actor) -> None:
    """Take a day out of the calendar. Deadlines that were set stay as they are."""
    record_history(holiday, verb="removed", by=by, event=holiday.event, data={"day": holiday.day.isoformat()})
    holiday.delete()
