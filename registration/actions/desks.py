"""A desk gives its verdict, revises it, and a second officer agrees or not. Constraints decide when two speak at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration.actions.overtaken import overtaken
from registration.actions.standing import REVIEWED, refresh_standing, route_of, speakers, standing_of, standings_of
from registration.actions.transitions import Refused, move
from registration.models import CategoryDesk, Desk, InformationRequest, ReasonCode, Registration, Review
from registration.rules import RouteStanding, State, Verdict, Who


def seen_token(review: Review | None) -> str:
    """What an officer saw of the own desk's verdict when the page was made; sent along with the next one."""
    return f"{review.pk}:{review.officers}" if review else ""


def give_verdict(
    *,
    registration_id: UUID,
    desk: Desk,
    verdict: Verdict,
    by: Actor,
    reason_code: ReasonCode | None = None,
    note: str = "",
    fields: Sequence[str] = (),
    seen: str = "",
    expected_version: int | None = None,
) -> Review:
    """Say what a desk thinks of a registration. Where the desk speaks with four eyes, the second officer who says the
    same makes it count, and one who says something else begins a new round.

    To ask the guest is a verdict too: `note` is the question then and `fields` what is to be filled in again.
    Raises Refused, with what to do instead.
    """
    try:
        with transaction.atomic():
            return _give(registration_id, desk, verdict, by, reason_code, note.strip(), fields, seen, expected_version)
    except IntegrityError as error:
        raise Refused(overtaken(Registration.objects.get(pk=registration_id), desk=desk)) from error


def _give(
    registration_id: UUID,
    desk: Desk,
    verdict: Verdict,
    by: Actor,
    reason_code: ReasonCode | None,
    note: str,
    fields: Sequence[str],
    seen: str,
    expected_version: int | None,
) -> Review:
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if expected_version is not None and registration.version != expected_version:
        raise Refused(overtaken(registration))
    stop = _check_turn(registration, desk, by)
    check_reason(verdict, reason_code, note)
    current = Review.objects.counting(registration).filter(desk=desk).first()
    if seen != seen_token(current):
        raise Refused(overtaken(registration, desk=desk))
    if current is not None and stop.four_eyes and current.officers == 1 and current.verdict == verdict:
        if current.officer_id == (by.user and by.user.pk):
            raise Refused(_("You have given the first opinion. A second officer of your desk has to agree."))
        review = _second(current, by, note)
    else:
        if current is not None:
            _close(current, by)
        review = _first(registration, desk, verdict, by, reason_code, note)
    record_history(
        registration,
        verb="verdict",
        by=by,
        event=registration.event,
        data={
            "desk": desk.slug,
            "verdict": verdict.value,
            "code": reason_code.slug if reason_code else "",
            "round": review.round,
            "officers": review.officers,
            "of": 2 if stop.four_eyes and verdict != Verdict.ASK else 1,
        },
    )
    if verdict == Verdict.ASK:
        registration.asked_fields = list(fields)
        move(registration, to=State.INFORMATION_REQUESTED, who=Who.OFFICER, by=by, reason=note)
        InformationRequest.objects.filter(registration=registration, closed_at=None).update(desk=desk)
    refresh_standing(registration)
    return review


def _check_turn(registration: Registration, desk: Desk, by: Actor) -> CategoryDesk:
    """The desk's stop on the route; raises Refused where it is not this officer's, this desk's or this moment's turn."""
    if by.user is None or not by.user.groups.filter(pk=desk.group_id).exists():
        raise Refused(_("You are not an officer of this desk: %(desk)s.") % {"desk": desk})
    route = route_of(registration)
    if registration.state not in REVIEWED and desk.pk not in speakers(registration, route):
        raise Refused(
            _("This registration is “%(state)s”: no desk is asked any more.")
            % {"state": registration.get_state_display()}
        )
    stop = next((found for found in route if found.desk_id == desk.pk), None)
    if stop is None:
        raise Refused(_("This desk does not look at this category: %(desk)s.") % {"desk": desk})
    standing = standing_of(registration, route)
    if not standing.may_speak(desk.slug):
        raise Refused(
            _("Other desks come first: %(desks)s.") % {"desks": desk_names(route, standing.missing, before=stop.step)}
            if not standing.vetoed_by
            else _("Another desk has objected, which settles the case.")
        )
    return stop


