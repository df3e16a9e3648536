"""The kinds of flags: how each is found, and how it explains itself to the officer who decides about it.

A subject adds its own kind to KINDS: a name, a finder that reads and writes nothing, and an explanation. Finders run in
the background when a registration comes under review or changes, never while a guest waits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core import crypto
from plenary.core.fields import Label
from registration.facts import facts_of
from registration.identity import findings_of
from registration.models import Finding, Question, Registration, TravelDocument, Upload, WatchListEntry
from registration.querysets.flags import WATCH_LIST
from registration.rules import State
from registration.rules.likeness import THRESHOLD, Likeness, best, blocks
from registration.vetting import missing_answers, mixes_scripts, scripts

AT_MOST = 20  # flags of one kind on one registration, the gravest; of the rest a further flag says how many there are
MORE = "more"  # the key of that one
Level = Finding.Level


@dataclass(frozen=True)
class Found:
    """What a finder saw. `key` names it, the same each time; when `basis` changes, a flag that was dismissed opens again."""

    key: str
    level: int = Level.WARNING
    score: float | None = None  # 0 to 1
    detail: Mapping[str, Any] = field(default_factory=dict)  # JSON values, kept encrypted
    basis: str = ""
    other: UUID | None = None
    entry: UUID | None = None


@dataclass(frozen=True)
class FlagKind:
    """One kind of flag. `explain` turns a finding and its detail into a sentence in the active language."""

    name: str
    find: Callable[[Registration], Iterable[Found]]
    explain: Callable[[Finding, Mapping[str, Any], Explanations], str]


# -- keys to compare by ----------------------------------------------------------------------------------------------
def names_of(registration: Registration) -> list[str]:
    return [name for name in dict.fromkeys([registration.latin_name, registration.name]) if name]


def digests(names: Iterable[str]) -> set[str]:
    """The keyed digests of all blocks of some names."""
    found = {block for name in names for block in blocks(name)}
    return {crypto.blind_index(block, "registration.match")[:24] for block in found}


def keys_of(registration: Registration) -> set[str]:
    """By its names in each script, and by its address."""
    address = {"@" + registration.email_index[:23]} if registration.email_index else set()
    return digests(names_of(registration)) | address


# -- another registration ----------------------------------------------------------------------------------------------
def duplicates(registration: Registration) -> Iterable[Found]:
    """The same address or a like name, at this event and at others."""
    found = [one for other in Registration.objects.meeting(registration, keys_of(registration))
             if (one := _duplicate(registration, other))]  # fmt: skip
    return _gravest(found)


def _gravest(found: Iterable[Found]) -> list[Found]:
    """The first in order of weight; the rest as one that says how many they are, so that nothing is silently left out."""
    ranked = sorted(found, key=lambda one: (-one.level, -(one.score or 0), one.key))
    rest = ranked[AT_MOST:]
    if not rest:
        return ranked
    return [*ranked[:AT_MOST], Found(MORE, rest[0].level, detail={"more": len(rest)}, basis=str(len(rest)))]


def _duplicate(registration: Registration, other: Registration) -> Found | None:
    here = other.event_id == registration.event_id
    same_address = bool(registration.email_index) and other.email_index == registration.email_index
    two_delegations = here and bool(other.delegation_id) and other.delegation_id != registration.delegation_id
    likeness = best(names_of(registration), names_of(other))
    alike = likeness.score >= THRESHOLD
    same_country = registration.nationality == other.nationality
    refused = other.state in {State.REJECTED, State.CANCELLED}
    if not same_address and not (alike and (same_country or (here and likeness.score == 1.0))):
        return None
    if same_address and refused:
        level = Level.DANGER
    elif two_delegations or (here and (same_address or likeness.score > 0.95)) or (refused and alike):
        level = Level.WARNING
    else:
        level = Level.INFO
    return Found(
        key=str(other.pk),
        level=level,
        score=likeness.score if alike else None,
        detail={
            "address": same_address,
            "delegation": two_delegations,
            "names": _told(likeness) if alike else [],
            "country": same_country,
        },
        basis=f"{registration.name_key}|{other.name_key}|{same_address}|{other.state}",
        other=other.pk,
    )


def _told(likeness: Likeness) -> list[list[Any]]:
    return [[meeting.one, meeting.other, meeting.how, meeting.score] for meeting in likeness.meetings] + [
        [word, "", "alone", 0] for word in likeness.alone
    ]


def explain_duplicate(finding: Finding, detail: Mapping[str, Any], _known: Explanations) -> str:
    if finding.key == MORE:
        return _("And %(count)s more of this kind, no graver than these.") % {"count": detail.get("more", "")}
    other = finding.other
    facts: dict[str, object] = {
        "name": other.name if other else "",
        "category": other.category if other else "",
        "event": other.event if other else "",
        "state": other.get_state_display() if other else "",
    }
    if detail.get("delegation") and other and other.delegation:
        facts["delegation"] = other.delegation
        first = _("Also named by the delegation %(delegation)s: %(name)s as %(category)s, %(state)s.") % facts
    elif detail.get("address"):
        first = _("Same address: %(name)s as %(category)s, %(event)s, %(state)s.") % facts
    else:
        first = _("Like name, other address: %(name)s as %(category)s, %(event)s, %(state)s.") % facts
    return " ".join([first, *_reasons(detail)])


def _reasons(detail: Mapping[str, Any]) -> list[str]:
    found = [how_alike(one, other, how, score) for one, other, how, score in detail.get("names", [])]
    if detail.get("country") is True:
        found.append(_("Same nationality."))
    elif detail.get("country") is False:
        found.append(_("Another nationality."))
    return found


def how_alike(one: str, other: str, how: str, score: float) -> str:
    """Why two words meet, as a sentence."""
    facts = {"one": one, "other": other, "score": f"{score:.2f}"}
    match how:
        case "equal":
            return _("“%(one)s” is equal after transliteration.") % facts
        case "sound":
            return _("“%(one)s” sounds like “%(other)s” (%(score)s).") % facts
        case "initial":
            return _("“%(one)s” may stand for “%(other)s”.") % facts
        case "alone":
            return _("“%(one)s” stands in one of the names alone.") % facts
    return _("“%(one)s” is spelt like “%(other)s” (%(score)s).") % facts


# -- the watch list --------------------------------------------------------------------------------------------------
def watch_list(registration: Registration) -> Iterable[Found]:
    """Entries valid today whose names are like these."""
    entries = WatchListEntry.objects.valid_on(timezone.localdate()).meeting(digests(names_of(registration)))
    return _gravest(one for entry in entries if (one := like_entry(registration, entry)))


def like_entry(registration: Registration, entry: WatchListEntry) -> Found | None:
    """Whether a person is like an entry, by name; nationality is told beside it and weighs, but never acquits."""
    likeness = best(names_of(registration), entry.name_list)
    if likeness.score < THRESHOLD:
        return None
    known = bool(entry.nationality and registration.nationality)
    same = entry.nationality == registration.nationality if known else None
    certain = likeness.score >= 0.95 and same is not False
    return Found(
        key=str(entry.pk),
        level=Level.DANGER if certain or same else Level.WARNING,
        score=likeness.score,
        detail={"names": _told(likeness), "country": same, "born": entry.birth_year},
        basis=f"{registration.name_key}|{registration.nationality}|{entry.names}|{entry.nationality}",
        entry=entry.pk,
    )


def explain_watch_list(finding: Finding, detail: Mapping[str, Any], _known: Explanations) -> str:
    if finding.key == MORE:
        return _("And %(count)s more of this kind, no graver than these.") % {"count": detail.get("more", "")}
    first = _("Like an entry of the watch list, %(score)d of 100.") % {"score": finding.score or 0}
    parts = [first, *_reasons(detail)]
    if detail.get("born"):
        parts.append(_("The entry was born in %(year)s: compare with the passport.") % {"year": detail["born"]})
    return " ".join(parts)


# -- what is missing, and letters that pretend -------------------------------------------------------------------------
def incomplete(registration: Registration) -> Iterable[Found]:
    """Required questions without an answer, and a badge that nobody at the door could read."""
    questions = list(Question.objects.asked_in(registration.category))
    given = registration.answer_data
    answered = {key for key, value in given.items() if value not in (None, "", [])}
    answered |= set(Upload.objects.filter(registration=registration).values_list("question__key", flat=True))
    facts = given | facts_of(registration)
    for question in missing_answers(questions, facts, answered):
        yield Found(f"question {question.key}"[:80], detail={"question": dict(question.label)}, basis=question.key)
    if not registration.nationality:
        yield Found("nationality", Level.INFO)
    if not registration.latin_name and scripts(registration.name) - {"LATIN"}:
        yield Found("latin name", basis=registration.name_key)
    if any(mixes_scripts(name) for name in names_of(registration)):
        yield Found("mixed scripts", basis=registration.name_key)


def explain_incomplete(finding: Finding, detail: Mapping[str, Any], _known: Explanations) -> str:
    match finding.key:
        case "nationality":
            return _("No nationality given.")
        case "latin name":
            return _("No name in Latin letters: the badge will carry the original script alone.")
        case "mixed scripts":
            return _("Letters of different scripts stand within one word of the name: they can look alike and differ.")
    return _("Not answered: %(question)s") % {"question": Label(detail.get("question", {}))}


# -- the travel document, portrait and letter ---------------------------------------------------------------------------
def papers(registration: Registration) -> Iterable[Found]:
    """What does not agree, ends too soon or is missing, as the identity desk's own rules see it."""
    version = TravelDocument.objects.filter(registration=registration).values_list("version", flat=True).first()
    for one in findings_of(registration):
        level = {"danger": Level.DANGER, "warning": Level.WARNING}.get(one.level, Level.INFO)
        yield Found(one.code, level, detail={"text": one.text}, basis=f"{one.code}|{version}")


