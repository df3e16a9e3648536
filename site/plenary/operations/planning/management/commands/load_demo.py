"""`manage.py load_demo`: the demonstration event `forum`, whole or not at all; where it stands already, nothing happens."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from plenary.events.models import Event
from plenary.operations.planning.demo import SLUG
from plenary.operations.planning.demo.accounts import make_accounts
from plenary.operations.planning.demo.contacts import make_contacts
from plenary.operations.planning.demo.delegations import make_delegations
from plenary.operations.planning.demo.guests import make_categories, make_checkpoints, make_guests, make_questions
from plenary.operations.planning.demo.identity import ask_for_papers, make_papers
from plenary.operations.planning.demo.invitations import make_invitations
from plenary.operations.planning.demo.money import make_fees, make_payers, make_waiting_list
from plenary.operations.planning.demo.pages import make_pages
from plenary.operations.planning.demo.press import make_press_room
from plenary.operations.planning.demo.privacy import make_privacy
from plenary.operations.planning.demo.programme import make_event, make_programme
from plenary.operations.planning.demo.questions import fill_second_form, make_second_form
from plenary.operations.planning.demo.vetting import make_vetting


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # `make run` has run them already
    help = "Loads the demonstration event: programme, pages in six languages, press room, guests, staff accounts."

    def handle(self, **options: Any) -> None:
        if Event.objects.filter(slug=SLUG).exists():
            self.stdout.write(f"The event “{SLUG}” is there already; nothing was changed.")
            return
        with transaction.atomic():
            self.load()
        self.stdout.write(self.style.SUCCESS(f"The event “{SLUG}” is loaded."))

    def load(self) -> None:
        # Its passwords are public: outside development the accounts are made, but nobody can sign in with them.
        staff = make_accounts(usable=settings.PLENARY_DEVELOPMENT_PAGES)
        event = make_event(staff)
        sessions = make_programme(event)
        fronts = make_pages(event, sessions, staff["editor"])
        make_press_room(fronts["en"], staff["press"])
        categories = make_categories(event)
        ask_for_papers(event, categories)
        make_questions(event, categories)
        make_second_form(event, staff["office"])
        make_checkpoints(event, categories, staff["office"])
        make_guests(event, categories, staff)
        make_papers(event, categories)
        make_delegations(event, categories, staff)
        make_fees(event, categories, staff["finance"])
        make_payers(event, categories, staff)
        make_waiting_list(event, categories, staff["office"])
        fill_second_form(event)
        make_invitations(event, categories, staff)
        make_vetting(event, staff)
        make_contacts(event, staff)
        make_privacy(event, categories, staff["privacy"])
