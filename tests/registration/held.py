"""One row of everything the register of personal data knows about a guest, made for proofs: each personal field is marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from plenary.core.fields import LabelField
from plenary.core.privacy import ABOUT, Erasure, ModelRecord, register
from registration.models import Registration, StoredFile
from registration.querysets.erasure import rows_of_guest
from registration.uploads import seal

# What no value of the field's kind fits: constraints across fields.
GIVEN: dict[str, dict[str, Any]] = {
    "registration.issue": {"number": 1},
    "registration.visacase": {"departure": "open"},
    "registration.financialdocument": {"series": "I", "number": 1},
}


class Maker:
    """Makes the rows about one guest, and what they need, each model once."""

    def __init__(self, guest: Registration, mark: str) -> None:
        self.guest, self.mark = guest, mark
        self.made: dict[type[models.Model], models.Model] = {
            type(guest): guest,
            type(guest.event): guest.event,
            type(guest.category): guest.category,
        }

    def everything(self) -> None:
        """A row of every model that leads to a guest; what is there already is left alone."""
        for record in register().values():
            if record.guest not in {None, ABOUT} and not rows_of_guest(record, self.guest).exists():
                self.one(apps.get_model(record.model))

    def one(self, model: type[models.Model]) -> models.Model:
        if model not in self.made:
            record = register().get(model._meta.label_lower, ModelRecord(model._meta.label_lower))
            if record.guest is None and not record.personal and (there := model._default_manager.first()):
                self.made[model] = there
                return there
            marked = self._marked(record)
            given = GIVEN.get(record.model, {})
            row = model()
            for field in model._meta.concrete_fields:
                if field.name in given:
                    setattr(row, field.name, given[field.name])
                elif isinstance(field, models.ForeignKey):
                    if self._is_wanted(record, field):
                        setattr(row, field.name, self.one(field.related_model))
                elif field.name in marked or field.get_default() in (None, ""):
                    self._fill(row, field, marked=field.name in marked)
            if isinstance(row, StoredFile):
                row.file.save("x", ContentFile(seal(row, self.mark.encode())), save=False)
            row.save(force_insert=True)
            self.made[model] = row
        return self.made[model]

    @staticmethod
    def _marked(record: ModelRecord) -> set[str]:
        """The fields that tell of the guest; what is kept and withheld names an employee."""
        if record.guest is None and not record.besides:
            return set()
        return {e.name for e in record.personal if not (e.erasure == Erasure.KEEP and e.name in record.withheld)}

    def _is_wanted(self, record: ModelRecord, field: models.ForeignKey[Any, Any]) -> bool:
        route = str(record.guest or "").partition("__")[0]
        return not field.null or field.name in {route, "authority_file"}

    def _fill(self, row: models.Model, field: models.Field[Any, Any], *, marked: bool) -> None:
        if isinstance(field, models.FileField | models.AutoField | LabelField):
            return
        if field.choices:
            setattr(row, field.name, next(value for value, _label in field.choices if value))
            return
        for kind, value in self._values(marked).items():
            if isinstance(field, kind):
                found = value()
                longest = getattr(field, "max_length", None)
                setattr(row, field.name, found[:longest] if longest and isinstance(found, str) else found)
                return

    def _values(self, marked: bool) -> dict[type[models.Field[Any, Any]], Callable[[], Any]]:
        text = self.mark if marked else "x"
        return {
            models.UUIDField: uuid4,
            models.JSONField: lambda: {"held": text} if marked else {},
            models.DateTimeField: timezone.now,
            models.DateField: lambda: date(2026, 1, 2),
            models.DurationField: lambda: timedelta(1),
            models.IntegerField: lambda: 1,
            models.FloatField: lambda: 1.0,
            models.BooleanField: lambda: False,
            models.CharField: lambda: text,
            models.TextField: lambda: text,
        }
