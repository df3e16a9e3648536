"""The watch list is kept: entries added, changed, removed, imported; each is compared with everybody who is registered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration.actions.flags import as_finding, renew, show_levels
from registration.actions.storing import discard, store
from registration.actions.transitions import Refused
from registration.flag_kinds import digests, like_entry
from registration.models import Finding, MatchKey, Registration, WatchListEntry, WatchListFile
from registration.querysets.flags import WATCH_LIST
from registration.uploads import Checked

PREVIEW_KEPT = timedelta(days=1)


@transaction.atomic
def save_entry(entry: WatchListEntry, *, by: Actor) -> WatchListEntry:
    """Add or change an entry of the watch list and compare it with everybody who is registered."""
    if not entry.name_list:
        raise Refused(_("Write at least one name."))
    is_new = entry._state.adding
    entry.compared_at = None
    entry.save()
    MatchKey.objects.filter(entry=entry).delete()
    MatchKey.objects.bulk_create(keys_of_entry(entry))
    record_history(entry, verb="entry_added" if is_new else "entry_changed", by=by)
    compare_entry(entry)
    return entry


def keys_of_entry(entry: WatchListEntry) -> list[MatchKey]:
    """The keys by which an entry meets people, not yet saved."""
    return [MatchKey(entry=entry, key=key) for key in sorted(digests(entry.name_list))]


@transaction.atomic
def remove_entry(entry: WatchListEntry, *, by: Actor) -> None:
    """Take an entry off the list, with the flags that rest on it."""
    touched = list(Registration.objects.filter(findings__entry=entry))
    record_history(entry, verb="entry_removed", by=by)
    entry.delete()
    for registration in touched:
        show_levels(registration)


# -- comparing ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def compare_entry(entry: WatchListEntry) -> int:
    """Raise, renew and take back the flags of one entry on all live registrations; answers how many are new or open again.

    An entry that is not valid yet waits for its day: upkeep compares it then.
    """
    if not WatchListEntry.objects.valid_on(timezone.localdate()).filter(pk=entry.pk).exists():
        return 0
    flags = Finding.objects.filter(entry=entry, kind=WATCH_LIST).select_related("registration")
    known = {flag.registration_id: flag for flag in flags}
    raised, fresh, touched = 0, [], []
    for registration in Registration.objects.like_entry(digests(entry.name_list)):
        found = like_entry(registration, entry)
        if found is None:
            continue
        flag = as_finding(registration, WATCH_LIST, found)
        before = known.pop(registration.pk, None)
        if before is not None and not renew(before, flag):
            continue
        if before is None:
            fresh.append(flag)
        touched.append(registration)
        raised += 1
    for left in known.values():  # the entry changed, and they are no longer alike
        if left.state == Finding.State.OPEN:
            left.delete()
            touched.append(left.registration)
    Finding.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    for registration in touched:
        show_levels(registration)
    WatchListEntry.objects.filter(pk=entry.pk).update(compared_at=timezone.now())
    return raised


def compare_uncompared(*, limit: int = 20_000) -> int:
    """Compare the entries that wait for it, each in a transaction of its own; answers how many."""
    waiting = list(WatchListEntry.objects.uncompared()[:limit])
    for entry in waiting:
        compare_entry(entry)
    return len(waiting)


# -- importing ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def keep_watch_list(*, content: Checked, by: Actor) -> WatchListFile:
    """Keep a file, encrypted, between its preview and its confirmation."""
    if by.user is None:
        raise ValueError("only staff import the watch list")
    return store(WatchListFile(sent_by=by.user), content)


@transaction.atomic
def import_entries(*, source_id: UUID, entries: Sequence[WatchListEntry], by: Actor) -> int:
    """Write a previewed list, whole or not at all; confirmed twice it is written once. Answers how many were added.

    Whoever is registered is compared with it in the background; nobody is approved meanwhile who was not (actions.vetting).
    The file goes with the confirmation. Raises Refused where it was imported already, or where the list has changed since.
    """
    source = WatchListFile.objects.select_for_update().filter(pk=source_id).first()
    if source is None:
        raise Refused(_("This list was imported already."))
    try:
        with transaction.atomic():
            WatchListEntry.objects.bulk_create(entries, batch_size=200)
    except IntegrityError as error:
        raise Refused(_("The watch list has changed since this preview. Send the file again.")) from error
    MatchKey.objects.bulk_create((key for entry in entries for key in keys_of_entry(entry)), batch_size=500)
    for entry in entries:
        record_history(entry, verb="entry_added", by=by, data={"digest": source.digest[:16]})
    discard(source)
    transaction.on_commit(_compare_soon, robust=True)
    return len(entries)


def forget_watch_lists(*, limit: int = 100) -> int:
    """Delete the files of previews older than a day; answers how many."""
    old = list(WatchListFile.objects.filter(created_at__lt=timezone.now() - PREVIEW_KEPT)[:limit])
    for file in old:
        with transaction.atomic():
            discard(file)
    return len(old)


def _compare_soon() -> None:
    from registration.tasks import compare_watch_list

    compare_watch_list.enqueue()
