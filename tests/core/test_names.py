"""Names of people: cleaned without loss, found in any script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plenary.core.names import clean_text, fold, normalise_email, search_text

anything = st.text(max_size=120)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana\tMaría \n  López ", "Ana María López"),
        ("\u202eevil\u202c Name", "evil Name"),
        ("Jose\u0301", "José"),
        ("e\u200e\u0301", "é"),
        ("नरेंद्र", "नरेंद्र"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("NUL\x00in", "NUL in"),
        ("👩‍🚀 Ada", "👩‍🚀 Ada"),
        ("王\u3000小明", "王 小明"),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_could_deceive(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(anything)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {"\u202e", "\u2066", "\x00", "\n"} & set(once)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "MULLER"), ("Ли", "Li"), ("Ángel Ñandú", "angel nandu"), ("ＷＡＮＧ", "wang"), ("Straße", "STRASSE")],
)
def test_different_spellings_of_a_name_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(anything)
def test_folded_text_is_plain_and_settled(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert fold(folded) == folded
    assert folded == folded.strip().lower()


@pytest.mark.parametrize("typed", ["王小明", "wang", "Иванов", "ivanov", "AB12CD34"])
def test_a_record_is_found_as_written_and_in_latin_letters(typed: str) -> None:
    column = search_text("王小明", "Wang Xiaoming", "Иванов", "", "AB12CD34")
    assert typed.casefold() in column


@given(st.lists(anything, max_size=4))
def test_the_search_column_holds_every_part_once_and_no_empty_words(parts: list[str]) -> None:
    column = search_text(*parts)
    assert "  " not in column
    for part in parts:
        assert clean_text(part).casefold() in column


@pytest.mark.parametrize("typed", ["A.B@Example.ORG", " a.b@example.org ", "ａ.b@example.org"])
def test_addresses_that_reach_one_mailbox_are_one(typed: str) -> None:
    assert normalise_email(typed) == "a.b@example.org"
