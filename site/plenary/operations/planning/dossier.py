"""What the page of a plan tells: the five departments with what each has said, and the log as sentences. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plenary.core.models import HistoryEntry
from plenary.operations.planning.models import Opinion, Plan
from plenary.operations.planning.rules import Department, Step, Verdict

HAPPENED: Mapping[str, str | Promise] = {
    "drafted": _("Drafted"),
    "edited": _("Text changed"),
    "submitted": _("Submitted to the departments"),
    Step.APPROVE: _("Put in force"),
    Step.RETURN: _("Sent back by the leading group"),
    Step.CLOSE: _("Event closed"),
    Step.CANCEL: _("Event cancelled"),
}


@dataclass(frozen=True)
class Line:
    """A department and its opinion in the present round, if it has given one."""

    department: Department
    opinion: Opinion | None


@dataclass(frozen=True)
class Happening:
    """One line of the log."""

    what: str
    who: str
    at: datetime
    reason: str


def present_round(plan: Plan) -> list[Line]:
    """The five departments in order. Reads the submissions the dossier has loaded."""
    submissions = list(plan.submissions.all())
    given = {opinion.department: opinion for opinion in submissions[0].opinions.all()} if submissions else {}
    return [Line(department, given.get(department)) for department in Department]


def told(entries: Iterable[HistoryEntry]) -> list[Happening]:
    """The log, the newest first, in the reader's language."""
    return [Happening(_sentence(entry), entry.actor_label, entry.at, entry.reason) for entry in entries]


def _sentence(entry: HistoryEntry) -> str:
    if entry.verb == "opinion":
        data: dict[str, Any] = entry.data
        words = {"department": Department(data["department"]).label, "verdict": Verdict(data["verdict"]).label}
        return str(_("%(department)s: %(verdict)s")) % words
    return str(HAPPENED.get(entry.verb, entry.verb))
