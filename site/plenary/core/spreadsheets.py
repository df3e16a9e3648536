"""Tables for people who work in a spreadsheet: CSV and XLSX in which no cell can be taken for a formula. No database here."""

import csv
import datetime
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

# What spreadsheets read as the start of a formula, in half and full width; white space before it does not help.
_FORMULA = re.compile(r"^\s*[=+\-@|%＝＋－＠｜％]|^[\t\r\n]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def neutral(value: Any) -> Any:
    """A value that a spreadsheet shows and never runs: text like a formula gets an apostrophe, numbers and dates stay."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | datetime.date | datetime.time):
        return value
    text = _UNPRINTABLE.sub("", str(value))
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


class _Echo:
    """A file that hands back what is written, so that rows stream one by one."""

    def write(self, text: str) -> bytes:
        return text.encode()


def csv_rows(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A CSV file line by line, with a byte order mark, because Excel reads UTF-8 only then."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield writer.writerow([neutral(heading) for heading in headings])
    for row in rows:
        yield writer.writerow([_as_text(neutral(value)) for value in row])


def _as_text(value: Any) -> Any:
    return value.isoformat(" ", "minutes") if isinstance(value, datetime.datetime) else value


def xlsx_file(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """An XLSX file on disk, at its beginning; rows are written as they come, so its size does not fill the memory."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True, iso_dates=True)
    sheet = workbook.create_sheet()

    def cell(value: Any) -> Any:
        value = neutral(value)
        if isinstance(value, datetime.datetime) and value.tzinfo:
            value = value.astimezone(datetime.UTC).replace(tzinfo=None)
        written = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            written.data_type = "s"  # openpyxl would make a formula of "="
        return written

    sheet.append([cell(heading) for heading in headings])
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    workbook.save(file)
    file.seek(0)
    return file
