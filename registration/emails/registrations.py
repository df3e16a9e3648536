"""Mails about a registration: to confirm an address, to tell of each step, to send a lost link again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from plenary.core.dates import date_and_clock, zone_name
from plenary.core.links import make_link
from registration.emails import payments, waiting
from registration.emails.guests import dear, guest_token, guest_values, own_page
from registration.emails.setting import Mail, MailText, Values, address, set_mail
from registration.models import Question, Registration, SecondForm
from registration.rules import CONFIRM_WITHIN, State
from registration.wording import second_form_title, standing


def requested_page(registration: Registration) -> str:
    """Where an open request is answered: the page of the asked fields, or the own page where the guest writes freely."""
    if registration.asked_fields:
        return address("registration:requested", guest_token(registration))
    return own_page(registration)


def _set(
    registration: Registration,
    kind: str,
    write: Callable[[Values], MailText],
    attachments: Sequence[dict[str, str]] = (),
    further: Callable[[Registration], Values] | None = None,
) -> Mail:
    return set_mail(
        kind,
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [(_("Category"), str(registration.category.name))],
        attachments=attachments,
        values=lambda: {**guest_values(registration), **(further(registration) if further else {})},
    )


def confirm_address(registration: Registration) -> Mail:
    """To an address nobody has proved yet: no name, no word that was typed."""
    age = int((timezone.now() - registration.created_at).total_seconds())
    token = make_link("confirm", registration.pk, registration.link_version, lifetime=max(CONFIRM_WITHIN - age, 0))

    waits = registration.state == State.WAITLISTED
    what = (
        gettext_noop(
            "somebody joined the waiting list with this e-mail address. If it was you, confirm it within 72 hours."
        )
        if waits
        else gettext_noop("somebody registered with this e-mail address. If it was you, confirm it within 72 hours.")
    )

    def write(known: Values) -> MailText:
        subject = (
            _("Confirm your place on the waiting list: %(event)s")
            if waits
            else _("Confirm your registration: %(event)s")
        )
        return MailText(
            subject=subject % {"event": registration.event.name},
            greeting=_("Hello,"),
            paragraphs=[_(what)],
            button=(_("Confirm my address"), address("registration:confirm", token)),
            after=[_("If it was not you, do nothing: the registration lapses by itself and you get no more mail.")],
        )

    return _set(registration, "registration.confirm", write)


def already_registered(registration: Registration) -> Mail:
    """To the owner of an address that somebody typed again: the page that is already there."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("You are already registered: %(event)s") % {"event": registration.event.name},
            greeting=dear(registration),
            paragraphs=[
                _("somebody, probably you, has just registered again with this e-mail address."),
                _("You are already registered in this category, so nothing was changed. Here is your page."),
            ],
            button=(_("Open my page"), own_page(registration)),
            after=[_("If it was not you, you need not do anything.")],
        )

    return _set(registration, "registration.already", write)


