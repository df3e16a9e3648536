"""History entries as sentences for staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plenary.core.models import HistoryEntry
from registration.models import Desk
from registration.rules import State, Verdict

HAPPENED: Mapping[str, str | Promise] = {
    "signed_up": _("Signed up"),
    "nominated": _("Named by the delegation"),
    "invited_member": _("Invited to fill in the details"),
    "address_changed": _("Address changed by the delegation"),
    "registered_at_desk": _("Registered at the desk"),
    "over_quota": _("Let in beyond the places of the category"),
    "changed": _("The guest changed the answers"),
    "second_form_saved": _("The guest filled in the form after approval"),
    "second_form_reminded": _("Reminded of the form after approval"),
    "change_asked": _("The guest asked for a change"),
    "change_taken_back": _("The guest took back a request for a change"),
    "change_granted": _("A change the guest asked for was made"),
    "change_refused": _("A change the guest asked for was refused"),
    "staff_answered": _("Fields of staff filled in"),
    "replied": _("The guest replied"),
    "document_saved": _("Travel document given"),
    "document_changed": _("Travel document changed"),
    "document_removed": _("Travel document removed"),
    "document_scan_saved": _("Picture of the travel document sent"),
    "portrait_saved": _("Portrait sent"),
    "portrait_removed": _("Portrait removed"),
    "assignment_letter_saved": _("Letter of assignment sent"),
    "assignment_letter_removed": _("Letter of assignment removed"),
    "file_closed": _("Malware was found in a file: it is closed"),
    "portrait_exempted": _("Exempted from the portrait"),
    "portrait_exemption_ended": _("Exemption from the portrait ended"),
    "held": _("Put on hold"),
    "hold_ended": _("Taken off hold"),
    "taken": _("Taken over"),
    "assigned": _("Assigned to an officer"),
    "released": _("Free to be taken"),
    "noted": _("An internal note was written"),
    "desks_asked_again": _("Something material changed: desks are asked again"),
    "flag_dismissed": _("A flag was dismissed"),
    "flag_confirmed": _("A flag was confirmed"),
    "flag_open": _("A flag was opened again"),
    "security_flag": _("The security desk decided about a flag of its own"),
    "consent_withdrawn": _("The guest withdrew a consent"),
    "consent_acted_on": _("Staff acted upon a withdrawn consent"),
    "data_taken": _("The guest took the data along"),
    "erasure_asked": _("The guest asked to be forgotten"),
    "erasure_granted": _("Erasure granted"),
    "erasure_refused": _("Erasure refused"),
    "erased": _("Personal data erased"),
    "excused": _("Excused for not coming"),
    "excuse_ended": _("Excuse taken back"),
    "badge_at_kiosk": _("Badge printed at a kiosk"),
    "badge_reprinted": _("Badge issued again"),
    "texts_agreed": _("Agreed to text messages"),
    "texts_withdrawn": _("Wants no more text messages"),
    "contact_noted": _("Call or meeting noted"),
    "issue_raised": _("Problem raised"),
    "issue_assigned": _("Owner, day or urgency changed"),
    "issue_answered": _("Answered by staff"),
    "issue_noted": _("Noted among staff"),
    "issue_guest_wrote": _("The guest wrote"),
    "mailing_written": _("Text or audience written"),
    "mailing_draft": _("Made a draft again"),
    "mailing_scheduled": _("Scheduled"),
    "mailing_sending": _("Sending begun"),
    "mailing_stopped": _("Stopped"),
    "mailing_cancelled": _("Given up"),
    "mailing_done": _("Finished"),
    State.RESERVE: _("Put on the delegation's waiting list"),
    "moved_up": _("Moved up from the delegation's waiting list"),
    "member_reminded": _("Reminded by the delegation"),
    State.SUBMITTED: _("Put under review"),
    State.INFORMATION_REQUESTED: _("More information requested"),
    State.APPROVED: _("Approved"),
    State.REJECTED: _("Not approved"),
    State.WITHDRAWN: _("Withdrawn"),
    State.CANCELLED: _("Cancelled by the organiser"),
    State.EXPIRED: _("Lapsed: the address was never confirmed, or the offered place not accepted"),
    State.WAITLISTED: _("On the waiting list"),
    State.OFFERED: _("Place offered"),
    State.PAYMENT_DUE: _("Approved; the badge waits for the payment"),
}
# What changes the ground on which an officer decides; notes, holds and looks do not.
OVERTAKES = frozenset(
    {*State.values, "verdict", "changed", "change_granted", "second_form_saved", "consent_withdrawn", "moved_up"}
)
WHO: Mapping[str, str | Promise] = {
    "guest": _("the guest"),
    "delegation": _("the delegation"),
    "system": _("the system"),
}


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    what: str
    who: str
    at: datetime
    reason: str


def timeline(entries: Iterable[HistoryEntry]) -> list[Happening]:
    """What happened, the newest first, in the reader's language; a verb without a sentence of its own is shown as stored."""
    entries = list(entries)
    spoken = any(entry.verb == "verdict" for entry in entries)
    desks = {desk.slug: str(desk) for desk in Desk.objects.all()} if spoken else {}
    return [
        Happening(
            _what(entry, desks),
            entry.actor_label if entry.actor else str(WHO.get(entry.actor_label, entry.actor_label)),
            entry.at,
            entry.reason,
        )
        for entry in entries
    ]


def _what(entry: HistoryEntry, desks: Mapping[str, str]) -> str:
    """What happened as a sentence; a verdict names its desk, an assignment its officer."""
    data = entry.data or {}
    if entry.verb == "verdict":
        facts = {"desk": desks.get(data.get("desk", ""), data.get("desk", "")), "verdict": _verdict(data)}
        if data.get("of") == 2:
            facts["officer"] = data.get("officers", 1)
            return gettext("%(desk)s: %(verdict)s (officer %(officer)s of 2)") % facts
        return f"{facts['desk']}: {facts['verdict']}"
    if entry.verb == "assigned" and data.get("to"):
        return gettext("Assigned to %(officer)s") % {"officer": data["to"]}
    return str(HAPPENED.get(entry.verb, entry.verb))


def _verdict(data: Mapping[str, object]) -> str:
    verdict = str(data.get("verdict", ""))
    return str(Verdict(verdict).label) if verdict in Verdict.values else verdict
