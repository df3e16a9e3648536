"""What staff define about money: fees and who pays in a guest's place. Orders already made keep their prices."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from plenary.core.actions import Actor, record_history
from plenary.core.names import fold
from registration.models import Category, Fee, Sponsorship


@transaction.atomic
def save_fee(fee: Fee, *, categories: Iterable[Category], by: Actor) -> Fee:
    """Add or change a fee and the categories it is for."""
    is_new = fee.pk is None
    fee.save()
    fee.categories.set(categories)
    verb = "fee_added" if is_new else "fee_changed"
    record_history(fee, verb=verb, by=by, event=fee.event, data={"amount": fee.amount.plain()})
    return fee


@transaction.atomic
def remove_fee(fee: Fee, *, by: Actor) -> None:
    """Ask it no more; orders that name it keep their lines."""
    record_history(fee, verb="fee_removed", by=by, event=fee.event, data={"amount": fee.amount.plain()})
    fee.delete()


@transaction.atomic
def save_sponsorship(sponsorship: Sponsorship, *, by: Actor) -> Sponsorship:
    """Add or change who pays. It holds for those who are approved from now on."""
    is_new = sponsorship._state.adding
    sponsorship.organisation_key = fold(sponsorship.organisation)[:300]
    if is_new:
        sponsorship.save(force_insert=True)
    else:
        fields = [f.name for f in Sponsorship._meta.concrete_fields if not f.primary_key and f.name != "used"]
        sponsorship.save(update_fields=fields)
    verb = "sponsor_added" if is_new else "sponsor_changed"
    record_history(sponsorship, verb=verb, by=by, event=sponsorship.event, data={"places": sponsorship.places})
    return sponsorship
