"""What a guest is told about a registration, in plain words: the same on the page, in the API and in mails. No queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from plenary.core.dates import date_and_clock, date_range, zone_name
from registration.rules import Opening, State

if TYPE_CHECKING:
    from datetime import datetime

    from plenary.events.models import Event
    from registration.models import Category, Registration, SecondForm


@dataclass(frozen=True)
class Standing:
    """Where a registration stands: a headline, what it means, what to do next, and a tone for the notice's colour."""

    headline: Any
    meaning: Any
    next_step: Any
    tone: str = ""


_STANDINGS = {
    State.RESERVE: Standing(
        gettext_lazy("You are on your delegation's waiting list"),
        gettext_lazy("Your delegation has named more people than it has places for."),
        gettext_lazy("You need not do anything. Your delegation is told as soon as a place is free."),
    ),
    State.NOMINATED: Standing(
        gettext_lazy("Complete your registration"),
        gettext_lazy("Your delegation has named you and holds a place for you. The organiser needs some details."),
        gettext_lazy("Fill in your details. Then the organiser can look at your registration."),
        "warning",
    ),
    State.UNCONFIRMED: Standing(
        gettext_lazy("Confirm your e-mail address"),
        gettext_lazy("We have your registration, but do not know yet that the address is yours."),
        gettext_lazy("Open the message we sent you and follow the link in it within 72 hours."),
        "warning",
    ),
    State.SUBMITTED: Standing(
        gettext_lazy("Your registration is being reviewed"),
        gettext_lazy("Your address is confirmed and the organiser is looking at your registration."),
        gettext_lazy("You need not do anything. We will write to you as soon as it is decided."),
    ),
    State.INFORMATION_REQUESTED: Standing(
        gettext_lazy("We need more information from you"),
        gettext_lazy("The organiser cannot decide yet."),
        gettext_lazy("Read the question below and answer it."),
        "warning",
    ),
    State.APPROVED: Standing(
        gettext_lazy("You are registered"),
        gettext_lazy("The organiser has approved your registration. Your badge is ready."),
        gettext_lazy("Print your badge or keep it on your phone, and bring it with an identity document."),
        "success",
    ),
    State.REJECTED: Standing(
        gettext_lazy("Your registration was not approved"),
        gettext_lazy("The organiser has decided not to approve this registration."),
        gettext_lazy("If you think this is a mistake, write to the organiser."),
        "danger",
    ),
    State.WITHDRAWN: Standing(
        gettext_lazy("You have withdrawn"),
        gettext_lazy("Your registration is closed and your place has been given back."),
        gettext_lazy("If you change your mind, register again while registration is open."),
    ),
    State.CANCELLED: Standing(
        gettext_lazy("Your registration was cancelled"),
        gettext_lazy("The organiser has cancelled this registration. A badge you already have no longer opens doors."),
        gettext_lazy("If you have questions, write to the organiser."),
        "danger",
    ),
    State.EXPIRED: Standing(
        gettext_lazy("This registration has lapsed"),
        gettext_lazy("The e-mail address was not confirmed in time, so the place was given back."),
        gettext_lazy("Register again while registration is open."),
        "danger",
    ),
    State.WAITLISTED: Standing(
        gettext_lazy("You are on the waiting list"),
        gettext_lazy(
            "All places are taken. As soon as one is free for you, we write to you and keep it for some time."
        ),
        gettext_lazy("You need not do anything. Watch for our message."),
    ),
    State.OFFERED: Standing(
        gettext_lazy("A place is kept for you"),
        gettext_lazy("A place has become free and is offered to you."),
        gettext_lazy("Accept or decline it below before the offer ends."),
        "warning",
    ),
    State.PAYMENT_DUE: Standing(
        gettext_lazy("You are approved: please pay"),
        gettext_lazy("The organiser has approved your registration. Your badge is issued as soon as the fee is paid."),
        gettext_lazy("Open the payment page below. It shows the amount, the last day and every way to pay."),
        "warning",
    ),
}
_UNPROVED_ON_LIST = Standing(
    gettext_lazy("Confirm your e-mail address"),
    gettext_lazy("All places are taken. You join the waiting list once your address is confirmed."),
    gettext_lazy("Open the message we sent you and follow the link in it within 72 hours."),
    "warning",
)
_OFFER_LAPSED = Standing(
    gettext_lazy("The offered place has gone"),
    gettext_lazy("A place was offered to you and not accepted in time, so it went to the next on the list."),
    gettext_lazy("Register again while registration is open."),
    "danger",
)


def standing_of(registration: Registration) -> Standing:
    """What to tell this guest: the state, and how it came about where that makes a difference."""
    if registration.state == State.WAITLISTED and registration.confirmed_at is None:
        return _UNPROVED_ON_LIST
    if registration.state == State.EXPIRED and registration.confirmed_at is not None:
        return _OFFER_LAPSED
    return standing(registration.state)


def standing(state: str) -> Standing:
    """What to tell a guest whose registration is in this state."""
    return _STANDINGS[State(state)]


