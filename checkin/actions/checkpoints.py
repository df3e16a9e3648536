"""Set up and change checkpoints."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from checkin.models import Checkpoint, Right
from plenary.core.actions import Actor, record_history
from registration.models import Category


@transaction.atomic
def save_checkpoint(
    checkpoint: Checkpoint,
    *,
    categories: Iterable[Category],
    rights: Iterable[Right] = (),
    escorted: Iterable[Category] = (),
    by: Actor,
) -> Checkpoint:
    """Write a new or changed checkpoint with the categories and rights it lets pass, and the categories that need an
    escort; doors hear of it with their next request."""
    verb = "checkpoint_changed" if checkpoint.pk else "checkpoint_added"
    chosen, opening, accompanied = list(categories), list(rights), list(escorted)
    events = {category.event_id for category in (*chosen, *accompanied)} | {right.event_id for right in opening}
    if events - {checkpoint.event_id}:
        raise ValueError("a category or a right belongs to another event")
    checkpoint.rights = sum({right.mask for right in opening})
    checkpoint.full_clean()
    checkpoint.save()
    checkpoint.categories.set(chosen)
    checkpoint.escorted.set(accompanied)
    record_history(checkpoint, verb=verb, by=by, event=checkpoint.event, data={"active": checkpoint.active})
    return checkpoint
