"""`manage.py seed_registrations`: many confirmed guests in all scripts, with credentials, for load tests."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from secrets import token_hex
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from checkin.actions import ensure_signing_key, issue_credentials
from checkin.sample_guests import guest
from checkin.signing import Signer
from plenary.events.models import Event
from registration.actions import SeedGuest, seed_approved
from registration.models import Category


class Command(BaseCommand):
    help = "Adds N confirmed registrations with badges to an event. No mail is written. Running it again adds N more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event", metavar="EVENT", help="slug of the event")
        parser.add_argument("count", metavar="N", type=int, help="how many registrations to add")
        parser.add_argument("--credentials", metavar="FILE", help="write the badge texts here, one a line, anew")

    def handle(self, *args: Any, event: str, count: int, credentials: str | None, **options: Any) -> None:
        found = Event.objects.filter(slug=event).first()
        if found is None:
            raise CommandError(f"There is no event “{event}”.")
        if count < 1:
            raise CommandError("N is at least 1.")
        started = time.monotonic()
        with ExitStack() as stack:
            file = stack.enter_context(Path(credentials).open("w", encoding="ascii")) if credentials else None
            self._seed(found, count, file)
        seconds = time.monotonic() - started
        self.stdout.write(f"{count} registrations at {event} in {seconds:.1f} s ({count / seconds:.0f} a second)")

    def _seed(self, event: Event, count: int, file: TextIO | None) -> None:
        signer = Signer(ensure_signing_key(event), event.number)
        done = 0
        for registrations in seed_approved(event=event, guests=self._guests(event, count)):
            issued = issue_credentials(registrations)
            if file:
                file.writelines(f"{signer.text(credential)}\n" for credential in issued)
            before, done = done, done + len(registrations)
            if done // 10_000 > before // 10_000:
                self.stdout.write(f"{done} of {count}")

    def _guests(self, event: Event, count: int) -> Iterator[SeedGuest]:
        categories = list(Category.objects.filter(event=event)) or [self._category(event)]
        run = token_hex(4)  # no address of an earlier run comes again
        for number, category in zip(range(count), cycle(categories), strict=False):
            person = guest(number)
            yield SeedGuest(
                category=category,
                email=f"guest-{run}-{number}@seed.example",
                name=person.name,
                latin_name=person.latin_name,
                organisation=person.organisation,
                nationality=person.nationality,
                language=person.language,
            )

    def _category(self, event: Event) -> Category:
        return Category.objects.create(event=event, slug="delegate", name={"en": "Delegate"})
