"""What staff set up for vetting: desks, the route of each category, reason codes."""

from __future__ import annotations

from django.db import transaction

from plenary.core.actions import Actor, record_history
from registration.actions.standing import REVIEWED, refresh_standing
from registration.models import Category, CategoryDesk, Desk, ReasonCode, Registration


@transaction.atomic
def save_desk(desk: Desk, *, by: Actor) -> Desk:
    """Add or change a desk."""
    is_new = desk.pk is None
    desk.save()
    record_history(desk, verb="desk_added" if is_new else "desk_changed", by=by)
    return desk


@transaction.atomic
def save_stop(stop: CategoryDesk, *, by: Actor) -> CategoryDesk:
    """Add or change a stop of a category's route; registrations under review follow in the background."""
    is_new = stop.pk is None
    stop.save()
    _route_changed(stop, "stop_added" if is_new else "stop_changed", by)
    return stop


@transaction.atomic
def remove_stop(stop: CategoryDesk, *, by: Actor) -> None:
    """Take a desk off a route. What it said stays in the history and counts no longer."""
    _route_changed(stop, "stop_removed", by)
    stop.delete()


@transaction.atomic
def save_reason_code(code: ReasonCode, *, by: Actor) -> ReasonCode:
    """Add or change a reason; one that was used stays, taken out of use where nobody is to choose it any more."""
    is_new = code.pk is None
    code.save()
    record_history(code, verb="reason_added" if is_new else "reason_changed", by=by)
    return code


def _route_changed(stop: CategoryDesk, verb: str, by: Actor) -> None:
    category = stop.category
    data = {"desk": stop.desk.slug, "step": stop.step, "four_eyes": stop.four_eyes, "veto": stop.may_veto}
    record_history(category, verb=verb, by=by, event=category.event, data=data)
    transaction.on_commit(lambda: _enqueue(category.pk), robust=True)


def _enqueue(category_id: int) -> None:
    from registration.tasks import follow_route

    follow_route.enqueue(category_id)


def refresh_category(category: Category) -> int:
    """Work out anew where the desks stand with everybody under review; answers how many."""
    ids = Registration.objects.filter(category=category, state__in=REVIEWED).values_list("pk", flat=True)
    done = 0
    for pk in list(ids):
        with transaction.atomic():
            registration = Registration.objects.select_for_update(of=("self",)).filter(pk=pk).first()
            if registration is not None:
                refresh_standing(registration)
                done += 1
    return done
