"""Reads a machine-readable zone: TD3 (passports, two lines of 44), TD2 (two of 36) and TD1 (cards, three of 30).

Everything that does not fit is told with its line and character, so that a person with the document in hand finds it.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registration.rules.mrz.digits import ALPHABET, FILLER, check_digit, fits, letters_for_digits, likely_slip
from registration.rules.mrz.states import country_of

# Start and end of each field, counted from 0, by line; the check digit follows its field.
Span = tuple[int, int, int]
_LAYOUTS: Mapping[str, Mapping[str, Span]] = {
    "TD3": {"number": (1, 0, 9), "birth": (1, 13, 19), "expiry": (1, 21, 27), "optional": (1, 28, 42)},
    "TD2": {"number": (1, 0, 9), "birth": (1, 13, 19), "expiry": (1, 21, 27)},
    "TD1": {"number": (0, 5, 14), "birth": (1, 0, 6), "expiry": (1, 8, 14)},
}
_OTHERS: Mapping[str, Mapping[str, Span]] = {
    "TD3": {
        "code": (0, 0, 2),
        "issuer": (0, 2, 5),
        "names": (0, 5, 44),
        "nationality": (1, 10, 13),
        "sex": (1, 20, 21),
    },
    "TD2": {
        "code": (0, 0, 2),
        "issuer": (0, 2, 5),
        "names": (0, 5, 36),
        "nationality": (1, 10, 13),
        "sex": (1, 20, 21),
    },
    "TD1": {"code": (0, 0, 2), "issuer": (0, 2, 5), "names": (2, 0, 30), "nationality": (1, 15, 18), "sex": (1, 7, 8)},
}
_COMPOSITE: Mapping[str, Sequence[Span]] = {
    "TD3": ((1, 0, 10), (1, 13, 20), (1, 21, 43)),
    "TD2": ((1, 0, 10), (1, 13, 20), (1, 21, 35)),
    "TD1": ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)),
}
_FORMS: Mapping[tuple[int, int], str] = {(2, 44): "TD3", (2, 36): "TD2", (3, 30): "TD1"}
_LENGTHS = (44, 36, 30)
_ODD = str.maketrans({"«": "<<", "»": "<<", "‹": FILLER, "›": FILLER, "_": FILLER, "≤": FILLER, "〈": FILLER})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit: what (`code`), in which field, on which line and at which character, counted from 1.

    `first` and `last` are the characters to compare; `seen` and `instead` name a likely slip of the eye.
    """

    code: str
    field: str = ""
    line: int = 0
    character: int = 0
    first: int = 0
    last: int = 0
    seen: str = ""
    instead: str = ""


