"""Keeps where each desk stands with a registration, through every step it takes. The rules are in rules.desks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from plenary.core.actions import Actor
from registration.models import CategoryDesk, DeskStanding, Hold, InformationRequest, Registration, Review
from registration.rules import TO_ACT, Opinion, RouteStanding, State, Verdict, stand

REVIEWED = frozenset({State.SUBMITTED, State.INFORMATION_REQUESTED})  # desks may speak
ADMITTED = frozenset({State.APPROVED, State.PAYMENT_DUE})  # desks may speak again, after a material change


def route_of(registration: Registration) -> list[CategoryDesk]:
    """The stops of its category in their order, with their desks."""
    return list(
        CategoryDesk.objects.filter(category=registration.category_id).select_related("desk").order_by("step", "desk")
    )


def standing_of(registration: Registration, route: list[CategoryDesk] | None = None) -> RouteStanding:
    """Where the desks stand, worked out from what they said; nothing where the category has no route."""
    stops = route_of(registration) if route is None else route
    if not stops:
        return RouteStanding({})
    opinions = [
        Opinion(review.desk.slug, Verdict(review.verdict), review.officers)
        for review in Review.objects.counting(registration)
    ]
    return stand([stop.stop for stop in stops], opinions)


def standings_of(registrations: Sequence[Registration]) -> dict[UUID, RouteStanding]:
    """The same for many, in two statements; those whose category has no route are left out."""
    routes: dict[int, list[CategoryDesk]] = {}
    for stop in CategoryDesk.objects.filter(category__in={one.category_id for one in registrations}).select_related(
        "desk"
    ):
        routes.setdefault(stop.category_id, []).append(stop)
    routed = [one for one in registrations if one.category_id in routes]
    said: dict[UUID, list[Opinion]] = {one.pk: [] for one in routed}
    for review in Review.objects.filter(registration__in=routed, closed="").select_related("desk"):
        opinion = Opinion(review.desk.slug, Verdict(review.verdict), review.officers)
        said[review.registration_id].append(opinion)
    return {one.pk: stand([stop.stop for stop in routes[one.category_id]], said[one.pk]) for one in routed}


def ripe(registrations: Sequence[Registration], *, to: State) -> list[Registration]:
    """Those of whom the desks of their route have said what this decision needs; who has no route is always ripe."""
    standings = standings_of(registrations)
    return [one for one in registrations if one.pk not in standings or standings[one.pk].allows(to)]


def speakers(registration: Registration, route: Sequence[CategoryDesk]) -> set[int]:
    """The desks that may speak in this state: all under review; once admitted, those whose verdict a material change ended.
    The badge stays meanwhile: whoever may cancel it reads what the desk says now."""
    if registration.state in REVIEWED:
        return {stop.desk_id for stop in route}
    if registration.state not in ADMITTED:
        return set()
    since = registration.decided_at or timezone.now()
    ended = Review.objects.filter(registration=registration, closed=Review.Closed.CHANGED, closed_at__gte=since)
    waiting = DeskStanding.objects.filter(registration=registration, state__in=[state.value for state in TO_ACT])
    return {*ended.values_list("desk", flat=True), *waiting.values_list("desk", flat=True)}


def refresh_standing(registration: Registration) -> RouteStanding:
    """Write down where the desks stand, for the queue. Called inside the transaction of what changed it."""
    route = route_of(registration)
    standing = standing_of(registration, route)
    if not route:
        return standing
    now = timezone.now()
    known = {row.desk_id: row for row in DeskStanding.objects.filter(registration=registration)}
    open_to = speakers(registration, route)
    for stop in route:
        state = standing.states[stop.desk.slug]
        row = known.pop(stop.desk_id, None)
        if stop.desk_id not in open_to and state in TO_ACT:
            # Decided without this desk, or withdrawn: nothing is left for it to do.
            if row is not None:
                row.delete()
        elif row is None:
            DeskStanding.objects.create(registration=registration, desk=stop.desk, state=state, since=now)
        elif row.state != state:
            DeskStanding.objects.filter(pk=row.pk).update(state=state, since=now)
    for row in known.values():
        row.delete()
    return standing


def due_date(registration: Registration) -> None:
    """It comes under review now: from here its waiting is counted. The caller saves."""
    registration.waiting_since = timezone.now()
    registration.late_at = registration.waiting_since + timedelta(days=registration.category.decide_within)


def follow_step(registration: Registration, *, before: State, by: Actor, reason: str) -> None:
    """What a step from state to state means for the desks, for the open request and for what is to be checked."""
    state = State(registration.state)
    now = timezone.now()
    if before == State.INFORMATION_REQUESTED:
        _close_request(registration, answered=state == State.SUBMITTED and by.user is None)
        Review.objects.filter(registration=registration, closed="", verdict=Verdict.ASK).update(
            closed=Review.Closed.ANSWERED, closed_at=now
        )
    if before == State.REJECTED and state == State.SUBMITTED:
        Review.objects.filter(registration=registration, closed="").exclude(verdict=Verdict.CLEAR).update(
            closed=Review.Closed.REOPENED, closed_at=now
        )
    if state == State.INFORMATION_REQUESTED:
        InformationRequest.objects.create(
            registration=registration,
            fields=registration.asked_fields,
            text=reason,
            officer=by.user,
            officer_label=by.label[:120],
        )
    if state in REVIEWED or before in REVIEWED:
        refresh_standing(registration)
    if registration.held_until and state not in REVIEWED:
        Hold.objects.filter(registration=registration, ended_at=None).update(ended_at=now)
        Registration.objects.filter(pk=registration.pk).update(held_until=None)
    if state == State.SUBMITTED:
        check_soon(registration)


def _close_request(registration: Registration, *, answered: bool) -> None:
    for request in InformationRequest.objects.filter(registration=registration, closed_at=None):
        request.closed_at, request.answered = timezone.now(), answered
        replies = registration.reply_list
        request.reply = replies[-1]["text"] if answered and replies else ""
        request.save(update_fields=["closed_at", "answered", "reply"])


def check_soon(registration: Registration) -> None:
    """Have it compared with others and with the watch list once this has committed. Upkeep finds it if that is lost."""
    Registration.objects.filter(pk=registration.pk).update(checked_at=None)
    registration.checked_at = None
    transaction.on_commit(lambda: _enqueue(str(registration.pk)), robust=True)


def _enqueue(registration_id: str) -> None:
    from registration.tasks import check_registration

    check_registration.enqueue(registration_id)
