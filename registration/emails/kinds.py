"""Every kind of message to people who have a part in an event: what it is called, which placeholders its text knows and needs.

No mail of another kind can be set, so the office can replace the text of each.

A mail to an address nobody has proved knows no placeholder that could carry a word somebody typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# What each placeholder stands for, as the office reads it beside the text.
MEANINGS: Mapping[str, Text] = {
    "event": _("name of the event"),
    "dates": _("days of the event"),
    "place": _("venue and city"),
    "link": _("the address behind the button; alone in a paragraph it becomes the button"),
    "name": _("the guest, with the form of address"),
    "category": _("the guest's category"),
    "organisation": _("the guest's organisation"),
    "code": _("the registration code"),
    "reason": _("what the officer wrote; alone in a paragraph it is set apart as a quotation"),
    "number": _("number of the problem"),
    "topic": _("what the problem is about"),
    "amount": _("the amount: due, received or paid back"),
    "deadline": _("the last day or moment: to pay, to reply, to accept a place, to confirm a list, to fill in a form"),
    "reference": _("reference of the payment, or number of the letter"),
    "position": _("place on the waiting list"),
    "form": _("name of the form after approval"),
    "granted": _("the answers that were changed as asked"),
    "refused": _("the answers that stay as they were"),
    "delegation": _("name of the delegation"),
    "what": _("what is still missing of a member"),
    "missing": _("how many members of the delegation still need details"),
}
_EVENT = ("event", "dates", "place")
GUEST = (*_EVENT, "link", "name", "category", "organisation", "code")
_FOCAL = (*_EVENT, "link", "name", "delegation", "deadline")


@dataclass(frozen=True)
class MailKind:
    """One kind of message."""

    name: str
    label: Text
    placeholders: tuple[str, ...]
    needed: tuple[str, ...] = ()
    by_sms: bool = False  # a text message may go beside the mail, to guests who agreed to it


def _to_guest(name: str, label: Text, *further: str, needed: tuple[str, ...] = (), by_sms: bool = False) -> MailKind:
    return MailKind(name, label, (*GUEST, *further), needed, by_sms)


def _to_focal_point(name: str, label: Text, *further: str, needed: tuple[str, ...] = ()) -> MailKind:
    return MailKind(name, label, (*_FOCAL, *further), needed)


_ALL = (
    MailKind(
        "registration.confirm", _("Confirm the address (to an address nobody has proved)"), (*_EVENT, "link"), ("link",)
    ),
    _to_guest("registration.already", _("Already registered"), needed=("link",)),
    _to_guest("registration.lost_link", _("Lost link"), needed=("link",)),
    _to_guest("registration.received", _("Registration received")),
    _to_guest("registration.reply_received", _("Answer received")),
    _to_guest("registration.reopened", _("Reviewed again"), "reason", needed=("reason",)),
    _to_guest("registration.approved", _("Approved"), "reason", needed=("link",), by_sms=True),
    _to_guest("registration.rejected", _("Not approved"), "reason", needed=("reason",)),
    _to_guest(
        "registration.information_requested",
        _("A question to the guest"),
        "reason",
        needed=("reason", "link"),
        by_sms=True,
    ),
    _to_guest("registration.withdrawn", _("Withdrawn")),
    _to_guest("registration.cancelled", _("Cancelled by the organiser"), "reason", needed=("reason",), by_sms=True),
    _to_guest("registration.on_waiting_list", _("On the waiting list"), "position"),
    _to_guest(
        "registration.place_offered",
        _("A place offered from the waiting list"),
        "deadline",
        needed=("deadline", "link"),
        by_sms=True,
    ),
    _to_guest("registration.offer_accepted", _("Offered place accepted")),
    _to_guest("registration.offer_lapsed", _("Offered place lapsed")),
    _to_guest("registration.left_list", _("Waiting list left")),
    _to_guest(
        "registration.payment_due",
        _("Approved, payment due"),
        "amount",
        "deadline",
        "reference",
        "reason",
        needed=("amount", "link"),
        by_sms=True,
    ),
    _to_guest(
        "payment.reminder",
        _("Reminder to pay"),
        "amount",
        "deadline",
        "reference",
        needed=("amount", "link"),
        by_sms=True,
    ),
    _to_guest(
        "payment.overdue",
        _("Payment overdue"),
        "amount",
        "deadline",
        "reference",
        needed=("amount", "link"),
        by_sms=True,
    ),
    _to_guest("payment.received", _("Payment received"), "amount", "reference", needed=("amount",)),
    _to_guest("payment.refunded", _("Paid back"), "amount", "reference", needed=("amount",)),
    _to_guest(
        "registration.second_form", _("Reminder of the form after approval"), "form", "deadline", needed=("link",)
    ),
    _to_guest(
        "registration.changes_decided", _("A change decided"), "reason", "granted", "refused", needed=("reason", "link")
    ),
    _to_guest("letter.visa", _("Visa support letter"), "reference"),
    _to_guest("letter.attendance", _("Certificate of attendance"), "reference"),
    MailKind("invitation.sent", _("Invitation"), (*_EVENT, "link", "name", "category", "deadline"), ("link",)),
    MailKind(
        "invitation.reminder",
        _("Reminder to reply to an invitation"),
        (*_EVENT, "link", "name", "category", "deadline"),
        ("link",),
    ),
    MailKind("invitation.declined", _("Invitation declined"), (*_EVENT, "link", "name", "deadline"), ("link",)),
    MailKind("invitation.substituted", _("Somebody comes in place of an invited guest"), (*_EVENT, "name")),
    _to_focal_point("delegation.link", _("Link to the page of a delegation"), needed=("link",)),
    _to_focal_point(
        "delegation.reminder", _("Reminder to confirm a delegation"), "missing", needed=("deadline", "link")
    ),
    _to_focal_point("delegation.confirmed", _("List of a delegation confirmed")),
    _to_focal_point("delegation.decisions", _("Members of a delegation decided")),
    _to_focal_point("delegation.question", _("A question about a member"), "reason", needed=("reason", "link")),
    _to_focal_point("delegation.payment_reminder", _("Reminder to pay for members"), needed=("link",)),
    _to_focal_point("delegation.payment_overdue", _("Payment for members overdue"), needed=("link",)),
    _to_focal_point("delegation.moved_up", _("A member moved up from a delegation's waiting list"), needed=("link",)),
    _to_guest(
        "delegation.member_reminder",
        _("A member reminded by the delegation"),
        "delegation",
        "what",
        needed=("link",),
    ),
    MailKind(
        "delegation.invitation",
        _("Named by a delegation (to an address nobody has proved)"),
        (*_EVENT, "link", "delegation"),
        ("link",),
    ),
    _to_guest("issue.raised", _("Problem received"), "number", "topic", needed=("number",)),
    _to_guest(
        "issue.answered", _("Answer to a problem"), "number", "topic", "reason", needed=("reason", "link"), by_sms=True
    ),
    _to_guest("issue.solved", _("Problem solved"), "number", "topic", "reason"),
    _to_guest("registration.erased", _("Personal data erased")),
    _to_guest("registration.erasure_refused", _("Erasure refused"), "reason", needed=("reason",)),
)
KINDS: Mapping[str, MailKind] = {kind.name: kind for kind in _ALL}


def meanings(names: Iterable[str]) -> list[tuple[str, Text]]:
    """Placeholders with what they stand for, for the table beside a text."""
    return [(name, MEANINGS[name]) for name in names]
