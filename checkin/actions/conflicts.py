"""What staff found out about guests who were let in against the server's word."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from checkin.models import ConflictResolution, Scan
from checkin.rules import Finding
from plenary.core.actions import Actor, record_history


@transaction.atomic
def resolve_conflict(scan: Scan, *, finding: Finding, note: str, by: Actor) -> ConflictResolution:
    """Write down what a conflict was; a second time replaces the first, and the history tells both."""
    resolution, _new = ConflictResolution.objects.update_or_create(
        scan=scan, defaults={"finding": finding, "note": note, "by": by.user, "at": timezone.now()}
    )
    record_history(scan, verb="conflict_resolved", by=by, event=scan.event, data={"finding": finding.value})
    return resolution
