"""One step of a registration from state to state, with all that goes with it: place, history, mail, credential."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from plenary.core.actions import SYSTEM, Actor, record_history
from registration import emails
from registration.actions.ended_orders import close_order
from registration.actions.orders import open_order
from registration.actions.places import count_waiting, give_back_to_delegation, release_place, take_free_place
from registration.actions.posting import post, post_to_guest
from registration.actions.standing import due_date, follow_step
from registration.models import Category, Delegation, DelegationQuota, Registration
from registration.rules import HOLDS_PLACE, LIVE, State, WaitingList, Who, transition
from registration.rules.delegations import ReserveOrder


class Refused(Exception):
    """The step may not be taken; the text says why, to the person who asked for it, in the active language."""


def check_step(registration: Registration, *, to: State, who: Who, reason: str) -> None:
    """Raise Refused unless the table allows this step to this asker."""
    step = transition(registration.state, to)
    if step is None or who not in step.who:
        raise Refused(
            _("This registration is “%(state)s”: it cannot become “%(target)s”.")
            % {"state": registration.get_state_display(), "target": to.label}
        )
    if step.needs_reason and not reason.strip():
        raise Refused(_("Give a reason: the guest will read it."))


def move(registration: Registration, *, to: State, who: Who, by: Actor, reason: str = "") -> Registration:
    """Take one step of the table. The caller holds the row's lock and the transaction.

    Raises Refused where the table does not know the step, where it needs a reason and got none, and where a
    registration that held no place finds none left.
    """
    before = State(registration.state)
    waited = before == State.WAITLISTED and registration.confirmed_at is not None
    take_step(registration, to=to, who=who, by=by, reason=reason)
    # Last, because the category's row is locked from here to the commit and everybody signs up through it.
    if before in HOLDS_PLACE and to not in HOLDS_PLACE:
        pass_on_place(registration.category, registration.delegation_id)
    needs_place = before not in HOLDS_PLACE and to in HOLDS_PLACE
    if needs_place and not take_free_place(registration.category, registration.delegation_id):
        raise Refused(_no_place(registration))
    if waited:
        count_waiting(registration.category, -1)
    return registration


def _no_place(registration: Registration) -> str:
    if registration.delegation_id is None:
        return _("No place is left in this category.")
    return _("No place is left in this category, or none of those the delegation has.")


def take_step(registration: Registration, *, to: State, who: Who, by: Actor, reason: str = "") -> None:
    """All of `move` but the count of places: for a place that passes on to somebody else in the same transaction."""
    check_step(registration, to=to, who=who, reason=reason)
    if to == State.OFFERED and registration.confirmed_at is None:
        raise Refused(_("This guest's address is not proved yet: no place can be offered."))
    before = State(registration.state)
    if to == State.APPROVED and before != State.PAYMENT_DUE and open_order(registration):
        to = State.PAYMENT_DUE
    elif before == State.PAYMENT_DUE and to != State.APPROVED:
        close_order(registration)
    _write_state(registration, to=to, reason=reason)
    record_history(
        registration,
        verb=to.value,
        by=by,
        event=registration.event,
        reason=reason,
        data={"from": before.value, "to": to.value},
    )
    follow_step(registration, before=before, by=by, reason=reason)
    _tell_guest(registration, before=before, reason=reason)
    if to == State.APPROVED:
        import_string(settings.PLENARY_ISSUE_CREDENTIALS)([registration])
    elif before == State.APPROVED:
        import_string(settings.PLENARY_WITHDRAW_CREDENTIALS)([registration])
    if registration.delegation_id is not None and who in {Who.OFFICER, Who.SYSTEM}:
        Delegation.objects.filter(pk=registration.delegation_id, news_since__isnull=True).update(
            news_since=timezone.now()
        )


def pass_on_place(category: Category, delegation_id: UUID | None = None) -> None:
    """A place is free: it goes to the first on the delegation's own list, then to the first on the category's, where
    that goes by itself; else it is given back."""
    if delegation_id is not None and _pass_on_within(category, delegation_id):
        return
    goes_by_itself = category.waiting_list == WaitingList.AUTOMATIC and category.event.takes_registrations
    if goes_by_itself and (heir := _first_in_line(category)) is not None:
        # Over a quota that was lowered there is no free place to pass on; the statement that checks is the one that counts.
        within = Q(quota__isnull=True) | Q(taken__lte=F("quota"))
        if Category.objects.filter(within, pk=category.pk).update(waiting=F("waiting") - 1):
            if delegation_id is not None:
                give_back_to_delegation(category, delegation_id)
            _hand_over(heir)
            return
    release_place(category, delegation_id)


def _pass_on_within(category: Category, delegation_id: UUID) -> bool:
    """Give a delegation's place, counted as it is, to the first on its own waiting list; False where it goes elsewhere."""
    if not category.event.takes_registrations or (heir := first_in_reserve(category, delegation_id)) is None:
        return False
    # Over a quota that was lowered there is no place to pass on; each statement that checks also locks what it checked.
    own = DelegationQuota.objects.filter(delegation=delegation_id, category=category, taken__lte=F("places"))
    within = Category.objects.filter(Q(quota__isnull=True) | Q(taken__lte=F("quota")), pk=category.pk)
    if not own.update(taken=F("taken")) or not within.update(taken=F("taken")):
        return False
    move_up(heir, by=SYSTEM)
    tell_moved_up(heir)
    return True


