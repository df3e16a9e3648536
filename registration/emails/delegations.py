"""Mails to the focal point of a delegation, in that person's language, and the invitation to a member."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from plenary.core.dates import date_and_clock, zone_name
from registration.emails.guests import dear, guest_values
from registration.emails.payments import due_day
from registration.emails.readers import dear_focal_point as _dear
from registration.emails.readers import delegation_token
from registration.emails.registrations import own_page
from registration.emails.setting import Mail, MailText, Values, address, set_mail
from registration.models import Delegation, Order, Registration
from registration.rules import State
from registration.rules.references import in_groups

AT_MOST_BADGES = 20  # in one mail; the others are in the workspace


def workspace(delegation: Delegation) -> str:
    """The whole address of the workspace, in the active language."""
    return address("registration:delegation", delegation_token(delegation))


def deadline_text(delegation: Delegation) -> str:
    """The deadline in the event's zone, in the active language; empty where there is none."""
    if delegation.deadline is None:
        return ""
    local = delegation.event.local(delegation.deadline)
    return _("%(moment)s (%(zone)s)") % {
        "moment": date_and_clock(local, get_language()),
        "zone": zone_name(local, get_language()),
    }


def _set(
    delegation: Delegation,
    kind: str,
    write: Callable[[Values], MailText],
    rows: Callable[[], list[tuple[str, str]]] = list,
    attachments: Sequence[dict[str, str]] = (),
    further: Mapping[str, str] | None = None,
) -> Mail:
    return set_mail(
        f"delegation.{kind}",
        write,
        event=delegation.event,
        language=delegation.language,
        facts=lambda: [(_("Delegation"), str(delegation.name)), (_("Confirm by"), deadline_text(delegation)), *rows()],
        attachments=attachments,
        values=lambda: {**delegation_values(delegation), **(further or {})},
    )


def delegation_values(delegation: Delegation) -> dict[str, str]:
    """What placeholders about a delegation stand for; the name is that of its contact point."""
    return {
        "name": delegation.focal_name,
        "delegation": str(delegation.name),
        "deadline": deadline_text(delegation),
    }


def _keep_secret() -> str:
    return _("Keep this link to yourself: whoever has it can see and change your delegation's list.")


def workspace_link(delegation: Delegation) -> Mail:
    """The link that opens the workspace."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your delegation: %(event)s") % {"event": delegation.event.name},
            greeting=_dear(delegation),
            paragraphs=[
                _("you are the contact point of your delegation. On its page you name its members, fill in their "
                  "details or invite them to do it, hand in the credentials letter, and confirm the list."),
                _("You need no account: this link opens the page."),
            ],
            button=(_("Open the delegation's page"), workspace(delegation)),
            after=[_keep_secret()],
        )  # fmt: skip

    return _set(delegation, "link", write, lambda: _places(delegation))


def _places(delegation: Delegation) -> list[tuple[str, str]]:
    quotas = delegation.quotas.select_related("category")
    return [(str(quota.category.name), str(number_format(quota.places))) for quota in quotas]


def reminder(delegation: Delegation, *, missing: int) -> Mail:
    """Before the deadline, while the list is not confirmed."""

    def write(known: Values) -> MailText:
        paragraphs = [
            _("your delegation's list is not confirmed yet. After %(deadline)s only the organiser can change it.")
            % {"deadline": known["deadline"]}
        ]
        if missing:
            text = ngettext("%(count)s member still needs details.", "%(count)s members still need details.", missing)
            paragraphs.append(text % {"count": known["missing"]})
        return MailText(
            subject=_("Please confirm your delegation: %(event)s") % {"event": delegation.event.name},
            greeting=_dear(delegation),
            paragraphs=paragraphs,
            button=(_("Open the delegation's page"), workspace(delegation)),
            after=[_keep_secret()],
        )

    return _set(delegation, "reminder", write, further={"missing": str(number_format(missing))})


def list_confirmed(delegation: Delegation, members: Sequence[Registration]) -> Mail:
    """The receipt of a confirmed list, with the list."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Your delegation's list is confirmed: %(event)s") % {"event": delegation.event.name},
            greeting=_dear(delegation),
            paragraphs=[
                _("thank you. The list of your delegation is confirmed as it stands below."),
                _("You can still complete details and withdraw members. To name or replace somebody now, write to "
                  "the organiser."),
            ],
            button=(_("Open the delegation's page"), workspace(delegation)),
        )  # fmt: skip

    return _set(delegation, "confirmed", write, lambda: [(m.name, str(m.category.name)) for m in members])


def decisions(
    delegation: Delegation,
    members: Sequence[Registration],
    reasons: Mapping[str, str],
    owed: Mapping[UUID, Order] | None = None,
) -> Mail:
    """What was decided about members since the last time, with the badges of those who have no address of their own.

    `owed` are the open orders of those who have to pay first, by member.
    """
    without_address = [m for m in members if m.state == State.APPROVED and m.confirmed_at is None]
    attachments = [{"kind": "badge", "id": str(member.pk)} for member in without_address[:AT_MOST_BADGES]]
    is_due = any(member.state == State.PAYMENT_DUE for member in members)

    def write(known: Values) -> MailText:
        paragraphs = [_("the organiser has decided about members of your delegation, as listed below.")]
        if attachments:
            paragraphs.append(_("Badges of members who have no e-mail address of their own are attached."))
        if is_due:
            paragraphs.append(_("Where a fee is due, the badge is issued as soon as it is paid."))
            paragraphs.append(_how_to_pay())
        subject = (
            _("News about your delegation, payment due: %(event)s")
            if is_due
            else _("News about your delegation: %(event)s")
        )
        return MailText(
            subject=subject % {"event": delegation.event.name},
            greeting=_dear(delegation),
            paragraphs=paragraphs,
            button=(_("See what is to be paid"), fees_page(delegation))
            if is_due
            else (_("Open the delegation's page"), workspace(delegation)),
        )

    def rows() -> list[tuple[str, str]]:
        return [(m.name, _told(m, reasons.get(str(m.pk), ""), (owed or {}).get(m.pk))) for m in members]

    return _set(delegation, "decisions", write, rows, attachments)


