"""A delegation's members as its workspace and staff see them: where each stands and what is still missing. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registration.delegation_fees import MemberFee, fees_by_member
from registration.facts import facts_of
from registration.models import (
    AssignmentLetter,
    Delegation,
    DelegationQuota,
    DocumentScan,
    Portrait,
    Question,
    Registration,
    TravelDocument,
    Upload,
)
from registration.querysets import RegistrationQuerySet
from registration.querysets.questions import SIGN_UP
from registration.rules import HOLDS_PLACE, LIVE, State, Who, targets
from registration.rules.documents import TAKES_IDENTITY
from registration.rules.names import is_latin
from registration.vetting import missing_answers

ORDER = ("category__position", "category_id", "name_key", "id")
A_PAGE = 50
A_PART = 200  # members a file is written from at once
# Papers a category may ask for, with what the list calls them: flag of the category, kind of record, words.
_PAPERS = (
    ("asks_passport", TravelDocument, gettext_lazy("Travel document")),
    ("asks_passport_scan", DocumentScan, gettext_lazy("Picture of the travel document")),
    ("asks_portrait", Portrait, gettext_lazy("Portrait")),
    ("asks_assignment_letter", AssignmentLetter, gettext_lazy("Letter of assignment")),
)


@dataclass
class Member:
    """One line of the list."""

    registration: Registration
    missing: list[str] = field(default_factory=list)
    begun: bool = False  # something was typed and is not sent yet
    fee: MemberFee | None = None
    position: int = 0  # on the delegation's own waiting list, from 1

    @property
    def is_live(self) -> bool:
        return self.registration.state in LIVE

    @property
    def may_invite(self) -> bool:
        return self.registration.state == State.NOMINATED

    @property
    def may_remind(self) -> bool:
        """Whether there is something to remind of, and an own address to write to."""
        owes = self.fee is not None and self.fee.is_open
        return self.is_live and bool(self.registration.email_index) and bool(self.missing or owes)

    @property
    def may_replace(self) -> bool:
        return self.registration.state in HOLDS_PLACE

    @property
    def may_withdraw(self) -> bool:
        return State.WITHDRAWN in targets(self.registration.state, Who.DELEGATION)

    @property
    def acts_alone(self) -> bool:
        """Whether the member has opened the own page: then its files and its badge are the member's business."""
        return self.registration.confirmed_at is not None


def rows_of(delegation: Delegation) -> RegistrationQuerySet:
    """Everybody who was ever named, in the order of the list, with what a line shows."""
    mine = Registration.objects.filter(delegation=delegation)
    return mine.select_related("category", "draft").order_by(*ORDER)


def members_of(delegation: Delegation, only: Iterable[Registration] | None = None) -> list[Member]:
    """Members in the order of their categories, in a number of statements that does not grow with them."""
    rows = list(rows_of(delegation) if only is None else only)
    questions, later = _questions(delegation)
    sent, papers = _files_sent(rows), _papers_sent(rows)
    fees = fees_by_member(row.pk for row in rows)
    waits = any(row.state == State.RESERVE for row in rows)
    positions = {line.registration.pk: line.position for line in reserve_of(rows_of(delegation))} if waits else {}
    lines = []
    for row in rows:
        missing = _missing(row, questions, sent.get(row.pk, set()))
        missing += _missing_papers(row, papers)
        asked_later = row.state == State.APPROVED and any(question.is_asked_in(row.category) for question in later)
        if asked_later and not row.second_form_complete:
            missing.append(_("Form after approval"))
        begun = getattr(row, "draft", None) is not None
        lines.append(Member(row, missing, begun=begun, fee=fees.get(row.pk), position=positions.get(row.pk, 0)))
    return lines


def lines_of(delegation: Delegation) -> Iterator[Member]:
    """The whole list in parts, for a file: no more of it is loaded than is being written."""
    rows = rows_of(delegation).iterator(chunk_size=A_PART)
    while part := list(islice(rows, A_PART)):
        yield from members_of(delegation, only=part)


def _questions(delegation: Delegation) -> tuple[list[Question], list[Question]]:
    """What is asked on signing up, and what after approval."""
    asked = list(Question.objects.of_event(delegation.event).filter(staff_only=False).prefetch_related("categories"))
    return [q for q in asked if q.stage == SIGN_UP], [q for q in asked if q.stage != SIGN_UP]


