"""`manage.py expire_unconfirmed`: give back the places of those who never confirmed, and forget old drafts. Run hourly."""

from typing import Any

from django.core.management.base import BaseCommand

from registration.actions import clear_drafts, expire_unconfirmed


class Command(BaseCommand):
    help = "Lapse registrations whose address was not confirmed in 72 hours, and delete drafts untouched for two weeks."

    def handle(self, *args: Any, **options: Any) -> None:
        expired, forgotten = expire_unconfirmed(), clear_drafts()
        self.stdout.write(f"lapsed {expired}, forgotten drafts {forgotten}")
