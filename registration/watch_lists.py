"""Watch lists as files: which columns they have, and each row judged by the rules of the form. Reads, writes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plenary.core import crypto
from plenary.core.names import fold
from plenary.core.sheets import Problem, SheetColumn, SheetRow, Table, read_table
from registration.forms.fields import LineField, NameField
from registration.guest_lists import country_codes
from registration.models import WatchListEntry
from registration.rules.likeness import words

AT_MOST_ENTRIES = 10_000
MOST_NAMES = 20
OLDEST = 120  # years
COLUMNS = (
    SheetColumn("names", gettext_lazy("Names"), required=True, also=("name", "full name")),
    SheetColumn("source", gettext_lazy("Source"), required=True, also=("reference",)),
    SheetColumn("birth_year", gettext_lazy("Year of birth"), also=("born",)),
    SheetColumn("nationality", gettext_lazy("Nationality"), also=("country",)),
    SheetColumn("note", gettext_lazy("What is known"), also=("note",)),
    SheetColumn("valid_from", gettext_lazy("Valid from")),
    SheetColumn("valid_to", gettext_lazy("Valid to")),
)
SAMPLE = ("Yusuf Example; Юсуф Пример", "Notice 7/2026", 1970, "KE", "Height 1.80 m", "2026-01-01", "")
_BETWEEN_NAMES = re.compile(r"[;；؛|\n]")


@dataclass
class WatchList:
    """What a file holds: entries to add, rows that are on the list already, every problem with its cell."""

    entries: list[WatchListEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    already: int = 0


def read_watch_list(content: bytes) -> WatchList:
    """Judge a file. Never raises; with a problem in it nothing may be written."""
    table = read_table(content, COLUMNS, at_most=AT_MOST_ENTRIES)
    reader = _Reader(table)
    for row in table.rows:
        reader.take(row)
    entries = list(reader.entries.values())
    known = set(WatchListEntry.objects.filter(origin__isnull=False).values_list("origin", flat=True))
    new = [entry for entry in entries if entry.origin not in known]
    return WatchList(new, table.problems, list(table.notes), len(entries) - len(new))


class _Reader:
    """Rows into entries, each named by the digest of what its row says: sent again, the same row is no second entry."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.told = {problem.cell for problem in table.problems}
        self.entries: dict[str, WatchListEntry] = {}
        self.cells: dict[str, str] = {}
        self.is_wrong = False

    def take(self, row: SheetRow) -> None:
        self.is_wrong = False
        entry = WatchListEntry(
            names="\n".join(self._names(row)),
            source=self._line(row, "source", 120, must=True),
            note=self._line(row, "note", 2_000),
            birth_year=self._year(row),
            nationality=self._country(row),
            valid_from=self._day(row, "valid_from") or timezone.localdate(),
            valid_to=self._day(row, "valid_to"),
        )
        if entry.valid_to and entry.valid_to < entry.valid_from:
            self._name(row, "valid_to", _("It has to end after it begins."))
        if self.is_wrong:
            return
        facts = (entry.names, entry.source, entry.birth_year, entry.nationality, entry.note,
                 row["valid_from"], row["valid_to"])  # fmt: skip
        origin = crypto.blind_index("\0".join(map(str, facts)), "registration.watch_list_row")
        if origin in self.entries:
            self._name(row, "names", _("The same row stands in %(cell)s already.") % {"cell": self.cells[origin]})
            return
        entry.origin = origin
        self.entries[origin], self.cells[origin] = entry, row.address("names")

    def _name(self, row: SheetRow, key: str, text: str) -> None:
        cell, self.is_wrong = row.address(key), True
        if cell not in self.told:  # what the reader of the sheet said of a cell explains more: it holds a formula
            self.table.name(cell, text)

    def _names(self, row: SheetRow) -> list[str]:
        found = [name.strip() for name in _BETWEEN_NAMES.split(row["names"]) if name.strip()]
        if not found:
            self._name(row, "names", _("Write at least one name."))
        elif len(found) > MOST_NAMES:
            self._name(row, "names", _("Write at most %(most)s names, separated by semicolons.") % {"most": MOST_NAMES})
        for name in found:
            if not words(name):
                self._name(row, "names", _("There is no letter to compare in “%(name)s”.") % {"name": name[:40]})
        return [self._clean(row, "names", NameField(), name) for name in found]

    def _line(self, row: SheetRow, key: str, longest: int, *, must: bool = False) -> str:
        return self._clean(row, key, LineField(max_length=longest, required=must), row[key])

    def _clean(self, row: SheetRow, key: str, judge: LineField, value: str) -> str:
        try:
            return str(judge.clean(value))
        except ValidationError as error:
            self._name(row, key, " ".join(error.messages))
            return ""

    def _year(self, row: SheetRow) -> int | None:
        written, this = row["birth_year"], timezone.localdate().year
        if not written:
            return None
        if written.isascii() and written.isdigit() and this - OLDEST <= int(written[:6]) <= this:
            return int(written)
        self._name(row, "birth_year", _("Write the year with four digits, like 1970."))
        return None

    def _country(self, row: SheetRow) -> str:
        written = row["nationality"]
        found = country_codes().get(written.casefold()) or country_codes().get(fold(written)) if written else ""
        if written and not found:
            self._name(row, "nationality", _("This is no country we know."))
        return found or ""

    def _day(self, row: SheetRow, key: str) -> date | None:
        try:
            return date.fromisoformat(row[key]) if row[key] else None
        except ValueError:
            self._name(row, key, _("Write the day as year-month-day, like 2027-04-30."))
            return None
