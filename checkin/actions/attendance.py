"""Excuse guests who did not come, from an event or from one of its sessions, and take an excuse back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from checkin.models import Excuse
from plenary.core.actions import Actor, record_history
from plenary.events.models import Event, Session
from registration.models import Registration


@transaction.atomic
def excuse_guests(
    registration_ids: Iterable[UUID], *, event: Event, by: Actor, session: Session | None = None, reason: str = ""
) -> int:
    """Note for guests of an event that they are excused; answers how many were not before. The reason is encrypted."""
    if session is not None and session.event_id != event.pk:
        raise ValueError("the session belongs to another event")
    # Locked, so that two officers at once leave one excuse and not an error.
    guests = list(
        Registration.objects.select_for_update(of=("self",)).filter(pk__in=list(registration_ids), event=event)
    )
    known = set(Excuse.objects.filter(registration__in=guests, session=session).values_list("registration", flat=True))
    fresh = [guest for guest in guests if guest.pk not in known]
    for guest in fresh:
        Excuse.objects.create(registration=guest, session=session, reason=reason.strip()[:500], by=by.user)
        record_history(guest, verb="excused", by=by, event=event, data={"session": session.slug if session else ""})
    return len(fresh)


@transaction.atomic
def end_excuses(registration_ids: Iterable[UUID], *, event: Event, by: Actor, session: Session | None = None) -> int:
    """Take excuses back; answers how many there were."""
    found = Excuse.objects.filter(registration__in=list(registration_ids), registration__event=event, session=session)
    excuses = list(found.select_related("registration"))
    for excuse in excuses:
        record_history(
            excuse.registration, verb="excuse_ended", by=by, event=event,
            data={"session": session.slug if session else ""},
        )  # fmt: skip
    found.delete()
    return len(excuses)
