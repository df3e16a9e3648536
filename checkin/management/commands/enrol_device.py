"""`manage.py enrol_device`: a device for a program or a test, enrolled without a phone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from checkin.actions import enrol_directly
from checkin.models import Checkpoint, Device
from plenary.core.actions import SYSTEM
from plenary.events.models import Event


class Command(BaseCommand):
    help = "Enrols a device for the check-in API; its token is the last word printed, and is not stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event", metavar="EVENT", help="slug of the event")
        parser.add_argument("name", metavar="NAME", help="what staff will call the device")
        parser.add_argument("--checkpoint", metavar="SLUG", help="where the device starts")

    def handle(self, *args: Any, event: str, name: str, checkpoint: str | None, **options: Any) -> None:
        found = Event.objects.filter(slug=event).first()
        if found is None:
            raise CommandError(f"There is no event “{event}”.")
        place = Checkpoint.objects.filter(event=found, slug=checkpoint).first() if checkpoint else None
        if checkpoint and place is None:
            raise CommandError(f"“{event}” has no checkpoint “{checkpoint}”.")
        longest = Device._meta.get_field("name").max_length
        if not name.strip() or len(name) > (longest or 0):
            raise CommandError(f"A device's name has 1 to {longest} characters.")
        _device, token = enrol_directly(event=found, name=name, by=SYSTEM, checkpoint=place)
        self.stdout.write(f"Enrolled “{name}” at {event}. Token: {token}")
