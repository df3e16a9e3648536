"""Takes a programme file into an event: facts, pages and history in one transaction, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from plenary.core import languages
from plenary.core.actions import Actor, record_history, refresh_public_pages
from plenary.events.actions import create_event
from plenary.events.models import Event
from plenary.events.rules import ApprovalState
from portal.actions import create_event_pages
from portal.interchange.comparison import Difference, compare
from portal.interchange.programme import BrokenProgramme, Programme, Reading, Remark
from portal.interchange.querysets import known_of, programme_of
from portal.interchange.reading import read
from portal.interchange.writing import Writing

MOST_PROBLEMS = 50


class UnknownEvent(Exception):
    """There is no event of that address, and none was to be made."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did."""

    event: Event
    created: bool
    reading: Reading
    difference: Difference


@transaction.atomic
def import_programme(data: bytes, *, slug: str, by: Actor, create: bool = False) -> ImportReport:
    """Make the event's programme what the file says; raises BrokenProgramme or UnknownEvent and changes nothing then.

    With `create` a missing event is made from the file, in force and published: its programme was approved elsewhere.
    """
    event = Event.objects.select_for_update().filter(slug=slug).first()
    if event is None and not create:
        raise UnknownEvent(slug)
    reading = read(data, zone=event.time_zone if event else "")
    created = event is None
    if event is None:
        event = _event_from(reading, slug, by)
    _refuse_other_days(event, reading.programme)
    difference = compare(programme_of(event), reading.programme, known_of(event))
    if not difference.nothing:
        Writing(event, reading.programme, difference, by).write()
        refresh_public_pages()
        _note(event, reading, difference, by)
    return ImportReport(event, created, reading, difference)


def _event_from(reading: Reading, slug: str, by: Actor) -> Event:
    about = reading.programme.conference
    language = _main_language(reading.programme)
    event = create_event(
        slug=slug,
        by=by,
        name={language: about.title},
        acronym=reading.acronym_as_written,
        starts_on=about.start,
        ends_on=about.end,
        time_zone=about.time_zone or "UTC",
        day_change=about.day_change,
        source_language=language,
        approval=ApprovalState.IN_FORCE,
        published=True,
        interchange={"owns_conference": True},
        **({"accent": about.colour} if about.colour else {}),
    )
    data = {"to": str(ApprovalState.IN_FORCE)}
    record_history(event, verb="approval", by=by, event=event, reason="approved elsewhere", data=data)
    create_event_pages(event, by=by, intro=about.description or "")
    event.refresh_from_db()
    return event


def _main_language(programme: Programme) -> str:
    """The language most sessions are in, if it is one of ours; English otherwise."""
    used = [session.language.lower() for session in programme.sessions if session.language]
    most = max(sorted(set(used)), key=used.count, default="")
    return languages.get({"zh": "zh-hans", "zh-cn": "zh-hans"}.get(most, most.split("-")[0])).code


def _refuse_other_days(event: Event, programme: Programme) -> None:
    """A file does not move an approved event: its sessions must lie in the days of the plan (product.md 3.4)."""
    if event.interchange.get("owns_conference"):
        return
    problems = []
    for session in programme.sessions:
        on = (session.start.astimezone(event.zone) - event.day_change).date()
        if not event.starts_on <= on <= event.ends_on:
            told = {"title": session.title[:80], "date": on, "start": event.starts_on, "end": event.ends_on}
            problem = _("“%(title)s” is on %(date)s, but the event lasts from %(start)s to %(end)s.")
            problems.append(Remark(str(session.guid), problem % told))
    if problems:
        raise BrokenProgramme(problems[:MOST_PROBLEMS])


def _note(event: Event, reading: Reading, difference: Difference, by: Actor) -> None:
    counts = {name: len(getattr(difference, name)) for name in ("added", "changed", "removed")}
    data = {"format": reading.source, "version": reading.programme.version, **counts}
    record_history(event, verb="programme_imported", by=by, event=event, data=data)
    for change in difference.changed:
        session = event.sessions.get(guid=change.after.guid)
        record_history(session, verb="imported", by=by, event=event, data={"fields": list(change.fields)})
