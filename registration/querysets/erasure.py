"""Reads of erasure: which rows still hold what must be gone, found by the register and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast, Length

from plenary.core.models import Message
from plenary.core.privacy import ABOUT, BY_ORIGIN, Erasure, ModelRecord, PersonalField, register

if TYPE_CHECKING:
    from plenary.events.models import Event
    from registration.models import Registration

GUEST = "registration.registration"


def days_in_force(today: date) -> Mapping[str, int]:
    """The rules an institution has set, the newest in force of each."""
    from registration.models import RetentionRule

    rules = RetentionRule.objects.filter(in_force_from__lte=today).order_by("in_force_from")
    return dict(rules.values_list("retention", "days"))


def model_of(record: ModelRecord) -> type[models.Model]:
    return apps.get_model(record.model)


def rows_of_event(record: ModelRecord, event: Event) -> models.QuerySet[Any]:
    """The rows of one model that belong to an event."""
    return model_of(record)._default_manager.filter(**{str(record.event): event}).order_by("pk")


def rows_of_guest(record: ModelRecord, guest: Registration) -> models.QuerySet[Any]:
    """The rows of one model that are about a guest."""
    rows = model_of(record)._default_manager.order_by("pk")
    if record.guest is None:
        return rows.none()
    if record.guest == ABOUT:
        return rows.filter(subject_type=GUEST, subject_id=str(guest.pk))
    return rows.filter(pk=guest.pk) if record.guest == "" else rows.filter(**{record.guest: guest})


def rows_besides(record: ModelRecord, guest: Registration) -> models.QuerySet[Any]:
    """The rows that tell of a guest without being theirs: what led to the registration, what was written about its records."""
    rows = model_of(record)._default_manager.order_by("pk")
    if record.guest == ABOUT:
        return rows.filter(_about_records_of(guest) | _naming(record, guest))
    ways = models.Q(pk__in=[])
    for way in record.besides:
        ways |= models.Q(pk=guest.origin) if way == BY_ORIGIN else models.Q(**{way: guest})
    return rows.filter(ways)


def _about_records_of(guest: Registration) -> models.Q:
    """What is about an order, an invitation, an issue of a guest: everything the register leads to from the guest."""
    about = models.Q(pk__in=[])
    for record in register().values():
        if record.guest in {None, ABOUT, ""}:
            continue
        keys = [str(key) for key in rows_of_guest(record, guest).values_list("pk", flat=True)]
        if keys:
            about |= models.Q(subject_type=record.model, subject_id__in=keys)
    return about


def _naming(record: ModelRecord, guest: Registration) -> models.Q:
    """Messages to the guest's delegation in which the name stands. They are encrypted: each is opened to see."""
    names = {name.casefold() for name in (guest.name, guest.latin_name) if name}
    if record.model != "core.message" or guest.delegation_id is None:
        return models.Q(pk__in=[])
    sent = Message.objects.filter(subject_type="registration.delegation", subject_id=str(guest.delegation_id))
    found = []
    for message in sent.exclude(state="waiting").iterator(chunk_size=200):
        text = f"{message.subject} {message.text} {message.html}".casefold()
        if any(name in text for name in names):
            found.append(message.pk)
    return models.Q(pk__in=found)


def still_holding(rows: models.QuerySet[Any], entries: Iterable[PersonalField]) -> models.QuerySet[Any]:
    """Of these rows those that hold something in one of these fields."""
    holding = models.Q()
    for entry in entries:
        field = rows.model._meta.get_field(entry.name)
        if entry.erasure == Erasure.PSEUDONYM:
            holding |= ~models.Q(**{entry.name: pseudonym(rows.model, entry.name)})
        elif isinstance(field, models.JSONField):
            holding |= ~models.Q(**{entry.name: field.get_default()})
        elif isinstance(field, models.CharField | models.TextField):
            # Measured, not compared: the database cannot look into what is encrypted.
            name = f"_length_of_{entry.name}"
            rows = rows.annotate(**{name: Length(Cast(entry.name, models.TextField()))})
            holding |= models.Q(**{f"{name}__gt": 0})
        else:
            holding |= models.Q(**{f"{entry.name}__isnull": False})
    return rows.filter(holding)


def pseudonym(model: type[models.Model], name: str) -> Any:
    """What stands in place of a name: a guest's code, or the key of the record."""
    if any(field.name == "code" for field in model._meta.concrete_fields):
        return models.F("code")
    longest = getattr(model._meta.get_field(name), "max_length", None)
    key = Cast("pk", models.CharField(max_length=40))
    return models.functions.Left(key, longest) if longest and longest < 40 else key


def subjects_of(record: ModelRecord, rows: models.QuerySet[Any]) -> list[tuple[Any, str]]:
    """Key of each row, and the guest it is about; where it is about none, the row itself."""
    about = {None: "pk", "": "pk", ABOUT: "subject_id"}.get(record.guest, record.guest)
    return [(pk, str(subject or pk)) for pk, subject in rows.values_list("pk", str(about))]
