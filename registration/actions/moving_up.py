"""What the head or focal point does for members one by one beside naming them: choose who moves up from the delegation's own
waiting list, and remind who has not done everything yet. Staff choose too."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration import emails
from registration.actions.delegations import lock_delegation
from registration.actions.nominations import DELEGATION, invite_member, lock_member
from registration.actions.places import take_free_place
from registration.actions.posting import post_to_guest
from registration.actions.reserve import fill_from_reserve
from registration.actions.transitions import Refused, move_up, tell_moved_up
from registration.members import members_of
from registration.models import Delegation, Registration
from registration.rules import State
from registration.rules.delegations import ReserveOrder, Stage


@transaction.atomic
def choose_from_reserve(*, delegation_id: UUID, member_id: UUID, by: Actor = DELEGATION) -> Registration:
    """Give a free place to somebody on the delegation's waiting list; twice is once. Raises Refused where none is free.

    The delegation chooses also after it has confirmed the list: those who wait stand on it.
    """
    member = lock_member(delegation_id, member_id)
    if member.state == State.NOMINATED:
        return member
    if member.state != State.RESERVE:
        raise Refused(_("This member is not on the waiting list any more."))
    delegation = lock_delegation(delegation_id)
    if by == DELEGATION and delegation.stage() == Stage.EVENT_CLOSED:
        raise Refused(_("Registration for this event is not open. Write to the organiser."))
    first = Registration.objects.reserve_of(member.category, delegation_id).first()
    if by == DELEGATION and delegation.reserve_order == ReserveOrder.AUTOMATIC and first != member:
        raise Refused(
            _("The first in line moves up by itself. To decide yourself, change below the list who gets a free place.")
        )
    delegation.version += 1
    delegation.save(update_fields=["version"])
    move_up(member, by=by)
    if by != DELEGATION:
        tell_moved_up(member)
    # Last: everybody waits for the category's row. A refusal takes back what was written above.
    if not take_free_place(member.category, delegation_id):
        raise Refused(_("No place is free as %(category)s.") % {"category": member.category.name})
    return member


@transaction.atomic
def set_reserve_order(*, delegation_id: UUID, order: ReserveOrder, by: Actor = DELEGATION) -> Delegation:
    """Say who gets a place that becomes free. Places that are free now go to the first in line, where that is chosen."""
    delegation = lock_delegation(delegation_id)
    if delegation.reserve_order != order:
        delegation.reserve_order = order
        delegation.save(update_fields=["reserve_order"])
        record_history(delegation, verb="reserve_order_set", by=by, event=delegation.event, data={"order": order.value})
    fill_from_reserve(delegation_id=delegation_id)
    return delegation


@transaction.atomic
def remind_member(*, delegation_id: UUID, member_id: UUID) -> Registration:
    """Mail a member what is still missing, at most once a day. Who has not confirmed the own address gets the invitation
    again. Raises Refused where nothing is missing, and where there is no own address."""
    member = lock_member(delegation_id, member_id)
    delegation = lock_delegation(delegation_id)
    [line] = members_of(delegation, only=[member])
    if not line.may_remind:
        raise Refused(
            _("This member has no own address: fill in what is missing yourself.")
            if line.is_live and not member.email_index
            else _("Nothing is missing of this member any more.")
        )
    if member.confirmed_at is None:
        return invite_member(delegation_id=delegation_id, member_id=member_id, email=member.email)
    day = timezone.now().strftime("%Y%m%d")

    def missing() -> list[str]:
        """In the member's language, in which the mail is set."""
        [line] = members_of(delegation, only=[member])
        return [*line.missing, *([_("the payment")] if line.fee and line.fee.is_open else [])]

    mail = emails.member_reminder(member, delegation, missing)
    if post_to_guest(mail, member, occasion=f"delegation.member_reminder:{member.pk}:{day}"):
        record_history(member, verb="member_reminded", by=DELEGATION, event=member.event)
    return member
