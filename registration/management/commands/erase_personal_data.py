"""`manage.py erase_personal_data [--event SLUG] [--dry-run]`: erase what the rules of retention say, and certify it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from plenary.events.models import Event
from registration.actions.erasing import erase_event, what_is_due


class Command(BaseCommand):
    help = "Erases the personal data whose time is over, event by event, and writes a certificate for each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--event", metavar="SLUG", help="this event only")
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased, and touch nothing")

    def handle(self, *args: Any, event: str | None, dry_run: bool, **options: Any) -> None:
        events = Event.objects.order_by("ends_on", "pk")
        if event is not None:
            events = events.filter(slug=event)
            if not events:
                raise CommandError(f"there is no event “{event}”")
        else:
            events = events.filter(ends_on__lt=timezone.localdate())
        for found in events:
            if dry_run:
                self._tell(found)
            elif certificate := erase_event(found):
                people = len(certificate.content["subjects"])
                self.stdout.write(f"{found.slug}: certificate {certificate}, {people} records of persons")
            else:
                self.stdout.write(f"{found.slug}: nothing to erase")

    def _tell(self, event: Event) -> None:
        due = what_is_due(event)
        if not due:
            self.stdout.write(f"{event.slug}: nothing to erase")
        for part, count in due:
            self.stdout.write(f"{event.slug}: {part.record.model} {', '.join(part.names)} ({part.rule}): {count}")
