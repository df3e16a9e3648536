"""Writes what a door needs offline: one JSON text, made piece by piece so that 100,000 guests do not fill the memory."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

import orjson

from checkin.models import Checkpoint, Credential, Device, SigningKey
from checkin.querysets import SnapshotVersion
from plenary.events.models import Event
from registration.models import Category

KEPT_AFTER = timedelta(days=1)  # doors work into the night after the last day; then names have no business on phones
GZIP = 31  # zlib's name for a gzip frame around a full window


def expiry(event: Event) -> datetime:
    """When phones must have forgotten the guests of an event."""
    return datetime.combine(event.ends_on, time.max, event.zone) + KEPT_AFTER


class Snapshots:
    """Snapshots of a device's event as it is now, whole or since an earlier version, for where the device may work."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.event = device.event

    @cached_property
    def version(self) -> SnapshotVersion:
        return Credential.objects.snapshot_version(self.event)

    @cached_property
    def head(self) -> dict[str, Any]:
        """The small part: it comes whole every time."""
        categories = list(Category.objects.filter(event=self.event))
        shown = set(Checkpoint.objects.with_portraits(self.device).values_list("pk", flat=True))
        return {
            "event": {
                "slug": self.event.slug,
                "name": self.event.name,
                "time_zone": self.event.time_zone,
                "day_change": self.event.day_change // timedelta(minutes=1),
                "number": self.event.number,
            },
            "expires_at": min(filter(None, (expiry(self.event), self.device.valid_until))),
            "keys": [
                {"key_id": key.key_id, "public": base64.b64encode(key.public).decode()}
                for key in SigningKey.objects.filter(event=self.event).defer("private").order_by("key_id")
            ],
            "categories": [
                {"slug": category.slug, "name": category.name, "colour": category.colour} for category in categories
            ],
            "checkpoints": [
                {
                    "slug": checkpoint.slug,
                    "name": checkpoint.name,
                    "entries": checkpoint.counting.entries,
                    "mode": checkpoint.mode,
                    "kind": checkpoint.kind,
                    "area": checkpoint.counting.slug,
                    "pause": checkpoint.counting.pause,
                    "capacity": checkpoint.counting.capacity,
                    "rights": checkpoint.rights,
                    "categories": [category.slug for category in checkpoint.categories.all()],
                    "escorted": [category.slug for category in checkpoint.escorted.all()],
                    "opens_at": checkpoint.opens_at,
                    "closes_at": checkpoint.closes_at,
                    "photos": checkpoint.pk in shown,
                }
                for checkpoint in Checkpoint.objects.for_device(self.device).prefetch_related("categories", "escorted")
            ],
        }

    def etag(self, since: str | None) -> str:
        """Weak, because the plain and the compressed text share it."""
        text = orjson.dumps([since, str(self.version), self.head], option=orjson.OPT_UTC_Z)
        return f'W/"{hashlib.blake2b(text, digest_size=16).hexdigest()}"'

    def plain(self, since: str | None) -> bytes:
        return b"".join(self._pieces(since))

    def gzipped(self, since: str | None) -> bytes:
        """Compressed while it is written. A bearer token is in no body, so compression gives nothing away."""
        packer = zlib.compressobj(4, wbits=GZIP)
        return b"".join([*(packer.compress(piece) for piece in self._pieces(since)), packer.flush()])

    def _pieces(self, since: str | None) -> Iterator[bytes]:
        changed_after = self._continues_from(since)
        top = {"complete": changed_after is None, "version": str(self.version), **self.head}
        yield orjson.dumps(top, option=orjson.OPT_UTC_Z)[:-1]
        yield b',"credentials":['
        yield from _joined(
            {
                "id": bytes(public_id).hex(),
                "issue": issue,
                "category": category,
                "rights": rights,
                "name": name,
                "latin_name": latin_name,
                "organisation": organisation,
                "code": code,
            }
            for public_id, issue, category, rights, name, latin_name, organisation, code in Credential.objects.for_snapshot(
                self.event, changed_after
            )
        )
        yield b'],"revocations":['
        yield from _joined(
            bytes(public_id).hex() for public_id in Credential.objects.revoked_since(self.event, changed_after)
        )
        yield b"]}"

    def _continues_from(self, since: str | None) -> datetime | None:
        """From when on changes are told; None for the whole: where rows have vanished, no list of changes could say so."""
        earlier = SnapshotVersion.parse(since) if since else None
        if earlier is None or not Credential.objects.all_kept_since(self.event, earlier):
            return None
        return earlier.told_again_from


def _joined(items: Iterable[Any]) -> Iterator[bytes]:
    """Items with commas between them, a few hundred a piece."""
    waiting: list[bytes] = []
    separator = b""
    for item in items:
        waiting.append(orjson.dumps(item))
        if len(waiting) == 500:
            yield separator + b",".join(waiting)
            waiting, separator = [], b","
    if waiting:
        yield separator + b",".join(waiting)
