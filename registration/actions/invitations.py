"""The guest list: added to, imported, assessed, sent, reminded, taken back. Nothing leaves before the plan is in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import SYSTEM, Actor, cancel_waiting, record_history
from plenary.core.names import search_text
from plenary.events.models import Event
from registration import emails
from registration.actions.letters import issue_letter
from registration.actions.locking import lock_then_read
from registration.actions.posting import post
from registration.actions.storing import discard, store
from registration.actions.transitions import Refused
from registration.actions.vetting import DecisionReport
from registration.emails import Mail
from registration.letters import rules_on
from registration.models import GuestListFile, Invitation, Letter, RiskAssessment
from registration.querysets import address_index
from registration.rules import LIVE
from registration.rules.invitations import Delivery, InvitationState
from registration.rules.letters import LetterKind, reminder_stage
from registration.uploads import Checked

# What may still be changed once an invitation is out: the rest stands in a letter somebody holds.
CHANGEABLE_WHEN_SENT = ("reply_by", "companions_allowed", "companion_category", "note")
PREVIEW_KEPT = timedelta(days=1)


def prepare(invitation: Invitation) -> Invitation:
    """Fill the columns by which an invitation is found, and begin its chain; whoever changes a person calls this."""
    invitation.email_index = address_index(invitation.email)
    invitation.search_text = search_text(invitation.name, invitation.latin_name, invitation.organisation)
    if invitation.chain is None:
        invitation.chain = invitation.pk
    return invitation


def already_listed() -> str:
    return _("This address has an open invitation to this event already.")


@transaction.atomic
def add_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """Put somebody on the guest list. Raises Refused for an address that has an open invitation."""
    prepare(invitation)
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(already_listed()) from error
    record_history(invitation, verb="added", by=by, event=invitation.event)
    return invitation


@transaction.atomic
def change_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """Save what staff changed. Once sent, only what no letter says: the last day to reply, companions, the note.

    Raises Refused where somebody else changed it in the meantime.
    """
    stored = lock_then_read(Invitation.objects.select_related("event"), invitation.pk)
    if stored.version != invitation.version:
        raise Refused(_("Somebody else changed this invitation in the meantime. Load it again."))
    invitation.version += 1
    if stored.state != InvitationState.LISTED:
        if stored.reply_by != invitation.reply_by:
            stored.reminded_stage = None  # a new last day has reminders of its own
        for name in CHANGEABLE_WHEN_SENT:
            setattr(stored, name, getattr(invitation, name))
        stored.version = invitation.version
        stored.save()
        record_history(stored, verb="changed", by=by, event=stored.event)
        return stored
    prepare(invitation)
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise Refused(already_listed()) from error
    record_history(invitation, verb="changed", by=by, event=stored.event)
    return invitation


@transaction.atomic
def attach_assessment(*, invitation_id: UUID, checked: Checked, by: Actor) -> Invitation:
    """Attach the risk assessment of a prominent guest; a newer one takes the place of the old."""
    invitation = lock_then_read(Invitation.objects.select_related("event", "assessment"), invitation_id)
    old, invitation.assessment = invitation.assessment, store(RiskAssessment(), checked)
    invitation.assessed_at = timezone.now()
    invitation.version += 1
    invitation.save(update_fields=["assessment", "assessed_at", "version", "changed_at"])
    if old is not None:
        discard(old)
    record_history(invitation, verb="assessed", by=by, event=invitation.event)
    return invitation


# -- importing ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def keep_guest_list(*, event: Event, content: Checked, by: Actor) -> GuestListFile:
    """Keep a file between its preview and its confirmation."""
    if by.user is None:
        raise ValueError("only staff import guest lists")
    return store(GuestListFile(event=event, sent_by=by.user), content)


@transaction.atomic
def import_guests(*, source: GuestListFile, guests: Sequence[Invitation], by: Actor) -> int:
    """Write a previewed list, whole or not at all; confirmed twice it is written once. Answers how many were added.

    Raises Refused where it was imported already, or where the list has changed since the preview.
    """
    now = timezone.now()
    if not GuestListFile.objects.filter(pk=source.pk, imported_at__isnull=True).update(imported_at=now):
        raise Refused(_("This list was imported already."))
    for guest in guests:
        prepare(guest)
    try:
        with transaction.atomic():
            Invitation.objects.bulk_create(guests, batch_size=200)
    except IntegrityError as error:
        raise Refused(_("The guest list has changed since this preview. Send the file again.")) from error
    facts = {"count": len(guests), "digest": source.digest[:16]}
    record_history(source.event, verb="guests_imported", by=by, event=source.event, data=facts)
    return len(guests)


def forget_guest_lists(*, limit: int = 100) -> int:
    """Delete the files of previews older than a day; answers how many."""
    old = list(GuestListFile.objects.filter(created_at__lt=timezone.now() - PREVIEW_KEPT)[:limit])
    for file in old:
        with transaction.atomic():
            discard(file)
    return len(old)


# -- sending ------------------------------------------------------------------------------------------------------------
def send_invitations(invitation_ids: Iterable[UUID], *, by: Actor) -> DecisionReport:
    """Send invitations, each in a transaction of its own; one that cannot go is named and holds up nobody."""
    return _each(invitation_ids, lambda found: _send(found, by=by))


def send_again(invitation_ids: Iterable[UUID], *, by: Actor) -> DecisionReport:
    """Mail the invitation once more with a new link; the old one opens nothing from then on."""
    return _each(invitation_ids, lambda found: _send_again(found, by=by))


def take_back(invitation_ids: Iterable[UUID], *, by: Actor, reason: str) -> DecisionReport:
    """Take invitations back: their page says so, their letter no longer verifies."""
    return _each(invitation_ids, lambda found: _take_back(found, by=by, reason=reason.strip()))


def _each(invitation_ids: Iterable[UUID], act: Any) -> DecisionReport:
    report = DecisionReport()
    for invitation_id in invitation_ids:
        try:
            with transaction.atomic():
                act(lock_then_read(Invitation.objects.with_event(), invitation_id))
        except Invitation.DoesNotExist:
            report.refused[invitation_id] = _("This invitation no longer exists.")
        except Refused as refusal:
            report.refused[invitation_id] = str(refusal)
        else:
            report.done.append(invitation_id)
    return report


def _send(invitation: Invitation, *, by: Actor) -> None:
    if not invitation.event.takes_registrations:
        raise Refused(_("The plan of this event is not in force: no invitation goes out before that."))
    if invitation.is_held:
        raise Refused(_("This is a prominent person: attach the risk assessment first."))
    if invitation.state != InvitationState.LISTED:
        raise Refused(_("This invitation is “%(state)s” already.") % {"state": invitation.get_state_display()})
    if not invitation.replies_open:
        raise Refused(_("The last day to reply is over. Set a later one first."))
    letter = None
    if invitation.delivery == Delivery.LETTER:
        letter = issue_letter(kind=LetterKind.INVITATION, subject=invitation, by=by)
    invitation.state = InvitationState.SENT
    invitation.sent_at, invitation.sent_by = timezone.now(), by.user
    invitation.version += 1
    invitation.save(update_fields=["state", "sent_at", "sent_by", "version", "changed_at"])
    record_history(invitation, verb="sent", by=by, event=invitation.event, data={"delivery": invitation.delivery})
    post_to_invited(
        emails.invite(invitation, letter), invitation, f"invitation:{invitation.pk}:{invitation.link_version}"
    )


def _send_again(invitation: Invitation, *, by: Actor) -> None:
    if not invitation.event.takes_registrations:
        raise Refused(_("The plan of this event is not in force: no invitation goes out before that."))
    if invitation.state in {InvitationState.LISTED, InvitationState.WITHDRAWN, InvitationState.SUBSTITUTED}:
        raise Refused(_("This invitation is “%(state)s”.") % {"state": invitation.get_state_display()})
    invitation.link_version += 1
    invitation.version += 1
    invitation.save(update_fields=["link_version", "version", "changed_at"])
    letter = Letter.objects.valid().filter(invitation=invitation, kind=LetterKind.INVITATION).first()
    record_history(invitation, verb="sent_again", by=by, event=invitation.event)
    post_to_invited(
        emails.invite(invitation, letter), invitation, f"invitation:{invitation.pk}:{invitation.link_version}"
    )


def _take_back(invitation: Invitation, *, by: Actor, reason: str) -> None:
    if invitation.state in {InvitationState.WITHDRAWN, InvitationState.SUBSTITUTED}:
        raise Refused(_("This invitation is “%(state)s”.") % {"state": invitation.get_state_display()})
    if invitation.registration is not None and invitation.registration.state in LIVE:
        raise Refused(_("This guest is registered. Decide on the registration instead."))
    if invitation.sent_at and not reason:
        raise Refused(_("Give a reason: colleagues will ask for it."))
    invitation.state = InvitationState.WITHDRAWN
    invitation.version += 1
    invitation.save(update_fields=["state", "version", "changed_at"])
    Letter.objects.valid().filter(invitation=invitation).update(revoked_at=timezone.now())
    cancel_waiting(invitation)
    record_history(invitation, verb="taken_back", by=by, event=invitation.event, reason=reason)


@transaction.atomic
def note_reply(*, invitation_id: UUID, by: Actor) -> Invitation:
    """Take note that a guest declined or sends somebody else, so that it is called out no longer."""
    invitation = lock_then_read(Invitation.objects.select_related("event"), invitation_id)
    if invitation.replied_at is not None and invitation.reply_noted_at is None:
        invitation.reply_noted_at = timezone.now()
        invitation.save(update_fields=["reply_noted_at", "changed_at"])
        record_history(invitation, verb="reply_noted", by=by, event=invitation.event)
    return invitation


# -- reminders ----------------------------------------------------------------------------------------------------------
def send_reminders(*, limit: int = 500) -> int:
    """Remind whoever has not replied and is due by the rules; answers how many. Run twice, nobody is reminded twice."""
    now = timezone.now()
    days: list[int] = [int(day) for day in rules_on(now.date()).reminder_days]
    if not days:
        return 0
    sent = 0
    for invitation_id in list(Invitation.objects.to_remind(now.date(), max(days)).values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            invitation = lock_then_read(Invitation.objects.with_event(), invitation_id)
            sent += _remind(invitation, days)
    return sent


def _remind(invitation: Invitation, days: Sequence[int]) -> bool:
    if invitation.state != InvitationState.SENT or invitation.reply_by is None or invitation.sent_at is None:
        return False  # replied since the list was read
    sent_on: date = invitation.event.local(invitation.sent_at).date()
    stage = reminder_stage(
        today=invitation.today,
        sent_on=sent_on,
        reply_by=invitation.reply_by,
        days=days,
        last=invitation.reminded_stage,
    )
    if stage is None:
        return False
    invitation.reminded_stage = stage
    invitation.save(update_fields=["reminded_stage", "changed_at"])
    record_history(invitation, verb="reminded", by=SYSTEM, event=invitation.event, data={"days": stage})
    occasion = f"invitation.remind:{invitation.pk}:{invitation.reply_by:%Y%m%d}:{stage}"
    return post_to_invited(emails.remind(invitation), invitation, occasion)


def post_to_invited(mail: Mail, invitation: Invitation, occasion: str) -> bool:
    """Queue a mail to the address an invitation goes to, in its language; answers whether it is new."""
    written = post(
        mail,
        recipient=invitation.email,
        language=invitation.language,
        about=invitation,
        event=invitation.event,
        occasion=occasion,
    )
    return written is not None


def new_substitute(original: Invitation, **person: Any) -> Invitation:
    """The unsaved invitation of somebody who comes in another's place: the same category, terms and chain."""
    key = uuid4()
    return prepare(
        Invitation(
            id=key,
            event=original.event,
            category=original.category,
            delivery=Delivery.MAIL,
            prominent=original.prominent,
            companions_allowed=original.companions_allowed,
            companion_category=original.companion_category,
            reply_by=original.reply_by,
            substitutes_for=original,
            chain=original.chain,
            substitutions=original.substitutions + 1,
            **person,
        )
    )
