"""Reads single values of a raw schedule. What cannot be read becomes a problem with its place; what can be done without,
a warning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.interchange import rules
from portal.interchange.programme import Remark
from portal.interchange.raw import Raw


@dataclass
class Fields:
    """Problems and warnings of one file gather here, so that one look tells all that is wrong."""

    problems: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def problem(self, where: str, text: str) -> None:
        self.problems.append(Remark(where, text))

    def warn(self, where: str, text: str) -> None:
        self.warnings.append(Remark(where, text))

    def text(self, raw: Raw, key: str, *, longest: int = 0, required: bool = False) -> str:
        """One line of text, as written."""
        return rules.one_line(self.prose(raw, key, longest=longest, required=required))

    def prose(self, raw: Raw, key: str, *, longest: int = 0, required: bool = False) -> str:
        """A text of any length and any number of lines, as written."""
        value = raw.get(key)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.problem(raw.place_of(key), _("A text should stand here."))
            return ""
        value = rules.writable(value)
        if required and not value.strip():
            self.problem(raw.place_of(key), _("“%(field)s” is missing or empty.") % {"field": key})
        if longest and len(value) > longest:
            told = {"field": key, "longest": longest, "length": len(value)}
            self.problem(
                raw.place_of(key),
                _("“%(field)s” has %(length)s characters, %(longest)s are the most.") % told,
            )
        return value

    def optional(self, raw: Raw, key: str) -> str | None:
        """A text of which some files never speak; None then."""
        return self.prose(raw, key) if key in raw else None

    def whole(self, raw: Raw, key: str, *, least: int) -> int | None:
        """A whole number, as such or in digits; None where the file has none."""
        value = raw.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value.strip()):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
            told = {"field": key, "least": least}
            self.problem(raw.place_of(key), _("“%(field)s” should be a whole number from %(least)s.") % told)
            return None
        return int(value)

    def web(self, raw: Raw, key: str, base: str) -> str:
        """A web address made absolute; one that is none is left out with a warning."""
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            return ""
        found = rules.web_address(value, base)
        if found is None:
            self.warn(raw.place_of(key), _("“%(value)s” is no web address and is left out.") % {"value": value[:80]})
        return found or ""

    def moment(self, raw: Raw, key: str) -> datetime | None:
        """A moment in UTC; one without an offset is read in the conference's zone."""
        value = raw.get(key)
        if value is None or value == "":
            return None
        try:
            read = datetime.fromisoformat(str(value).strip())
        except ValueError:
            told = {"value": str(value)[:40]}
            self.problem(raw.place_of(key), _("“%(value)s” is no date and time like 2030-05-14T09:00:00+02:00.") % told)
            return None
        try:
            return (read if read.tzinfo else read.replace(tzinfo=self.zone)).astimezone(UTC)
        except OverflowError:
            self.problem(raw.place_of(key), _("The calendar does not reach that far."))
            return None

    def day(self, raw: Raw, key: str) -> date | None:
        value = str(raw.get(key) or "").strip()
        try:
            return datetime.fromisoformat(value).date()
        except ValueError:
            self.problem(raw.place_of(key), _("“%(value)s” is no date like 2030-05-14.") % {"value": value[:40]})
            return None

    def guid(self, raw: Raw, key: str) -> UUID | None:
        value = raw.get(key)
        if value is None or value == "":
            return None
        found = rules.read_guid(value) if isinstance(value, str) else None
        if found is None:
            self.problem(raw.place_of(key), _("“%(value)s” is no guid.") % {"value": str(value)[:60]})
        return found

    def code(self, raw: Raw) -> str | None:
        """A short code of capital letters and digits; None for anything else, because it is no identity to us."""
        value = raw.get("code")
        return value if isinstance(value, str) and re.fullmatch("[A-Z0-9]{1,40}", value) else None

    def once(self, named: Iterable[tuple[str, str]], kind: str) -> None:
        """Report every identity that appears a second time, with both places."""
        first: dict[str, str] = {}
        for name, where in named:
            if name in first:
                told = {"kind": kind, "name": name[:80], "first": first[name]}
                self.problem(where, _("The %(kind)s “%(name)s” was given before (%(first)s).") % told)
            first.setdefault(name, where)
