"""The waiting list: joined instead of a place, offered a place in order or by hand, accepted, left, or lapsed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, SYSTEM, Actor, record_history
from registration import emails
from registration.actions.places import count_waiting
from registration.actions.posting import post_to_guest
from registration.actions.transitions import Refused, move, offer_next
from registration.actions.vetting import DecisionReport
from registration.models import Category, Registration
from registration.rules import State, WaitingList, Who


def prove_on_list(registration: Registration) -> Registration:
    """The address of somebody on the list is proved: from now on they count. The caller holds the lock.

    A place that became free while nobody with a proved address waited is offered at once.
    """
    registration.confirmed_at = timezone.now()
    registration.version += 1
    registration.save(update_fields=["confirmed_at", "version", "changed_at"])
    record_history(registration, verb="waitlisted", by=GUEST, event=registration.event)
    category = registration.category
    count_waiting(category, 1)
    if category.waiting_list == WaitingList.AUTOMATIC and offer_next(category) is not None:
        registration.refresh_from_db(fields=["state", "offer_expires_at", "version"])
    if registration.state == State.WAITLISTED:
        position = Registration.objects.position_of(registration)
        post_to_guest(
            emails.on_waiting_list(registration, position), registration, occasion=f"waitlisted:{registration.pk}"
        )
    return registration


@transaction.atomic
def accept_offer(*, registration_id: UUID) -> Registration:
    """Take the offered place; taking it again changes nothing. Raises Refused once its time is over."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if registration.state in {State.SUBMITTED, State.PAYMENT_DUE, State.APPROVED}:
        return registration
    if registration.state != State.OFFERED:
        raise Refused(_("No place is offered to you now."))
    if registration.offer_expires_at is not None and registration.offer_expires_at < timezone.now():
        raise Refused(_("The time to accept this place is over: it goes to somebody else."))
    if registration.category.needs_review:
        return move(registration, to=State.SUBMITTED, who=Who.GUEST, by=GUEST)
    return move(registration, to=State.APPROVED, who=Who.SYSTEM, by=SYSTEM)


def offer_places(registration_ids: Iterable[UUID], *, hours: int, by: Actor) -> DecisionReport:
    """Offer places by hand, in the order given, for so many hours; whoever finds none left holds up nobody."""
    report = DecisionReport()
    for registration_id in registration_ids:
        try:
            _offer_one(registration_id, hours=hours, by=by)
        except Registration.DoesNotExist:
            report.refused[registration_id] = _("This registration no longer exists.")
        except Refused as refusal:
            report.refused[registration_id] = str(refusal)
        else:
            report.done.append(registration_id)
    return report


@transaction.atomic
def _offer_one(registration_id: UUID, *, hours: int, by: Actor) -> None:
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    registration.offer_expires_at = timezone.now() + timedelta(hours=hours)
    move(registration, to=State.OFFERED, who=Who.OFFICER, by=by)


def expire_offers(*, limit: int = 1_000) -> int:
    """Take back places nobody accepted in time; each goes on to the next in the same transaction. Answers how many."""
    due = Registration.objects.offers_over(timezone.now()).values_list("pk", flat=True)
    expired = 0
    for registration_id in list(due[:limit]):
        with transaction.atomic():
            registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
            over = registration.offer_expires_at and registration.offer_expires_at < timezone.now()
            if registration.state == State.OFFERED and over:  # accepted since the list was read: leave it
                move(registration, to=State.EXPIRED, who=Who.SYSTEM, by=SYSTEM)
                expired += 1
    return expired


def offer_free_places(category: Category | None = None, *, limit: int = 1_000) -> int:
    """Offer what is free to those who wait, where that goes by itself: after a quota was raised, and now and then by
    the worker, should a place have been freed at the very moment somebody joined. Answers how many offers were made."""
    free = Q(quota__isnull=True) | Q(taken__lt=F("quota"))
    found = Category.objects.filter(free, waiting__gt=0, waiting_list=WaitingList.AUTOMATIC).select_related("event")
    if category is not None:
        found = found.filter(pk=category.pk)
    offered = 0
    for one in found:
        if not one.event.takes_registrations:
            continue
        while offered < limit and _offer_in_turn(one):
            offered += 1
    return offered


@transaction.atomic
def _offer_in_turn(category: Category) -> bool:
    return offer_next(category) is not None
