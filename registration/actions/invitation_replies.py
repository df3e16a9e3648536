"""What an invited guest does: accept, decline, send somebody else, bring companions. Each until the last day to reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core import crypto
from plenary.core.actions import GUEST, record_history
from plenary.core.links import BadLink, read_link
from registration import emails
from registration.actions.drafts import attach_upload, start_draft
from registration.actions.invitations import new_substitute, post_to_invited, send_invitations
from registration.actions.invited import INVITED, draft_content
from registration.actions.locking import lock_then_read
from registration.actions.signing_up import (
    AlreadyRegistered,
    CategoryClosed,
    Particulars,
    confirm_address,
    register,
    submit,
)
from registration.actions.transitions import Refused
from registration.models import Category, Companion, Draft, Invitation, Letter, Question, Registration
from registration.querysets import address_index
from registration.rules import LIVE, Opening
from registration.rules.invitations import MOST_SUBSTITUTIONS, InvitationState, keeps_place, may_reply
from registration.uploads import Checked

PURPOSE = "invitation"
NEVER_SENT = frozenset({InvitationState.LISTED})


def read_invitation_link(token: str) -> Invitation:
    """The invitation a link opens; raises BadLink for one that is forged, was replaced by a newer, or never went out."""
    link = read_link(PURPOSE, token)
    found = Invitation.objects.with_event().filter(pk=link.subject, link_version=link.version).first()
    if found is None or found.state in NEVER_SENT:
        raise BadLink("no such invitation")
    return found


def _check(invitation: Invitation, reply: InvitationState) -> None:
    """Raise Refused where this reply cannot be given now; the text says what to do instead."""
    if not invitation.event.takes_registrations:
        raise Refused(_("Replies to this invitation are closed. Write to the organiser."))
    if invitation.registration is not None and invitation.registration.state in LIVE:
        raise Refused(_("You have registered already. To change or withdraw, open your own page."))
    if not may_reply(invitation.state, reply):
        raise Refused(_("This invitation was answered already: %(state)s.") % {"state": invitation.get_state_display()})
    if not invitation.replies_open:
        raise Refused(_("The last day to reply is over. Write to the organiser if you still wish to come."))


def _reply(invitation: Invitation, reply: InvitationState, *, text: str = "") -> None:
    before, invitation.state = invitation.state, reply
    invitation.reply_text = text
    invitation.replied_at, invitation.reply_noted_at = timezone.now(), None
    invitation.version += 1
    invitation.save(update_fields=["state", "reply_text", "replied_at", "reply_noted_at", "version", "changed_at"])
    record_history(
        invitation, verb=reply.value, by=GUEST, event=invitation.event, data={"from": before, "to": reply.value}
    )


@transaction.atomic
def accept_invitation(*, invitation_id: UUID, language: str) -> Draft:
    """Accept, and open the registration with what is known; accepted again it is the same draft.

    Raises Refused.
    """
    invitation = lock_then_read(Invitation.objects.with_event(), invitation_id)
    if invitation.state == InvitationState.ACCEPTED:
        if not invitation.event.takes_registrations:
            raise Refused(_("Replies to this invitation are closed. Write to the organiser."))
        if invitation.registration is not None and invitation.registration.state in LIVE:
            raise Refused(_("You have registered already. To change or withdraw, open your own page."))
    else:
        _check(invitation, InvitationState.ACCEPTED)
        _reply(invitation, InvitationState.ACCEPTED)
    draft = invitation.draft
    if draft is None or draft.sent_at is not None:
        draft = start_draft(category=invitation.category, language=language)
        draft.content = draft_content(invitation)
        draft.save(update_fields=["content", "changed_at"])
        invitation.draft = draft
        invitation.save(update_fields=["draft", "changed_at"])
    return draft


@transaction.atomic
def register_invited(
    *,
    invitation_id: UUID,
    particulars: Particulars,
    answers: Mapping[str, Any],
    versions: Mapping[str, int],
    files: Mapping[Question, Checked | None],
    language: str,
) -> Registration | None:
    """Accept and register in one step, as a program does for a guest who has filled in everything.

    None where the address was registered already; it gets a mail then. Raises Refused, CategoryClosed.
    """
    draft = accept_invitation(invitation_id=invitation_id, language=language)
    sent = {question: checked for question, checked in files.items() if checked is not None}
    uploads = {attach_upload(owner=draft, question=question, checked=checked).pk for question, checked in sent.items()}
    return submit(
        draft=draft,
        particulars=particulars,
        answers=answers,
        versions=versions,
        upload_ids=uploads,
        language=language,
    )


@transaction.atomic
def decline_invitation(*, invitation_id: UUID, text: str) -> Invitation:
    """Decline, with a word if the guest wishes; declined again, nothing changes. Raises Refused."""
    invitation = lock_then_read(Invitation.objects.with_event(), invitation_id)
    if invitation.state == InvitationState.DECLINED:
        return invitation
    _check(invitation, InvitationState.DECLINED)
    _reply(invitation, InvitationState.DECLINED, text=text)
    post_to_invited(
        emails.declined(invitation), invitation, f"invitation.declined:{invitation.pk}:{invitation.version}"
    )
    return invitation


@transaction.atomic
def send_substitute(*, invitation_id: UUID, particulars: Particulars, language: str, text: str = "") -> Invitation:
    """Name somebody to come instead, who gets an invitation of their own; whose turn was prominent waits for staff.

    Raises Refused: for the guest's own address, for an address of the same chain, at the end of a chain, and for an
    address that is invited already.
    """
    original = lock_then_read(Invitation.objects.with_event(), invitation_id)
    if original.state == InvitationState.SUBSTITUTED:
        same = original.substitutes.filter(email_index=address_index(particulars.email)).first()
        if same is not None:
            return same  # the same form sent twice
    _check(original, InvitationState.SUBSTITUTED)
    index = address_index(particulars.email)
    if index == original.email_index:
        raise Refused(_("This is your own address. To come yourself, accept the invitation."))
    if original.substitutions >= MOST_SUBSTITUTIONS:
        raise Refused(_("This invitation was passed on too often. Write to the organiser."))
    substitute = new_substitute(original, language=language, **asdict(particulars))
    # Left first, so that the two never hold one place in the list at once.
    _reply(original, InvitationState.SUBSTITUTED, text=text)
    try:
        with transaction.atomic():
            substitute.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("This person has been invited already. Name somebody else.")) from error
    Letter.objects.valid().filter(invitation=original).update(revoked_at=timezone.now())
    record_history(substitute, verb="named", by=GUEST, event=original.event)
    post_to_invited(emails.substituted(original), original, f"invitation.substituted:{original.pk}")
    send_invitations([substitute.pk], by=GUEST)  # a prominent guest's substitute is refused here: held until assessed
    return substitute


def companion_category(invitation: Invitation) -> Category:
    """As what accompanying persons come: the category the invitation names for them, else the guest's own."""
    category = invitation.companion_category or invitation.category
    category.event = invitation.event
    return category


