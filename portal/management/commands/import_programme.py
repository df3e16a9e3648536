"""`manage.py import_programme EVENT FILE [--create]`: take a conference programme in, and say what it changed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from plenary.core.actions import SYSTEM
from plenary.events.models import slug_rule
from portal.interchange.actions import ImportReport, UnknownEvent, import_programme
from portal.interchange.programme import BrokenProgramme
from portal.interchange.reading import LARGEST


class Command(BaseCommand):
    help = "Imports a programme in pentabarf/frab/pretalx XML or c3voc/pretalx JSON; a second run updates by guid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", metavar="EVENT", help="the event's address, like “forum”")
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="the programme; its format is recognised by content"
        )
        parser.add_argument(
            "--create",
            action="store_true",
            help="make the event from the file if it does not exist, in force and published",
        )

    def handle(self, *, event: str, file: Path, create: bool, **options: Any) -> None:
        try:
            slug_rule(event)
        except ValidationError as error:
            raise CommandError(f"{event}: {error.messages[0]}") from error
        try:
            with file.open("rb") as opened:
                data = opened.read(LARGEST + 1)
            report = import_programme(data, slug=event, by=SYSTEM, create=create)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}. Nothing was changed.") from error
        except UnknownEvent as error:
            raise CommandError(f"There is no event “{event}”. Use --create to make it from the file.") from error
        except BrokenProgramme as error:
            listed = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(f"{file} was not imported; nothing was changed.\n{listed}") from error
        self.tell(report)

    def tell(self, report: ImportReport) -> None:
        found = report.difference
        programme = report.reading.programme
        for remark in report.reading.warnings:
            self.stderr.write(self.style.WARNING(f"Note: {remark}"))
        if report.created:
            self.stdout.write(f"Event “{report.event.slug}” made, in force and published.")
        self.stdout.write(
            f"{report.event.slug}: {len(programme.sessions)} sessions, {len(programme.rooms)} rooms, "
            f"{len(programme.tracks)} tracks, {len(programme.persons)} persons in the file ({report.reading.source})."
        )
        for session in found.added:
            self.stdout.write(f"  + {session.guid} {session.title}")
        for change in found.changed:
            self.stdout.write(f"  ~ {change.after.guid} {change.after.title}: {', '.join(change.fields)}")
            if change.overwritten:
                lost = ", ".join(change.overwritten)
                self.stdout.write(f"    edited here and in the file, the file's text is taken: {lost}")
        for session in found.removed:
            self.stdout.write(f"  - {session.guid} {session.title}")
        for session in found.kept:
            self.stdout.write(f"  = {session.guid} {session.title}: text edited here, kept")
        for label, kind in (("persons", "persons"), ("rooms", "rooms"), ("tracks", "tracks")):
            counts = {verb: len(getattr(found, f"{kind}_{verb}")) for verb in ("added", "changed", "removed")}
            self.stdout.write(
                f"{label}: {counts['added']} added, {counts['changed']} changed, {counts['removed']} removed"
            )
        if found.conference and not report.created:
            self.stdout.write(f"event: {', '.join(found.conference)}")
        self.stdout.write(
            self.style.SUCCESS(
                f"sessions: {len(found.added)} added, {len(found.changed)} changed, {len(found.removed)} removed"
            )
        )
