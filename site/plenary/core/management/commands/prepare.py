"""`manage.py prepare`: translations, database, home pages and static files for a server, if they are not there yet."""

from typing import Any

from django.core.management.base import BaseCommand

from plenary.core import preparation


class Command(BaseCommand):
    help = "Compile translations, migrate the database, add missing home pages and collect static files."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        preparation.prepare(static=True)
