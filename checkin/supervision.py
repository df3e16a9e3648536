"""What supervisors are warned of, and the shapes the live board shows. Pure: nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

NEWS = timedelta(minutes=30)  # how long the arrival of a VIP stays among the alerts
SILENCE = timedelta(minutes=5)  # a phone at work asks every 20 seconds; a lift or a cellar is no silence
CROWDED = 90  # percent of what a zone holds
HOUR = timedelta(hours=1)
MOST_HOURS = 24 * 60


class Kind(TextChoices):
    """What an alert is about."""

    VIP = "vip"
    CROWDED = "crowded"
    FULL = "full"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing a supervisor should know now. The same cause has the same key, by which it is told once."""

    kind: Kind
    key: str
    subject: str
    at: datetime | None = None
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """A zone, or a checkpoint that leads into none, with who is inside; None where nobody is counted."""

    id: int
    name: str
    inside: int | None
    capacity: int | None = None
    arrived: int = 0

    @property
    def percent(self) -> int | None:
        """How full it is, rounded down: 90 is said when nine tenths are in, not before."""
        return None if self.inside is None or not self.capacity else self.inside * 100 // self.capacity


@dataclass(frozen=True, slots=True)
class Vip:
    """Somebody who is awaited."""

    id: UUID
    name: str
    organisation: str
    category: str
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A scanning device at work: what it tells of itself may be missing."""

    id: UUID
    name: str
    place: str
    last_seen_at: datetime | None
    scans: int = 0  # let in during the last hour
    battery: int | None = None  # percent
    queue_length: int | None = None
    works_from: datetime | None = None  # when its place opens
    works_until: datetime | None = None

    def is_silent(self, now: datetime, day_began: datetime) -> bool:
        """Whether it was heard of today and then no more, while its place is open. One that has not been switched on
        today is no alarm: the list shows when it was heard of last."""
        if self.last_seen_at is None or self.last_seen_at < day_began:
            return False
        if (self.works_from and now < self.works_from) or (self.works_until and now >= self.works_until):
            return False
        return now - self.last_seen_at > SILENCE


def vip_alerts(vips: Iterable[Vip], now: datetime) -> list[Alert]:
    """Who of the awaited came just now, the newest first."""
    came = [vip for vip in vips if vip.arrived_at and now - vip.arrived_at <= NEWS]
    came.sort(key=lambda vip: vip.arrived_at or now, reverse=True)
    return [Alert(Kind.VIP, f"vip-{vip.id}", vip.name, vip.arrived_at) for vip in came]


def crowd_alerts(areas: Iterable[Area]) -> list[Alert]:
    """Where it gets narrow. That a zone has become full is news of its own."""
    return [
        Alert(kind, f"{kind}-{area.id}", area.name, percent=area.percent)
        for area in areas
        if area.percent is not None and area.percent >= CROWDED
        for kind in [Kind.FULL if area.percent >= 100 else Kind.CROWDED]
    ]


def silence_alerts(phones: Iterable[Phone], now: datetime, day_began: datetime) -> list[Alert]:
    """Phones that should be heard of and are not. Heard of again and silent again is a new cause."""
    return [
        Alert(Kind.SILENT, f"silent-{phone.id}-{phone.last_seen_at:%d%H%M}", phone.name, phone.last_seen_at)
        for phone in phones
        if phone.is_silent(now, day_began)
    ]


def by_hour(quarters: Iterable[tuple[int, datetime, int]], zone: ZoneInfo) -> dict[datetime, dict[int, int]]:
    """Arrivals by area in each hour from the first to the last, empty ones included. Hours begin as clocks in the zone
    show them, which may be at half past of ours."""
    found: dict[datetime, dict[int, int]] = {}
    for area, quarter, count in quarters:
        hour = quarter - timedelta(minutes=quarter.astimezone(zone).minute)
        areas = found.setdefault(hour, {})
        areas[area] = areas.get(area, 0) + count
    if not found:
        return {}
    hours = [min(found)]
    while hours[-1] < max(found) and len(hours) < MOST_HOURS:
        hours.append(hours[-1] + HOUR)
    return {hour: found.get(hour, {}) for hour in hours}
