"""What the forum's desk of data protection sees: a consent that ended, a wish to be forgotten that waits, and one granted."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from plenary.core.actions import Actor
from plenary.events.models import Event
from registration.actions import Particulars, confirm_address, sign_up
from registration.actions.consents import withdraw_consent
from registration.actions.forgetting import ask_for_erasure, grant_erasure
from registration.models import Category, Consent, Registration

# Mailbox, name, and whether the wish was granted already.
FORGETTING = (("r.abara", "Rosa Abara", True), ("p.lindholm", "Per Lindholm", False))


def make_privacy(event: Event, categories: dict[str, Category], by: Actor) -> None:
    """Guests of their own: whoever is forgotten here is missing nowhere else in the demonstration."""
    for mailbox, name, granted in FORGETTING:
        registration = _sign_up(event, categories["delegate"], mailbox, name)
        asked = ask_for_erasure(registration=registration, text="I no longer come. Please delete what you have of me.")
        if granted:
            grant_erasure(asked.pk, by=by)
        else:
            consent = Consent.objects.filter(registration=registration).first()
            if consent is not None:
                withdraw_consent(registration=registration, consent_id=consent.pk)


def _sign_up(event: Event, category: Category, mailbox: str, name: str) -> Registration:
    registration = sign_up(
        category=Category.objects.select_related("event__venue").get(pk=category.pk),
        particulars=Particulars(email=f"{mailbox}@guests.example", name=name, nationality="SE"),
        answers={"privacy": True, "interpretation": "none"},
        language="en",
        origin=uuid5(NAMESPACE_URL, f"https://{event.slug}.example/privacy/{mailbox}"),
        source="site",
    )
    confirm_address(registration_id=registration.pk)
    return registration
