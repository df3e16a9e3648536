"""A schedule file as it was written: values with the line or path where each stands. Not yet checked.

Both readers bring their format into this one shape, named after the fields of the JSON form; `checking` judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Raw:
    """One object of the file: its fields, and a way to say where each of them is."""

    where: str
    values: Mapping[str, Any]
    place_of: Callable[[str], str]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str) -> Any:
        return self.values.get(key)


@dataclass(frozen=True)
class RawRoom:
    """A room of one day with its sessions."""

    where: str
    name: Any
    guid: Any
    sessions: list[Raw]


@dataclass(frozen=True)
class RawDay:
    head: Raw
    rooms: list[RawRoom]


@dataclass(frozen=True)
class RawSchedule:
    """A whole file."""

    source: str
    head: Raw  # version, base_url
    conference: Raw
    rooms: list[Raw] = field(default_factory=list)
    tracks: list[Raw] = field(default_factory=list)
    days: list[RawDay] = field(default_factory=list)
