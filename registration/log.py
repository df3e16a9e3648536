"""What happened in a delegation, told to its focal point and to staff: the delegation's own history and its members'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plenary.core.models import HistoryEntry
from registration.models import Delegation, Registration
from registration.rules import State

AT_MOST = 40
HAPPENED: Mapping[str, str | Promise] = {
    "delegation_added": _("Delegation added"),
    "delegation_changed": _("Delegation changed by the organiser"),
    "link_sent": _("Link to this page sent"),
    "link_renewed": _("New link sent; older ones no longer work"),
    "link_revoked": _("Link to this page closed"),
    "reminded": _("Reminder sent"),
    "list_confirmed": _("List confirmed"),
    "list_reopened": _("List opened again by the organiser"),
    "paper_added": _("Paper handed in"),
    "paper_removed": _("Paper removed"),
    "nominated": _("Named"),
    State.RESERVE.value: _("Put on the waiting list"),
    "moved_up": _("Moved up from the waiting list"),
    "reserve_order_set": _("Who moves up was changed"),
    "member_reminded": _("Reminded"),
    "invited_member": _("Invited to fill in the details"),
    "address_changed": _("E-mail address changed"),
    "changed": _("Details changed"),
    State.SUBMITTED.value: _("Passed to the organiser for review"),
    State.INFORMATION_REQUESTED.value: _("The organiser asked for more information"),
    State.APPROVED.value: _("Approved"),
    State.REJECTED.value: _("Not approved"),
    State.WITHDRAWN.value: _("Withdrawn"),
    State.PAYMENT_DUE.value: _("Approved, payment due"),
    State.CANCELLED.value: _("Cancelled by the organiser"),
}


@dataclass(frozen=True)
class Happening:
    """One line: when, what, about which member if about one, and the reason if one was given."""

    at: datetime
    what: str
    member: str
    reason: str
    who: str


def told_of(delegation: Delegation) -> list[Happening]:
    """The newest first, in two statements; what has no sentence of its own is not told."""
    names = dict(Registration.objects.filter(delegation=delegation).values_list("pk", "name"))
    by_key = {str(pk): name for pk, name in names.items()}
    mine = Q(subject_type=Delegation._meta.label_lower, subject_id=str(delegation.pk))
    theirs = Q(subject_type=Registration._meta.label_lower, subject_id__in=by_key)
    entries = HistoryEntry.objects.filter(mine | theirs, verb__in=list(HAPPENED)).order_by("-at", "-id")
    return [
        Happening(
            entry.at, str(HAPPENED[entry.verb]), by_key.get(entry.subject_id, ""), entry.reason, entry.actor_label
        )
        for entry in entries[:AT_MOST]
    ]
