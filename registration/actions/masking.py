"""A guest who is erased stands in what was written about others too: notes, reasons, saved lists, files waiting to be imported.
There the name is taken out and the rest stays. Done before anything else, while the name is still known."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import models, transaction
from django.http import QueryDict

from plenary.core.privacy import Basis, Erasure, ModelRecord, PersonalField, register
from plenary.core.sheet_files import SheetRefused, cells_of
from plenary.events.models import Event
from registration.actions.storing import discard
from registration.models import GuestListFile, Registration, SavedFilter, TextConsent
from registration.querysets.erasure import rows_of_event
from registration.rules.masking import Naming, naming
from registration.uploads import open_upload

# Fields in which people write prose. Messages that were sent are erased whole, with the guest they were sent to.
PROSE = frozenset(
    {"text", "note", "second_note", "reason", "reply", "reply_text", "answer", "subject", "information_request"}
)
Note = Callable[[str, list[str], str, str, list[str]], None]


def naming_of(guest: Registration) -> Naming:
    """How this guest is named."""
    phones = TextConsent.objects.filter(registration=guest)
    return naming(
        [guest.name, guest.latin_name],
        email=guest.email,
        phones=[consent.number for consent in phones],
        pseudonym=guest.code,
    )


def mask_elsewhere(guest: Registration, note: Note) -> None:
    """Take the guest out of what is about others; `note` writes each text that was changed on the certificate."""
    who, subject = naming_of(guest), [str(guest.pk)]
    if guest.name == guest.code:
        return  # erased before: there is no name to look for any more
    for record, entry in prose():
        for row in rows_of_event(record, guest.event).iterator(chunk_size=500):
            if _mask(row, entry.name, who):
                _saved(row, [entry.name], record.model, entry.retention, note, subject)
    _mask_filters(who, note, subject)
    _discard_lists(guest.event, who, note, subject)


def prose() -> Iterator[tuple[ModelRecord, PersonalField]]:
    """Every field of an event in which prose about people stands, but for what the law keeps as it is."""
    for record in register().values():
        if record.event and record.model != "core.message":
            yield from ((record, e) for e in record.personal if e.name in PROSE and e.basis != Basis.LAW)


def _mask(row: models.Model, name: str, who: Naming) -> bool:
    text = getattr(row, name)
    if not isinstance(text, str) or not text or (masked := who.mask(text)) == text:
        return False
    setattr(row, name, masked)
    return True


@transaction.atomic
def _saved(row: models.Model, fields: list[str], model: str, rule: str, note: Note, subject: list[str]) -> None:
    row.save(update_fields=fields)
    note(model, fields, rule, Erasure.MASK, subject)


def _mask_filters(who: Naming, note: Note, subject: list[str]) -> None:
    [rule] = {entry.retention for entry in register()["registration.savedfilter"].personal}
    for kept in SavedFilter.objects.order_by("pk").iterator(chunk_size=500):
        query, fields = QueryDict(kept.query, mutable=True), []
        if who.is_asked_for(query.get("q", "")):
            del query["q"]
            kept.query = query.urlencode()
            fields.append("query")
        if (name := who.mask(kept.name)) != kept.name:
            kept.name = f"{name[:40]} {kept.pk}"  # two lists of one officer must not come to be called the same
            fields.append("name")
        if fields:
            _saved(kept, fields, "registration.savedfilter", rule, note, subject)


def _discard_lists(event: Event, who: Naming, note: Note, subject: list[str]) -> None:
    """A file that waits for its import goes whole: whoever sent it sends it again, without the guest."""
    record = register()["registration.guestlistfile"]
    rule = record.goes_whole.retention if record.goes_whole else ""
    for file in GuestListFile.objects.filter(event=event).order_by("pk"):
        if _names(file, who):
            with transaction.atomic():
                discard(file)
                note(record.model, ["file"], rule, Erasure.DELETE, subject)


def _names(file: GuestListFile, who: Naming) -> bool:
    try:
        rows = cells_of(open_upload(file)).rows
        return who.is_in(file.name) or any(
            who.is_in(" ".join(str(cell.value) for cell in cells)) for _number, cells in rows
        )
    except SheetRefused:
        return True  # nobody can read it to see, nor import it
