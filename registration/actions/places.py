"""Counts places: of a category, of a delegation in it, and of those who wait. The statement that checks also counts."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q
from django.db.models.expressions import Combinable

from plenary.core.actions import refresh_public_pages
from registration.models import Category, DelegationQuota
from registration.rules import WaitingList

_FREE = Q(quota__isnull=True) | Q(taken__lt=F("quota"))
_NOBODY_WAITS = Q(quota__isnull=True) | Q(waiting=0) | Q(waiting_list=WaitingList.OFF)


def take_place(category: Category, delegation_id: UUID | None = None) -> bool:
    """Count one more place for somebody new; False when there is none left, or somebody waits for it.

    The statement that checks is the one that counts. Members of delegations are invited: they pass those who wait.
    """
    if delegation_id is not None:
        return take_free_place(category, delegation_id)
    return _count(category, _FREE & _NOBODY_WAITS)


def take_free_place(category: Category, delegation_id: UUID | None = None) -> bool:
    """Count one more place for somebody from the waiting list, or whom staff let in past it; False when none is left.

    A delegation's own places are counted first and the category's last, because everybody waits for that row.
    """
    if delegation_id is not None and not _take_of_delegation(category, delegation_id):
        return False
    if _count(category, _FREE):
        return True
    if delegation_id is not None:
        give_back_to_delegation(category, delegation_id)
    return False


def _count(category: Category, free: Q) -> bool:
    if Category.objects.filter(free, pk=category.pk).update(taken=F("taken") + 1) != 1:
        return False
    _show_if(category, now_taken=F("quota"))  # the last place: visitors now read "fully booked"
    return True


def _take_of_delegation(category: Category, delegation_id: UUID) -> bool:
    free = DelegationQuota.objects.filter(delegation=delegation_id, category=category, taken__lt=F("places"))
    return free.update(taken=F("taken") + 1) == 1


def give_back_to_delegation(category: Category, delegation_id: UUID) -> None:
    """One place less is taken of the delegation's own."""
    held = DelegationQuota.objects.filter(delegation=delegation_id, category=category, taken__gt=0)
    held.update(taken=F("taken") - 1)


def count_waiting(category: Category, by: int) -> None:
    """One more, or one less, who waits with a proved address."""
    Category.objects.filter(pk=category.pk).update(waiting=F("waiting") + by)
    if by < 0 and Category.objects.filter(pk=category.pk, waiting=0, taken__lt=F("quota")).exists():
        refresh_public_pages()  # nobody waits any more, and a place is free: open again


def release_place(category: Category, delegation_id: UUID | None = None) -> None:
    """Give a place back, to the delegation too that it came from."""
    if delegation_id is not None:
        give_back_to_delegation(category, delegation_id)
    Category.objects.filter(pk=category.pk, taken__gt=0).update(taken=F("taken") - 1)
    _show_if(category, now_taken=F("quota") - 1)  # the first free place again


def _show_if(category: Category, *, now_taken: Combinable) -> None:
    """Let kept pages go stale when what they say of this category has just changed, and only then."""
    if category.quota is not None and Category.objects.filter(pk=category.pk, taken=now_taken).exists():
        refresh_public_pages()
