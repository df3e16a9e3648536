"""A delegation's members from a spreadsheet: every problem of every row is named before anything is written. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from plenary.core.languages import LANGUAGES
from plenary.core.names import fold, normalise_email
from plenary.core.sheets import Problem, SheetColumn, SheetRow, read_table
from registration.actions import Particulars
from registration.actions.nominations import address_taken
from registration.forms.delegations import NameForm
from registration.forms.fields import country_name
from registration.members import quotas_of
from registration.models import Category, Delegation, DelegationQuota, Registration
from registration.querysets import address_index
from registration.rules import name_key
from registration.rules.delegations import AT_MOST, MOST_IN_RESERVE

COLUMNS = (
    SheetColumn("category", gettext_lazy("Category"), required=True),
    SheetColumn("name", gettext_lazy("Full name"), required=True, also=("name",)),
    SheetColumn("latin_name", gettext_lazy("Full name in Latin letters"), also=("passport name",)),
    SheetColumn("job_title", gettext_lazy("Function"), also=("job title", "position")),
    SheetColumn("nationality", gettext_lazy("Nationality"), also=("country",)),
    SheetColumn("email", gettext_lazy("E-mail address"), also=("email", "e-mail", "mail")),
)
_SALT = "registration.delegation_sheet"
_KEPT_FOR = 6 * 3600  # seconds a preview can be confirmed


@dataclass(frozen=True)
class Line:
    """One row that can be added."""

    number: int
    category: Category
    person: Particulars


@dataclass
class Preview:
    """What a file would bring: lines to add, rows left out because the person is on the list, and everything wrong."""

    lines: list[Line] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def may_be_added(self) -> bool:
        return bool(self.lines) and not self.problems


def preview(delegation: Delegation, content: bytes) -> Preview:
    """Read a file and judge every row; writes nothing."""
    table = read_table(content, COLUMNS)
    found = Preview(problems=list(table.problems), notes=list(table.notes))
    if len(table.rows) > AT_MOST:
        text = _("This file has %(rows)d rows below the headings. A delegation's list takes at most %(most)d.")
        found.problems.append(Problem("", text % {"rows": len(table.rows), "most": AT_MOST}))
        return found
    quotas = quotas_of(delegation)
    reader = _Reader(delegation, quotas)
    for row in table.rows:
        reader.read(row, found)
    _judge_places(found, quotas)
    return found


class _Reader:
    """Judges row after row: what it says, and what was said before it."""

    def __init__(self, delegation: Delegation, quotas: Iterable[DelegationQuota]) -> None:
        self.delegation = delegation
        self.quotas = list(quotas)
        self.categories = _spellings(quota.category for quota in self.quotas)
        live = Registration.objects.live().filter(delegation=delegation)
        self.listed = set(live.values_list("category", "name_key"))
        self.seen: dict[tuple[int, str], int] = {}
        self.addresses: dict[tuple[int, str], int] = {}

    def read(self, row: SheetRow, found: Preview) -> None:
        form = NameForm(
            {"name": row["name"], "latin_name": row["latin_name"], "job_title": row["job_title"], "email": row["email"]}
        )
        problems = [
            Problem(row.address(name), " ".join(str(text) for text in texts)) for name, texts in form.errors.items()
        ]
        category = self._category(row, problems)
        nationality = self._nationality(row, problems)
        if problems or category is None:
            found.problems += problems
            return
        person = form.person(str(self.delegation.name), nationality)
        key = (category.pk, name_key(person.latin_name or person.name))
        if key in self.listed:
            found.known.append(person.name)
            return
        if before := self.seen.get(key):
            text = _("The same person stands in row %(row)d already.") % {"row": before}
            problems.append(Problem(row.address("name"), text))
        self.seen.setdefault(key, row.number)
        self._judge_address(row, category, person, problems)
        found.problems += problems
        if not problems:
            found.lines.append(Line(row.number, category, person))

    def _category(self, row: SheetRow, problems: list[Problem]) -> Category | None:
        category = self.categories.get(fold(row["category"]))
        if category is None:
            names = ", ".join(str(quota.category) for quota in self.quotas)
            text = _("Write one of your delegation's categories: %(names)s.") % {"names": names}
            problems.append(Problem(row.address("category"), text))
        return category

    def _nationality(self, row: SheetRow, problems: list[Problem]) -> str:
        written = row["nationality"]
        if not written:
            return str(self.delegation.country)
        code = _countries().get(fold(written), "")
        if not code:
            text = _("“%(country)s” is not a country we know. Write its name or its code of two letters.")
            problems.append(Problem(row.address("nationality"), text % {"country": written[:60]}))
        return code

    def _judge_address(self, row: SheetRow, category: Category, person: Particulars, problems: list[Problem]) -> None:
        if not person.email or normalise_email(person.email) == normalise_email(self.delegation.email):
            return
        index = address_index(person.email)
        if before := self.addresses.get((category.pk, index)):
            text = _("The same address stands in row %(row)d. Give each member an own one, or none.")
            problems.append(Problem(row.address("email"), text % {"row": before}))
        self.addresses.setdefault((category.pk, index), row.number)
        if Registration.objects.live().filter(category=category, email_index=index).exists():
            problems.append(Problem(row.address("email"), address_taken()))


def _judge_places(found: Preview, quotas: Iterable[DelegationQuota]) -> None:
    wanted = Counter(line.category.pk for line in found.lines)
    for quota in quotas:
        if (count := wanted[quota.category_id]) > quota.left:
            text = _(
                "The file names %(count)d as %(category)s, and your delegation has %(left)d places left there. The last of "
                "them go to your delegation's waiting list: %(over)d."
            )
            over = count - quota.left
            facts = {"count": count, "category": quota.category.name, "left": quota.left, "over": over}
            if over <= MOST_IN_RESERVE:
                found.notes.append(text % facts)
                continue
            most = _("At most %(most)d can wait: leave some of them out.") % {"most": MOST_IN_RESERVE}
            found.problems.append(Problem("", f"{text % facts} {most}"))


def _spellings(categories: Iterable[Category]) -> dict[str, Category]:
    """A category by its short name and by its name in every language."""
    found: dict[str, Category] = {}
    for category in categories:
        for text in (category.slug, *category.name.values()):
            found[fold(str(text))] = category
    return found


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    """A country's code by its code and by its name in every language of the product."""
    found = {code.casefold(): code for code in countries.countries}
    for language in LANGUAGES:
        for code in countries.countries:
            found.setdefault(fold(country_name(code, language.code)), code)
    return found


# -- from the preview to the button ------------------------------------------------------------------------------------
def pack(delegation: Delegation, found: Preview) -> str:
    """The lines as they go through the page: signed, for this delegation alone and for some hours."""
    rows = [[line.number, line.category.pk, asdict(line.person)] for line in found.lines]
    return signing.dumps({"to": str(delegation.pk), "rows": rows}, salt=_SALT, compress=True)


def unpack(delegation: Delegation, packed: str) -> list[Line]:
    """What `pack` packed; raises signing.BadSignature."""
    told: dict[str, Any] = signing.loads(packed, salt=_SALT, max_age=_KEPT_FOR)
    if told["to"] != str(delegation.pk):
        raise signing.BadSignature("packed for another delegation")
    categories = {quota.category_id: quota.category for quota in quotas_of(delegation)}
    return [
        Line(number, categories[key], Particulars(**person))
        for number, key, person in told["rows"]
        if key in categories
    ]
