"""What a personal datum is here: its class, how long it is kept, on what ground, how it goes; and the register of all of them.

Each app declares its own fields in a module `personal_data.py` as `RECORDS`. The register drives what a guest is shown and
takes along, what is erased and when, and the record of processing. No database here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DataClass(TextChoices):
    """What a datum tells about a person, from what everybody may know to what may harm."""

    PUBLIC = "public", pgettext_lazy("class of data", "public")
    CONTACT = "contact", pgettext_lazy("class of data", "contact")
    PROFESSIONAL = "professional", pgettext_lazy("class of data", "professional")
    IDENTITY = "identity", pgettext_lazy("class of data", "identity")
    DOCUMENT = "document", pgettext_lazy("class of data", "identity document or portrait")
    TRAVEL = "travel", pgettext_lazy("class of data", "travel and lodging")
    HEALTH = "health", pgettext_lazy("class of data", "health, diet and belief")
    FINANCIAL = "financial", pgettext_lazy("class of data", "financial")
    ASSESSMENT = "assessment", pgettext_lazy("class of data", "assessment by staff")
    TECHNICAL = "technical", pgettext_lazy("class of data", "technical trace")


class Retention(TextChoices):
    """How long a datum is kept. How many days a rule means is data with a date (core.models.RetentionRule)."""

    DECIDED = "decided", _("until the registration is decided")
    EVENT = "event", _("until the event is over")
    DEPARTURE = "departure", _("until the departure is closed out")
    DAYS_30 = "days_30", _("30 days after the event")
    DAYS_90 = "days_90", _("90 days after the event")
    YEAR_1 = "year_1", _("one year after the event")
    YEARS_5 = "years_5", _("five years after the event")
    YEARS_10 = "years_10", _("ten years after the event")
    YEARS_30 = "years_30", _("thirty years after the event")
    CONSENT = "consent", _("until the consent is withdrawn")
    ACCOUNT = "account", _("as long as the account exists")
    FOREVER = "forever", _("for ever")


class Basis(TextChoices):
    """On what ground a datum is processed."""

    TASK = "task", _("needed to hold the event and admit its guests")
    CONSENT = "consent", _("consent of the person")
    LAW = "law", _("required by law")
    INTEREST = "interest", _("accountability and security of the institution")


class Erasure(TextChoices):
    """What becomes of a datum when its time is over."""

    BLANK = "blank", _("emptied")
    DELETE = "delete", _("deleted with its record")
    PSEUDONYM = "pseudonym", _("replaced by a pseudonym")
    KEEP = "keep", _("kept")
    MASK = "mask", _("the person taken out of a text about others")


@dataclass(frozen=True)
class PersonalField:
    """One field that holds personal data."""

    name: str
    data_class: DataClass
    purpose: str | Promise
    retention: Retention
    basis: Basis = Basis.TASK
    erasure: Erasure = Erasure.BLANK


@dataclass(frozen=True)
class ModelRecord:
    """All concrete fields of one model: each is personal, or says nothing about a person.

    `guest` leads from a row to the registration it is about ("" the row itself, ABOUT by subject_type and subject_id,
    None where it is about no guest); `event` leads to the event whose end the retention counts from.
    """

    model: str  # "registration.registration"
    personal: tuple[PersonalField, ...] = ()
    impersonal: frozenset[str] = frozenset()
    guest: str | None = None
    event: str | None = None
    # Further ways from a row to a guest it tells of: such rows go with the guest, and are no part of what a guest is told.
    besides: tuple[str, ...] = ()
    # Personal, but left out of what a guest takes along: it repeats what is there, or tells of somebody else. With reasons.
    withheld: Mapping[str, str | Promise] = field(default_factory=dict)

    @property
    def goes_whole(self) -> PersonalField | None:
        """The field whose end is the end of the whole record, where there is one."""
        return next((entry for entry in self.personal if entry.erasure == Erasure.DELETE), None)


ABOUT = "*"
BY_ORIGIN = "origin"  # the row whose key a registration remembers as what it grew from


def personal(
    names: str | Iterable[str],
    data_class: DataClass,
    purpose: str | Promise,
    retention: Retention,
    basis: Basis = Basis.TASK,
    erasure: Erasure = Erasure.BLANK,
) -> tuple[PersonalField, ...]:
    """The same entry for several fields; `names` is a list or words with spaces between."""
    listed = names.split() if isinstance(names, str) else names
    return tuple(PersonalField(name, data_class, purpose, retention, basis, erasure) for name in listed)


def impersonal(names: str) -> frozenset[str]:
    """Fields that say nothing about a person, as words with spaces between."""
    return frozenset(names.split())


@cache
def register() -> Mapping[str, ModelRecord]:
    """Every declared model by its label. Raises ValueError where two apps declare the same one."""
    found: dict[str, ModelRecord] = {}
    for record in _declared():
        if record.model in found:
            raise ValueError(f"{record.model} is declared twice")
        found[record.model] = record
    return found


def _declared() -> Iterator[ModelRecord]:
    for config in apps.get_app_configs():
        name = f"{config.name}.personal_data"
        if find_spec(name):
            yield from import_module(name).RECORDS
