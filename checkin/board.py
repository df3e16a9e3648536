"""The live board of an event: asks each number once, in as many statements for a hundred thousand guests as for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.functional import cached_property

from checkin.models import Admission, Checkpoint, Credential, Device, Scan
from checkin.rules import Entries, Place, Reason, day_start
from checkin.supervision import Alert, Area, Phone, Vip, by_hour, crowd_alerts, silence_alerts, vip_alerts
from plenary.events.models import Event

RATE = timedelta(minutes=10)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """How many came in through one checkpoint lately."""

    name: str
    lately: int
    hour: int


def day_began(event: Event, now: datetime) -> datetime:
    """When the day of a moment began at an event."""
    zone, minutes = event.time_zone, event.day_change // timedelta(minutes=1)
    return day_start(Place(active=True, entries="", time_zone=zone, day_change=minutes), now)


def counted_from(areas: Iterable[Checkpoint], today: datetime) -> dict[int, datetime | None]:
    """Since when entries count as being inside, by area: whoever forgot to scan out yesterday is not inside today where
    each day begins anew. Areas where nobody is counted are left out."""
    return {
        area.pk: today if area.entries == Entries.DAILY else None
        for area in areas
        if area.entries != Entries.UNLIMITED or area.pause
    }


class Board:
    """One event as it is at a moment; every list is read when it is first looked at, and once."""

    def __init__(self, event: Event, now: datetime) -> None:
        self.event = event
        self.now = now
        self.today = day_began(event, now)

    @cached_property
    def _checkpoints(self) -> list[Checkpoint]:
        return list(Checkpoint.objects.of(self.event))

    @cached_property
    def _quarters(self) -> list[tuple[int, datetime, int]]:
        return Admission.objects.arrivals_by_quarter(self.event)

    @cached_property
    def _admitted(self) -> list[tuple[int, UUID, int, int]]:
        return Scan.objects.admitted_since(self.event, self.now - HOUR, self.now - RATE)

    @cached_property
    def hours(self) -> dict[datetime, dict[int, int]]:
        return by_hour(self._quarters, self.event.zone)

    @cached_property
    def names(self) -> dict[int, str]:
        return {checkpoint.pk: str(checkpoint) for checkpoint in self._checkpoints}

    @cached_property
    def areas(self) -> list[Area]:
        found = [checkpoint for checkpoint in self._checkpoints if checkpoint.is_area]
        counted = counted_from(found, self.today)
        inside = Admission.objects.inside_by_area(counted)
        arrived: dict[int, int] = {}
        for area, _quarter, count in self._quarters:
            arrived[area] = arrived.get(area, 0) + count
        return [
            Area(
                id=area.pk,
                name=str(area),
                inside=inside.get(area.pk, 0) if area.pk in counted else None,
                capacity=area.capacity,
                arrived=arrived.get(area.pk, 0),
            )
            for area in found
        ]

    @cached_property
    def gates(self) -> list[Gate]:
        """Checkpoints where devices stand, in the event's order, also those through which nobody came."""
        hour: dict[int, int] = {}
        lately: dict[int, int] = {}
        for checkpoint, _device, count, late in self._admitted:
            hour[checkpoint] = hour.get(checkpoint, 0) + count
            lately[checkpoint] = lately.get(checkpoint, 0) + late
        zones = {checkpoint.zone_id for checkpoint in self._checkpoints}
        return [
            Gate(str(gate), lately.get(gate.pk, 0), hour.get(gate.pk, 0))
            for gate in self._checkpoints
            if gate.pk in hour or (gate.active and gate.pk not in zones)
        ]

    @cached_property
    def vips(self) -> list[Vip]:
        return [
            Vip(
                id=badge.registration_id,
                name=badge.registration.name,
                organisation=badge.registration.organisation,
                category=str(badge.registration.category),
                arrived_at=came_at,
            )
            for badge, came_at in Credential.objects.vips(self.event)
        ]

    @property
    def missing(self) -> list[Vip]:
        return [vip for vip in self.vips if vip.arrived_at is None]

    @cached_property
    def refusals(self) -> list[tuple[str, int]]:
        """Why badges were not let in today, in words."""
        return [
            (str(Reason(reason).label), count) for reason, count in Scan.objects.refusals_since(self.event, self.today)
        ]

    @cached_property
    def conflicts(self) -> int:
        return Scan.objects.conflicts(self.event).count()

    @cached_property
    def phones(self) -> list[Phone]:
        let_in: dict[UUID, int] = {}
        for _checkpoint, device, count, _late in self._admitted:
            let_in[device] = let_in.get(device, 0) + count
        return [
            Phone(
                id=device.pk,
                name=device.name,
                place=str(place or ""),
                last_seen_at=device.last_seen_at,
                scans=let_in.get(device.pk, 0),
                battery=device.battery,
                queue_length=device.queue_length,
                works_from=max(_times(device.valid_from, place.opens_at if place else None), default=None),
                works_until=min(_times(device.valid_until, place.closes_at if place else None), default=None),
            )
            for device in Device.objects.at_work(self.event)
            for place in [device.checkpoint]
        ]

    @cached_property
    def alerts(self) -> list[Alert]:
        """What needs a person first."""
        return [
            *crowd_alerts(self.areas),
            *silence_alerts(self.phones, self.now, self.today),
            *vip_alerts(self.vips, self.now),
        ]


def _times(*moments: datetime | None) -> list[datetime]:
    return [moment for moment in moments if moment is not None]
