"""What a dossier shows to one officer: the desks, the flags, what was given, asked and changed, each by what the desk may see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration.actions.desks import seen_token
from registration.actions.flags import as_finding
from registration.flag_kinds import Explanations, found_of
from registration.labels import country_name
from registration.models import (
    CategoryDesk,
    FieldChange,
    Finding,
    InformationRequest,
    Question,
    QuestionVersion,
    Registration,
    Review,
    Upload,
)
from registration.permissions import Sight, visible_to
from registration.querysets.desks import desks_by_key
from registration.querysets.flags import WATCH_LIST
from registration.review import wordings_of
from registration.rules import DeskState, RouteStanding
from registration.rules.information_requests import DOCUMENTS, question_key
from registration.viewsets.answers import answers, as_text
from registration.viewsets.field_names import label_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LEVELS = {Finding.Level.INFO: "info", Finding.Level.WARNING: "warning", Finding.Level.DANGER: "danger"}


# -- desks -------------------------------------------------------------------------------------------------------------
@dataclass
class DeskRow:
    """One desk of the route: where it stands, what it said and what it said before."""

    stop: CategoryDesk
    state: DeskState
    current: Review | None = None
    earlier: list[Review] = field(default_factory=list)
    is_mine: bool = False
    may_speak: bool = False

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def seen(self) -> str:
        return seen_token(self.current)


def desk_rows(
    route: Sequence[CategoryDesk],
    standing: RouteStanding,
    reviews: Iterable[Review],
    sight: Sight,
    *,
    open_to: Set[int],
) -> list[DeskRow]:
    """The route as an officer reads it, with every verdict of every round."""
    rows = {
        stop.desk_id: DeskRow(
            stop,
            standing.states[stop.desk.slug],
            is_mine=stop.desk.slug in sight.desks,
            may_speak=stop.desk_id in open_to and stop.desk.slug in sight.desks and standing.may_speak(stop.desk.slug),
        )
        for stop in route
    }
    for review in reviews:
        row = rows.get(review.desk_id)
        if row is None:
            continue
        if review.closed:
            row.earlier.append(review)
        else:
            row.current = review
    return list(rows.values())


def may_ask(registration: Registration) -> bool:
    """Whether the guest can be asked now: not while a question is open."""
    return registration.state == "submitted"


# -- flags -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class FlagRow:
    """One flag: how grave, what it says, where it points, and what somebody decided about it."""

    level: str
    text: str
    url: str = ""
    finding: Finding | None = None  # none: not yet kept, so nothing to decide
    entry_url: str = ""


def flag_rows(registration: Registration, user: User, sight: Sight, *, late_days: int | None) -> list[FlagRow]:
    """Everything that deserves a look, the gravest first; what was decided about comes last."""
    if registration.checked_at is None:
        # Not compared yet: shown as it is found now, kept and decided about once the check has run.
        findings = [as_finding(registration, kind, found) for kind, found in found_of(registration)]
        findings = [one for one in findings if sight.watch_list or one.kind != WATCH_LIST]
        kept = False
    else:
        findings = list(Finding.objects.of(registration, watch_list=sight.watch_list))
        kept = True
    others = [one.other_id for one in findings if one.other_id]
    visible = set(visible_to(user).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    for one in findings:
        one.registration = registration  # loaded already, with its event and category
    explanations = Explanations()
    rows = [_flag_row(one, visible, explanations, kept=kept) for one in findings]
    if late_days is not None:
        text = ngettext("Waiting for %(days)s day.", "Waiting for %(days)s days.", late_days) % {"days": late_days}
        rows.append(FlagRow("warning", text))
    order = ["danger", "warning", "info"]
    return sorted(rows, key=lambda row: (_is_settled(row), order.index(row.level)))


def _is_settled(row: FlagRow) -> bool:
    return row.finding is not None and row.finding.state == Finding.State.DISMISSED


def _flag_row(finding: Finding, visible: set[Any], explanations: Explanations, *, kept: bool) -> FlagRow:
    level = LEVELS[Finding.Level(finding.level)]
    shown = finding if kept else None
    if finding.other_id and finding.other_id not in visible:
        return FlagRow(level, _("A registration outside your desk has the same address or a like name."), "", shown)
    url = reverse("vetting:dossier", args=[finding.other_id]) if finding.other_id else ""
    entry_url = reverse("watch_list:edit", args=[finding.entry_id]) if finding.entry_id else ""
    return FlagRow(level, explanations.of(finding), url, shown, entry_url)


# -- what was given, asked and changed -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Change:
    """A field with what it was and what it is."""

    label: str
    old: str
    new: str
    material: bool
    at: Any
    by: str


@dataclass
class Given:
    """Answers and files that this officer may see, and the changes and questions around them."""

    answers: list[Any] = field(default_factory=list)
    other_files: list[Upload] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    hidden: int = 0  # how many answers belong to other desks


def given_of(
    registration: Registration, questions: Sequence[Question], mine: Sequence[Question], sight: Sight
) -> Given:
    """What the guest gave, as far as the desk's work needs it: of all questions those that are `mine` to read."""
    found = Given(changes=_changes(registration, questions, mine, sight))
    if not sight.answers:
        return found
    uploads = list(Upload.objects.of_registration(registration)) if sight.documents else []
    given, wordings = registration.answer_data, wordings_of(registration, questions)
    gone = given.keys() - {question.key for question in questions}
    kept_from = _hidden_of_gone(registration, gone, wordings, sight)
    data = {k: v for k, v in given.items() if k in {q.key for q in mine} or k in gone - kept_from}
    keys = {q.pk for q in mine}
    sent = [u for u in uploads if u.question_id in keys]
    found.answers = answers(mine, data, sent, wordings)
    found.hidden = len(questions) - len(mine) + len(kept_from)
    found.other_files = [upload for upload in uploads if upload.question_id is None]
    found.requests = _requests(registration, questions, mine, sight)
    return found


