"""Letters: their kinds, the placeholders their texts may hold, whether one still stands, and the days by which things are due."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from registration.rules.states import State


class LetterKind(TextChoices):
    """What a letter is for."""

    INVITATION = "invitation", _("formal invitation")
    VISA_SUPPORT = "visa_support", _("visa support letter")
    ATTENDANCE = "attendance", _("certificate of attendance")


# The letter in its number: INVITATION of the forum's first is FORUM/I/0001.
SERIES: Mapping[str, str] = {LetterKind.INVITATION: "I", LetterKind.VISA_SUPPORT: "V", LetterKind.ATTENDANCE: "A"}

_COMMON = ("salutation", "name", "latin_name", "organisation", "function", "nationality")
_EVENT = ("event", "dates", "place", "category", "number", "today")
PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    LetterKind.INVITATION: (*_COMMON, *_EVENT, "reply_by", "companions"),
    LetterKind.VISA_SUPPORT: (*_COMMON, *_EVENT, "code", "passport_number", "date_of_birth"),
    LetterKind.ATTENDANCE: (*_COMMON, *_EVENT, "days"),
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def unknown_placeholders(text: str, known: Collection[str]) -> list[str]:
    """What stands in braces and is no placeholder, each once; a brace without its partner is `{` or `}` itself."""
    found = [name for name in _PLACEHOLDER.findall(text) if name not in known]
    rest = _PLACEHOLDER.sub("", text)
    found += [brace for brace in "{}" if brace in rest]
    return list(dict.fromkeys(found))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of placeholders; nothing in a value is read as a placeholder again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def paragraphs(text: str) -> list[str]:
    """A body in its paragraphs: what stands between empty lines, each without line breaks of its own."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [" ".join(part.split()) for part in parts if part.strip()]


def reference(acronym: str, kind: str, number: int) -> str:
    """The number as it is printed and quoted."""
    return f"{acronym}/{SERIES[kind]}/{number:04d}"


def letter_stands(
    *, revoked: bool, event_cancelled: bool, registration_state: str | None, invitation_withdrawn: bool
) -> bool:
    """Whether a letter that was issued may still be relied on: it falls with what it was issued for."""
    if revoked or event_cancelled or invitation_withdrawn:
        return False
    ended = {State.WITHDRAWN, State.CANCELLED, State.REJECTED, State.EXPIRED}
    return registration_state is None or registration_state not in ended


SATURDAY_SUNDAY = frozenset({5, 6})  # Monday is 0


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: all but the weekend and the free ones, and those of the weekend that are worked after all."""

    weekend: frozenset[int] = SATURDAY_SUNDAY
    free: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def includes(self, day: date) -> bool:
        return day in self.worked or (day.weekday() not in self.weekend and day not in self.free)

    def after(self, day: date, count: int) -> date:
        """The day `count` working days later. A calendar without a working day for a year is an error: OverflowError."""
        idle = 0
        while count > 0:
            day += timedelta(days=1)
            works = self.includes(day)
            count, idle = count - works, 0 if works else idle + 1
            if idle > 366:
                raise OverflowError("no working day for a year")
        return day


def departure_due(ends_on: date, days: int) -> date:
    """The last day to register that a guest has left or never came (domain.md, Guests)."""
    return ends_on + timedelta(days=days)


def reminder_stage(*, today: date, sent_on: date, reply_by: date, days: Sequence[int], last: int | None) -> int | None:
    """Which reminder is due today, named by its days before the last day to reply; None for none.

    After a pause only the latest is sent. Nobody is reminded on a day at which the invitation had not been sent yet, nor
    twice at one stage.
    """
    if today > reply_by:
        return None
    passed = [stage for stage in days if reply_by - timedelta(days=stage) <= today]
    stage = min(passed, default=None)
    if stage is None or (last is not None and last <= stage) or sent_on >= reply_by - timedelta(days=stage):
        return None
    return stage
