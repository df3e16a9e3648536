"""Registration at the desk: a walk-in or a paper form, typed in by staff, into the vetting queue like everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration.actions.answers import put_answers
from registration.actions.consents import note_consents
from registration.actions.drafts import attach_upload
from registration.actions.identity import save_travel_document
from registration.actions.places import take_place
from registration.actions.signing_up import AlreadyRegistered, Particulars, insert_once
from registration.actions.transitions import Refused, move
from registration.models import Category, Consent, Question, Registration
from registration.querysets import address_index
from registration.rules import State, Who
from registration.rules.documents import DocumentFacts
from registration.uploads import Checked

SOURCES = ("desk", "paper")


class Full(Refused):
    """No place is left; who has the right may let somebody in beyond them, with a reason."""


class AddressHeld(Refused):
    """The address has a live registration in this category, which the desk can look for instead."""

    def __init__(self, existing: Registration) -> None:
        super().__init__(
            _("This address is registered in this category already: %(name)s, code %(code)s, %(state)s.")
            % {"name": existing.name, "code": existing.code, "state": existing.get_state_display()}
        )
        self.existing = existing


@transaction.atomic
def register_at_desk(
    *,
    category: Category,
    particulars: Particulars,
    answers: Mapping[str, Any],
    versions: Mapping[str, int] | None = None,
    files: Mapping[Question, Checked | None] | None = None,
    language: str,
    origin: UUID,
    source: str,
    by: Actor,
    exceed_reason: str = "",
    document: DocumentFacts | None = None,
) -> Registration:
    """Register somebody who stands there; the same `origin` again answers the registration it made.

    An address counts as proved: the person gave it face to face. An officer decides, also in categories where the site
    lets people in at once. With `exceed_reason` (the caller has checked the right) a full category takes one more.
    Raises Refused, Full, AddressHeld.
    """
    if same := Registration.objects.with_event().filter(origin=origin).first():
        return same
    if source not in SOURCES:
        raise ValueError(source)
    if not category.event.takes_registrations:
        raise Refused(_("Registration for this event is not open: its plan is not in force, or it is not published."))
    registration = Registration(
        event=category.event,
        category=category,
        origin=origin,
        source=source,
        language=language,
        email_index=address_index(particulars.email),
        **asdict(particulars),
    )
    put_answers(registration, answers, versions=versions)
    try:
        registration, is_new = insert_once(registration)
    except AlreadyRegistered as refusal:
        raise AddressHeld(refusal.existing) from refusal
    if not is_new:
        return registration
    record_history(registration, verb="registered_at_desk", by=by, event=category.event, data={"source": source})
    note_consents(registration, source=Consent.Source.STAFF)
    for question, checked in (files or {}).items():
        if checked is not None:
            attach_upload(owner=registration, question=question, checked=checked)
    move(registration, to=State.SUBMITTED, who=Who.OFFICER, by=by)
    if document is not None and category.asks_passport:  # what is not asked is not kept
        save_travel_document(registration_id=registration.pk, facts=document, by=by)
    if not take_place(category):
        _exceed(registration, by=by, reason=exceed_reason.strip())
    return registration


def _exceed(registration: Registration, *, by: Actor, reason: str) -> None:
    if not reason:
        raise Full(_("All places as %(category)s are taken.") % {"category": registration.category.name})
    Category.objects.filter(pk=registration.category_id).update(taken=F("taken") + 1)
    record_history(registration, verb="over_quota", by=by, event=registration.event, reason=reason)