def explain_papers(finding: Finding, detail: Mapping[str, Any], known: Explanations) -> str:
    """In the reader's language as the papers are now; as it was found where they have changed since."""
    return known.of_papers(finding.registration).get(finding.key) or str(detail.get("text", finding.key))


KINDS: Sequence[FlagKind] = (
    FlagKind(WATCH_LIST, watch_list, explain_watch_list),
    FlagKind("duplicate", duplicates, explain_duplicate),
    FlagKind("papers", papers, explain_papers),
    FlagKind("incomplete", incomplete, explain_incomplete),
)


class Explanations:
    """The sentences that explain flags; what several flags of one registration need is read once."""

    def __init__(self) -> None:
        self._papers: dict[UUID, Mapping[str, str]] = {}

    def of(self, finding: Finding) -> str:
        """The sentence of one flag; a kind that is gone is named as stored."""
        detail = json.loads(finding.detail) if finding.detail else {}
        kind = next((kind for kind in KINDS if kind.name == finding.kind), None)
        return kind.explain(finding, detail, self) if kind else finding.kind

    def of_papers(self, registration: Registration) -> Mapping[str, str]:
        if registration.pk not in self._papers:
            self._papers[registration.pk] = {one.code: one.text for one in findings_of(registration)}
        return self._papers[registration.pk]


def found_of(registration: Registration) -> list[tuple[str, Found]]:
    """All that the finders see now, with the name of the kind."""
    return [(kind.name, found) for kind in KINDS for found in kind.find(registration)]