def first_in_reserve(category: Category, delegation_id: UUID) -> Registration | None:
    """The first on a delegation's waiting list, locked; None where nobody waits or the head chooses who moves up."""
    waiting = Registration.objects.reserve_of(category, delegation_id).with_event()
    waiting = waiting.filter(delegation__reserve_order=ReserveOrder.AUTOMATIC)
    return waiting.select_for_update(of=("self",), skip_locked=True).first()


def move_up(heir: Registration, *, by: Actor) -> Registration:
    """From the delegation's waiting list to its places; whoever calls counts the place."""
    _write_state(heir, to=State.NOMINATED, reason="")
    data = {"from": State.RESERVE.value, "to": State.NOMINATED.value}
    record_history(heir, verb="moved_up", by=by, event=heir.event, data=data)
    return heir


def tell_moved_up(heir: Registration) -> None:
    """Tell the focal point who has the place that became free."""
    delegation = heir.delegation
    if delegation is None:
        return
    delegation.event = heir.event
    post(
        emails.moved_up(heir, delegation),
        recipient=delegation.email,
        language=delegation.language,
        about=delegation,
        event=heir.event,
        occasion=f"delegation.moved_up:{heir.pk}:{heir.version}",
    )


def offer_next(category: Category) -> Registration | None:
    """Offer one free place to the first who waits, in the caller's transaction; None where nobody waits or none is free."""
    heir = _first_in_line(category)
    if heir is None or not take_free_place(category):
        return None
    count_waiting(category, -1)
    return _hand_over(heir)


def _first_in_line(category: Category) -> Registration | None:
    # Somebody who is just leaving the list is passed over rather than waited for: two places freed at once
    # find two heirs, and nobody waits for a row while holding the category's.
    waiting = Registration.objects.waiting_in(category).with_event()
    return waiting.select_for_update(of=("self",), skip_locked=True).first()


def _hand_over(heir: Registration) -> Registration:
    """Write the offer down and tell the guest; the place is counted already."""
    before = State(heir.state)
    _write_state(heir, to=State.OFFERED, reason="")
    data = {"from": before.value, "to": State.OFFERED.value}
    record_history(heir, verb=State.OFFERED.value, by=SYSTEM, event=heir.event, data=data)
    _tell_guest(heir, before=before, reason="")
    return heir


def _write_state(registration: Registration, *, to: State, reason: str) -> None:
    now = timezone.now()
    if registration.state == State.UNCONFIRMED and to in LIVE:
        registration.confirmed_at = now
    decided = {State.APPROVED, State.PAYMENT_DUE, State.REJECTED, State.CANCELLED}
    registration.decided_at = now if to in decided else None
    registration.offer_expires_at = _offer_end(registration, now) if to == State.OFFERED else None
    registration.information_request = reason if to == State.INFORMATION_REQUESTED else ""
    if to != State.INFORMATION_REQUESTED:
        registration.asked_fields = []
    if to == State.SUBMITTED:
        due_date(registration)
    registration.state = to
    registration.version += 1
    registration.save(
        update_fields=[
            *("state", "version", "confirmed_at", "decided_at", "information_request", "changed_at"),
            *("offer_expires_at", "asked_fields", "waiting_since", "late_at"),
        ]
    )


def _offer_end(registration: Registration, now: datetime) -> datetime:
    """What staff set when they offered by hand, else the category's hours from now."""
    chosen = registration.offer_expires_at
    return chosen if chosen and chosen > now else now + timedelta(hours=registration.category.offer_hours)


def _tell_guest(registration: Registration, *, before: State, reason: str) -> None:
    if registration.delegation is not None and registration.confirmed_at is None:
        _ask_delegation(registration, registration.delegation, reason=reason)
        return
    mail = emails.step_mail(registration, before=before, reason=reason)
    if mail is None:
        return
    post_to_guest(mail, registration, occasion=f"{mail.kind}:{registration.pk}:{registration.version}")


def _ask_delegation(registration: Registration, delegation: Delegation, *, reason: str) -> None:
    """A member without an address of proof: questions go to the focal point at once, decisions follow in one mail
    (actions.delegations.send_digest)."""
    if registration.state != State.INFORMATION_REQUESTED:
        return
    post(
        emails.member_question(registration, delegation, reason),
        recipient=delegation.email,
        language=delegation.language,
        about=registration,
        event=registration.event,
        occasion=f"delegation.question:{registration.pk}:{registration.version}",
    )
