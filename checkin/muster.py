"""The muster list: who is inside an event, each person once and at the place entered last. For counting heads outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from checkin.board import counted_from, day_began
from checkin.models import Admission, Checkpoint, Credential, Scan
from checkin.whereabouts import Stay, whereabouts
from plenary.core import languages, typesetting
from plenary.core.typesetting import printable, text_run
from plenary.events.models import Event
from registration.models import Registration

PART = 1000  # people on one page or in one file: what a screen shows and a printer takes at a time
TEMPLATE = Path(__file__).parent / "typst" / "muster.typ"


@dataclass(frozen=True)
class Inside:
    """Somebody who is inside, and since when."""

    guest: Registration
    entered: datetime


@dataclass(frozen=True)
class Group:
    """The people of one area that one part of the list holds; `count` are all who are there."""

    area: Checkpoint
    count: int
    people: list[Inside]


class Muster:
    """Who is inside an event, as far as the doors had told by a moment."""

    def __init__(self, event: Event, now: datetime) -> None:
        self.event = event
        self.now = now

    @cached_property
    def areas(self) -> list[Checkpoint]:
        """Those not in use any more too: who came in there may still be inside."""
        return [checkpoint for checkpoint in Checkpoint.objects.of(self.event) if checkpoint.is_area]

    @cached_property
    def known_at(self) -> datetime | None:
        """When the doors were last heard of."""
        return Scan.objects.newest(self.event)

    @cached_property
    def _inside(self) -> dict[int, list[tuple[int, datetime]]]:
        """Credentials with the moment they came in, by area."""
        found: dict[int, list[tuple[int, datetime]]] = {area.pk: [] for area in self.areas}
        movements = Admission.objects.movements(counted_from(self.areas, day_began(self.event, self.now)))
        for credential, rows in groupby(movements, key=itemgetter(0)):
            stay = whereabouts([Stay(area, entered, left) for _credential, area, entered, left in rows])
            if stay is not None:
                found[stay.area].append((credential, stay.entered))
        return found

    @cached_property
    def counts(self) -> list[tuple[Checkpoint, int]]:
        return [(area, len(self._inside[area.pk])) for area in self.areas]

    @property
    def total(self) -> int:
        return sum(count for _area, count in self.counts)

    def parts_of(self, area: Checkpoint | None) -> int:
        """How many parts the list of an area, or of all, has."""
        count = self.total if area is None else len(self._inside[area.pk])
        return max(1, -(-count // PART))

    def part(self, area: Checkpoint | None, number: int) -> list[Group]:
        """One part of the list of an area, or of all areas one after the other; counted from one."""
        entered = [
            (found, credential, since)
            for found in (self.areas if area is None else [area])
            for credential, since in self._inside[found.pk]
        ][(number - 1) * PART : number * PART]
        guests = {
            badge.pk: badge.registration
            for badge in Credential.objects.on_muster([credential for _area, credential, _since in entered])
        }
        counts = dict(self.counts)
        return [
            Group(found, counts[found], _in_order(Inside(guests[key], since) for _area, key, since in rows))
            for found, rows in groupby(entered, key=itemgetter(0))
        ]


def _in_order(people: Iterable[Inside]) -> list[Inside]:
    return sorted(people, key=lambda one: ((one.guest.latin_name or one.guest.name).casefold(), one.guest.code))


def muster_pdf(muster: Muster, groups: list[Group]) -> bytes:
    """A part of the list on paper, with a box to tick for each person, in the active language."""
    document: bytes = typesetting.typeset(TEMPLATE, {"muster.json": muster_data(muster, groups)})
    return document


def muster_data(muster: Muster, groups: list[Group]) -> dict[str, Any]:
    """What the template prints, every text ready in the active language, times in the event's zone."""
    language, zone = languages.get(get_language() or "en"), muster.event.zone
    known = muster.known_at.astimezone(zone) if muster.known_at else None
    return {
        "rtl": language.direction == "rtl",
        "lang": language.bcp47.split("-")[0],
        "title": text_run(_("Muster list")),
        "event": text_run(printable(str(muster.event))),
        "known": text_run(
            _("As the doors had told by %(time)s") % {"time": date_format(known, "DATETIME_FORMAT")}
            if known
            else _("The doors have told nothing yet")
        ),
        "total": text_run(str(muster.total)),
        "counts": [[text_run(printable(str(area))), text_run(str(count))] for area, count in muster.counts],
        "heads": [text_run(text) for text in (_("Name"), _("Organisation"), _("Category"), _("In since"))],
        "groups": [
            {
                "area": text_run(f"{printable(str(group.area))} · {group.count}"),
                "people": [_row(one, one.entered.astimezone(zone)) for one in group.people],
            }
            for group in groups
        ],
    }


def _row(one: Inside, entered: datetime) -> list[Any]:
    guest = one.guest
    name, latin = printable(guest.name), printable(guest.latin_name)
    second = latin if latin and latin.casefold() != name.casefold() else ""
    since = date_format(timezone.make_naive(entered, entered.tzinfo), "TIME_FORMAT")
    return [text_run(text) for text in (name, second, printable(guest.organisation), str(guest.category), since)]
