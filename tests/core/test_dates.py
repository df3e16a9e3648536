"""Dates as each language writes them."""

from datetime import date

import pytest

from plenary.core.dates import date_range, full_date


@pytest.mark.parametrize(
    ("first", "last", "language", "text"),
    [
        ((2027, 3, 1), (2027, 3, 3), "en", "1–3 March 2027"),
        ((2027, 2, 27), (2027, 3, 3), "en", "27 February – 3 March 2027"),
        ((2026, 12, 30), (2027, 1, 2), "en", "30 December 2026 – 2 January 2027"),
        ((2027, 3, 1), (2027, 3, 1), "en", "1 March 2027"),
        ((2027, 3, 1), (2027, 3, 3), "zh-hans", "2027年3月1日至3日"),
        ((2027, 3, 1), (2027, 3, 3), "fr", "1–3 mars 2027"),
        ((2027, 3, 1), (2027, 3, 3), "es", "1–3 de marzo de 2027"),
        ((2027, 3, 1), (2027, 3, 3), "ru", "1–3 марта 2027\xa0г."),
        ((2027, 3, 1), (2027, 3, 3), "ar", "1–3 مارس 2027"),
    ],
)
def test_a_range_of_days_says_once_what_both_share(first: tuple, last: tuple, language: str, text: str) -> None:
    shown = date_range(date(*first), date(*last), language)

    assert shown.replace("\u2009", " ").replace("\u202f", "\xa0").replace("\u200f", "") == text


def test_an_unknown_language_reads_english() -> None:
    assert full_date(date(2027, 3, 1), "tlh") == "Monday, 1 March 2027"
