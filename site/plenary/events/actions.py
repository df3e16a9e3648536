"""Writes to facts: events and their approval state, venues, rooms, tracks, persons, sessions."""

from __future__ import annotations

import secrets
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history, refresh_public_pages
from plenary.events.models import Event, EventStaff, Session
from plenary.events.rules import may_become

Record = TypeVar("Record", bound=models.Model)
# What calendars must be told of with a higher SEQUENCE.
SCHEDULE = frozenset({"starts_at", "duration", "room_id", "state"})


def new_edition() -> int:
    """A number for `Event.mail_edition` that no earlier edition had: at random, so that one undone leaves nothing behind."""
    return secrets.randbelow(2**31 - 1) + 1


class ForbiddenTransition(Exception):
    """The approval may not go from its present state to the wished one."""


class StillNeeded(Exception):
    """Something hangs on the record, so it stays. The text can be shown to staff."""


def create_event(*, slug: str, by: Actor, **facts: Any) -> Event:
    """Make an event and give it the next badge number; two at once never get the same one."""
    for _attempt in range(20):
        others = Event.objects.aggregate(last=Max("number"), edition=Max("mail_edition"))
        number = (others["last"] or 0) + 1
        # Texts for the whole institution hold for this event too; the first of all cannot ask another one for them.
        edition = others["edition"] if others["last"] else new_edition()
        event = Event(slug=slug, number=number, mail_edition=edition, **facts)
        try:
            with transaction.atomic():
                event.full_clean(exclude=["number"])
                event.save(force_insert=True)
                record_history(event, verb="created", by=by, event=event)
                refresh_public_pages()
        except IntegrityError:
            continue  # another process took the number: the constraint decided, try the next one
        return event
    raise RuntimeError("no badge number could be taken")


@transaction.atomic
def change_approval(event: Event, *, to: str, by: Actor, reason: str = "") -> Event:
    """Move the approval state; raises ForbiddenTransition. Who may ask for it is decided by the workflow that calls."""
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if not may_become(locked.approval, to):
        raise ForbiddenTransition(
            _("The approval cannot go from “%(current)s” to “%(target)s”.")
            % {"current": locked.get_approval_display(), "target": to}
        )
    before, locked.approval = locked.approval, to
    locked.save(update_fields=["approval"])
    record_history(locked, verb="approval", by=by, event=locked, reason=reason, data={"from": before, "to": to})
    refresh_public_pages()
    event.approval = to
    return locked


@transaction.atomic
def publish_event(event: Event, *, by: Actor, published: bool = True) -> Event:
    """Show an event to visitors, or take it off; it shows only once its plan is in force."""
    Event.objects.filter(pk=event.pk).update(published=published)
    event.published = published
    record_history(event, verb="published" if published else "unpublished", by=by, event=event)
    refresh_public_pages()
    return event


@transaction.atomic
def save_fact(record: Record, *, by: Actor) -> Record:
    """Store a venue, event, room, track, person or session with what changed in it; pages that show it go stale."""
    before = type(record)._default_manager.filter(pk=record.pk).first() if record.pk else None
    record.full_clean()
    changed = changed_fields(before, record)
    if isinstance(record, Session) and before is not None and SCHEDULE & set(changed):
        record.revision += 1
    if isinstance(record, Event) and before is not None:
        # Another verb may have given it a new edition since this copy was read: that is never written back.
        record.save(update_fields=[f.name for f in Event._meta.concrete_fields if f.name not in ("id", "mail_edition")])
    else:
        record.save()
    event = record if isinstance(record, Event) else getattr(record, "event", None)
    verb = "created" if before is None else "changed"
    record_history(record, verb=verb, by=by, event=event, data={"fields": changed} if before else {})
    _date_programme(event)
    return record


def changed_fields(before: models.Model | None, after: models.Model) -> list[str]:
    """The columns in which two states of a record differ; none for a new one."""
    if before is None:
        return []
    columns = [field.attname for field in after._meta.concrete_fields if field.editable]
    return [name for name in columns if getattr(before, name) != getattr(after, name)]


@transaction.atomic
def remove_fact(record: models.Model, *, by: Actor) -> None:
    """Delete a record of the programme nothing else hangs on; raises StillNeeded. Events are closed, never deleted."""
    event = getattr(record, "event", None)
    record_history(record, verb="deleted", by=by, event=event)  # first: afterwards the record has no key any more
    try:
        with transaction.atomic():
            record.delete()
    except ProtectedError as error:
        kinds = sorted({str(found._meta.verbose_name_plural) for found in error.protected_objects})
        raise StillNeeded(_("It is still needed by: %(kinds)s.") % {"kinds": ", ".join(kinds)}) from error
    _date_programme(event)


def _date_programme(event: Event | None) -> None:
    if event is not None:
        Event.objects.filter(pk=event.pk).update(programme_changed_at=timezone.now())
    refresh_public_pages()


class AlreadyListed(Exception):
    """The account is on this event's list already. The text can be shown to staff."""


@transaction.atomic
def list_staff(*, event: Event, user: User, by: Actor) -> EventStaff:
    """Restrict an account to an event, or to one more. Raises AlreadyListed."""
    try:
        with transaction.atomic():
            listed = EventStaff.objects.create(event=event, user=user)
    except IntegrityError:
        raise AlreadyListed(_("This account works on this event already.")) from None
    record_history(event, verb="staff_listed", by=by, event=event, data={"account": user.pk})
    return listed


@transaction.atomic
def unlist_staff(listed: EventStaff, *, by: Actor) -> None:
    """Take an account off an event's list. The last list it stands on gone, it works on every event again."""
    record_history(listed.event, verb="staff_unlisted", by=by, event=listed.event, data={"account": listed.user_id})
    listed.delete()
