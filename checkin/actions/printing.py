"""Print many badges in the background: begun, stopped, taken up again; the files are removed after a day.

A file and the count of what is printed are written in one transaction, so a worker that dies in the middle has done nothing
or all of it. The typesetting itself holds no lock.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkin.badges import MEDIA_TYPE, badges_pdf
from checkin.designs import Pile
from checkin.models import Credential, PrintedFile, PrintRun
from plenary.core.actions import SYSTEM, Actor, record_history
from plenary.events.models import Event
from registration.actions.storing import discard, store
from registration.models import Category
from registration.uploads import Checked

logger = logging.getLogger(__name__)

PART = 500  # badges in one file: what a printer takes at a time, and about a second's work
CLAIM = timedelta(minutes=3)  # one file takes seconds; a worker that is silent longer is dead
State = PrintRun.State


class PrintingRefused(Exception):
    """Nothing can be printed so; the text can be shown to staff."""


@transaction.atomic
def start_printing(*, event: Event, category: Category | None, pile: str, by: Actor) -> PrintRun:
    """Begin to print a category, or all of an event category by category. What is being printed already is answered, not
    begun a second time. Raises PrintingRefused."""
    Event.objects.select_for_update().get(pk=event.pk)  # of two clicks the second sees what the first began
    running = PrintRun.objects.filter(event=event, category=category, pile=pile, state=State.PRINTING).first()
    if running is not None:
        return running
    badges: list[int] = []
    for one in [category] if category else Category.objects.filter(event=event):
        badges += Credential.objects.valid().filter(registration__category=one).piled(Pile(pile))
    if not badges:
        raise PrintingRefused(_("Nobody has a valid badge there yet."))
    run = PrintRun.objects.create(event=event, category=category, pile=pile, badges=badges, by=by.user)
    _note(run, "badges_printing_started", by)
    _wake(run)
    return run


@transaction.atomic
def stop_printing(run: PrintRun, *, by: Actor) -> None:
    """Stop after the file that is in hand, which is thrown away; those before it stay."""
    if PrintRun.objects.filter(pk=run.pk, state=State.PRINTING).update(state=State.STOPPED, claimed_until=None):
        _note(run, "badges_printing_stopped", by)


@transaction.atomic
def go_on_printing(run: PrintRun, *, by: Actor) -> None:
    """Go on with the next file of what was stopped or has failed."""
    stood_still = PrintRun.objects.filter(pk=run.pk, state__in=[State.STOPPED, State.FAILED])
    if stood_still.update(state=State.PRINTING, claimed_until=None):
        _note(run, "badges_printing_taken_up", by)
        _wake(run)


@transaction.atomic
def remove_printed(run: PrintRun, *, by: Actor) -> None:
    """Delete what was printed, files and all; a worker that is still at it finds nothing to write to."""
    locked = (
        PrintRun.objects.select_for_update().filter(pk=run.pk).first()
    )  # no join: PostgreSQL locks none that may be empty
    if locked is None:
        return
    _note(locked, "badges_printed_removed", by)
    for file in locked.files.all():
        discard(file)
    locked.delete()


def _note(run: PrintRun, verb: str, by: Actor) -> None:
    data = {"category": run.category.slug if run.category else "", "badges": run.total, "printed": run.printed}
    record_history(run.event, verb=verb, by=by, event=run.event, data=data)


def _wake(run: PrintRun) -> None:
    from checkin.tasks import print_run

    key = str(run.pk)
    # Robust: the run is safe in its table, so upkeep comes to it even if the queue is down.
    transaction.on_commit(lambda: print_run.enqueue(key) and None, robust=True)


def print_files(run_id: UUID) -> None:
    """Print what is left of a run, file by file, unless another worker is at it."""
    now = timezone.now()
    if not PrintRun.objects.free(now).filter(pk=run_id).update(claimed_until=now + CLAIM):
        return
    try:
        while print_part(run_id):
            pass
    except Exception:
        logger.exception("badges could not be printed, run %s", run_id)
        PrintRun.objects.filter(pk=run_id, state=State.PRINTING).update(state=State.FAILED, claimed_until=None)


def print_part(run_id: UUID) -> bool:
    """Print the next file; False when there is nothing more to do, or somebody stopped it meanwhile."""
    run = PrintRun.objects.select_related("event", "category").filter(pk=run_id, state=State.PRINTING).first()
    if run is None:
        return False
    wanted = run.badges[run.printed : run.printed + PART]
    chosen = Credential.objects.for_badges().in_order(wanted)
    content = badges_pdf(chosen) if chosen else b""
    with transaction.atomic():
        locked = PrintRun.objects.select_for_update().filter(pk=run_id, state=State.PRINTING).first()
        if locked is None or locked.printed != run.printed:
            return False
        first, last = run.printed + 1, run.printed + len(wanted)
        if content:
            name = f"badges-{run.event.slug}-{run.category.slug if run.category else 'all'}-{first}-{last}.pdf"
            # Made here: no scanner needs to see it.
            store(PrintedFile(run=locked, first=first, last=last), Checked(name, MEDIA_TYPE, content, "clean"))
        locked.printed = last
        locked.left_out += len(wanted) - len(chosen)
        is_done = last == locked.total
        locked.state = State.DONE if is_done else State.PRINTING
        locked.claimed_until = None if is_done else timezone.now() + CLAIM
        locked.save(update_fields=["printed", "left_out", "state", "claimed_until"])
    return not is_done


def tend_printing() -> int:
    """By the clock: go on with what a dead worker left, and remove what is a day old. Answers how many of both."""
    outdated = list(PrintRun.objects.outdated().select_related("event", "category"))
    for run in outdated:
        remove_printed(run, by=SYSTEM)
    left = list(PrintRun.objects.free(timezone.now()).values_list("pk", flat=True))
    for pk in left:
        print_files(pk)
    return len(outdated) + len(left)