def _files_sent(rows: Sequence[Registration]) -> dict[Any, set[str]]:
    found: dict[Any, set[str]] = {}
    uploads = Upload.objects.filter(registration__in=rows, question__isnull=False)
    for registration_id, key in uploads.values_list("registration", "question__key"):
        found.setdefault(registration_id, set()).add(key)
    return found


def _papers_sent(rows: Sequence[Registration]) -> dict[str, set[Any]]:
    """Who has sent which paper; a paper that none of these categories asks for is not looked for."""
    return {
        flag: set(model._default_manager.filter(registration__in=rows).values_list("registration", flat=True))
        for flag, model, _words in _PAPERS
        if any(getattr(row.category, flag) for row in rows)
    }


def _missing_papers(row: Registration, sent: Mapping[str, set[Any]]) -> list[str]:
    if row.state not in TAKES_IDENTITY:
        return []
    category = row.category
    return [
        str(words)
        for flag, _model, words in _PAPERS
        if getattr(category, flag)
        and row.pk not in sent[flag]
        and (flag != "asks_passport_scan" or category.asks_passport)
    ]


def _missing(row: Registration, questions: Sequence[Question], files: set[str]) -> list[str]:
    """What the officer would miss; nothing for those who are not coming."""
    if row.state not in LIVE or row.state == State.RESERVE:
        return []
    found = [] if row.nationality else [_("Nationality")]
    if not row.latin_name and not is_latin(row.name):
        found.append(_("Full name in Latin letters"))
    given = row.answer_data
    answered = {key for key, value in given.items() if value not in (None, "", [])} | files
    asked = [question for question in questions if question.is_asked_in(row.category)]
    facts = given | facts_of(row)
    return found + [str(question.label) for question in missing_answers(asked, facts, answered)]


class Show(TextChoices):
    """Which members a list shows."""

    ALL = "", gettext_lazy("Everybody")
    MISSING = "missing", gettext_lazy("Something missing")
    OWING = "owing", gettext_lazy("Payment due")


def page_of(delegation: Delegation, rows: RegistrationQuerySet, *, show: str, number: str | None) -> Page[Any]:
    """One page of lines of these rows. Who misses something is only found by looking at everybody."""
    if show == Show.OWING:
        rows = rows.filter(state=State.PAYMENT_DUE)
    if show == Show.MISSING:
        lines = [line for line in members_of(delegation, only=rows) if line.missing]
        return Paginator(lines, A_PAGE).get_page(number)
    paginator: Paginator[Any] = Paginator(rows, A_PAGE)
    page = paginator.get_page(number)
    page.object_list = members_of(delegation, only=page.object_list)
    return page


@dataclass(frozen=True)
class Waiting:
    """Somebody on the delegation's own waiting list."""

    registration: Registration
    position: int  # among those of the same category, from 1


def reserve_of(rows: RegistrationQuerySet) -> list[Waiting]:
    """Who waits for a place of the delegation, category by category in order. At most MOST_IN_RESERVE in each."""
    found: list[Waiting] = []
    positions: Counter[int] = Counter()
    for row in rows.filter(state=State.RESERVE).order_by("category__position", "category_id", "created_at", "id"):
        positions[row.category_id] += 1
        found.append(Waiting(row, positions[row.category_id]))
    return found


@dataclass(frozen=True)
class Numbers:
    """The list in numbers."""

    named: int
    missing: int
    submitted: int
    approved: int
    owing: int
    reserve: int
    former: int


def numbers_of(rows: RegistrationQuerySet) -> Numbers:
    """Who is on a list, by how far they are, in one statement."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))

    def of(*states: str) -> int:
        return sum(counts.get(state, 0) for state in states)

    return Numbers(
        named=of(*HOLDS_PLACE),
        missing=of(State.NOMINATED),
        submitted=of(State.SUBMITTED, State.INFORMATION_REQUESTED),
        approved=of(State.APPROVED),
        owing=of(State.PAYMENT_DUE),
        reserve=of(State.RESERVE),
        former=of(*(set(State.values) - LIVE)),
    )


def quotas_of(delegation: Delegation) -> list[DelegationQuota]:
    """The delegation's places by category, in the order of the categories."""
    quotas = DelegationQuota.objects.filter(delegation=delegation).select_related("category__event")
    return list(quotas.order_by("category__position", "category_id"))
