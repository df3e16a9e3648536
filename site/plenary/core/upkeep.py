"""What a worker does by the clock, beside emptying the outbox: its sign of life, and forgetting what has served its time.

settings.PLENARY_UPKEEP lists these functions and those of other apps with their rhythm.
"""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from plenary.core.models import Heartbeat, IdempotentRequest

WORKER = "worker"
LATE_AFTER = timedelta(minutes=3)
# Clients retry for minutes, a queue that was offline for a day or two.
REQUESTS_KEPT = timedelta(days=7)


def beat() -> None:
    """Say that the worker lives."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": timezone.now()})


def worker_state() -> str | None:
    """«ok», «late» when the last sign of life is too old, None when no worker ever ran."""
    last = Heartbeat.objects.filter(name=WORKER).values_list("at", flat=True).first()
    if last is None:
        return None
    return "ok" if timezone.now() - last < LATE_AFTER else "late"


def forget_requests() -> int:
    """Delete stored answers that no retry will ask for any more."""
    deleted, _by_model = IdempotentRequest.objects.filter(created_at__lt=timezone.now() - REQUESTS_KEPT).delete()
    return deleted


def forget_sessions() -> int:
    """Delete sessions of staff that have ended."""
    deleted, _by_model = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return deleted
