"""Travel documents and portraits without a database: their kinds, how long one has to be valid, what an officer should notice."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plenary.core.names import fold
from registration.rules.mrz import names_agree, transliterate
from registration.rules.states import LIVE, State

# A live registration whose address is proved may give documents and portrait, before the decision and after it.
TAKES_IDENTITY = LIVE - {State.RESERVE, State.UNCONFIRMED}


class DocumentKind(TextChoices):
    """What a guest travels on."""

    PASSPORT = "passport", _("passport")
    DIPLOMATIC = "diplomatic", _("diplomatic passport")
    SERVICE = "service", _("service or official passport")
    LAISSEZ_PASSER = "laissez_passer", _("laissez-passer of an organisation")
    REFUGEE = "refugee", _("travel document for refugees or stateless persons")
    IDENTITY_CARD = "identity_card", _("identity card")


class Sex(TextChoices):
    """As it stands in the document (ICAO Doc 9303): X is printed as such, or as a filler."""

    FEMALE = "F", pgettext_lazy("in a passport", "F – female")
    MALE = "M", pgettext_lazy("in a passport", "M – male")
    UNSPECIFIED = "X", pgettext_lazy("in a passport", "X or not stated")


# Issued by an organisation, or to somebody without a nationality: what may stay empty.
WITHOUT_ISSUER = frozenset({DocumentKind.LAISSEZ_PASSER})
WITHOUT_NATIONALITY = frozenset({DocumentKind.REFUGEE})


@dataclass(frozen=True)
class DocumentFacts:
    """A travel document as it was given. Countries are two letters of ISO 3166 or empty."""

    kind: str
    number: str
    issuing_country: str
    nationality: str
    surname: str
    given_names: str
    birth_date: date
    sex: str
    expires_on: date
    issued_on: date | None = None
    zone: str = ""  # the lines of the machine-readable zone, if they were given


def document_number(text: str) -> str:
    """A number as documents print it: capitals and digits of the Latin script, nothing between them."""
    composed = unicodedata.normalize("NFKC", text).upper()
    digits = (str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in composed)
    return re.sub(r"[\s\-‐-―./<]+", "", "".join(digits))


def kind_of_code(code: str) -> DocumentKind:
    """The kind that the first two letters of a zone mean (part 4, 4.2.2.1; many states print plain P for all)."""
    match code:
        case "PD":
            return DocumentKind.DIPLOMATIC
        case "PS" | "PO":
            return DocumentKind.SERVICE
        case "PL" | "PU":
            return DocumentKind.LAISSEZ_PASSER
        case "PR" | "PT":
            return DocumentKind.REFUGEE
    return DocumentKind.PASSPORT if code.startswith("P") else DocumentKind.IDENTITY_CARD


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last of the month where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Finding:
    """One point about a guest's identity papers: how serious ("danger", "warning", "info"), which, and in words."""

    level: str
    code: str
    text: str


@dataclass(frozen=True)
class Circumstances:
    """What a document is held against: the event, the category's wishes, the rest of the registration."""

    today: date
    event_ends_on: date
    months_after: int
    strict: bool
    nationality: str
    latin_name: str
    decided_at: datetime | None = None
    changed_at: datetime | None = None  # when the document was last changed
    same_number: int = 0  # other registrations of the event with this number


def too_short(expires_on: date, *, event_ends_on: date, months_after: int) -> bool:
    """Whether a document ends before the margin after the event's last day does."""
    return expires_on < months_later(event_ends_on, months_after)


def document_findings(facts: DocumentFacts, held_against: Circumstances) -> Iterator[Finding]:
    """What deserves a look. None of it decides: names have spellings, people have two nationalities."""
    found = held_against
    if facts.expires_on < found.today:
        yield Finding("danger", "expired", str(_("The travel document has expired.")))
    elif facts.expires_on < found.event_ends_on:
        yield Finding("danger", "ends_before_event", str(_("The travel document ends before the event does.")))
    elif too_short(facts.expires_on, event_ends_on=found.event_ends_on, months_after=found.months_after):
        text = _("The travel document is valid for less time after the event than this category asks.")
        yield Finding("danger" if found.strict else "warning", "ends_soon", str(text))
    if facts.nationality and found.nationality and facts.nationality != found.nationality:
        text = _("The nationality in the travel document is not the one given at sign-up.")
        yield Finding("warning", "nationality_differs", str(text))
    if found.latin_name and not _same_person(facts, found.latin_name):
        text = _("The name in the travel document is not the one given at sign-up.")
        yield Finding("warning", "name_differs", str(text))
    if found.same_number:
        text = _("Another registration of this event has the same document.")
        yield Finding("danger", "same_number", str(text))
    if found.decided_at and found.changed_at and found.changed_at > found.decided_at:
        text = _("The travel document was changed after the decision.")
        yield Finding("warning", "changed_since", str(text))
    if not facts.zone:
        text = _("The machine-readable lines were not given: nothing proves that the number was typed right.")
        yield Finding("info", "no_zone", str(text))


def _bare(name: str) -> list[str]:
    return sorted(fold(name).split())


def _same_person(facts: DocumentFacts, latin_name: str) -> bool:
    """Whether the name at sign-up is the document's, in any order, or leaves out some of its given names."""
    # As the zone would print them: whoever typed the fields wrote accents, and the sign-up may leave them out.
    surname, given = transliterate(facts.surname).split(), transliterate(facts.given_names).split()
    if names_agree(latin_name, " ".join([*surname, *given])) or _bare(latin_name) == _bare(
        f"{facts.surname} {facts.given_names}"
    ):
        return True
    return any(
        names_agree(latin_name, " ".join([*surname[:last], *given[:first]]))
        for last in range(1, len(surname) + 1)
        for first in range(1, len(given) + 1)
    )
