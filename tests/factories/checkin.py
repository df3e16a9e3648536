"""Check-in for tests: checkpoints, enrolled devices with their tokens, and approved guests with credentials."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from checkin.actions import enrol_directly, ensure_signing_key, issue_credentials
from checkin.models import Checkpoint, Credential, Device
from checkin.signing import Signer
from plenary.core.actions import SYSTEM
from plenary.events.models import Event
from registration.rules import State
from tests.factories.events import EventFactory
from tests.factories.registration import RegistrationFactory


class CheckpointFactory(DjangoModelFactory):
    class Meta:
        model = Checkpoint

    event = factory.SubFactory(EventFactory)
    slug = factory.Sequence(lambda n: f"gate-{n}")
    name = factory.Sequence(lambda n: {"en": f"Gate {n}"})


def make_device(event: Event, name: str = "North door", **facts: Any) -> tuple[Device, str]:
    """An enrolled device and its token."""
    return enrol_directly(event=event, name=name, by=SYSTEM, **facts)


def make_credential(event: Event, **guest: Any) -> Credential:
    """An approved guest of an event with a credential; `category=` or the guest's own facts may be given."""
    guest.setdefault("category__event", event) if "category" not in guest else None
    registration = RegistrationFactory(state=State.APPROVED, **guest)
    return issue_credentials([registration])[0]


def badge_text(credential: Credential) -> str:
    """What the credential's current badge says."""
    return Signer(ensure_signing_key(credential.event), credential.event.number).text(credential)
