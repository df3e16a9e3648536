"""What an event offers: its categories. Visitors see the change at once."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from plenary.core.actions import Actor, record_history, refresh_public_pages
from registration.actions.reserve import fill_from_reserve
from registration.actions.waiting import offer_free_places
from registration.models import Category

COUNTED = frozenset({"taken", "waiting"})  # kept by signing up and by the waiting list


@transaction.atomic
def save_category(category: Category, *, by: Actor) -> Category:
    """Add or change a category. The count of its places is kept by signing up and never written here."""
    is_new = category.pk is None
    if is_new:
        category.save(force_insert=True)
    else:
        fields = [f.name for f in Category._meta.concrete_fields if not f.primary_key and f.name not in COUNTED]
        category.save(update_fields=fields)
    record_history(category, verb="category_added" if is_new else "category_changed", by=by, event=category.event)
    refresh_public_pages()
    # Delegations' lists after the commit: their own places are locked before the category's, never after it.
    transaction.on_commit(partial(fill_from_reserve, category=category))
    # A raised quota frees places: who waits gets them before anybody new.
    offer_free_places(category)
    return category