@transaction.atomic
def bring_companion(
    *,
    invitation_id: UUID,
    particulars: Particulars,
    language: str,
    answers: Mapping[str, Any] | None = None,
    versions: Mapping[str, int] | None = None,
    files: Mapping[Question, Checked | None] | None = None,
    origin: UUID | None = None,
) -> Registration:
    """Register an accompanying person with what their category asks, within the limit the invitation sets.

    Raises Refused. `origin` makes a form that is sent twice one person. Without an address of their own, companions share
    the guest's; a blind index of their own keeps them apart from it.
    """
    invitation = lock_then_read(Invitation.objects.with_event(), invitation_id)
    # Hashed with the invitation's key: whoever invents an origin must not reach a registration made elsewhere.
    source = uuid5(invitation.pk, str(origin or uuid4()))
    if same := Registration.objects.with_event().filter(companion_of__invitation=invitation, origin=source).first():
        return same
    if invitation.state != InvitationState.ACCEPTED or invitation.registration is None:
        raise Refused(_("Register yourself first, then add who accompanies you."))
    if invitation.registration.state not in LIVE:
        raise Refused(_("Your own registration has ended, so nobody can be added to it."))
    place = _free_place(invitation)
    own_address = bool(particulars.email) and address_index(particulars.email) != invitation.registration.email_index
    facts = asdict(particulars) | {"email": particulars.email if own_address else invitation.registration.email}
    try:
        registration = register(
            category=companion_category(invitation),
            particulars=Particulars(**facts),
            answers=answers or {},
            versions=versions,
            language=language,
            origin=source,
            source=INVITED,
            proved=not own_address,
            email_index="" if own_address else crypto.blind_index(f"{invitation.pk}:{place}", "registration.companion"),
        )
    except AlreadyRegistered as refusal:
        raise Refused(_("This person is registered already.")) from refusal
    except CategoryClosed as refusal:
        raise Refused(_closed_to_companions(refusal.opening)) from refusal
    for question, checked in (files or {}).items():
        if checked is not None:
            attach_upload(owner=registration, question=question, checked=checked)
    Companion.objects.create(invitation=invitation, place=place, registration=registration)
    record_history(invitation, verb="companion_added", by=GUEST, event=invitation.event)
    return registration if own_address else confirm_address(registration_id=registration.pk)


def _free_place(invitation: Invitation) -> int:
    """The first place within the limit; who withdrew or lapsed gives theirs up. Raises Refused."""
    taken = {companion.place: companion for companion in invitation.companions.select_related("registration")}
    for place in range(1, invitation.companions_allowed + 1):
        if place not in taken:
            return place
        if not keeps_place(taken[place].registration.state):
            taken[place].delete()  # the registration stays, with its history
            return place
    raise Refused(_("Your invitation is for no more accompanying persons."))


def _closed_to_companions(opening: Opening) -> str:
    if opening == Opening.FULL:
        return _("No place is left for accompanying persons. Write to the organiser.")
    return _("Nobody can be added now. Write to the organiser.")
