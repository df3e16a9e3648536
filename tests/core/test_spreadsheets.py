"""Exports that no spreadsheet can be tricked with."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from plenary.core.spreadsheets import csv_rows, neutral, xlsx_parts

DANGEROUS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '  =HYPERLINK("x")', "\t=1", "＝1+1", "\r\n=1"]


def cells(headings: list[str], row: list[Any]) -> list[Any]:
    """The first row of an XLSX export, read back."""
    file = io.BytesIO(b"".join(xlsx_parts(headings, [row])))
    return list(next(load_workbook(file).active.iter_rows(min_row=2)))


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_like_a_formula_is_shown_and_not_run(text: str) -> None:
    assert neutral(text).startswith("'")
    rows = list(csv.reader(io.StringIO(b"".join(csv_rows(["h"], [[text]])).decode("utf-8-sig"))))
    assert rows[1][0].startswith("'")
    [cell] = cells(["h"], [text])
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")


@given(st.text())
def test_no_text_begins_a_formula_in_either_format(text: str) -> None:
    written = neutral(text)
    assert not str(written).lstrip().startswith(("=", "+", "@")) or str(written).lstrip("+-").replace(".", "").isdigit()
    list(csv_rows(["h"], [[text]]))
    [cell] = cells(["h"], [text])
    assert cell.data_type != "f"


@pytest.mark.parametrize("value", [5, 2.5, True, date(2027, 3, 1), "Ana", "-5", "+41"])
def test_numbers_dates_and_plain_text_stay_as_they_are(value: object) -> None:
    assert neutral(value) == value


def test_headings_are_neutral_too() -> None:
    assert b"'=x" in b"".join(csv_rows(["=x"], []))


def test_excel_reads_the_csv_as_unicode_and_times_without_their_zone() -> None:
    moment = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
    content = b"".join(csv_rows(["name", "at"], [["王小明", moment]]))
    assert content.startswith(b"\xef\xbb\xbf")
    [name, at] = cells(["name", "at"], ["王小明", moment])
    assert (name.value, at.value) == ("王小明", datetime(2027, 3, 1, 8, 30))  # noqa: DTZ001 — as a spreadsheet keeps it


def test_no_part_is_empty_which_would_end_an_answer_that_is_sent_in_chunks() -> None:
    rows = [[number, "Ana"] for number in range(20_000)]
    for parts in (list(csv_rows(["n", "name"], rows)), list(xlsx_parts(["n", "name"], rows))):
        assert all(parts)
        assert len(parts) > 2
