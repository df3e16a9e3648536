"""Everything that is held of one guest, read by the register of personal data: for the own page, the file and the API."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from plenary.core.exports import in_language
from plenary.core.fields import EncryptedTextField
from plenary.core.models import AccessLog
from plenary.core.privacy import ModelRecord, register
from registration.models import Registration, StoredFile
from registration.querysets.erasure import rows_of_guest

AS_JSON = frozenset({"answers", "staff_answers", "replies", "content"})  # encrypted texts that hold JSON
_NOT_SHOWN = (models.ForeignKey, models.BinaryField, models.FileField)


def held_of(record: ModelRecord, registration: Registration) -> Iterator[dict[str, Any]]:
    """What one model holds of a guest, row by row, with every field that is not withheld."""
    for row in rows_of_guest(record, registration).iterator(chunk_size=500):
        yield _row(record, row)


def _row(record: ModelRecord, row: models.Model) -> dict[str, Any]:
    names = [entry.name for entry in record.personal] + sorted(record.impersonal)
    return {
        name: _plain(row, name)
        for name in names
        if name not in record.withheld and not isinstance(row._meta.get_field(name), _NOT_SHOWN)
    }


def _plain(row: models.Model, name: str) -> Any:
    """A value as JSON can tell it."""
    value, field = getattr(row, name), row._meta.get_field(name)
    if isinstance(field, EncryptedTextField) and name in AS_JSON and value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return str(value) if isinstance(value, str) else value
    return str(value)


def files_of(registration: Registration) -> Iterator[StoredFile]:
    """Every private file about a guest."""
    for record in register().values():
        model = apps.get_model(record.model)
        if record.guest is not None and issubclass(model, StoredFile):
            yield from rows_of_guest(record, registration)


@dataclass(frozen=True)
class Look:
    """One look at a guest's data: by which role, at what, when."""

    who: str
    part: str
    at: datetime.datetime


def looks_at(registration: Registration, limit: int = 200) -> Iterator[Look]:
    """Who looked at a guest's data, by role and never by name, the newest first, in four statements."""
    badge = register()["checkin.credential"]
    badges = [str(key) for key in rows_of_guest(badge, registration).values_list("pk", flat=True)]
    about = models.Q(subject_type="registration.registration", subject_id=str(registration.pk))
    about |= models.Q(subject_type="checkin.credential", subject_id__in=badges)
    logged = AccessLog.objects.filter(about).select_related("actor").prefetch_related("actor__groups")[:limit]
    return (Look(_role(look), look.part, look.at) for look in logged.iterator(chunk_size=500))


def _role(look: AccessLog) -> str:
    if look.actor is None:
        return _("former staff, or a scanning device")
    names = sorted(group.name for group in look.actor.groups.all())
    return ", ".join(names) or _("administrator")


def as_json(registration: Registration) -> Iterator[bytes]:
    """The whole as one document, row by row, so that no memory holds it; words in the language of whoever asked."""
    return in_language(_written(registration))


def _written(registration: Registration) -> Iterator[bytes]:
    head = _json({"registration": registration.code, "event": registration.event.slug})
    yield b'%b,\n"data": {' % head[:-1]
    withheld: dict[str, dict[str, str]] = {}
    first = True
    for record in register().values():
        if record.guest is None:
            continue
        opening = b"%b\n%b: [\n" % (b"" if first else b",", _json(record.model))
        rows = _list(held_of(record, registration), opening)
        if (begun := next(rows, None)) is None:
            continue
        yield begun
        yield from rows
        first = False
        withheld[record.model] = {name: str(reason) for name, reason in record.withheld.items()}
    told = {model: reasons for model, reasons in withheld.items() if reasons}
    yield b'},\n"withheld": %b,\n' % _json(told)
    looks = (
        {"role": look.who, "part": look.part, "at": look.at.isoformat()} for look in looks_at(registration, 10_000)
    )
    yield from _list(looks, b'"looks": [\n', even_empty=True)
    yield b"}\n"


def _list(items: Iterable[Any], opening: bytes, *, even_empty: bool = False) -> Iterator[bytes]:
    """A JSON list item by item behind its opening; nothing at all where it is empty."""
    before = opening
    for item in items:
        yield before + _json(item)
        before = b",\n"
    if before is not opening:
        yield b"]"
    elif even_empty:
        yield opening + b"]"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
