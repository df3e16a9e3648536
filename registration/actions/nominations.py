"""What the head or focal point does in the workspace: name, fill in, invite, replace, withdraw, hand in papers, confirm."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, SYSTEM, Actor, record_history
from plenary.core.links import ClosedLink, read_link
from registration import emails
from registration.actions.delegations import is_focal_address, lock_delegation, post_to_delegation
from registration.actions.guests import change_answers, reply_to_request
from registration.actions.places import take_place
from registration.actions.posting import post
from registration.actions.signing_up import AlreadyRegistered, Particulars, insert_once
from registration.actions.transitions import Refused, move, take_step
from registration.models import (
    Category,
    Consent,
    Delegation,
    DelegationQuota,
    MemberDraft,
    Question,
    Registration,
)
from registration.querysets import address_index
from registration.rules import EDITABLE_BY_GUEST, HOLDS_PLACE, Stage, State, Who, name_key
from registration.rules.delegations import MOST_IN_RESERVE, ReserveOrder
from registration.uploads import Checked

DELEGATION = Actor("delegation")


class Namesake(Refused):
    """The delegation has named somebody of this name in this category already."""


def read_delegation_link(token: str) -> Delegation:
    """The delegation whose workspace a link opens; raises ClosedLink for one that was revoked or renewed, else BadLink."""
    link = read_link("delegation", token)
    delegation = Delegation.objects.with_event().filter(pk=link.subject).first()
    if delegation is None or delegation.link_version != link.version or delegation.link_revoked_at is not None:
        raise ClosedLink("revoked")
    return delegation


def check_open(delegation: Delegation) -> None:
    """Raise Refused unless the delegation itself may change its list now."""
    stage = delegation.stage()
    if stage != Stage.OPEN:
        raise Refused(closed_list(stage))


def closed_list(stage: Stage) -> str:
    """Why the list cannot be changed, and what to do."""
    return {
        Stage.CONFIRMED: _("The list is confirmed. To change who is on it, write to the organiser."),
        Stage.OVER: _("The deadline has passed. To change who is on the list, write to the organiser."),
        Stage.EVENT_CLOSED: _("Registration for this event is not open. Write to the organiser."),
    }[stage]


def lock_member(delegation_id: UUID, member_id: UUID, expected_version: int | None = None) -> Registration:
    """One member's row, locked; raises DoesNotExist for a member of another delegation, Refused for an older look."""
    members = Registration.objects.with_event().select_for_update(of=("self",))
    member = members.get(pk=member_id, delegation=delegation_id)
    _check_version(member, expected_version)
    return member


def _check_version(member: Registration, expected_version: int | None) -> None:
    if expected_version is not None and member.version != expected_version:
        raise Refused(
            _("Somebody else has changed this member since you opened the page. Look at it again, then try again.")
        )


def _bump(delegation: Delegation) -> None:
    delegation.version += 1
    delegation.save(update_fields=["version"])


@transaction.atomic
def nominate(
    *, delegation_id: UUID, category: Category, person: Particulars, origin: UUID, namesake: bool = False
) -> Registration:
    """Name a member and hold the place; the same `origin` again answers the member it made.

    Where no place is left, of the delegation or of the category, the member goes to the delegation's own waiting list;
    so does whoever is named while others wait there for their turn. Raises Refused, and Namesake where somebody of this
    name is on the list and `namesake` does not say that this is another person.
    """
    if same := _made_before(delegation_id, origin):
        return same
    delegation = lock_delegation(delegation_id)
    if same := _made_before(delegation_id, origin):  # while this one waited for the lock
        return same
    check_open(delegation)
    if not namesake:
        _refuse_namesake(delegation, category, person)
    member, is_new = _insert(delegation, category, person, origin)
    if not is_new:
        return member
    record_history(member, verb="nominated", by=DELEGATION, event=delegation.event)
    _bump(delegation)
    waiting = Registration.objects.reserve_of(category, delegation.pk).count()
    passes_nobody = delegation.reserve_order == ReserveOrder.CHOSEN or not waiting
    if not (passes_nobody and take_place(category, delegation.pk)):
        _put_in_reserve(member, waiting)
    return member


def _put_in_reserve(member: Registration, waiting: int) -> None:
    """Let somebody wait for a place of the delegation. Raises Refused where it has none in this category."""
    facts = {"category": member.category.name, "most": MOST_IN_RESERVE}
    if not DelegationQuota.objects.filter(delegation=member.delegation_id, category=member.category_id).exists():
        raise Refused(
            _("Your delegation has no places as %(category)s. Choose another category, or write to the organiser.")
            % facts
        )
    if waiting >= MOST_IN_RESERVE:
        raise Refused(
            _("%(most)d people wait already for a place as %(category)s. Withdraw somebody, or write to the organiser.")
            % facts
        )
    member.state = State.RESERVE
    member.save(update_fields=["state", "changed_at"])
    record_history(
        member, verb=State.RESERVE.value, by=DELEGATION, event=member.event, data={"to": State.RESERVE.value}
    )


