"""The forum's observers pass two desks, security with four eyes: verdicts on their way, a likeness to the watch list, a note."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from plenary.core.actions import Actor
from plenary.events.models import Event
from registration import actions
from registration.actions.flags import check_pending
from registration.actions.routes import refresh_category
from registration.models import Category, CategoryDesk, Desk, Registration, WatchListEntry
from registration.rules import State, Verdict


def make_vetting(event: Event, staff: dict[str, Actor]) -> None:
    """A route for observers, and what two desks have done so far."""
    category = Category.objects.get(event=event, slug="observer")
    desks = {desk.slug: desk for desk in Desk.objects.all()}
    for slug, strict in [("protocol", False), ("security", True)]:
        stop = CategoryDesk(category=category, desk=desks[slug], step=1, four_eyes=strict, may_veto=strict)
        actions.save_stop(stop, by=staff["office"])
    refresh_category(category)
    entry = WatchListEntry(
        names="Benhammou, Iman\nإيمان بن حمو", birth_year=1961, nationality="DZ", source="Invented notice 12/2025",
        note="An invented person, to show how a likeness explains itself. The guest is somebody else.",
    )  # fmt: skip
    actions.save_entry(entry, by=staff["security"])
    waiting = Registration.objects.filter(category=category, state=State.SUBMITTED).order_by("created_at")
    for number, registration in enumerate(waiting):
        _begin(number, registration, desks, staff)
    check_pending()


def _begin(number: int, registration: Registration, desks: dict[str, Desk], staff: dict[str, Actor]) -> None:
    """Each a little further than the next: cleared by one desk, noted, on hold."""
    if number == 0:
        for slug in ("protocol", "security"):
            actions.give_verdict(
                registration_id=registration.pk, desk=desks[slug], verdict=Verdict.CLEAR, by=staff[slug]
            )
    if number == 1:
        actions.add_note(
            registration_id=registration.pk,
            text="The embassy confirms the delegation's list on Monday.",
            about="organisation",
            by=staff["protocol"],
        )
    if number == 2:
        until = timezone.localdate() + timedelta(days=10)
        actions.hold(
            registration_id=registration.pk, until=until, reason="Waits for the embassy's list.", by=staff["protocol"]
        )
