"""Reads tables that people fill in with a spreadsheet (XLSX or CSV) and names every problem before anything is written.

Knows no record of any app: columns come from the caller, rows go back as text with the address of each cell.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plenary.core.languages import LANGUAGES
from plenary.core.names import clean_text, fold
from plenary.core.sheet_files import AT_MOST_ROWS, Cell, SheetRefused, cells_of

MOST_PROBLEMS = 200  # named one by one; a file with more has one cause, and a person reads no further
_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class SheetColumn:
    """A column a file may have: found by its key, or by its label in any language of the product."""

    key: str
    label: str | Promise
    required: bool = False  # the column must be there; whether a cell may be empty is the caller's rule
    also: tuple[str, ...] = ()  # further headings people write


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: the address of a cell (“B7”) or of a range; empty for the whole file."""

    cell: str
    text: str


@dataclass(frozen=True)
class SheetRow:
    """One row below the headings: text by column key, cleaned to one line; an empty cell is an empty text."""

    number: int  # as the spreadsheet counts
    values: Mapping[str, str]
    letters: Mapping[str, str]  # column key → letter

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")

    def address(self, key: str = "") -> str:
        """Where a value stands (“C4”); the whole row without a key or where the file has no such column."""
        letter = self.letters.get(key, "")
        return f"{letter}{self.number}" if letter else str(self.number)


@dataclass
class Table:
    """What was read. With a problem in it a file must not be imported; notes only tell how it was read."""

    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)  # keys of the columns that are there

    def name(self, cell: str, text: str) -> None:
        """Note a problem; past the limit only that there are more."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(cell, text))
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(Problem("", _("There are more problems of this kind. Mend these first.")))


def read_table(content: bytes, columns: Sequence[SheetColumn], *, at_most: int = AT_MOST_ROWS) -> Table:
    """Read the first sheet of a file, headings first. Never raises: whatever is wrong stands in `problems`."""
    table = Table()
    try:
        sheet = cells_of(content)
        table.notes += sheet.notes
        for merged in sheet.merged:
            table.name(merged, _("These cells are merged. Separate them and write the value into each cell."))
        _read_rows(sheet.rows, columns, table, at_most)
    except SheetRefused as refusal:
        table.rows.clear()
        table.name("", str(refusal))
    return table


def _read_rows(
    rows: Iterable[tuple[int, Sequence[Cell]]], columns: Sequence[SheetColumn], table: Table, at_most: int
) -> None:
    filled = _filled(rows, table)
    head = next(filled, None)
    if head is None:
        table.name("", _("This file is empty. Write headings into the first row and one person into each row below."))
        return
    keys = _headings(head, columns, table)
    letters = {key: letter for letter, key in keys.items()}
    for number, texts in filled:
        if len(table.rows) >= at_most:
            raise SheetRefused(too_many_rows(at_most))
        for letter in texts.keys() - keys.keys():
            if letter not in head[1]:
                table.name(f"{letter}{number}", _("There is no heading above this cell. Add one or clear the cell."))
        values = {key: texts.get(letter, "") for letter, key in keys.items()}
        if any(values.values()):
            table.rows.append(SheetRow(number, values, letters))
    if not table.rows and not table.problems:
        table.name("", _("There is nothing below the headings."))


def too_many_rows(at_most: int) -> str:
    return _("This file has more than %(count)s rows. Split it into several files.") % {"count": f"{at_most:,}"}


def _filled(rows: Iterable[tuple[int, Sequence[Cell]]], table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows that hold anything, as text by column letter; formulas and failed cells are named."""
    for number, cells in rows:
        texts: dict[str, str] = {}
        for cell in cells:
            if cell.is_formula:
                table.name(cell.address, _("This cell holds a formula. Replace it by its value."))
            elif cell.is_error:
                table.name(cell.address, _("This cell holds an error of the spreadsheet. Correct it."))
            elif text := _as_text(cell.value):
                texts[cell.letter] = text
        if texts:
            yield number, texts


def _as_text(value: Any) -> str:
    """What a person reads in the cell; dates in ISO form, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime.datetime():
            whole_day = value.time() == datetime.time()
            return value.date().isoformat() if whole_day else value.isoformat(" ", "minutes")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return clean_text(str(value))


def _headings(head: tuple[int, Mapping[str, str]], columns: Sequence[SheetColumn], table: Table) -> dict[str, str]:
    """Column letter → key, for the headings that are known."""
    number, texts = head
    known = _spellings(columns)
    keys: dict[str, str] = {}
    for letter, text in texts.items():
        key = known.get(_heading_key(text))
        if key is None:
            expected = ", ".join(str(column.label) for column in columns)
            table.name(
                f"{letter}{number}",
                _("“%(heading)s” is not a heading this list knows. It knows: %(expected)s.")
                % {"heading": text[:80], "expected": expected},
            )
        elif key in keys.values():
            table.name(
                f"{letter}{number}", _("The heading “%(heading)s” stands here a second time.") % {"heading": text}
            )
        else:
            keys[letter] = key
    for column in columns:
        if column.required and column.key not in keys.values():
            table.name("", _("The column “%(heading)s” is missing.") % {"heading": column.label})
    table.found = list(keys.values())
    return keys


def _spellings(columns: Sequence[SheetColumn]) -> dict[str, str]:
    """Every way a column's heading may be written → its key."""
    found = {_heading_key(spelling): column.key for column in columns for spelling in (column.key, *column.also)}
    for language in LANGUAGES:
        with translation.override(language.code):
            for column in columns:
                found.setdefault(_heading_key(str(column.label)), column.key)
    return found


def _heading_key(text: str) -> str:
    """Headings are compared without case, accents, spaces and punctuation."""
    return _NOT_A_LETTER.sub("", fold(text))