@transaction.atomic
def import_members(
    *, delegation_id: UUID, rows: Sequence[tuple[Category, Particulars]], origin: UUID
) -> list[Registration]:
    """Name everybody in a list, or nobody; the same `origin` again answers those it named. Raises Refused with the name."""
    named = []
    for number, (category, person) in enumerate(rows):
        try:
            named.append(
                nominate(
                    delegation_id=delegation_id,
                    category=category,
                    person=person,
                    origin=uuid5(origin, str(number)),
                )
            )
        except Refused as refusal:
            raise Refused(_("%(name)s: %(why)s Nobody was added.") % {"name": person.name, "why": refusal}) from refusal
    return named


def _made_before(delegation_id: UUID, origin: UUID) -> Registration | None:
    return Registration.objects.with_event().filter(origin=origin, delegation=delegation_id).first()


def _refuse_namesake(delegation: Delegation, category: Category, person: Particulars) -> None:
    key = name_key(person.latin_name or person.name)
    same = Registration.objects.live().filter(delegation=delegation, category=category, name_key=key)
    if key and same.exists():
        raise Namesake(
            _("%(name)s is on your list as %(category)s already.") % {"name": person.name, "category": category.name}
        )


def address_taken() -> str:
    """Says no more than that: whose registration it is, and by which delegation, is nobody's business here."""
    return _(
        "This address cannot be used again in this category. Leave it empty, and mails about this person come to you; "
        "or write to the organiser."
    )


def _insert(delegation: Delegation, category: Category, person: Particulars, origin: UUID) -> tuple[Registration, bool]:
    if is_focal_address(delegation, person.email):
        person = replace(person, email="")
    member = Registration(
        event=delegation.event,
        category=category,
        delegation=delegation,
        state=State.NOMINATED,
        origin=origin,
        source="delegation",
        language=delegation.language,
        email_index=address_index(person.email),
        answers="{}",
        **asdict(person),
    )
    try:
        return insert_once(member)
    except AlreadyRegistered as refusal:
        raise Refused(address_taken()) from refusal


@transaction.atomic
def substitute(
    *, delegation_id: UUID, member_id: UUID, person: Particulars, origin: UUID, expected_version: int | None = None
) -> Registration:
    """Put somebody else in a member's place, which is never free in between. Raises Refused."""
    if same := _made_before(delegation_id, origin):
        return same
    leaving = lock_member(delegation_id, member_id)
    if same := _made_before(delegation_id, origin):  # while this one waited for the lock
        return same
    _check_version(leaving, expected_version)
    delegation = lock_delegation(delegation_id)
    check_open(delegation)
    if leaving.state not in HOLDS_PLACE:
        raise Refused(_("This member holds no place any more that somebody else could take."))
    take_step(leaving, to=State.WITHDRAWN, who=Who.DELEGATION, by=DELEGATION)
    member, is_new = _insert(delegation, leaving.category, person, origin)
    if is_new:
        replaces = {"replaces": str(leaving.pk)}
        record_history(member, verb="nominated", by=DELEGATION, event=delegation.event, data=replaces)
        _bump(delegation)
    return member


@transaction.atomic
def withdraw_member(*, delegation_id: UUID, member_id: UUID) -> Registration:
    """Take a member off the list and give the place back, at any time; twice is once. Raises Refused."""
    member = lock_member(delegation_id, member_id)
    if member.state == State.WITHDRAWN:
        return member
    delegation = lock_delegation(delegation_id)
    _bump(delegation)
    return move(member, to=State.WITHDRAWN, who=Who.DELEGATION, by=DELEGATION)


@transaction.atomic
def save_member_draft(*, member: Registration, typed: Mapping[str, list[str]]) -> None:
    """Keep what was typed about a member, right or wrong."""
    draft, _made = MemberDraft.objects.select_for_update().get_or_create(member=member)
    draft.content = json.dumps(dict(typed), ensure_ascii=False)
    draft.save(update_fields=["content", "changed_at"])


@transaction.atomic
def fill_in_member(
    *,
    delegation_id: UUID,
    member_id: UUID,
    particulars: Particulars,
    answers: Mapping[str, Any],
    files: Mapping[Question, Checked | None] | None = None,
    scope: Collection[str] | None = None,
    versions: Mapping[str, int] | None = None,
    expected_version: int | None = None,
) -> Registration:
    """Fill in for a member what the member would; once it is complete the officer has it. `scope` as in change_answers.

    Raises Refused.
    """
    member = lock_member(delegation_id, member_id, expected_version)
    if member.state not in EDITABLE_BY_GUEST:
        raise Refused(_("This member is “%(state)s” and can no longer be changed.") % _state(member))
    _set_address(member, particulars.email)
    change_answers(
        registration_id=member.pk,
        particulars=particulars,
        answers=answers,
        files=files,
        scope=scope,
        versions=versions,
        by=DELEGATION,
        source=Consent.Source.DELEGATION,
    )
    MemberDraft.objects.filter(member=member).delete()
    return complete_nomination(registration_id=member.pk, who=Who.DELEGATION)


