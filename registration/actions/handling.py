"""How officers share their work: hold, assign, note, keep a list. None of it is told to the guest."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration.actions.standing import REVIEWED
from registration.actions.transitions import Refused
from registration.models import Desk, Hold, InternalNote, Registration, SavedFilter

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def hold(*, registration_id: UUID, until: date, reason: str, by: Actor) -> Hold:
    """Set a registration aside until a day. The guest keeps reading “under review”. Raises Refused."""
    registration = _locked(registration_id)
    if registration.state not in REVIEWED:
        raise Refused(
            _("This registration is “%(state)s”: there is nothing to hold.")
            % {"state": registration.get_state_display()}
        )
    if until <= timezone.localdate():
        raise Refused(_("Choose a day after today."))
    if by.user is None:
        raise Refused(_("Sign in to do this."))
    if not reason.strip():
        raise Refused(_("Write why it is on hold: whoever takes it up will read it."))
    _end_hold(registration)
    held = Hold.objects.create(registration=registration, until=until, reason=reason.strip(), officer=by.user)
    Registration.objects.filter(pk=registration.pk).update(held_until=until)
    record_history(registration, verb="held", by=by, event=registration.event, data={"until": until.isoformat()})
    return held


@transaction.atomic
def resume(*, registration_id: UUID, by: Actor) -> None:
    """Take it off hold before its day; nothing happens where it is not on hold."""
    registration = _locked(registration_id)
    if _end_hold(registration):
        Registration.objects.filter(pk=registration.pk).update(held_until=None)
        record_history(registration, verb="hold_ended", by=by, event=registration.event)


def _end_hold(registration: Registration) -> int:
    return Hold.objects.filter(registration=registration, ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def assign(*, registration_id: UUID, to: User, by: Actor, expected: int | None = None) -> None:
    """Give a registration to an officer. It is free, or is still with whom `expected` names; else Refused says with whom.

    One UPDATE decides, so of two officers who take it at the same moment one gets it.
    """
    taken = Registration.objects.filter(pk=registration_id, assigned_to=expected).exclude(assigned_to=to)
    if not taken.update(assigned_to=to):
        holder = Registration.objects.select_related("assigned_to").get(pk=registration_id).assigned_to
        if holder == to:
            return
        name = holder.get_full_name() or holder.get_username() if holder else _("nobody")
        raise Refused(_("%(officer)s has this registration now.") % {"officer": name})
    registration = Registration.objects.select_related("event").get(pk=registration_id)
    verb = "taken" if by.user == to else "assigned"
    label = to.get_full_name() or to.get_username()
    record_history(registration, verb=verb, by=by, event=registration.event, data={"to": label})


@transaction.atomic
def release(*, registration_id: UUID, by: Actor) -> None:
    """Let anybody take it."""
    held = Registration.objects.filter(pk=registration_id, assigned_to__isnull=False)
    if held.update(assigned_to=None):
        registration = Registration.objects.select_related("event").get(pk=registration_id)
        record_history(registration, verb="released", by=by, event=registration.event)


@transaction.atomic
def add_note(*, registration_id: UUID, text: str, by: Actor, about: str = "", desk: Desk | None = None) -> InternalNote:
    """Tell other officers something about a registration or one of its fields; for all desks, or for one's own alone."""
    if not text.strip():
        raise Refused(_("Write the note."))
    if desk is not None and (by.user is None or not by.user.groups.filter(pk=desk.group_id).exists()):
        raise Refused(_("You are not an officer of this desk: %(desk)s.") % {"desk": desk})
    registration = _locked(registration_id)
    note = InternalNote.objects.create(
        registration=registration,
        author=by.user,
        author_label=by.label[:120],
        about=about[:80],
        desk=desk,
        text=text.strip(),
    )
    record_history(registration, verb="noted", by=by, event=registration.event)
    return note


def save_filter(*, name: str, query: str, shared: bool, by: Actor) -> SavedFilter:
    """Keep a list under a name; the same name again replaces it."""
    if by.user is None:
        raise Refused(_("Sign in to do this."))
    if not name.strip():
        raise Refused(_("Give the list a name."))
    try:
        with transaction.atomic():
            return SavedFilter.objects.create(
                officer=by.user, name=name.strip()[:60], query=query[:2_000], shared=shared
            )
    except IntegrityError:
        kept = SavedFilter.objects.get(officer=by.user, name=name.strip()[:60])
        kept.query, kept.shared = query[:2_000], shared
        kept.save(update_fields=["query", "shared"])
        return kept


def remove_filter(*, filter_id: int, by: Actor) -> None:
    """Forget one of one's own lists."""
    SavedFilter.objects.filter(pk=filter_id, officer=by.user).delete()


def _locked(registration_id: UUID) -> Registration:
    return Registration.objects.select_related("event").select_for_update(of=("self",)).get(pk=registration_id)
