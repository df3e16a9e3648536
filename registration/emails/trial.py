"""Mails to look at before they are meant: any kind, set for a real guest with a text that is not saved yet, its links dead;
and the built-in text of a kind, with placeholders where its facts stand, to begin from."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from plenary.core.fields import Label
from plenary.core.money import Money
from plenary.events.models import Event
from registration.emails import (
    changes,
    delegations,
    invitations,
    issues,
    letters,
    payments,
    privacy,
    registrations,
    second_form,
    waiting,
)
from registration.emails.guests import guest_values, own_page
from registration.emails.kinds import KINDS
from registration.emails.overrides import OwnText
from registration.emails.setting import Mail, MailText, Values, captured, set_mail
from registration.models import (
    Category,
    Delegation,
    FinancialDocument,
    Invitation,
    Issue,
    Letter,
    Order,
    Registration,
)
from registration.rules import State


def without_links(registration: Registration) -> Registration:
    """A copy whose links lead nowhere: they are the guest's alone."""
    imagined = copy.copy(registration)
    imagined.link_version = 0
    return imagined


def trial_mail(kind: str, registration: Registration, text: OwnText, *, language: str = "") -> Mail:
    """What this guest would get of one kind with this text; where the guest has no order or delegation, an example of it."""
    imagined = without_links(registration)
    registered = KINDS[kind]

    def write(known: Values) -> MailText:
        return MailText(
            subject=str(registered.label),
            greeting="",
            paragraphs=[],
            quote=_("What the officer writes stands here.") if "reason" in registered.placeholders else "",
            button=(_("Open my page"), own_page(imagined)),
        )

    def values() -> dict[str, str]:
        facts = {"event", "dates", "place", "link", "reason"}
        samples = {name: _("(example)") for name in registered.placeholders if name not in facts}
        return (
            samples
            | {"number": "17", "position": str(number_format(3)), "missing": str(number_format(2))}
            | _facts_of(imagined, kind)
        )

    return set_mail(
        kind,
        write,
        event=registration.event,
        language=language or registration.language,
        facts=lambda: [(_("Category"), str(registration.category.name))],
        values=values,
        text=text,
    )


def _facts_of(registration: Registration, kind: str) -> dict[str, str]:
    """What is known of this guest for the placeholders of a kind; what is not, is left out."""
    found = guest_values(registration)
    if kind.startswith("delegation."):
        return found | (delegations.delegation_values(registration.delegation) if registration.delegation else {})
    if kind == "registration.second_form":
        found |= second_form.form_values(registration)
    elif kind == "registration.place_offered":
        found |= waiting.offer_values(registration)
    elif kind.startswith("payment.") or kind == "registration.payment_due":
        found |= payments.due_values(registration)
    return {name: value for name, value in found.items() if value or name in ("organisation",)}


def _step(state: State, before: State) -> Callable[[Registration], object]:
    def make(guest: Registration) -> object:
        guest.state = state
        return registrations.step_mail(guest, before=before, reason="{reason}")

    return make


def _issue(make: Callable[[Issue], object]) -> Callable[[Registration], object]:
    return lambda guest: make(Issue(registration=guest, event=guest.event, subject="{topic}", number="{number}"))


def _payment(make: Callable[[Order], object]) -> Callable[[Registration], object]:
    return lambda guest: make(Order(registration=guest, event=guest.event, total_minor=0, currency="EUR"))


def _delegation(make: Callable[[Delegation, Registration], object]) -> Callable[[Registration], object]:
    return lambda guest: make(
        Delegation(event=guest.event, name=Label({"en": "{delegation}"}), focal_name="{name}", language=guest.language),
        guest,
    )


def _invitation(make: Callable[[Invitation], object]) -> Callable[[Registration], object]:
    return lambda guest: make(
        Invitation(event=guest.event, category=guest.category, name="{name}", language=guest.language)
    )


