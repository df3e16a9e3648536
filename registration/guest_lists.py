"""Guest lists as files: which columns they have, and each row judged by the rules of the form. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from plenary.core.dates import cldr
from plenary.core.languages import BY_CODE, LANGUAGES
from plenary.core.names import fold
from plenary.core.sheets import Problem, SheetColumn, SheetRow, Table, read_table
from plenary.events.models import Event
from registration.forms.fields import LatinNameField, LineField, NameField
from registration.models import Category, Invitation
from registration.querysets import address_index
from registration.rules.invitations import MOST_COMPANIONS, Delivery
from registration.rules.names import is_latin

AT_MOST_GUESTS = 5_000
COLUMNS = (
    SheetColumn("email", gettext_lazy("E-mail address"), required=True, also=("e-mail", "mail")),
    SheetColumn("name", gettext_lazy("Name in original script"), required=True, also=("full name",)),
    SheetColumn("latin_name", gettext_lazy("Name in Latin letters"), also=("passport name",)),
    SheetColumn("salutation", gettext_lazy("Form of address"), also=("title",)),
    SheetColumn("organisation", gettext_lazy("Organisation"), also=("organization",)),
    SheetColumn("job_title", gettext_lazy("Function"), also=("position", "job title")),
    SheetColumn("nationality", gettext_lazy("Nationality"), also=("country",)),
    SheetColumn("language", gettext_lazy("Language")),
    SheetColumn("category", gettext_lazy("Category"), required=True),
    SheetColumn("prominent", gettext_lazy("Prominent person"), also=("vip",)),
    SheetColumn("delivery", gettext_lazy("Goes out as"), also=("letter or mail",)),
    SheetColumn("companions_allowed", gettext_lazy("Accompanying persons allowed"), also=("companions",)),
    SheetColumn("reply_by", gettext_lazy("Reply by")),
    SheetColumn("note", gettext_lazy("Note for colleagues"), also=("note",)),
)
SAMPLE = (
    *("amina.osman@example.org", "Amina Osman", "", "Dr", "Ministry of Water", "Director", "KE", "en"),
    *("", "no", "letter", 1, "", ""),
)
_YES = frozenset({"yes", "y", "true", "1", "x", "oui", "si", "da", "是", "نعم", "да", "sí"})
_NO = frozenset({"", "no", "n", "false", "0", "non", "net", "否", "لا", "нет"})
_WAYS: Mapping[str, Delivery] = {
    "": Delivery.LETTER,
    "letter": Delivery.LETTER,
    "formal letter": Delivery.LETTER,
    "mail": Delivery.MAIL,
    "plain mail": Delivery.MAIL,
    "e-mail": Delivery.MAIL,
}


@dataclass
class GuestList:
    """What a file holds: guests to add, who is on the list already, every problem with its cell."""

    guests: list[Invitation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)  # rows left as they are, by address


def read_guest_list(content: bytes, *, event: Event) -> GuestList:
    """Judge a file for an event. Never raises; with a problem in it nothing may be written."""
    table = read_table(content, COLUMNS, at_most=AT_MOST_GUESTS)
    reader = _Reader(event, table)
    for row in table.rows:
        reader.take(row)
    return reader.finished()


class _Reader:
    """Rows into invitations. The fields of the form judge each value; making a form for every row would take minutes."""

    def __init__(self, event: Event, table: Table) -> None:
        self.event, self.table = event, table
        self.found = GuestList(notes=list(table.notes))
        self.told = {problem.cell for problem in table.problems}
        self.is_wrong = False  # the row that is being read
        self.seen: dict[str, str] = {}  # index of an address → cell
        self.places: list[tuple[str, str]] = []  # index and row of each guest, in the order of guests
        self.categories = _by_spelling(event)
        self.fields: dict[str, forms.Field] = {
            "email": forms.EmailField(max_length=254),
            "name": NameField(),
            "latin_name": LatinNameField(required=False),
            "salutation": LineField(max_length=40, required=False),
            "organisation": LineField(required=False),
            "job_title": LineField(required=False),
            "note": LineField(max_length=2_000, required=False),
        }

    def take(self, row: SheetRow) -> None:
        self.is_wrong = False
        values = {name: self._clean(row, name) for name in self.fields}
        if values["name"] and not is_latin(values["name"]) and not values["latin_name"]:
            self._name(row, "latin_name", _("Write the name in Latin letters too: doors and hotels need to read it."))
        facts = {
            "nationality": self._look_up(row, "nationality", country_codes(), _("This is no country we know.")),
            "language": self._look_up(row, "language", _language_codes(), _("This is not one of the six languages."))
            or self.event.source_language,
            "category": self._look_up(
                row, "category", self.categories, _("This event has no such category."), must=True
            ),
            "prominent": self._yes(row),
            "delivery": self._look_up(row, "delivery", _WAYS, _("Write “letter” or “mail”.")) or Delivery.LETTER,
            "companions_allowed": self._number(row),
            "reply_by": self._day(row),
        }
        if self.is_wrong:
            return
        index = address_index(values["email"])
        if index in self.seen:
            told = _("This address stands in %(cell)s already.") % {"cell": self.seen[index]}
            self._name(row, "email", told)
            return
        self.seen[index] = row.address("email")
        guest = Invitation(event=self.event, **values, **facts)
        guest.chain = guest.pk
        guest.email_index = index
        self.found.guests.append(guest)
        self.places.append((index, row.address("email")))

    def finished(self) -> GuestList:
        """Leave out who is on the list already: sending a longer list again adds the new ones only."""
        listed = Invitation.objects.open_addresses(self.event, [index for index, _cell in self.places])
        kept = [guest for guest in self.found.guests if guest.email_index not in listed]
        self.found.already = [cell for index, cell in self.places if index in listed]
        self.found.guests, self.found.problems = kept, self.table.problems
        return self.found

    def _name(self, row: SheetRow, key: str, text: str) -> None:
        cell, self.is_wrong = row.address(key), True
        if cell not in self.told:  # what the reader of the sheet said of a cell explains more: it holds a formula
            self.table.name(cell, text)

    def _clean(self, row: SheetRow, name: str) -> str:
        try:
            return str(self.fields[name].clean(row[name]))
        except ValidationError as error:
            self._name(row, name, " ".join(error.messages))
            return ""

    def _look_up(self, row: SheetRow, key: str, known: Mapping[str, Any], told: str, *, must: bool = False) -> Any:
        written = row[key]
        if not written and not must:
            return ""
        found = known.get(written.casefold()) or known.get(fold(written))
        if not found:
            self._name(row, key, told)
        return found or ""

    def _yes(self, row: SheetRow) -> bool:
        written = row["prominent"].casefold()
        if written not in _YES | _NO:
            self._name(row, "prominent", _("Write “yes” or “no”."))
        return written in _YES

    def _number(self, row: SheetRow) -> int:
        written = row["companions_allowed"] or "0"
        if not written.isascii() or not written.isdigit() or int(written[:6]) > MOST_COMPANIONS:
            self._name(row, "companions_allowed", _("Write a number from 0 to %(most)s.") % {"most": MOST_COMPANIONS})
            return 0
        return int(written)

    def _day(self, row: SheetRow) -> date | None:
        written = row["reply_by"]
        if not written:
            return None
        try:
            day = date.fromisoformat(written)
        except ValueError:
            self._name(row, "reply_by", _("Write the day as year-month-day, like 2027-04-30."))
            return None
        if day > self.event.ends_on:
            self._name(row, "reply_by", _("The event is over by then. Choose an earlier day."))
        return day


def _by_spelling(event: Event) -> dict[str, Category]:
    """Categories of an event by short name and by name in every language."""
    found: dict[str, Category] = {}
    for category in Category.objects.filter(event=event):
        for spelling in (category.slug, *category.name.values()):
            found.setdefault(str(spelling).casefold(), category)
            found.setdefault(fold(str(spelling)), category)
    return found


@lru_cache(maxsize=1)
def country_codes() -> dict[str, str]:
    """Codes of countries by code and by name in every language of the product."""
    found = {code.casefold(): code for code in countries.countries}
    for language in LANGUAGES:
        for code, name in cldr(language.code).territories.items():
            if code in countries.countries:
                found.setdefault(str(name).casefold(), code)
                found.setdefault(fold(str(name)), code)
    return found


@lru_cache(maxsize=1)
def _language_codes() -> dict[str, str]:
    found = {code.casefold(): code for code in BY_CODE} | {"zh": "zh-hans"}
    for language in LANGUAGES:
        found.setdefault(language.name.casefold(), language.code)
        for spoken in LANGUAGES:
            name = cldr(spoken.code).languages.get(language.code.split("-")[0], "")
            found.setdefault(str(name).casefold(), language.code)
            found.setdefault(fold(str(name)), language.code)
    return found
