"""Tables from spreadsheets: what is read, and that every problem is named before anything is written."""

import io
import time
import zipfile
from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from plenary.core.sheets import SheetColumn, Table, read_table

COLUMNS = [
    SheetColumn("name", _("Full name"), required=True, also=("full name",)),
    SheetColumn("email", _("E-mail address"), required=True),
    SheetColumn("nationality", _("Nationality")),
]


def workbook(*rows, **changes) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for address, value in changes.items():
        book.active[address] = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def told(table: Table) -> str:
    return "\n".join(f"{problem.cell}: {problem.text}" for problem in table.problems)


@pytest.mark.parametrize("heads", [["name", "email"], ["Full name", "E-MAIL ADDRESS"], ["full_name", "e mail address"]])
def test_a_workbook_is_read_by_keys_or_by_labels(heads):
    content = workbook(heads, ["Amina Osman", "amina@example.org"], [], ["李明", "li@example.org"])
    table = read_table(content, COLUMNS)
    assert not table.problems, told(table)
    assert [row["name"] for row in table.rows] == ["Amina Osman", "李明"]
    assert (table.rows[1].number, table.rows[1].address("email")) == (4, "B4")


@pytest.mark.parametrize("language", ["fr", "ar", "zh-hans", "ru"])
def test_labels_of_other_languages_are_headings_too(language):
    with translation.override(language):
        heads = [str(column.label) for column in COLUMNS]
    table = read_table(workbook(heads, ["Zoé", "zoe@example.org", "FR"]), COLUMNS)
    assert not table.problems, told(table)
    assert table.rows[0]["nationality"] == "FR"


def test_numbers_and_dates_come_as_people_read_them():
    table = read_table(workbook(["name", "email"], [20221234567.0, date(2027, 5, 18)]), COLUMNS)
    assert dict(table.rows[0].values) == {"name": "20221234567", "email": "2027-05-18"}


def test_merged_cells_formulas_and_errors_are_named_by_their_address():
    book = Workbook()
    sheet = book.active
    for row in (["name", "email"], ["A", "a@example.org"], ["B", "=A2&1"], ["C", "#REF!"]):
        sheet.append(row)
    sheet["B4"].data_type = "e"
    sheet.merge_cells("A2:A3")
    said = told(read_table(saved(book), COLUMNS))
    assert "A2:A3: These cells are merged" in said
    assert "B3: This cell holds a formula" in said
    assert "B4: This cell holds an error" in said


@pytest.mark.parametrize(
    ("heads", "cell", "words"),
    [
        (["name", "email", "shoe size"], "C1", "“shoe size” is not a heading"),
        (["name", "email", "Name"], "C1", "a second time"),
        (["name"], "", "“E-mail address” is missing"),
    ],
)
def test_unknown_doubled_and_missing_headings_are_named(heads, cell, words):
    table = read_table(workbook(heads, ["A", "a@example.org", "x"][: len(heads)]), COLUMNS)
    assert any(problem.cell == cell and words in problem.text for problem in table.problems), told(table)


def test_a_value_without_a_heading_is_named():
    assert "C2: There is no heading" in told(
        read_table(workbook(["name", "email"], ["A", "a@b.example", "?"]), COLUMNS)
    )


@pytest.mark.slow
def test_fifty_thousand_rows_are_read_and_one_more_is_refused():
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["name", "email"])
    for number in range(50_000):
        sheet.append([f"Guest {number}", f"g{number}@example.org"])
    began = time.process_time()
    table = read_table(saved(book), COLUMNS)
    assert not table.problems
    assert len(table.rows) == 50_000
    assert time.process_time() - began < 30
    lines = "name,email\n" + "".join(f"Guest {n},g{n}@example.org\n" for n in range(50_001))
    refused = read_table(lines.encode(), COLUMNS)
    assert "more than 50,000 rows" in told(refused)
    assert not refused.rows


PEOPLE = "name;email\n王小明;wang@example.org\n李芳;li@example.org\n"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (PEOPLE, "utf-8", "王小明"),
        (PEOPLE, "utf-8-sig", "王小明"),
        (PEOPLE, "utf-16", "王小明"),
        (PEOPLE, "gb18030", "王小明"),
        ("name\temail\nJosé Müñoz\tj@example.org\n", "cp1252", "José Müñoz"),
        ('name,email\n"Osman, Amina",a@example.org\n', "utf-8", "Osman, Amina"),
    ],
)
def test_csv_is_read_in_common_encodings_and_with_any_delimiter(text, codec, name):
    table = read_table(text.encode(codec), COLUMNS)
    assert not table.problems, told(table)
    assert table.rows[0]["name"] == name
    assert bool(table.notes) == (codec in {"utf-16", "gb18030", "cp1252"})


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("name,email\nИванова Мария,m@example.org\nПётр Сидоров,p@example.org\n", "cp1251"),
        ("name,email\nمحمد عبدالله,m@example.org\nفاطمة الزهراء,f@example.org\n", "cp1256"),
        ("name,email\n山田太郎,y@example.org\n佐藤さくら,s@example.org\n", "shift_jis"),
    ],
)
def test_an_encoding_that_would_spoil_names_is_refused(text, codec):
    table = read_table(text.encode(codec), COLUMNS)
    assert not table.rows
    assert "Save it as “CSV UTF-8”" in told(table)


def test_formulas_in_csv_are_named_and_telephone_numbers_are_not():
    table = read_table(b"name,email,nationality\n=cmd|' /C calc'!A0,a@b.example,+20 2 2792\n", COLUMNS)
    assert told(table).startswith("A2: This cell holds a formula")
    assert len(table.problems) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"name,email\n", "nothing below the headings"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old .xls"),
        (b"%PDF-1.7 something", "not a table"),
        (b"PK\x03\x04 not really", "damaged"),
        (b'name,email\n"open,a@b.example\n', "quotation mark"),
        (b"name,email\nA\x00B,a@b.example\n", "encoding"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_files_that_are_no_table_are_refused_with_a_clear_word(content, words):
    table = read_table(content, COLUMNS)
    assert words in told(table)
    assert not table.rows


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def test_a_bomb_and_a_foreign_archive_are_refused_without_being_unfolded():
    bomb = archive(**{"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"\0" * (160 * 1024 * 1024)})
    assert "unfolds to far more" in told(read_table(bomb, COLUMNS))
    assert "not a workbook" in told(read_table(archive(**{"run.txt": b"hello"}), COLUMNS))


def test_a_workbook_with_a_document_type_is_refused():
    content = workbook(["name", "email"], ["A", "a@b.example"])
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["xl/sharedStrings.xml"] = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    assert "damaged" in told(read_table(archive(**parts), COLUMNS))


def test_a_file_full_of_mistakes_does_not_fill_the_page_with_them():
    rows = [["name", "email"], *[["=1+1", "a@b.example"] for _row in range(1_000)]]
    table = read_table(workbook(*rows), COLUMNS)
    assert len(table.problems) == 201
    assert "more problems" in table.problems[-1].text
