"""The two kinds of file a table comes in, XLSX and CSV, as rows of cells: sizes, encodings and delimiters are judged here."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

AT_MOST_BYTES = 10 * 1024 * 1024
AT_MOST_ROWS = 50_000  # below the headings
AT_MOST_COLUMNS = 200
_UNPACKED = 150 * 1024 * 1024  # bytes a workbook may unfold to; 50,000 full rows need a third of it
_PARTS = 1_000
_DELIMITERS = ",;\t|"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)"')
_FORMULA = re.compile(r"^\s*[=@＝＠](?=.)")
_HIGH = re.compile(rb"[\x80-\xff]+")


class SheetRefused(Exception):
    """The file cannot be read as a table; the text says why and what to send instead."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty."""

    letter: str
    row: int
    value: Any
    is_formula: bool = False
    is_error: bool = False

    @property
    def address(self) -> str:
        return f"{self.letter}{self.row}"


@dataclass
class Sheet:
    """The first sheet of a file."""

    rows: Iterable[tuple[int, Sequence[Cell]]]
    merged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def cells_of(content: bytes) -> Sheet:
    """The rows of a file, whatever its name says it is; raises SheetRefused, also while rows are read."""
    if not content:
        raise SheetRefused(_("This file is empty. Choose it again."))
    if len(content) > AT_MOST_BYTES:
        raise SheetRefused(_("This file is larger than 10 MB. Split it, or remove pictures and unused sheets."))
    if content.startswith(b"PK"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetRefused(
            _(
                "This is an old .xls file, or one with a password. Open it, save it as .xlsx without a password, send that."
            )
        )
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise SheetRefused(_("This is not a table. Send an .xlsx or a .csv file."))
    return _separated(content)


# -- XLSX --------------------------------------------------------------------------------------------------------------
def _workbook(content: bytes) -> Sheet:
    from openpyxl import load_workbook

    _check_archive(content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise SheetRefused(_("This workbook has no visible sheet."))
        sheet: Any = visible[0]
        sheet.reset_dimensions()  # what the file says of its own size is often wrong
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            merged = sorted({found.decode() for found in _MERGED.findall(archive.read(sheet._worksheet_path))})
    except SheetRefused:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part makes its parsers raise
        raise SheetRefused(_broken()) from error
    notes = []
    if len(visible) > 1:
        notes.append(_("Only the first sheet, “%(name)s”, is read.") % {"name": sheet.title})
    return Sheet(_workbook_rows(sheet), merged, notes)


def _broken() -> str:
    return _("This workbook is damaged. Open it in your spreadsheet program, save it again as .xlsx and send that.")


def _check_archive(content: bytes) -> None:
    """Refuse what is no workbook, or unfolds to more than any list of guests needs, before a byte is unfolded."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                raise SheetRefused(
                    _("This workbook unfolds to far more than a list needs. Copy the list into a new workbook.")
                )
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise SheetRefused(_("This is not a workbook. Send an .xlsx or a .csv file."))
            if any(part.flag_bits & 1 for part in parts):
                raise SheetRefused(_("This workbook has a password. Save it without one and send that."))
            for name in names:
                if name.endswith((".xml", ".rels")) and b"<!" in _head(archive, name).replace(b"<!--", b""):
                    raise SheetRefused(_broken())  # a document type: entities could make a megabyte a gigabyte
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError) as error:
        raise SheetRefused(_broken()) from error
    except Exception as error:
        if isinstance(error, SheetRefused):
            raise
        raise SheetRefused(_broken()) from error  # zlib.error and its like


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(2_048)


def _workbook_rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    from openpyxl.utils import get_column_letter

    try:
        for cells in sheet.iter_rows(max_col=AT_MOST_COLUMNS):
            filled = [
                Cell(get_column_letter(c.column), c.row, c.value, c.data_type == "f", c.data_type == "e")
                for c in cells
                if c.value is not None
            ]
            if filled:
                yield filled[0].row, filled
    except Exception as error:
        raise SheetRefused(_broken()) from error


# -- CSV ---------------------------------------------------------------------------------------------------------------
def _separated(content: bytes) -> Sheet:
    text, encoding = decoded(content)
    notes = [] if encoding == "UTF-8" else [_("Read as %(encoding)s. Check names below.") % {"encoding": encoding}]
    return Sheet(_separated_rows(text), notes=notes)


def decoded(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding; raises SheetRefused rather than guess names wrong.

    By its mark, else UTF-8; else GB18030 where accents of no other encoding look like it, else Windows-1252.
    """
    for mark, codec, name in (
        (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
        (b"\xff\xfe", "utf-16", "UTF-16"),
        (b"\xfe\xff", "utf-16", "UTF-16"),
    ):
        if content.startswith(mark):
            return _decode(content, codec), name
    if b"\x00" in content:
        raise SheetRefused(_unreadable())
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    if _looks_chinese(content):
        return _decode(content, "gb18030"), "GB18030"
    if _looks_western(content):
        return _decode(content, "cp1252"), "Windows-1252"
    raise SheetRefused(_unreadable())


def _unreadable() -> str:
    return _(
        "The encoding of this file is not recognised, so names would come out wrong. "
        "Save it as “CSV UTF-8”, or as .xlsx, and send that."
    )


def _decode(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        raise SheetRefused(_unreadable()) from error


def _looks_chinese(content: bytes) -> bool:
    """Chinese text of GB encodings stands in pairs of high bytes, most of them in the rows of common characters.

    Cyrillic and Arabic code pages also decode without an error: their words have odd lengths and fall on rare rows.
    """
    runs = _HIGH.findall(content)
    total = sum(map(len, runs))
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    leads = [run[place] for run in runs if len(run) % 2 == 0 for place in range(0, len(run), 2)]
    common = sum(0xA1 <= lead <= 0xA9 or 0xB0 <= lead <= 0xD7 for lead in leads)
    return paired >= 0.95 * total and common >= 0.7 * len(leads)


def _looks_western(content: bytes) -> bool:
    """In Western languages an accented letter stands alone or, rarely, beside one other."""
    runs = _HIGH.findall(content)
    undefined = sum(content.count(bytes([byte])) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
    return not undefined and sum(len(run) <= 2 for run in runs) >= 0.95 * len(runs)


def _separated_rows(text: str) -> Iterator[tuple[int, list[Cell]]]:
    from openpyxl.utils import get_column_letter

    if "\x00" in text:
        raise SheetRefused(_unreadable())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, values in enumerate(reader, 1):
            filled = [
                Cell(get_column_letter(place), number, value, bool(_FORMULA.match(value)))
                for place, value in enumerate(values[:AT_MOST_COLUMNS], 1)
                if value.strip()
            ]
            if filled:
                yield number, filled
    except csv.Error as error:
        raise SheetRefused(
            _("Row %(number)s cannot be read: a quotation mark is missing or too many.") % {"number": reader.line_num}
        ) from error


def _delimiter(text: str) -> str:
    """What separates the headings: the sign that stands most often in the first line outside quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = Counter(sign for sign in re.sub(r'"[^"]*"', "", first) if sign in _DELIMITERS)
    return counts.most_common(1)[0][0] if counts else ","