def _hidden_of_gone(
    registration: Registration, gone: Set[str], wordings: Mapping[str, QuestionVersion], sight: Sight
) -> set[str]:
    """Keys of questions that are asked no more and whose answers are not for this officer, as they were not before."""
    allowed = desks_by_key(registration.event_id, gone)
    closed = {key for key, wording in wordings.items() if wording.kind in sight.hidden_kinds}
    return {key for key in gone if key in closed or not sight.of_question(allowed.get(key))}


def _requests(
    registration: Registration, questions: Sequence[Question], mine: Sequence[Question], sight: Sight
) -> list[dict[str, Any]]:
    """Every round; the reply to one that asked for what this officer may not see is hidden as the answer itself is."""
    rounds = InformationRequest.objects.filter(registration=registration).select_related("desk")
    readable = {question.key for question in mine}
    closed = set() if sight.documents else set(DOCUMENTS)
    return [
        {
            "request": one,
            "fields": [label_of(name, questions) for name in one.fields],
            "hidden": any(
                ((key := question_key(name)) and key not in readable) or name in closed for name in one.fields
            ),
        }
        for one in rounds
    ]


def _changes(
    registration: Registration, questions: Sequence[Question], mine: Sequence[Question], sight: Sight
) -> list[Change]:
    by_key = {question.key: question for question in questions}
    seen = {question.key for question in mine}
    found = []
    for change in FieldChange.objects.filter(registration=registration)[:40]:
        key = question_key(change.field)
        if key and key not in seen:
            continue
        if change.field in DOCUMENTS and not sight.documents:
            continue
        found.append(
            Change(
                label_of(change.field, questions),
                _value(change.field, change.old, by_key.get(key)),
                _value(change.field, change.new, by_key.get(key)),
                change.material,
                change.at,
                change.by,
            )
        )
    return found


def _value(name: str, stored: str, question: Question | None) -> str:
    if not stored:
        return ""
    if name in {"nationality", "document_nationality"}:
        return country_name(stored)
    if question is None:
        return stored
    try:
        value = json.loads(stored)
    except ValueError:
        value = stored
    return as_text(question, value) or stored