def _told(member: Registration, reason: str, order: Order | None) -> str:
    state = str(member.get_state_display())
    if order is not None and member.state == State.PAYMENT_DUE:
        state = f"{state}: {_to_pay(order)}"
    return _("%(state)s: %(reason)s") % {"state": state, "reason": reason} if reason else state


def _to_pay(order: Order) -> str:
    return _("%(amount)s until %(day)s, reference %(reference)s") % {
        "amount": order.outstanding.text(get_language()),
        "day": due_day(order),
        "reference": in_groups(order.reference),
    }


def _how_to_pay() -> str:
    return _(
        "On the delegation's page you find all ways to pay. With a bank transfer give the reference of each member: by "
        "it we find the payment."
    )


def fees_page(delegation: Delegation) -> str:
    """Where the workspace tells who owes what, and how to pay it."""
    return f"{workspace(delegation)}#payments"


def fees_reminder(delegation: Delegation, orders: Sequence[Order]) -> Mail:
    """What is to be paid for members who have no address of their own, in one mail before the day."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Please remember to pay: %(event)s") % {"event": delegation.event.name},
            greeting=_dear(delegation),
            paragraphs=[
                _("the fees of the members below have not arrived yet."),
                _how_to_pay(),
                _("If you have paid in the last days, you need not do anything."),
            ],
            button=(_("See what is to be paid"), fees_page(delegation)),
        )

    return _set(delegation, "payment_reminder", write, lambda: _fee_rows(orders))


def fees_overdue(delegation: Delegation, orders: Sequence[Order]) -> Mail:
    """The same once the day has passed."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("The payment of members is overdue: %(event)s") % {"event": delegation.event.name},
            greeting=_dear(delegation),
            paragraphs=[
                _("the fees of the members below were due and have not arrived."),
                _how_to_pay(),
                _("Please pay now, or write to the organiser: otherwise their places may go to somebody else."),
            ],
            button=(_("See what is to be paid"), fees_page(delegation)),
        )

    return _set(delegation, "payment_overdue", write, lambda: _fee_rows(orders))


def _fee_rows(orders: Sequence[Order]) -> list[tuple[str, str]]:
    return [(order.registration.name, _to_pay(order)) for order in orders]


def moved_up(registration: Registration, delegation: Delegation) -> Mail:
    """A place became free, and the first on the delegation's waiting list has it."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("A place has become free for your delegation: %(event)s") % {"event": registration.event.name},
            greeting=_dear(delegation),
            paragraphs=[
                _("a place has become free, and the member below has moved up from your delegation's waiting list."),
                _("Fill in the details now, or invite the member to do it."),
            ],
            button=(_("Open the delegation's page"), workspace(delegation)),
        )

    def rows() -> list[tuple[str, str]]:
        return [(_("Member"), registration.name), (_("Category"), str(registration.category.name))]

    return _set(delegation, "moved_up", write, rows)


def member_reminder(registration: Registration, delegation: Delegation, missing: Callable[[], list[str]]) -> Mail:
    """To a member with a proved address, asked for by the head: what is still missing, and where to give it."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Something is still missing: %(event)s") % {"event": registration.event.name},
            greeting=dear(registration),
            paragraphs=[
                _("your delegation %(delegation)s reminds you: something is still missing for your participation.")
                % {"delegation": known["delegation"]},
                _("Missing: %(what)s") % {"what": known["what"]},
            ],
            button=(_("Open my page"), own_page(registration)),
        )

    return set_mail(
        "delegation.member_reminder",
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [(_("Delegation"), str(delegation.name)), (_("Category"), str(registration.category.name))],
        values=lambda: {
            **guest_values(registration),
            "delegation": str(delegation.name),
            "what": _(", ").join(missing()),
        },
    )


def member_question(registration: Registration, delegation: Delegation, reason: str) -> Mail:
    """A question about a member who has no proved address: the focal point answers it."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("A question about a member of your delegation: %(event)s") % {"event": registration.event.name},
            greeting=_dear(delegation),
            paragraphs=[_("before the organiser can decide about this member, we need something from you:")],
            quote=reason,
            button=(
                _("Answer now"),
                address("registration:delegation_member", delegation_token(delegation), str(registration.pk)),
            ),
        )

    return _set(delegation, "question", write, lambda: [(_("Member"), registration.name)])


def member_invitation(registration: Registration, delegation: Delegation) -> Mail:
    """To a member's own address, which nobody has proved yet: no word that the focal point typed."""

    def write(known: Values) -> MailText:
        return MailText(
            subject=_("Complete your registration: %(event)s") % {"event": registration.event.name},
            greeting=_("Hello,"),
            paragraphs=[
                _("the delegation %(delegation)s has named you for this event and asks you to fill in your details.")
                % {"delegation": known["delegation"]},
                _("Only then can the organiser look at your registration."),
            ],
            button=(_("Fill in my details"), own_page(registration)),
            after=[
                _("Keep this link to yourself: whoever has it can see and change your registration."),
                _("If you do not know this delegation, you need not do anything."),
            ],
        )

    return set_mail(
        "delegation.invitation",
        write,
        event=registration.event,
        language=registration.language,
        facts=lambda: [
            (_("Delegation"), str(delegation.name)),
            (_("Category"), str(registration.category.name)),
        ],
        values=lambda: {"delegation": str(delegation.name)},
    )
