"""Finds every address of ours in the office and something real to open it with, for the walk of all roles over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.admin.viewsets import viewsets

from checkin.models import Device, PrintRun, Scan
from checkin.rules import Outcome
from plenary.events.models import Event
from registration import bulk_actions
from registration.models import (
    AssignmentLetter,
    Category,
    ChangeFile,
    ChangeRequest,
    Consent,
    Delegation,
    DelegationPaper,
    ErasureCertificate,
    ErasureRequest,
    FinancialDocument,
    GuestListFile,
    Invitation,
    Order,
    Portrait,
    Registration,
    SavedFilter,
    TravelDocument,
    Upload,
    VisaCase,
)
from registration.rules import State

OURS = ("plenary.", "registration.", "checkin.", "publicity.", "portal.")
NOBODY = UUID(int=0)
NONE = 2_147_483_000  # an integer key that no sequence reaches, however many records a test run has rolled back
KEYS = frozenset({"pk", "object_id", "instance_pk", "registration", "number", "run"})
# Records of another kind than the viewset lists, or of a state that the address needs.
OPENED: dict[str, Callable[[Event], models.QuerySet[Any]]] = {
    "badges:one": lambda event: Registration.objects.filter(event=event, credential__isnull=False),
    "badges:replace": lambda event: Registration.objects.filter(event=event, credential__isnull=False),
    "badges:printed_file": lambda event: PrintRun.objects.filter(event=event),
    "badges:run": lambda event: PrintRun.objects.filter(event=event),
    "changes:decide": lambda event: _guests_with(ChangeRequest.objects.pending(), event),
    "conflicts:conflict": lambda event: Scan.objects.filter(event=event, verdict=Outcome.CONFLICT),
    "delegations:move_up": lambda event: Delegation.objects.filter(event=event, members__state=State.RESERVE),
    "delegations:paper": lambda event: DelegationPaper.objects.filter(delegation__event=event),
    "devices:device": lambda event: Device.objects.filter(event=event),
    "invitations:assessment": lambda event: Invitation.objects.filter(event=event, assessment__isnull=False),
    "invitations:preview": lambda _event: (
        GuestListFile.objects.none()
    ),  # opens to its sender, who is none of the walkers
    "issues:raise": lambda event: Registration.objects.filter(event=event),
    "letters:authority": lambda event: VisaCase.objects.filter(event=event, authority_file__isnull=False),
    "letters:letter": lambda event: VisaCase.objects.filter(event=event, letter_issued_at__isnull=False),
    "notes:add_of": lambda event: Registration.objects.filter(event=event),
    "payments:document": lambda event: FinancialDocument.objects.filter(order__registration__event=event),
    "payments:order": lambda event: Order.objects.filter(registration__event=event),
    "privacy:certificate": lambda event: ErasureCertificate.objects.filter(event=event, number__isnull=False),
    "privacy:certificate_file": lambda event: ErasureCertificate.objects.filter(event=event, number__isnull=False),
    "privacy:consent_done": lambda event: Consent.objects.filter(registration__event=event),
    "privacy:request": lambda event: ErasureRequest.objects.filter(registration__event=event),
    "vetting:assignment_letter": lambda event: _guests_with(AssignmentLetter.objects.all(), event),
    "vetting:remove_filter": lambda _event: SavedFilter.objects.none(),  # each forgets the lists they kept themselves
    "vetting:change_file": lambda event: ChangeFile.objects.filter(change__registration__event=event),
    "vetting:file": lambda event: Upload.objects.filter(registration__event=event),
    "vetting:passport": lambda event: _guests_with(TravelDocument.objects.all(), event),
    "vetting:passport_scan": lambda event: _guests_with(TravelDocument.objects.all(), event),
    "vetting:portrait": lambda event: _guests_with(Portrait.objects.all(), event),
    "waiting:list": lambda event: Category.objects.filter(event=event).exclude(waiting_list="off"),
}

# Records an address takes beside the one it opens, found by the argument's name among those of the record.
BESIDE: dict[str, Callable[[models.Model], models.QuerySet[Any]]] = {
    "member": lambda delegation: Registration.objects.filter(delegation=delegation.pk, state=State.RESERVE),
}
WORDS = {"step": "remind", "direction": "up"}
QUERIES = {"delegations:decide": "?to=approved"}  # what an address asks for behind its path


@dataclass(frozen=True)
class Address:
    """One address: its name, where it is, and the record it opens, where it opens one."""

    name: str
    path: str
    record: models.Model | None = None


def addresses(event: Event) -> list[Address]:
    """Every address under /cms/ that is ours, filled with records of this event where there are some."""
    found = {}
    for name, pattern, model in patterns():
        arguments, record = _arguments(name, pattern, model, event)
        found[name] = Address(name, reverse(name, kwargs=arguments) + QUERIES.get(name, ""), record)
    for action in bulk_actions.ALL:
        name, model = f"bulk:{action.action_type}", action.models[0]
        record = first_of(model._default_manager.filter(event=event))
        place = f"/cms/bulk/registration/{model._meta.model_name}/{action.action_type}/"
        found[name] = Address(name, f"{place}?id={record and record.pk}", record)
    return sorted(found.values(), key=lambda address: address.name)


def taking_keys() -> set[str]:
    """The names of the addresses that open one record by its key, the actions on many with them."""
    single = {name for name, pattern, _model in patterns() if KEYS & _wanted(pattern).keys()}
    return single | {f"bulk:{action.action_type}" for action in bulk_actions.ALL}


def _guests_with(held: models.QuerySet[Any], event: Event) -> models.QuerySet[Any]:
    return Registration.objects.filter(event=event, pk__in=held.values("registration"))


def patterns() -> Iterator[tuple[str, URLPattern, type[models.Model] | None]]:
    mine: dict[str, Any] = {
        viewset.name: getattr(viewset, "model", None)
        for viewset in viewsets.viewsets
        if type(viewset).__module__.startswith(OURS)
    }
    for space, pattern in _walk(get_resolver().url_patterns, "", "", inside=False):
        if not pattern.name:
            continue
        name = f"{space}:{pattern.name}" if space else pattern.name
        view = getattr(pattern.callback, "view_class", pattern.callback)
        ours = space.partition(":")[0] in mine or str(getattr(view, "__module__", "")).startswith(OURS)
        if ours or "_modeladmin_" in name or name.startswith("reports_"):
            yield name, pattern, mine.get(space.partition(":")[0])


def _walk(patterns: list[Any], space: str, prefix: str, *, inside: bool) -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        here = prefix + str(entry.pattern)
        within = inside or here.startswith("cms/")
        if isinstance(entry, URLResolver):
            if not within and not "cms/".startswith(here[:4]):
                continue
            inner = ":".join(part for part in (space, entry.namespace) if part)
            yield from _walk(entry.url_patterns, inner, here, inside=within)
        elif within:
            yield space, entry


def _wanted(pattern: URLPattern) -> dict[str, Any]:
    """The names of what an address takes, with what reads each."""
    return pattern.pattern.converters or dict.fromkeys(pattern.pattern.regex.groupindex)


def _arguments(
    name: str, pattern: URLPattern, model: type[models.Model] | None, event: Event
) -> tuple[dict[str, Any], models.Model | None]:
    """What the address takes: the key of a record of this event, or of none where there is none."""
    values: dict[str, Any] = {}
    record: models.Model | None = None
    for argument, converter in _wanted(pattern).items():
        kind = type(converter).__name__
        if argument == "event":
            values[argument] = event.slug
        elif argument == "category":
            values[argument] = Category.objects.filter(event=event).order_by("slug")[0].slug
        elif argument in KEYS:
            rows = OPENED[name](event) if name in OPENED else _of_event(model, event)
            record = first_of(rows) if rows is not None else None
            key = record and (record.number if argument == "number" else record.pk)
            values[argument] = key or (NOBODY if kind == "UUIDConverter" else NONE)
        elif argument in BESIDE:
            beside = first_of(BESIDE[argument](record)) if record is not None else None
            values[argument] = beside.pk if beside else NOBODY
        else:
            values[argument] = WORDS.get(argument) or {"UUIDConverter": NOBODY, "IntConverter": 1}.get(kind, "1")
    return values, record


def _of_event(model: type[models.Model] | None, event: Event) -> models.QuerySet[Any] | None:
    """The records an address of a viewset opens: those of the event, or all where they belong to none."""
    if model is None:
        return None
    if model is Event:
        return Event.objects.filter(pk=event.pk)
    records = model._default_manager.all()
    for path in ("event", "registration__event", "delegation__event", "order__event", "category__event"):
        with suppress(FieldError):
            return records.filter(**{path: event})
    return records


def first_of(records: models.QuerySet[Any]) -> Any:
    """The same record in every run: keys are drawn by lot, so a name decides which is the first."""
    for name in ("registration__name", "order__registration__name", "name", "slug", "kind"):
        with suppress(FieldError):
            if first := _first_by(name, records):
                return first
    return records.order_by("pk").first()


def _first_by(name: str, records: models.QuerySet[Any]) -> models.Model | None:
    """The first by a name, compared here: databases order letters and gaps each in their own way."""
    known = [(str(text), str(pk), pk) for pk, text in records.values_list("pk", name) if text]
    return records.get(pk=min(known)[2]) if known else None


def belongs_to(record: models.Model | None) -> int | None:
    """The event of a record, where it has one."""
    if isinstance(record, Event):
        return record.pk
    for holder in (
        record,
        getattr(record, "registration", None),
        getattr(record, "delegation", None),
        getattr(record, "category", None),
    ):
        if (event := getattr(holder, "event_id", None)) is not None:
            return int(event)
    return None