_MAKERS: Mapping[str, Callable[[Registration], object]] = {
    "registration.confirm": registrations.confirm_address,
    "registration.already": registrations.already_registered,
    "registration.lost_link": registrations.lost_link,
    "registration.received": _step(State.SUBMITTED, State.UNCONFIRMED),
    "registration.reply_received": _step(State.SUBMITTED, State.INFORMATION_REQUESTED),
    "registration.reopened": _step(State.SUBMITTED, State.REJECTED),
    "registration.approved": _step(State.APPROVED, State.SUBMITTED),
    "registration.rejected": _step(State.REJECTED, State.SUBMITTED),
    "registration.information_requested": _step(State.INFORMATION_REQUESTED, State.SUBMITTED),
    "registration.withdrawn": _step(State.WITHDRAWN, State.SUBMITTED),
    "registration.cancelled": _step(State.CANCELLED, State.SUBMITTED),
    "registration.on_waiting_list": lambda guest: waiting.on_waiting_list(guest, 2),
    "registration.place_offered": _step(State.OFFERED, State.WAITLISTED),
    "registration.offer_accepted": _step(State.SUBMITTED, State.OFFERED),
    "registration.offer_lapsed": _step(State.EXPIRED, State.OFFERED),
    "registration.left_list": _step(State.WITHDRAWN, State.WAITLISTED),
    "registration.payment_due": _step(State.PAYMENT_DUE, State.SUBMITTED),
    "payment.reminder": _payment(payments.reminder),
    "payment.overdue": _payment(payments.overdue),
    "payment.received": _payment(lambda order: payments.payment_received(order, Money(0, "EUR"), FinancialDocument())),
    "payment.refunded": _payment(lambda order: payments.refunded(order, Money(0, "EUR"), FinancialDocument())),
    "registration.second_form": second_form.form_reminder,
    "registration.changes_decided": lambda guest: changes.changes_decided(guest, [], [], {}, "{reason}"),
    "letter.visa": lambda guest: letters.visa_letter(guest, Letter()),
    "letter.attendance": lambda guest: letters.attendance_certificate(guest, Letter()),
    "invitation.sent": _invitation(lambda invitation: invitations.invite(invitation, None)),
    "invitation.reminder": _invitation(invitations.remind),
    "invitation.declined": _invitation(invitations.declined),
    "invitation.substituted": _invitation(invitations.substituted),
    "delegation.link": _delegation(lambda delegation, guest: delegations.workspace_link(delegation)),
    "delegation.reminder": _delegation(lambda delegation, guest: delegations.reminder(delegation, missing=2)),
    "delegation.confirmed": _delegation(lambda delegation, guest: delegations.list_confirmed(delegation, [])),
    "delegation.decisions": _delegation(lambda delegation, guest: delegations.decisions(delegation, [], {})),
    "delegation.question": _delegation(
        lambda delegation, guest: delegations.member_question(guest, delegation, "{reason}")
    ),
    "delegation.payment_reminder": _delegation(lambda one, guest: delegations.fees_reminder(one, [])),
    "delegation.payment_overdue": _delegation(lambda one, guest: delegations.fees_overdue(one, [])),
    "delegation.moved_up": _delegation(lambda one, guest: delegations.moved_up(guest, one)),
    "delegation.member_reminder": _delegation(lambda one, guest: delegations.member_reminder(guest, one, list)),
    "delegation.invitation": _delegation(lambda delegation, guest: delegations.member_invitation(guest, delegation)),
    "registration.erased": privacy.erased,
    "registration.erasure_refused": lambda guest: privacy.erasure_refused(guest, "{reason}"),
    "issue.raised": _issue(issues.issue_raised),
    "issue.answered": _issue(lambda issue: issues.issue_answered(issue, "{reason}")),
    "issue.solved": _issue(lambda issue: issues.issue_solved(issue, "{reason}")),
}


def built_in_text(kind: str, language: str) -> OwnText | None:
    """The words a kind has by itself; None where there is no such kind."""
    make = _MAKERS.get(kind)
    if make is None:
        return None
    event = Event(slug="event", name=Label({"en": "{event}"}), starts_on=date(2000, 1, 1), ends_on=date(2000, 1, 1))
    guest = Registration(
        event=event,
        category=Category(event=event, name=Label({"en": "{category}"})),
        name="{name}",
        organisation="{organisation}",
        code="{code}",
        language=language,
        confirmed_at=timezone.now(),
    )
    with captured() as letters:
        make(guest)
    letter = next(letter for made, letter in letters if made == kind)
    parts = [letter.greeting, *letter.paragraphs]
    parts += ["{reason}"] if letter.quote else []
    parts += ["{link}"] if letter.button else []
    return OwnText(
        subject=letter.subject,
        body="\n\n".join([*parts, *letter.after]),
        button=letter.button[0] if letter.button else "",
    )
