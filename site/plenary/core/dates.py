"""Dates and times as people of each language write them, by CLDR. Pure functions. Clocks are 24 hours, as timetables are."""

import re
from datetime import date, datetime

from babel import Locale
from babel.dates import format_date, format_skeleton, get_timezone_name, parse_pattern

from plenary.core import languages

_SHORT_MONTH = re.compile("M{3,4}")
_CLDR = {"en": "en_GB", "zh-hans": "zh_Hans"}  # day before month, as international institutions write English


def cldr(language: str | None) -> Locale:
    code = languages.get(language).code
    return Locale.parse(_CLDR.get(code, code))


def date_range(first: date, last: date, language: str | None) -> str:
    """“1–3 March 2027”: what both days share is said once."""
    locale = cldr(language)
    if first == last:
        return long_date(first, language)
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    formats = locale.interval_formats.get("yMMMMd") or locale.interval_formats["yMMMd"]
    start, end = (_SHORT_MONTH.sub("MMMM", part) for part in formats[differs])
    return str(parse_pattern(start).apply(first, locale)) + str(parse_pattern(end).apply(last, locale))


def long_date(day: date, language: str | None) -> str:
    """“1 March 2027”."""
    return str(format_date(day, "long", locale=cldr(language)))


def full_date(day: date, language: str | None) -> str:
    """“Monday, 1 March 2027”."""
    return str(format_date(day, "full", locale=cldr(language)))


def short_day(day: date, language: str | None) -> str:
    """“Mon 1 Mar”: enough beside others of the same event."""
    return str(format_skeleton("MMMEd", day, locale=cldr(language), fuzzy=True))


def clock(moment: datetime) -> str:
    """“14:05”."""
    return moment.strftime("%H:%M")


def zone_name(zone: datetime, language: str | None) -> str:
    """“China Standard Time” of an aware moment, in the reader's language."""
    return str(get_timezone_name(zone, width="long", locale=cldr(language)))


def date_and_clock(moment: datetime, language: str | None) -> str:
    """“1 March 2027, 14:05”, in the zone the moment carries."""
    pattern = cldr(language).datetime_formats["medium"]
    return str(pattern).replace("'", "").format(clock(moment), long_date(moment.date(), language))
