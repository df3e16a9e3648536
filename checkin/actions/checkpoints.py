"""Set up and change checkpoints."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from checkin.models import Checkpoint
from plenary.core.actions import Actor, record_history
from registration.models import Category


@transaction.atomic
def save_checkpoint(checkpoint: Checkpoint, *, categories: Iterable[Category], by: Actor) -> Checkpoint:
    """Write a new or changed checkpoint with the categories it lets pass; doors hear of it with their next request."""
    verb = "checkpoint_changed" if checkpoint.pk else "checkpoint_added"
    chosen = list(categories)
    if any(category.event_id != checkpoint.event_id for category in chosen):
        raise ValueError("a category belongs to another event")
    checkpoint.full_clean()
    checkpoint.save()
    checkpoint.categories.set(chosen)
    record_history(checkpoint, verb=verb, by=by, event=checkpoint.event, data={"active": checkpoint.active})
    return checkpoint
