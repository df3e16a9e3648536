"""From a finished form to a registration whose address is proved: exactly once, never past the quota."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from plenary.core.actions import GUEST, SYSTEM, record_history
from plenary.core.names import search_text
from registration import emails
from registration.actions.answers import put_answers
from registration.actions.consents import note_consents
from registration.actions.drafts import discard_uploads
from registration.actions.invited import INVITED, invitation_behind, is_invited_address, link_registration
from registration.actions.places import take_place
from registration.actions.posting import post_to_address
from registration.actions.transitions import move
from registration.actions.waiting import prove_on_list
from registration.models import Category, Consent, Draft, Registration, Upload
from registration.querysets import address_index
from registration.rules import CONFIRM_WITHIN, Opening, State, Who, name_key

CODE_ATTEMPTS = 5
JUST_OPEN = frozenset({Opening.OPEN})
# Whoever comes by invitation is bound to the day of the reply, not to the dates of the public sign-up.
ADMITTED: Mapping[str, frozenset[Opening]] = {INVITED: frozenset({Opening.OPEN, Opening.NOT_YET, Opening.OVER})}


class AlreadyRegistered(Exception):
    """The address already has a live registration here. Never told to whoever typed it: only to the address itself."""

    def __init__(self, existing: Registration) -> None:
        super().__init__(existing.pk)
        self.existing = existing


class CategoryClosed(Exception):
    """The category takes no sign-up now."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening.value)
        self.opening = opening


@dataclass(frozen=True)
class Particulars:
    """Who signs up, as cleaned by the form."""

    email: str
    name: str
    latin_name: str = ""
    salutation: str = ""
    organisation: str = ""
    job_title: str = ""
    nationality: str = ""


@transaction.atomic
def sign_up(
    *,
    category: Category,
    particulars: Particulars,
    answers: Mapping[str, Any],
    language: str,
    origin: UUID,
    source: str,
    or_wait: bool = False,
    versions: Mapping[str, int] | None = None,
) -> Registration:
    """Register somebody, hold a place and ask the address to confirm; `or_wait`: join the waiting list where none is left.

    The same `origin` again answers the registration it made the first time. Raises CategoryClosed, AlreadyRegistered.
    """
    return register(
        category=category,
        particulars=particulars,
        answers=answers,
        language=language,
        origin=origin,
        source=source,
        or_wait=or_wait,
        versions=versions,
    )


def register(
    *,
    category: Category,
    particulars: Particulars,
    answers: Mapping[str, Any],
    language: str,
    origin: UUID,
    source: str,
    or_wait: bool = False,
    proved: bool = False,
    email_index: str = "",
    versions: Mapping[str, int] | None = None,
) -> Registration:
    """`sign_up` inside a transaction that the caller holds; where AlreadyRegistered is raised, nothing was written.

    `proved`: the address was written to and answered, so it is not asked to confirm. `email_index`: for an accompanying
    person, who shares an address with the guest and yet is another person.
    """
    opening = category.opening()
    waits = opening == Opening.FULL and or_wait and category.has_waiting_list
    if opening not in ADMITTED.get(source, JUST_OPEN) and not waits:
        raise CategoryClosed(opening)
    registration = Registration(
        event=category.event,
        category=category,
        origin=origin,
        source=source,
        state=State.WAITLISTED if waits else State.UNCONFIRMED,
        language=language,
        email_index=email_index or address_index(particulars.email),
        **asdict(particulars),
    )
    put_answers(registration, answers, versions=versions)
    stored, is_new = insert_once(registration)
    if not is_new:
        return stored
    data = {"source": source, "list": True} if waits else {"source": source}
    record_history(registration, verb="signed_up", by=GUEST, event=category.event, data=data)
    note_consents(registration, source=Consent.Source.API if source == "api" else Consent.Source.GUEST)
    if not proved:
        send_confirmation(registration)
    # Last, so that the row everybody signs up through is locked for the shortest time.
    if not waits and not take_place(category):
        if not (or_wait and category.has_waiting_list):
            raise CategoryClosed(Opening.FULL)
        registration.state = State.WAITLISTED  # somebody else had the last place a moment ago
        registration.save(update_fields=["state"])
    return registration


