"""Reads of who came: of the guests expected at an event, or at one session of it, by the ledger of scans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from checkin.attendance import LATE, Attendance, Passage
from checkin.rules import Direction, Outcome, Reason
from plenary.events.models import Event, Session
from registration.models import Letter, Registration
from registration.rules import State
from registration.rules.letters import LetterKind

if TYPE_CHECKING:
    from checkin.querysets import ScanQuerySet
    from registration.querysets import RegistrationQuerySet

# A conflict was let in, too: a door without network did it.
_LET_IN = (Outcome.ADMIT, Outcome.CONFLICT)
_SESSION = Coalesce("checkpoint__session", "checkpoint__zone__session")


def expected_at(event: Event) -> RegistrationQuerySet:
    """The guests of an event's attendance list: approved ones, and those who withdrew when it was about to begin."""
    first = timezone.make_aware(datetime.combine(event.starts_on, time.min), event.zone)
    late = Q(state=State.WITHDRAWN, credential__withdrawn_at__gte=first - LATE)
    return Registration.objects.filter(Q(state=State.APPROVED) | late, event=event)


def attendance_of(event: Event, session: Session | None = None) -> Any:
    """Registrations with `arrived_at` (their first scan), `attendance`, and `certified` (whether a certificate stands).

    For lines that are shown: each costs a look into the ledger. `of_kind` and `totals` ask about many.
    """
    scans = _entries(event, session).filter(credential=OuterRef("credential__pk"))
    return (
        expected_at(event)
        .annotate(
            arrived_at=Subquery(scans.order_by("scanned_at").values("scanned_at")[:1]),
            is_excused=_excused(session),
            certified=_certified(),
        )
        .annotate(
            attendance=Case(
                When(arrived_at__isnull=False, then=Value(Attendance.ATTENDED.value)),
                When(Q(is_excused=True) | Q(state=State.WITHDRAWN), then=Value(Attendance.EXCUSED.value)),
                default=Value(Attendance.ABSENT.value),
            )
        )
    )


def _certified() -> Exists:
    return Exists(Letter.objects.valid().filter(registration=OuterRef("pk"), kind=LetterKind.ATTENDANCE))


def _excused(session: Session | None) -> Exists:
    from checkin.models import Excuse

    return Exists(Excuse.objects.filter(Q(session=None) | Q(session=session), registration=OuterRef("pk")))


def of_kind(guests: Any, kind: str, event: Event, session: Session | None = None) -> Any:
    """Those of `guests`, of whom all are expected at the event, who attended, are excused or were absent; each told as in
    `attendance_of`, but set by set: a database reads the ledger once and not once for each guest."""
    came = Exists(_entries(event, session).filter(credential__registration=OuterRef("pk")))
    said = Q(_excused(session)) | Q(state=State.WITHDRAWN)
    if kind == Attendance.ATTENDED:
        return guests.filter(came)
    return guests.filter(~came, said if kind == Attendance.EXCUSED else ~said)


def _entries(event: Event, session: Session | None) -> ScanQuerySet:
    from checkin.models import Scan

    found = Scan.objects.filter(event=event, direction=Direction.IN, verdict__in=_LET_IN, credential__isnull=False)
    return found.filter(Q(checkpoint__session=session) | Q(checkpoint__zone__session=session)) if session else found


def totals(guests: Any, event: Event, session: Session | None = None) -> dict[str, int]:
    """How many of these expected guests there are of each kind. Three statements."""
    counts = {
        kind: of_kind(guests, kind, event, session).order_by().count()
        for kind in (Attendance.ATTENDED.value, Attendance.EXCUSED.value)
    }
    return {**counts, Attendance.ABSENT.value: guests.order_by().count() - sum(counts.values())}


def certified_at(event: Event) -> int:
    """How many of those expected hold a certificate of attendance that stands."""
    return expected_at(event).filter(_certified()).count()


def attended_by_session(event: Event) -> dict[int, int]:
    """How many expected guests came through a checkpoint of which session (by id)."""
    from checkin.models import Checkpoint

    # Named one by one: the entrances, which nearly everybody passed, are not read.
    doors = Checkpoint.objects.filter(Q(session__isnull=False) | Q(zone__session__isnull=False), event=event)
    came = _entries(event, None).filter(checkpoint__in=list(doors.values_list("pk", flat=True)))
    came = came.filter(credential__registration__in=expected_at(event).order_by().values("pk"))
    rows = came.annotate(of_session=_SESSION).order_by().values("of_session")
    return dict(rows.annotate(guests=Count("credential", distinct=True)).values_list("of_session", "guests"))


def sessions_with_checkpoints(event: Event) -> list[Session]:
    """Sessions whose attendance is taken, in the order of the programme."""
    return list(Session.objects.filter(event=event, checkpoints__isnull=False).order_by("starts_at", "pk").distinct())


def passages_of(registrations: Iterable[UUID]) -> dict[UUID, list[Passage]]:
    """The passages of some guests, by registration. Where a device's clock was wrong, ours counts."""
    from checkin.models import Scan

    rows: Any = (
        Scan.objects.filter(credential__registration__in=list(registrations), verdict__in=_LET_IN)
        .annotate(
            area=Coalesce("checkpoint__zone", "checkpoint"),
            moment=Case(When(reason=Reason.CLOCK, then=F("received_at")), default=F("scanned_at")),
        )
        .order_by()
        .values_list("credential__registration", "area", "direction", "moment")
    )
    found: dict[UUID, list[Passage]] = defaultdict(list)
    for registration, area, direction, moment in rows:
        found[registration].append(Passage(area or 0, direction, moment))
    return found
