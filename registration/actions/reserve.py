"""A delegation's own waiting list, where it moves by itself: whoever can have a free place has it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from plenary.core.actions import SYSTEM
from registration.actions.places import take_free_place
from registration.actions.transitions import first_in_reserve, move_up, tell_moved_up
from registration.models import Category, DelegationQuota, Registration
from registration.rules import State
from registration.rules.delegations import ReserveOrder


def fill_from_reserve(
    *, delegation_id: UUID | None = None, category: Category | None = None, limit: int = 1_000
) -> int:
    """Let move up who can, where that goes by itself: after a quota was raised, and now and then by the worker, should a
    place have been freed at the very moment somebody was put on the list. Answers how many."""
    waits = Registration.objects.filter(
        delegation=OuterRef("delegation"), category=OuterRef("category"), state=State.RESERVE
    )
    free = Q(category__quota__isnull=True) | Q(category__taken__lt=F("category__quota"))
    found = DelegationQuota.objects.filter(
        free, Exists(waits), taken__lt=F("places"), delegation__reserve_order=ReserveOrder.AUTOMATIC
    )
    if delegation_id is not None:
        found = found.filter(delegation=delegation_id)
    if category is not None:
        found = found.filter(category=category)
    moved = 0
    for quota in found.select_related("category__event").order_by("delegation__created_at", "pk"):
        if not quota.category.event.takes_registrations:
            continue
        while moved < limit and _move_up_first(quota):
            moved += 1
    return moved


@transaction.atomic
def _move_up_first(quota: DelegationQuota) -> bool:
    heir = first_in_reserve(quota.category, quota.delegation_id)
    if heir is None or not take_free_place(quota.category, quota.delegation_id):
        return False
    move_up(heir, by=SYSTEM)
    tell_moved_up(heir)
    return True