_HAPPENED = {
    "nominated": gettext_lazy("Your delegation named you"),
    "registered_at_desk": gettext_lazy("Registered at the desk"),
    "signed_up": gettext_lazy("You registered"),
    "changed": gettext_lazy("You changed your registration"),
    "document_saved": gettext_lazy("The travel document was given"),
    "document_changed": gettext_lazy("The travel document was changed"),
    "document_removed": gettext_lazy("The travel document was removed"),
    "portrait_saved": gettext_lazy("The portrait was sent"),
    "portrait_removed": gettext_lazy("The portrait was removed"),
    "assignment_letter_saved": gettext_lazy("The letter of assignment was sent"),
    "assignment_letter_removed": gettext_lazy("The letter of assignment was removed"),
    "second_form_saved": gettext_lazy("You answered the questions after approval"),
    "change_asked": gettext_lazy("You asked for a change"),
    "change_taken_back": gettext_lazy("You took back your request for a change"),
    "change_granted": gettext_lazy("The organiser changed what you asked for"),
    "change_refused": gettext_lazy("The organiser did not change what you asked for"),
    State.SUBMITTED.value: gettext_lazy("Passed to the organiser for review"),
    State.INFORMATION_REQUESTED.value: gettext_lazy("The organiser asked for more information"),
    State.APPROVED.value: gettext_lazy("Approved"),
    State.REJECTED.value: gettext_lazy("Not approved"),
    State.WITHDRAWN.value: gettext_lazy("You withdrew"),
    State.CANCELLED.value: gettext_lazy("Cancelled by the organiser"),
    State.EXPIRED.value: gettext_lazy("Lapsed, because nobody answered in time"),
    State.WAITLISTED.value: gettext_lazy("You joined the waiting list"),
    State.OFFERED.value: gettext_lazy("A place was offered to you"),
    State.PAYMENT_DUE.value: gettext_lazy("Approved; the fee is to be paid"),
}


def told_history(entries: Any) -> list[dict[str, Any]]:
    """History as the guest reads it: what is meant for the guest, without the names of officers."""
    return [
        {"at": entry.at, "what": _HAPPENED[entry.verb], "reason": entry.reason}
        for entry in entries
        if entry.verb in _HAPPENED
    ]


def event_dates(event: Event) -> str:
    """The days of an event in the active language."""
    return date_range(event.starts_on, event.ends_on, get_language())


def event_place(event: Event) -> str:
    """Venue and city, as far as known."""
    if event.venue is None:
        return ""
    return _(", ").join(part for part in (str(event.venue.name), str(event.venue.city)) if part)


def moment_in_zone(event: Event, moment: datetime, language: str | None) -> str:
    """Day and time in the event's zone, which is named: guests read it in other zones."""
    local = event.local(moment)
    return _("%(moment)s (%(zone)s)") % {"moment": date_and_clock(local, language), "zone": zone_name(local, language)}


def availability(category: Category) -> dict[str, Any]:
    """What a category's card says: whether one can register, and what to do when not."""
    opening = category.opening()
    event = category.event

    def moment(value: Any) -> str:
        return moment_in_zone(event, value, get_language())

    if opening == Opening.NOT_YET:
        note = _("Registration opens on %(moment)s. Come back then.") % {"moment": moment(category.opens_at)}
    elif opening == Opening.OVER:
        note = _("Registration ended on %(moment)s.") % {"moment": moment(category.closes_at)}
    elif opening == Opening.FULL and category.has_waiting_list:
        note = _("All places are taken. You can join the waiting list: we write to you when a place is free for you.")
    elif opening == Opening.FULL:
        note = _("All places are taken. A place may become free when somebody withdraws.")
    elif opening == Opening.EVENT_CLOSED:
        note = _("Registration for this event is not open.")
    elif category.closes_at:
        note = _("Open until %(moment)s.") % {"moment": moment(category.closes_at)}
    else:
        note = ""
    return {
        "category": category,
        "opening": opening,
        "is_open": opening == Opening.OPEN,
        "has_list": opening == Opening.FULL and category.has_waiting_list,
        "note": note,
    }


def closed_message(opening: Opening) -> str:
    """What to tell somebody whose finished form meets a closed category."""
    return {
        Opening.NOT_YET: _("Registration in this category has not opened yet. What you typed is kept."),
        Opening.OVER: _("Registration in this category has ended."),
        Opening.FULL: _(
            "The last place in this category was taken a moment ago. What you typed is kept: try again later."
        ),
        Opening.EVENT_CLOSED: _("Registration for this event is not open now. What you typed is kept."),
    }[opening]


def second_form_title(form: SecondForm | None) -> str:
    """What the form after approval is called."""
    return str(form.title) if form else _("Travel and stay")


def masked(email: str) -> str:
    """An address as somebody else may see it over the guest's shoulder: enough to notice a typing error."""
    local, _at, domain = email.partition("@")
    return f"{local[:2]}…@{domain}"


def display_name(registration: Registration) -> str:
    """The name to greet somebody by."""
    return f"{registration.salutation} {registration.name}".strip()
