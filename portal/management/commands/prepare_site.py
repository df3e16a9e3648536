"""`manage.py prepare_site`: a home page in each language, and the site rooted there, if they are not there yet."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.actions import prepare_site
from portal.models import HomePage


class Command(BaseCommand):
    help = "Have a home page in each language, so that a fresh database greets visitors with our own pages."

    def handle(self, *args: Any, **options: Any) -> None:
        if not HomePage.objects.exists():  # else the tree of pages is its editors' to arrange
            prepare_site()
