"""Travel document, portrait and letter of assignment: given, replaced, removed, by whoever is entitled to, guest or staff.

The guest's own page, the head of a delegation and the desk call the same verbs and say who acts.
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, Actor, record_history
from registration.actions.material import WATCHED, material_changes, note_changes
from registration.actions.storing import discard, store
from registration.actions.transitions import Refused
from registration.models import (
    AssignmentLetter,
    DocumentScan,
    Portrait,
    PortraitExemption,
    Registration,
    TravelDocument,
)
from registration.querysets import document_index
from registration.rules.documents import TAKES_IDENTITY, DocumentFacts
from registration.uploads import Checked, CheckedPortrait

Kind = TypeVar("Kind", DocumentScan, Portrait, AssignmentLetter)


def _lock(registration_id: UUID) -> Registration:
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if registration.state not in TAKES_IDENTITY:
        raise Refused(_("This registration takes no documents: it is not confirmed, or it has ended."))
    return registration


def _note(registration: Registration, verb: str, by: Actor, **data: object) -> None:
    record_history(registration, verb=verb, by=by, event=registration.event, data=data)


@transaction.atomic
def save_travel_document(
    *,
    registration_id: UUID,
    facts: DocumentFacts,
    scan: Checked | None = None,
    by: Actor = GUEST,
    expected_version: int | None = None,
) -> TravelDocument:
    """Give or replace the travel document, with the picture of its page if one came along. The same again changes nothing.

    History names the fields that changed, never what they say. Raises Refused.
    """
    registration = _lock(registration_id)
    document = TravelDocument.objects.filter(registration=registration).first()
    if expected_version is not None and document is not None and document.version != expected_version:
        raise Refused(_("The travel document was changed since you opened this page. Look at it again."))
    if scan is not None:
        _put_scan(registration, scan, by)
    wanted = _columns(facts)
    if document is None:
        document, changed = TravelDocument(registration=registration), []
    else:
        changed = [name for name, value in wanted.items() if getattr(document, name) != value]
        if not changed:
            return document
        document.version += 1
    is_new = document._state.adding
    before = {} if is_new else {name: getattr(document, name) for name in wanted}
    for name, value in wanted.items():
        setattr(document, name, value)
    document.number_index = document_index(facts.number, facts.issuing_country)
    document.changed_at = timezone.now()
    document.save(force_insert=is_new, force_update=not is_new)
    _note(registration, "document_saved" if is_new else "document_changed", by, fields=changed)
    note_changes(registration, material_changes(before, wanted), by=by)
    return document


def _columns(facts: DocumentFacts) -> dict[str, str]:
    return {
        "kind": facts.kind,
        "number": facts.number,
        "issuing_country": facts.issuing_country,
        "nationality": facts.nationality,
        "surname": facts.surname,
        "given_names": facts.given_names,
        "birth_date": facts.birth_date.isoformat(),
        "sex": facts.sex,
        "issued_on": facts.issued_on.isoformat() if facts.issued_on else "",
        "expires_on": facts.expires_on.isoformat(),
        "zone": facts.zone,
    }


@transaction.atomic
def save_document_scan(*, registration_id: UUID, checked: Checked, by: Actor = GUEST) -> DocumentScan:
    """Keep the picture of the data page, though the words of the document may still be wrong. Raises Refused."""
    registration = _lock(registration_id)
    return _put_scan(registration, checked, by)


@transaction.atomic
def save_portrait(*, registration_id: UUID, portrait: CheckedPortrait, by: Actor = GUEST) -> Portrait:
    """Give or replace the portrait. Raises Refused."""
    registration = _lock(registration_id)
    box = portrait.crop
    crop = {"left": box.left, "top": box.top, "width": box.width, "height": box.height}
    stored = _put(Portrait, registration, portrait, crop=crop)
    _note(registration, "portrait_saved", by)
    return stored


@transaction.atomic
def save_assignment_letter(*, registration_id: UUID, checked: Checked, by: Actor = GUEST) -> AssignmentLetter:
    """Give or replace the letter by which an editor sends a journalist. Raises Refused."""
    registration = _lock(registration_id)
    had = AssignmentLetter.objects.filter(registration=registration).exists()
    stored = _put(AssignmentLetter, registration, checked)
    _note(registration, "assignment_letter_saved", by)
    note_changes(registration, {"assignment_letter": (_there(had), _there(True))}, by=by)
    return stored


def _put(kind: type[Kind], registration: Registration, checked: Checked, **facts: object) -> Kind:
    """One of a kind for each registration: the new file takes the place of the old."""
    _drop(kind, registration)
    return store(kind(registration=registration, **facts), checked)


def _put_scan(registration: Registration, checked: Checked, by: Actor) -> DocumentScan:
    """Another picture of the data page than the desks saw is material, whatever it shows."""
    had = DocumentScan.objects.filter(registration=registration).exists()
    stored = _put(DocumentScan, registration, checked)
    _note(registration, "document_scan_saved", by)
    note_changes(registration, {"document": (_there(had), _there(True))}, by=by)
    return stored


def _there(there: bool) -> str:
    """What is kept of a file as old or new: that there was one."""
    return "✓" if there else ""


def _drop(kind: type[Kind], registration: Registration) -> bool:
    stored = kind._default_manager.filter(registration=registration).first()
    if stored is None:
        return False
    discard(stored)
    return True


@transaction.atomic
def remove_travel_document(*, registration_id: UUID, by: Actor = GUEST) -> None:
    """Take the travel document away, picture included; when nothing is there, nothing happens."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    document = TravelDocument.objects.filter(registration=registration).first()
    moved = material_changes({name: getattr(document, name) for name in WATCHED}, {}) if document else {}
    if document:
        document.delete()
    if _drop(DocumentScan, registration):
        moved["document"] = (_there(True), "")
    if document or moved:
        _note(registration, "document_removed", by)
        note_changes(registration, moved, by=by)


@transaction.atomic
def exempt_from_portrait(*, registration_id: UUID, reason: str, by: Actor) -> PortraitExemption:
    """Ask a guest for no portrait, for reasons of religion or health. History tells that, and never why. Raises Refused."""
    registration = _lock(registration_id)
    if not reason.strip():
        raise Refused(_("Give the reason: whoever checks later will ask for it."))
    exemption, _made = PortraitExemption.objects.update_or_create(
        registration=registration, defaults={"reason": reason, "officer": by.user, "officer_label": by.label[:120]}
    )
    _note(registration, "portrait_exempted", by)
    return exemption


@transaction.atomic
def end_portrait_exemption(*, registration_id: UUID, by: Actor) -> None:
    """Ask for the portrait again; where nobody is exempt, nothing happens."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if PortraitExemption.objects.filter(registration=registration).delete()[0]:
        _note(registration, "portrait_exemption_ended", by)


@transaction.atomic
def remove_portrait(*, registration_id: UUID, by: Actor = GUEST) -> None:
    """Take the portrait away; when none is there, nothing happens."""
    _remove(Portrait, "portrait_removed", registration_id, by)


@transaction.atomic
def remove_assignment_letter(*, registration_id: UUID, by: Actor = GUEST) -> None:
    """Take the letter of assignment away; when none is there, nothing happens."""
    _remove(AssignmentLetter, "assignment_letter_removed", registration_id, by, field="assignment_letter")


def _remove(kind: type[Kind], verb: str, registration_id: UUID, by: Actor, *, field: str = "") -> None:
    """`field` names what is material in it to desks; empty where nothing is."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if _drop(kind, registration):
        _note(registration, verb, by)
        note_changes(registration, {field: (_there(True), "")} if field else {}, by=by)