def insert_once(registration: Registration) -> tuple[Registration, bool]:
    """Insert, letting the constraints decide: who was first with this origin, this address, this code."""
    for _attempt in range(CODE_ATTEMPTS):
        registration.code = Registration._meta.get_field("code").get_default()
        index_names(registration)
        try:
            with transaction.atomic():
                registration.save(force_insert=True)
        except IntegrityError:
            if same := Registration.objects.with_event().filter(origin=registration.origin).first():
                return same, False
            holders = Registration.objects.with_event().live().filter(category=registration.category)
            holders = holders.filter(email_index=registration.email_index).exclude(email_index="")
            if existing := holders.first():
                raise AlreadyRegistered(existing) from None
            continue  # somebody has this code: draw another
        return registration, True
    raise RuntimeError("no free code found")


def index_names(registration: Registration) -> None:
    """Fill the columns by which a person is found and recognised; whoever changes a name calls this before saving."""
    registration.search_text = search_text(
        registration.name, registration.latin_name, registration.organisation, registration.code
    )
    registration.name_key = name_key(registration.latin_name or registration.name)


def send_confirmation(registration: Registration, *, occasion: str = "") -> None:
    """Mail the link that proves the address. A further mail needs an occasion of its own."""
    post_to_address(
        emails.confirm_address(registration), registration, occasion=occasion or f"confirm:{registration.pk}"
    )


def send_reminder(registration: Registration) -> None:
    """Tell an address that it is registered already, at most once an hour, however often somebody types it."""
    hour = timezone.now().strftime("%Y%m%d%H")
    if registration.is_unproved:
        send_confirmation(registration, occasion=f"confirm:{registration.pk}:{hour}")
        return
    post_to_address(emails.already_registered(registration), registration, occasion=f"already:{registration.pk}:{hour}")


@transaction.atomic
def submit(
    *,
    draft: Draft,
    particulars: Particulars,
    answers: Mapping[str, Any],
    upload_ids: set[UUID],
    language: str,
    or_wait: bool = False,
    versions: Mapping[str, int] | None = None,
) -> Registration | None:
    """Turn a draft into a registration; sent twice or twenty times at once, it is one.

    None when the address was registered already: the page must look the same then, and the address gets a mail.
    Raises CategoryClosed; the draft is kept then.
    """
    locked = Draft.objects.select_for_update(of=("self",)).select_related("category__event__venue").get(pk=draft.pk)
    if locked.sent_at is not None:
        return Registration.objects.filter(origin=draft.pk).first()
    registration: Registration | None = None
    invitation = invitation_behind(locked)  # asks the database only for a draft that grew from one
    try:
        registration = register(
            category=locked.category,
            particulars=particulars,
            answers=answers,
            language=language,
            origin=draft.pk,
            source=INVITED if invitation else "site",
            or_wait=or_wait,
            proved=is_invited_address(invitation, particulars.email),
            versions=versions,
        )
    except AlreadyRegistered as refusal:
        send_reminder(refusal.existing)
        link_registration(invitation, refusal.existing)
    if registration is not None:
        Upload.objects.filter(draft=locked, pk__in=upload_ids).update(draft=None, registration=registration)
    discard_uploads(Upload.objects.filter(draft=locked))
    waits = or_wait and (registration is None or registration.state == State.WAITLISTED)
    locked.content = json.dumps({"email": particulars.email, "waits": waits})
    locked.sent_at = timezone.now()
    locked.save(update_fields=["content", "sent_at", "changed_at"])
    if registration is not None and link_registration(invitation, registration):
        return confirm_address(registration_id=registration.pk)
    return registration


@transaction.atomic
def confirm_address(*, registration_id: UUID) -> Registration:
    """The address is proved; confirming again changes nothing. Where no officer decides, this approves.

    Raises Refused when the registration was withdrawn or its time ran out.
    """
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if registration.confirmed_at is not None:
        return registration
    if registration.state == State.WAITLISTED:
        return prove_on_list(registration)
    if registration.category.needs_review:
        return move(registration, to=State.SUBMITTED, who=Who.GUEST, by=GUEST)
    return move(registration, to=State.APPROVED, who=Who.SYSTEM, by=SYSTEM)


def expire_unconfirmed(*, limit: int = 1_000) -> int:
    """Give back the places of those who never confirmed; answers how many. One transaction each, so none waits."""
    due = Registration.objects.never_confirmed(timezone.now(), timedelta(seconds=CONFIRM_WITHIN))
    expired = 0
    for registration_id in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
            if registration.is_unproved:  # confirmed since the list was read: leave it
                move(registration, to=State.EXPIRED, who=Who.SYSTEM, by=SYSTEM)
                expired += 1
    return expired