def desk_names(route: Sequence[CategoryDesk], slugs: Sequence[str], before: int | None = None) -> str:
    """Names of desks for a sentence."""
    found = [str(stop.desk) for stop in route if stop.desk.slug in slugs and (before is None or stop.step < before)]
    return _(", ").join(found)


def check_reason(verdict: Verdict, code: ReasonCode | None, note: str) -> None:
    """Raise Refused where a reason is missing, or does not belong to the verdict."""
    if verdict == Verdict.ASK and not note:
        raise Refused(_("Write what you ask for: the guest will read it."))
    if code is not None and (not code.active or verdict not in code.verdicts):
        raise Refused(_("This reason does not belong to this verdict. Choose another."))
    if verdict == Verdict.OBJECT and code is None:
        if any(verdict in known.verdicts for known in ReasonCode.objects.filter(active=True)):
            raise Refused(_("Choose the reason of the objection."))
        if not note:
            raise Refused(_("Write why your desk objects."))
    if code is not None and code.needs_text and not note:
        raise Refused(_("This reason needs a note as well."))


def _first(
    registration: Registration, desk: Desk, verdict: Verdict, by: Actor, code: ReasonCode | None, note: str
) -> Review:
    if by.user is None:
        raise Refused(_("You are not an officer of this desk: %(desk)s.") % {"desk": desk})
    rounds = Review.objects.filter(registration=registration, desk=desk).aggregate(last=Max("round"))
    return Review.objects.create(
        registration=registration,
        desk=desk,
        round=(rounds["last"] or 0) + 1,
        verdict=verdict,
        reason_code=code,
        note=note,
        officer=by.user,
    )


def _second(review: Review, by: Actor, note: str) -> Review:
    review.second_officer, review.second_note, review.seconded_at = by.user, note, timezone.now()
    review.save(update_fields=["second_officer", "second_note", "seconded_at"])
    return review


def _close(review: Review, by: Actor) -> None:
    mine = by.user is not None and review.officer_id == by.user.pk
    review.closed = Review.Closed.REVISED if mine or review.officers == 2 else Review.Closed.OVERRULED
    review.closed_at = timezone.now()
    review.save(update_fields=["closed", "closed_at"])


def check_route(registration: Registration, to: State) -> None:
    """Raise Refused while the desks of the route have not settled it, or while a likeness to the watch list stands."""
    if why := route_objections([registration], to).get(registration.pk):
        raise Refused(why)


def route_objections(registrations: Sequence[Registration], to: State) -> dict[UUID, str]:
    """Of many, those whom their desks, or the watch list, keep from this decision, with the reason. In three statements.

    Each member of a delegation has the route of the own category: deciding a delegation as one takes nothing away from a
    desk, and no officer's decision stands for a second pair of eyes.
    """
    if to not in {State.APPROVED, State.PAYMENT_DUE, State.REJECTED}:
        return {}
    routes: dict[int, list[CategoryDesk]] = {}
    stops = CategoryDesk.objects.filter(category__in={one.category_id for one in registrations})
    for stop in stops.select_related("desk").order_by("step", "desk"):
        routes.setdefault(stop.category_id, []).append(stop)
    standings = standings_of(registrations)
    found = {}
    for one in registrations:
        why = _objection(one, to, routes.get(one.category_id, []), standings.get(one.pk, RouteStanding({})))
        if why:
            found[one.pk] = why
    return found


def _objection(registration: Registration, to: State, route: list[CategoryDesk], standing: RouteStanding) -> str:
    if standing.missing:
        return _("These desks have not spoken yet: %(desks)s.") % {"desks": desk_names(route, standing.missing)}
    if to == State.REJECTED:
        return ""
    if standing.vetoed_by:
        return _("A desk with a veto objects: %(desk)s.") % {"desk": desk_names(route, [standing.vetoed_by])}
    if standing.nobody_looked:
        return _("Every desk has passed this on. One of them has to say that there is no objection.")
    if registration.watch_level:
        return _("The security desk has not released this registration. Talk to them before you approve.")
    return ""
