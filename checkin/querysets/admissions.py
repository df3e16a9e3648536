"""Who came through where: for the doors, the live board and the muster list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, Func, Q

from checkin.rules import Outcome

if TYPE_CHECKING:
    from checkin.models import Admission, Checkpoint
    from checkin.querysets import ScanQuerySet
    from plenary.events.models import Event

QUARTER = 15 * 60  # seconds; the offset of every time zone in use is a whole number of them
Passage = tuple[int, int, datetime, datetime | None]  # credential and area by id, entered, left


class Quarter(Func):
    """The quarter of an hour a moment lies in, counted from 1970. Django's own functions for it call Python for every
    row on SQLite."""

    output_field = models.BigIntegerField()
    template = f"CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {QUARTER}) AS BIGINT)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {QUARTER}"
        return self.as_sql(compiler, connection, template=template, **context)


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def passages(self, area: Checkpoint, since: datetime | None) -> Iterator[tuple[Any, ...]]:
        """Credential id, entered, left of everybody who came through an area, or of those the ledger heard of since."""
        found = self.filter(checkpoint=area)
        if since is not None:
            found = found.filter(credential__in=self._heard(area, since).order_by().values("credential"))
        rows = found.order_by("pk").values_list("credential__public_id", "at", "left_at")
        return iter(rows.iterator(chunk_size=5000))

    def undone(self, area: Checkpoint, since: datetime) -> Iterator[bytes | memoryview]:
        """Credential ids of those whose entry was taken back since, and who have not come again."""
        here = self.filter(checkpoint=area).values("credential")
        gone = self._heard(area, since).filter(reversal__at__gte=since).exclude(credential__in=here)
        return iter(gone.order_by().values_list("credential__public_id", flat=True).distinct().iterator())

    def _heard(self, area: Checkpoint, since: datetime) -> ScanQuerySet:
        """Scans that have moved somebody at an area since: by being made, or by being taken back."""
        from checkin.models import Scan

        gates = Q(checkpoint=area) | Q(checkpoint__zone=area)
        lately = Q(received_at__gte=since) | Q(reversal__at__gte=since)
        return Scan.objects.filter(gates, lately, verdict=Outcome.ADMIT)

    def arrivals_by_quarter(self, event: Event) -> list[tuple[int, datetime, int]]:
        """How many badges came first through which area (by id) in which quarter of an hour, in order."""
        rows = (
            self.filter(checkpoint__event=event)
            .annotate(quarter=Quarter(F("at")))
            .values("checkpoint_id", "quarter")
            .annotate(count=Count("pk"))
            .order_by("quarter", "checkpoint_id")
            .values_list("checkpoint_id", "quarter", "count")
        )
        return [(area, datetime.fromtimestamp(quarter * QUARTER, UTC), count) for area, quarter, count in rows]

    def inside_by_area(self, areas: Mapping[int, datetime | None]) -> dict[int, int]:
        """How many are inside each area now, of those who came since its moment (None: whenever), as doors count them."""
        found = self._counted(areas).filter(left_at__isnull=True).order_by().values_list("checkpoint_id")
        return dict(found.annotate(Count("pk")))

    def movements(self, areas: Mapping[int, datetime | None]) -> Iterator[Passage]:
        """Every passage of areas since their moments, those of one badge together."""
        rows = self._counted(areas).order_by("credential_id")
        return iter(rows.values_list("credential_id", "checkpoint_id", "at", "left_at").iterator(chunk_size=5000))

    def _counted(self, areas: Mapping[int, datetime | None]) -> AdmissionQuerySet:
        wanted = Q(checkpoint__in=[area for area, since in areas.items() if since is None])
        for area, since in areas.items():
            if since is not None:
                wanted |= Q(checkpoint=area, at__gte=since)
        return self.filter(wanted)