def lost_link(registration: Registration) -> Mail:
    """The link to the own page once more."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your page for %(event)s") % {"event": registration.event.name},
            greeting=dear(registration),
            paragraphs=[_("here is the link to your own page, as you asked.")],
            button=(_("Open my page"), own_page(registration)),
            after=[_("Keep this link to yourself: whoever has it can see and change your registration.")],
        )

    return _set(registration, "registration.lost_link", write)


def _received(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("We have received your registration: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[
            _("thank you. Your address is confirmed and the organiser will now look at your registration."),
            _("Your registration code is %(code)s.") % {"code": registration.code},
        ],
        button=(_("Open my page"), own_page(registration)),
        after=[_("On your page you can follow your registration, change it until it is decided, or withdraw.")],
    )


def _reply_received(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("We have received your answer: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[_("thank you for your answer. The organiser will look at your registration again.")],
        button=(_("Open my page"), own_page(registration)),
    )


def _reopened(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("Your registration is being reviewed again: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[_("the organiser has taken up your registration again and wrote:")],
        quote=reason,
        button=(_("Open my page"), own_page(registration)),
    )


@dataclass(frozen=True)
class OpenedForm:
    """The form after approval as a mail names it."""

    title: str
    due: datetime | None


def opened_form(registration: Registration) -> OpenedForm | None:
    """The form that opens for this guest with the approval; None where nothing is asked then."""
    if registration.category.pk is None:  # a guest made of placeholders, for whoever wants to read the built-in text
        return None
    if not Question.objects.asked_after_approval(registration.category).exists():
        return None
    form = SecondForm.objects.filter(event=registration.event_id).first()
    return OpenedForm(second_form_title(form), form.due(registration.event) if form else None)


def _second_form_words(registration: Registration) -> tuple[list[str], list[tuple[str, str]]]:
    """What the approval says about the form after it: a paragraph and a link, or nothing."""
    form = opened_form(registration)
    if form is None:
        return [], []
    words = _("Please also fill in “%(form)s”.") % {"form": form.title}
    if form.due:
        local = registration.event.local(form.due)
        moment = date_and_clock(local, get_language())
        told = {"form": form.title, "moment": moment, "zone": zone_name(local, get_language())}
        words = _("Please also fill in “%(form)s” by %(moment)s (%(zone)s).") % told
    return [words], [(form.title, address("registration:second_form", guest_token(registration)))]


def _approved(registration: Registration, reason: str, known: Values) -> MailText:
    token = guest_token(registration)
    badge = address("checkin:badge", token)
    words, links = _second_form_words(registration)
    return MailText(
        subject=_("You are registered: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[
            _("your registration has been approved. Your badge is attached to this message."),
            _("Print it or keep it on your phone, and bring it with an identity document."),
            _("Your registration code is %(code)s.") % {"code": registration.code},
            *words,
        ],
        quote=reason,
        button=(_("Open my page"), own_page(registration)),
        links=[
            (_("Badge (PDF)"), badge),
            (_("Add the event to a calendar"), address("registration:calendar", token)),
            *links,
        ],
        after=[_("Your badge is personal: whoever has it can enter in your place.")],
    )


def _rejected(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("Your registration was not approved: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[_("thank you for your interest. We are sorry that we cannot approve your registration:")],
        quote=reason,
        button=(_("Open my page"), own_page(registration)),
        after=[str(standing(State.REJECTED).next_step)],
    )


def _information_requested(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("A question about your registration: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[_("before the organiser can decide on your registration, we need something from you:")],
        quote=reason,
        button=(_("Answer now"), requested_page(registration)),
    )


def _withdrawn(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=(_("Withdrawn: %(event)s") if registration.delegation_id else _("You have withdrawn: %(event)s"))
        % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[
            _("your registration has been withdrawn, by you or by your delegation, and your place has been given back.")
            if registration.delegation_id
            else _("you have withdrawn your registration, and your place has been given back."),
            _("A badge you already have no longer opens doors."),
        ],
        after=[str(standing(State.WITHDRAWN).next_step)],
    )


def _cancelled(registration: Registration, reason: str, known: Values) -> MailText:
    return MailText(
        subject=_("Your registration was cancelled: %(event)s") % {"event": registration.event.name},
        greeting=dear(registration),
        paragraphs=[
            _("the organiser has cancelled your registration. A badge you already have no longer opens doors."),
        ],
        quote=reason,
        button=(_("Open my page"), own_page(registration)),
        after=[str(standing(State.CANCELLED).next_step)],
    )


_Writer = Callable[[Registration, str, Values], MailText]
_BY_TARGET: dict[State, _Writer] = {
    State.APPROVED: _approved,
    State.REJECTED: _rejected,
    State.INFORMATION_REQUESTED: _information_requested,
    State.WITHDRAWN: _withdrawn,
    State.CANCELLED: _cancelled,
    State.OFFERED: waiting.place_offered,
    State.EXPIRED: waiting.offer_lapsed,
    State.PAYMENT_DUE: payments.payment_due,
}
_BACK_IN_QUEUE: dict[State, _Writer] = {
    State.NOMINATED: _received,
    State.UNCONFIRMED: _received,
    State.INFORMATION_REQUESTED: _reply_received,
    State.REJECTED: _reopened,
    State.OFFERED: waiting.offer_accepted,
}
# What further placeholders stand for in the mail of a step.
_VALUES: dict[State, Callable[[Registration], Values]] = {
    State.PAYMENT_DUE: payments.due_values,
    State.OFFERED: waiting.offer_values,
}


def step_mail(registration: Registration, *, before: State, reason: str) -> Mail | None:
    """The mail that tells of the step just taken; None where there is nobody to tell, or no address that was proved."""
    state = State(registration.state)
    write = _BACK_IN_QUEUE.get(before) if state == State.SUBMITTED else _BY_TARGET.get(state)
    if state == State.WITHDRAWN and before == State.WAITLISTED:
        write = waiting.left_list
    if write is None or registration.confirmed_at is None:
        return None
    attachments = [{"kind": "badge", "id": str(registration.pk)}] if state == State.APPROVED else []
    return _set(
        registration,
        f"registration.{write.__name__.strip('_')}",
        lambda known: write(registration, reason, known),
        attachments,
        _VALUES.get(state),
    )


def decision_mail(registration: Registration, to: State, reason: str, fields: Sequence[str] = ()) -> Mail | None:
    """What the guest would read if this were decided. Its links lead nowhere: they are the guest's alone."""
    imagined = copy.copy(registration)
    imagined.state = payments.what_approval_means(registration) if to == State.APPROVED else to
    imagined.asked_fields = list(fields)
    imagined.link_version = 0
    return step_mail(imagined, before=State(registration.state), reason=reason)