def _state(member: Registration) -> dict[str, str]:
    return {"state": str(member.get_state_display())}


def _set_address(member: Registration, email: str) -> None:
    """Give a member another address; links sent to the old one close. An address the member has proved stays."""
    index = address_index(email)
    if index == member.email_index or (member.delegation and is_focal_address(member.delegation, email)):
        return
    if member.confirmed_at is not None:
        raise Refused(_("This member has confirmed the address: only the organiser can change it."))
    member.email, member.email_index = email, index
    member.link_version += 1
    try:
        with transaction.atomic():
            member.save(update_fields=["email", "email_index", "link_version", "changed_at"])
    except IntegrityError as error:
        raise Refused(address_taken()) from error
    record_history(member, verb="address_changed", by=DELEGATION, event=member.event)


@transaction.atomic
def complete_nomination(*, registration_id: UUID, who: Who, language: str = "") -> Registration:
    """The details are there: on to the officer, or in at once where nobody decides. Else it changes nothing.

    A member who did it behind the link in the own mail has proved the address, and is written to in the language the
    details were filled in in, not in that of the focal point.
    """
    member = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if member.state != State.NOMINATED:
        return member
    if who == Who.GUEST and member.email:
        member.confirmed_at = timezone.now()
        member.language = language or member.language
        member.save(update_fields=["language"])
    transaction.on_commit(partial(_compare_again, member))
    if member.category.needs_review:
        return move(member, to=State.SUBMITTED, who=who, by=GUEST if who == Who.GUEST else DELEGATION)
    return move(member, to=State.APPROVED, who=Who.SYSTEM, by=SYSTEM)


def _compare_again(member: Registration) -> None:
    """Have those of the same name in other delegations compared anew, so that the desks of both see the other.

    After the commit: two that are completed at once would wait for each other's rows.
    """
    alike = Registration.objects.filter(event=member.event_id, name_key=member.name_key, state=State.SUBMITTED)
    alike.exclude(delegation=member.delegation_id).update(checked_at=None)


@transaction.atomic
def invite_member(*, delegation_id: UUID, member_id: UUID, email: str) -> Registration:
    """Mail a member the link to fill in the details, at most once in ten minutes. Raises Refused."""
    member = lock_member(delegation_id, member_id)
    if member.state != State.NOMINATED:
        raise Refused(
            _("This member is “%(state)s”: nothing is missing that an invitation could bring.") % _state(member)
        )
    delegation = lock_delegation(delegation_id)
    if not email or is_focal_address(delegation, email):
        raise Refused(_("Write the member's own address: yours is that of the whole delegation."))
    _set_address(member, email)
    record_history(member, verb="invited_member", by=DELEGATION, event=member.event)
    slot = timezone.now().strftime("%Y%m%d%H%M")[:-1]
    post(
        emails.member_invitation(member, delegation),
        recipient=member.email,
        language=member.language,
        about=member,
        event=member.event,
        occasion=f"invited:{member.pk}:{member.link_version}:{slot}",
    )
    return member


@transaction.atomic
def reply_for_member(
    *, delegation_id: UUID, member_id: UUID, text: str, checked: Checked | None, expected_version: int | None = None
) -> Registration:
    """Answer the officer's question about a member. Raises Refused."""
    member = lock_member(delegation_id, member_id, expected_version)
    return reply_to_request(registration_id=member.pk, text=text, checked=checked, who=Who.DELEGATION, by=DELEGATION)


@transaction.atomic
def confirm_list(*, delegation_id: UUID, by: Actor = DELEGATION, expected_version: int | None = None) -> Delegation:
    """Confirm who comes; twice is once. Raises Refused after the deadline, for an empty list, and for an older look."""
    delegation = lock_delegation(delegation_id)
    if delegation.confirmed_at is not None:
        return delegation
    if by == DELEGATION:
        check_open(delegation)
    if expected_version is not None and delegation.version != expected_version:
        raise Refused(_("The list has changed since you opened it. Look at it again, then confirm."))
    members = list(Registration.objects.live().filter(delegation=delegation).select_related("category"))
    if not members:
        raise Refused(_("There is nobody on the list. Name at least one member, then confirm."))
    delegation.confirmed_at = timezone.now()
    delegation.version += 1
    delegation.save(update_fields=["confirmed_at", "version"])
    record_history(delegation, verb="list_confirmed", by=by, event=delegation.event, data={"members": len(members)})
    mail = emails.list_confirmed(delegation, sorted(members, key=lambda m: (m.category.position, m.name_key)))
    post_to_delegation(mail, delegation, occasion=f"delegation.confirmed:{delegation.pk}:{delegation.version}")
    return delegation
