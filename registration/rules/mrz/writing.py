"""Writes a machine-readable zone, check digits included: for invented documents of tests and of the demonstration."""

from __future__ import annotations

from datetime import date

from registration.rules.mrz.digits import FILLER, check_digit
from registration.rules.mrz.names import transliterate


def _padded(text: str, length: int) -> str:
    return text[:length].ljust(length, FILLER)


def _day(day: date) -> str:
    return day.strftime("%y%m%d")


def _with_digit(text: str) -> str:
    return text + check_digit(text)


def _names(surname: str, given_names: str, length: int) -> str:
    surname, given = transliterate(surname).replace(" ", FILLER), transliterate(given_names).replace(" ", FILLER)
    return _padded(f"{surname}{FILLER * 2}{given}", length)


def write_td3(
    *,
    issuer: str,
    number: str,
    nationality: str,
    surname: str,
    given_names: str,
    birth_date: date,
    sex: str,
    expires_on: date,
    code: str = "P",
    optional: str = "",
) -> str:
    """The two lines of 44 characters of a passport. `issuer` and `nationality` as the zone writes them, like D or KEN."""
    first = _padded(code, 2) + _padded(issuer, 3) + _names(surname, given_names, 39)
    head = _with_digit(_padded(number, 9)) + _padded(nationality, 3) + _with_digit(_day(birth_date))
    head += sex.replace("X", FILLER) + _with_digit(_day(expires_on))
    rest = _padded(optional, 14)
    head += rest + (check_digit(rest) if optional else FILLER)
    return f"{first}\n{head}{check_digit(head[0:10] + head[13:20] + head[21:43])}"


def write_td1(
    *,
    issuer: str,
    number: str,
    nationality: str,
    surname: str,
    given_names: str,
    birth_date: date,
    sex: str,
    expires_on: date,
    code: str = "I",
) -> str:
    """The three lines of 30 characters of a card. A number longer than nine goes on in the optional part (part 5, 4.2.2)."""
    start = _padded(code, 2) + _padded(issuer, 3)
    if len(number) <= 9:
        first = _padded(start + _with_digit(_padded(number, 9)), 30)
    else:
        first = _padded(start + number[:9] + FILLER + number[9:] + check_digit(number), 30)
    second = _with_digit(_day(birth_date)) + sex.replace("X", FILLER) + _with_digit(_day(expires_on))
    second += _padded(nationality, 3) + FILLER * 11
    composite = check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    return f"{first}\n{second}{composite}\n{_names(surname, given_names, 30)}"
