"""Set up, change and remove badge designs."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from checkin.models import BadgeDesign, DesignedCategory
from plenary.core.actions import Actor, record_history
from registration.models import Category


@transaction.atomic
def save_design(design: BadgeDesign, *, categories: Iterable[Category], by: Actor) -> BadgeDesign:
    """Write a new or changed design and the categories that have it; those leave the design they had before."""
    verb = "badge_design_changed" if design.pk else "badge_design_added"
    chosen = list(categories)
    if {category.event_id for category in chosen} - {design.event_id}:
        raise ValueError("a category belongs to another event")
    design.full_clean()
    design.save()
    DesignedCategory.objects.filter(design=design).exclude(category__in=chosen).delete()
    for category in chosen:
        DesignedCategory.objects.update_or_create(category=category, defaults={"design": design})
    record_history(design, verb=verb, by=by, event=design.event, data={"categories": [one.slug for one in chosen]})
    return design


@transaction.atomic
def remove_design(design: BadgeDesign, *, by: Actor) -> None:
    """Delete a design; its categories are printed on A6 again."""
    record_history(design.event, verb="badge_design_removed", by=by, event=design.event, data={"name": design.name})
    design.delete()