class Unreadable(ValueError):
    """The zone cannot be taken; `faults` say why, the most helpful first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = list(faults)


@dataclass(frozen=True)
class Zone:
    """What a zone says. Countries are two letters of ISO 3166, "" where the code names none; `cut`: names had no room."""

    form: str
    lines: tuple[str, ...]
    code: str
    issuer: str
    issuer_code: str
    number: str
    nationality: str
    nationality_code: str
    surname: str
    given_names: str
    cut: bool
    birth_date: date | None
    sex: str  # F, M, or X where it is not stated
    expires_on: date | None


def zone_lines(text: str) -> list[str]:
    """The lines of a typed or pasted zone: capitals, no spaces, and what phones put in place of < made < again."""
    # Lines first: composing the text would not touch them, but joining spaces would.
    lines = [unicodedata.normalize("NFKC", line.translate(_ODD)).upper() for line in text.splitlines()]
    found = [squeezed for line in lines if (squeezed := _SPACE.sub("", _visible(line)))]
    if len(found) == 1 and len(found[0]) in (88, 72, 90):  # pasted without its line breaks
        whole, length = found[0], {88: 44, 72: 36, 90: 30}[len(found[0])]
        return [whole[start : start + length] for start in range(0, len(whole), length)]
    return found


def _visible(line: str) -> str:
    return "".join(character for character in line if unicodedata.category(character) not in {"Cf", "Cc"})


def read_zone(text: str, *, today: date) -> Zone:
    """What a zone says; raises Unreadable. `today` decides the century of its dates."""
    lines = zone_lines(text)
    form = _form_of(lines)
    _check_alphabet(lines)
    if lines[0][0] == "V":
        raise Unreadable([Fault("visa", line=1, character=1)])
    faults = [*_digit_faults(form, lines)]
    birth, expiry = (_cut(lines, _LAYOUTS[form][name]) for name in ("birth", "expiry"))
    born, ends = birth_day(birth, today), expiry_day(expiry, today)
    broken = {fault.field for fault in faults}
    for name, written, day in (("birth", birth, born), ("expiry", expiry, ends)):
        if day is None and name not in broken and FILLER not in written:
            faults.append(_at(_LAYOUTS[form][name], Fault("date", name)))
    faults += _code_faults(form, lines)
    if faults:
        raise Unreadable(faults)
    return _zone(form, lines, born, ends)


def _form_of(lines: Sequence[str]) -> str:
    if len(lines) not in (2, 3):
        raise Unreadable([Fault("lines", seen=str(len(lines)))])
    lengths = [len(line) for line in lines]
    if form := _FORMS.get((len(lines), lengths[0])):
        if len(set(lengths)) == 1:
            return form
        wanted = lengths[0]
    else:
        # What most lines nearly are: somebody who lost one filler should hear of that line alone.
        wanted = 30 if len(lines) == 3 else min((44, 36), key=lambda length: min(abs(length - n) for n in lengths))
        if len(lines) == 2 and max(lengths) > 40:
            wanted = 44
    raise Unreadable(
        [
            Fault("length", line=number, seen=str(length), instead=str(wanted))
            for number, length in enumerate(lengths, 1)
            if length != wanted
        ]
    )


def _check_alphabet(lines: Sequence[str]) -> None:
    strange = [
        Fault("character", line=number, character=place, seen=character)
        for number, line in enumerate(lines, 1)
        for place, character in enumerate(line, 1)
        if character not in ALPHABET
    ]
    if strange:
        raise Unreadable(strange)


def _cut(lines: Sequence[str], span: Span) -> str:
    line, start, end = span
    return lines[line][start:end]


def _at(span: Span, fault: Fault) -> Fault:
    line, start, end = span
    character = fault.character or end + 1
    return Fault(fault.code, fault.field, line + 1, character, start + 1, end, fault.seen, fault.instead)


def _digit_faults(form: str, lines: Sequence[str]) -> list[Fault]:
    faults = []
    for name, span in _LAYOUTS[form].items():
        text, digit = _cut(lines, span), lines[span[0]][span[2]]
        if name == "number" and form != "TD3" and digit == FILLER:
            text, digit = _long_number(form, lines)
        numeric = name in {"birth", "expiry"}
        if numeric and (wrong := letters_for_digits(text)):
            place = wrong[0]
            faults.append(_at(span, Fault("digit", name, character=span[1] + place + 1, seen=text[place])))
        elif not fits(text, digit):
            slip = likely_slip(text, digit, digits_only=numeric) if digit.isdigit() else None
            seen, instead = (text[slip[0]], slip[1]) if slip else ("", "")
            faults.append(_at(span, Fault("check", name, seen=seen, instead=instead)))
    if not faults and (fault := _composite_fault(form, lines)):
        faults.append(fault)
    return faults


def _composite_fault(form: str, lines: Sequence[str]) -> Fault | None:
    last = 1 if form == "TD1" else len(lines) - 1
    digit = lines[last][-1]
    whole = "".join(_cut(lines, span) for span in _COMPOSITE[form])
    if digit != FILLER and check_digit(whole) == digit:
        return None
    return Fault("check", "whole", last + 1, len(lines[last]), 1, len(lines[last]) - 1)


def _long_number(form: str, lines: Sequence[str]) -> tuple[str, str]:
    """A number of more than nine characters and its digit: it goes on in the optional part, up to the first filler."""
    line, start, end = _LAYOUTS[form]["number"]
    after = lines[line][end + 1 :] if form == "TD1" else lines[line][28:35]
    tail = after.split(FILLER, 1)[0]
    return lines[line][start:end] + tail[:-1], tail[-1:] or FILLER


def _code_faults(form: str, lines: Sequence[str]) -> list[Fault]:
    faults = []
    for name in ("issuer", "nationality"):
        span = _OTHERS[form][name]
        if country_of(_cut(lines, span)) is None:
            faults.append(_at(span, Fault("country", name, character=span[1] + 1, seen=_cut(lines, span))))
    span = _OTHERS[form]["sex"]
    if _cut(lines, span) not in {"F", "M", "X", FILLER}:
        faults.append(_at(span, Fault("sex", "sex", character=span[1] + 1, seen=_cut(lines, span))))
    if not _cut(lines, _OTHERS[form]["names"]).strip(FILLER):
        faults.append(_at(_OTHERS[form]["names"], Fault("no_name", "names")))
    return faults


def _zone(form: str, lines: Sequence[str], born: date | None, ends: date | None) -> Zone:
    fields = {name: _cut(lines, span) for name, span in _OTHERS[form].items()}
    surname, _gap, given = fields["names"].partition(FILLER * 2)
    number = _cut(lines, _LAYOUTS[form]["number"])
    if form != "TD3" and lines[_LAYOUTS[form]["number"][0]][_LAYOUTS[form]["number"][2]] == FILLER:
        number = _long_number(form, lines)[0]
    return Zone(
        form=form,
        lines=tuple(lines),
        code=fields["code"].strip(FILLER),
        issuer=country_of(fields["issuer"]) or "",
        issuer_code=fields["issuer"].strip(FILLER),
        number=number.strip(FILLER).replace(FILLER, ""),
        nationality=country_of(fields["nationality"]) or "",
        nationality_code=fields["nationality"].strip(FILLER),
        surname=_spaced(surname),
        given_names=_spaced(given),
        cut=not fields["names"].endswith(FILLER),
        birth_date=born,
        sex="X" if fields["sex"] == FILLER else fields["sex"],
        expires_on=ends,
    )


def _spaced(text: str) -> str:
    return " ".join(part for part in text.split(FILLER) if part)


def birth_day(text: str, today: date) -> date | None:
    """A date of birth of six digits: the latest such day that is not after today. None where part of it is unknown."""
    for century in (today.year // 100 * 100, today.year // 100 * 100 - 100):
        day = _day(text, century)
        if day is not None and day <= today:
            return day
    return None


def expiry_day(text: str, today: date) -> date | None:
    """A last day of six digits: the such day nearest to today, because no document is good for fifty years."""
    base = today.year // 100 * 100
    days = [day for century in (base - 100, base, base + 100) if (day := _day(text, century)) is not None]
    return min(days, key=lambda day: abs((day - today).days), default=None)


def _day(text: str, century: int) -> date | None:
    if len(text) != 6 or not text.isascii() or not text.isdigit():
        return None
    year, month, day = century + int(text[:2]), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)
