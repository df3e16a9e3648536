"""Tables for people who work in a spreadsheet: CSV and XLSX in which no cell can be taken for a formula. No database here."""

import csv
import datetime
import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

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


def xlsx_parts(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """An XLSX file part by part: a row is written when it is read, so that neither its length fills the memory nor
    anybody waits for its end. Texts stand in their cells as texts: no cell holds a formula."""
    drain = Drain()
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in _FRAME.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_SHEET_BEGINS.encode())
            sheet.write(_row(headings))
            yield drain.take()
            for row in rows:
                sheet.write(_row(row))
                if drain.parts:
                    yield drain.take()
            sheet.write(b"</sheetData></worksheet>")
    yield drain.take()


class Drain(io.RawIOBase):
    """Takes what an archive writes, and gives it away once."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if part := bytes(data):
            self.parts.append(part)
        return len(part)

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def _row(values: Sequence[Any]) -> bytes:
    return f"<row>{''.join(_cell(neutral(value)) for value in values)}</row>".encode()


def _cell(value: Any) -> str:
    match value:
        case "":
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{value:d}</v></c>'
        case int():
            return f"<c><v>{value}</v></c>"
        case float() if math.isfinite(value):
            return f"<c><v>{value!r}</v></c>"
        case datetime.datetime():
            moment = value.astimezone(datetime.UTC) if value.tzinfo else value
            return f'<c s="2" t="d"><v>{moment.replace(tzinfo=None).isoformat(timespec="milliseconds")}</v></c>'
        case datetime.date():
            return f'<c s="1" t="d"><v>{value.isoformat()}</v></c>'
    text = escape(str(value)[:_LONGEST], {"\r": "&#13;"})
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


# -- the frame of a workbook with one sheet ----------------------------------------------------------------------------
_LONGEST = 32_767  # characters that a cell of Excel holds
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_BEGINS = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
_FRAME = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MEDIA}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MEDIA}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_MEDIA}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        '<sheets><sheet name="Sheet" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'{_XML}<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
        '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
