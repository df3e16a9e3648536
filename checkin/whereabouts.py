"""Where somebody is, from what the doors know. Pure: the supervisor's phone finds it out by the same cases (`cases.json`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """One badge in one area: when it came in last, and when it left."""

    area: int
    entered: datetime
    left: datetime | None = None


def whereabouts(stays: Collection[Stay]) -> Stay | None:
    """The stay that says where a person is now; None for who is out.

    Who leaves a place has left also what was entered within it: rooms are seldom scanned on the way out. Of several
    places the one entered last counts, so that nobody is looked for twice.
    """
    within = [stay for stay in stays if stay.left is None and not any(_enclosed(stay, outer) for outer in stays)]
    return max(within, key=lambda stay: (stay.entered, stay.area), default=None)


def _enclosed(stay: Stay, outer: Stay) -> bool:
    return outer.left is not None and outer.entered <= stay.entered < outer.left
