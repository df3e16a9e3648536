"""Sets the stage in the database under test: an event in force, a category without end, checkpoints, a device.

Run by the bench as a process of its own, with the settings of the bench; prints what the scenarios need as JSON.
"""

import json
import os
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

EVENT = "bench"
CHECKPOINTS = 60  # each badge may pass each of them once
ORIGINALS = 1_000  # guests seeded by the product itself; more are copied of them
SIGNED = 10_000  # badges that are scanned: 600,000 scans are more than any run sends


def set_up(registrations: int, credentials: Path) -> dict[str, object]:
    """Make what is missing, so that a database can be used again, and answer the device's token and slugs."""
    from django.core.management import call_command
    from django.utils import timezone

    from checkin.models import Checkpoint
    from plenary.core.actions import SYSTEM
    from plenary.events.actions import create_event
    from plenary.events.models import Event
    from plenary.events.rules import ApprovalState
    from registration.models import Category, Registration
    from tests.benchmarks.multiply import multiply, sign

    call_command("load_demo", verbosity=0)
    today = timezone.localdate()
    event = Event.objects.filter(slug=EVENT).first() or create_event(
        slug=EVENT,
        by=SYSTEM,
        name={"en": "Bench"},
        starts_on=today,
        ends_on=today + timedelta(days=2),
        approval=ApprovalState.IN_FORCE,
        published=True,
    )
    Category.objects.get_or_create(event=event, slug="delegate", defaults={"name": {"en": "Delegate"}})
    present = set(Checkpoint.objects.filter(event=event).values_list("slug", flat=True))
    Checkpoint.objects.bulk_create(
        Checkpoint(event=event, slug=f"gate-{number}", name={"en": f"Gate {number}"})
        for number in range(CHECKPOINTS)
        if f"gate-{number}" not in present
    )
    said = StringIO()
    present_guests = Registration.objects.filter(event=event).count()
    if present_guests == 0:
        call_command("seed_registrations", EVENT, str(min(registrations, ORIGINALS)), stdout=said)
    if present_guests < registrations:
        multiply(event, registrations)
    credentials.write_text("\n".join(sign(event, SIGNED)), encoding="ascii")
    call_command("enrol_device", EVENT, f"bench {os.getpid()}", stdout=said)
    return {"token": said.getvalue().split()[-1]}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(set_up(int(sys.argv[1]), Path(sys.argv[2]))))
