"""Name the rights of an event, let categories carry them, give them to single guests."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkin.models import Checkpoint, Credential, Right
from plenary.core.actions import Actor, record_history
from registration.actions.locking import lock_then_read
from registration.models import Category


@transaction.atomic
def save_right(right: Right, *, categories: Iterable[Category], by: Actor) -> Right:
    """Write a new or changed right and the categories that carry it. No badge has to be printed again: doors ask the
    list, and read the badge's own bits only where they have none. Raises ValidationError when all fifteen are taken."""
    chosen = {category.pk for category in categories if category.event_id == right.event_id}
    verb = "badge_right_changed" if right.pk else "badge_right_added"
    if not right.pk:
        bit = Right.objects.free_bit(right.event)
        if bit is None:
            raise ValidationError(_("An event can have fifteen badge rights, because a badge has no room for more."))
        right.bit = bit
    try:
        with transaction.atomic():
            right.save()
    except IntegrityError as error:  # two were added at the same moment
        raise ValidationError(_("Somebody else has just added a right. Save again.")) from error
    for category in Category.objects.select_for_update().filter(event=right.event):
        _carry(category, right, carried=category.pk in chosen)
    record_history(right, verb=verb, by=by, event=right.event, data={"categories": sorted(chosen)})
    return right


def _carry(category: Category, right: Right, *, carried: bool) -> None:
    rights = category.rights | right.mask if carried else category.rights & ~right.mask
    if rights == category.rights:
        return
    Category.objects.filter(pk=category.pk).update(rights=rights)
    Credential.objects.filter(registration__category=category).update(changed_at=timezone.now())  # doors hear of it


@transaction.atomic
def remove_right(right: Right, *, by: Actor) -> None:
    """Take a right away from everybody and everything: checkpoints that asked for it, categories, single guests."""
    event = right.event
    for category in Category.objects.select_for_update().filter(event=event):
        _carry(category, right, carried=False)
    holders = Credential.objects.filter(event=event).annotate(held=F("granted").bitand(right.mask)).filter(held__gt=0)
    holders.update(granted=F("granted").bitand(2**16 - 1 - right.mask), changed_at=timezone.now())
    Checkpoint.objects.filter(event=event).update(rights=F("rights").bitand(2**16 - 1 - right.mask))
    record_history(event, verb="badge_right_removed", by=by, event=event, data={"name": str(right), "bit": right.bit})
    right.delete()


@transaction.atomic
def grant_rights(credential: Credential, rights: Iterable[Right], *, by: Actor) -> Credential:
    """Let one guest carry exactly these rights beside the category's. The printed badge stays good."""
    locked = lock_then_read(Credential.objects.select_related("event", "registration"), credential.pk)
    chosen = [right for right in rights if right.event_id == locked.event_id]
    granted = sum(right.mask for right in chosen)
    if granted == locked.granted:
        return locked
    locked.granted, locked.changed_at = granted, timezone.now()
    locked.save(update_fields=["granted", "changed_at"])
    record_history(
        locked.registration,
        verb="badge_rights_granted",
        by=by,
        event=locked.event,
        data={"rights": [str(right) for right in chosen]},
    )
    return locked
