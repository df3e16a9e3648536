"""Erases personal data when its time is over or a person asks for it. The register says what, the certificate what was done.

Works in batches of one transaction each and finds its work by what is still there: killed, it goes on where it was, run
again, it does nothing more.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from plenary.core.actions import Actor, record_history
from plenary.core.models import Message
from plenary.core.privacy import Basis, Erasure, ModelRecord, PersonalField, Retention, register
from plenary.events.models import Event
from registration.actions.certifying import finish_certificate
from registration.actions.masking import mask_elsewhere
from registration.actions.storing import discard
from registration.models import (
    AnswerErasure,
    ErasureBatch,
    ErasureCertificate,
    Finding,
    Question,
    Registration,
    StoredFile,
    Upload,
    VisaCase,
)
from registration.querysets.erasure import (
    days_in_force,
    model_of,
    pseudonym,
    rows_besides,
    rows_of_event,
    rows_of_guest,
    still_holding,
    subjects_of,
)
from registration.rules.retention import is_over

BATCH = 500  # rows a transaction, so that nobody waits long behind one
PEOPLE = "registration.registration"
ANSWER = "registration.erased"  # the kind of the mail that says it is done
QUESTION_FILES = "registration.upload"  # kept as long as the question they answer says


@dataclass(frozen=True)
class Part:
    """Fields of one model that go together: by one rule, in one way."""

    record: ModelRecord
    entries: tuple[PersonalField, ...]
    rule: str
    whole: bool  # the record goes with its fields

    @property
    def names(self) -> list[str]:
        return sorted(entry.name for entry in self.entries)


def parts_of(record: ModelRecord, *, wanted: Iterable[PersonalField] | None = None) -> list[Part]:
    """How one model is erased: rows as a whole by one rule, or fields by the rules of each."""
    entries = [e for e in (record.personal if wanted is None else wanted) if e.erasure != Erasure.KEEP]
    if record.goes_whole is not None and record.goes_whole in entries:
        return [Part(record, record.personal, record.goes_whole.retention, whole=True)]
    rules = dict.fromkeys(entry.retention for entry in entries)
    return [
        Part(record, tuple(entry for entry in entries if entry.retention == rule), rule, whole=False) for rule in rules
    ]


def erase_event(event: Event, *, today: date | None = None) -> ErasureCertificate | None:
    """Erase what the rules of retention say of one event; the certificate, or None where nothing was left to erase."""
    today = today or timezone.localdate(timezone=event.zone)
    days = days_in_force(today)
    run = _Run(event, ErasureCertificate.Cause.SCHEDULE)
    for part in due_parts(event, days, today):
        rows = rows_of_event(part.record, event)
        if part.record.model == QUESTION_FILES:
            rows = rows.filter(question__isnull=True)
        run.erase(part, _without_travellers(part, rows, event))
    for question in questions_over(event, days, today):
        run.erase_answers(question)
    run.erase_stragglers()
    return run.finish(days=days, today=today)


def _without_travellers(part: Part, rows: models.QuerySet[Any], event: Event) -> models.QuerySet[Any]:
    """What is kept until a departure is closed out stays as long as the guest has not left."""
    if part.rule != Retention.DEPARTURE or not part.record.guest:
        return rows
    here = VisaCase.objects.filter(event=event, departure=VisaCase.Departure.OPEN).values("registration")
    return rows.exclude(**{f"{part.record.guest}__in": here})


def due_parts(event: Event, days: Mapping[str, int], today: date) -> list[Part]:
    """Everything of an event whose time is over."""
    parts = [part for record in register().values() if record.event for part in parts_of(record)]
    return [part for part in parts if is_over(part.rule, event.ends_on, days, today)]


def questions_over(event: Event, days: Mapping[str, int], today: date) -> list[Question]:
    """The questions of an event whose answers must be gone and are not known to be."""
    done = set(AnswerErasure.objects.filter(event=event).values_list("key", flat=True))
    return [
        question
        for question in Question.objects.filter(event=event).order_by("pk")
        if question.key not in done and is_over(question.retention, event.ends_on, days, today)
    ]


def erase_guest(registration: Registration, *, by: Actor) -> ErasureCertificate | None:
    """Erase what is held of one guest and no law keeps, whatever the rules of retention say."""
    run = _Run(registration.event, ErasureCertificate.Cause.REQUEST, guest=registration)
    _cancel_messages(registration)
    mask_elsewhere(registration, run.note)
    for record in register().values():
        if record.guest is None and not record.besides:
            continue
        wanted = [entry for entry in record.personal if not _law_keeps(entry)]
        for part in parts_of(record, wanted=wanted):
            for rows in (rows_besides(record, registration), rows_of_guest(record, registration)):
                run.erase(part, _without_answer(part, rows))
    with transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(
            erased_at=timezone.now(), version=models.F("version") + 1
        )
        record_history(registration, verb="erased", by=by, event=registration.event)
    return run.finish(days={}, today=timezone.localdate(timezone=registration.event.zone))


def _cancel_messages(registration: Registration) -> None:
    """What still waited to be sent to the guest is not sent any more, but for the word that everything is erased."""
    waiting = Message.objects.of(registration).filter(state__in=[Message.State.WAITING, Message.State.HELD])
    waiting.exclude(kind=ANSWER).update(state=Message.State.CANCELLED)


def _without_answer(part: Part, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The answer to the request needs its address until it has left: `erase_left_over` takes it then."""
    return rows.exclude(kind=ANSWER, state=Message.State.WAITING) if part.record.model == "core.message" else rows


def erase_left_over() -> int:
    """Answers to requests that have left since, at events that are not over yet; answers how many events had some."""
    erased = Registration.objects.filter(erased_at__isnull=False, event__ends_on__gte=timezone.localdate())
    done = 0
    for event in Event.objects.filter(pk__in=erased.values("event")):
        today = timezone.localdate(timezone=event.zone)
        run = _Run(event, ErasureCertificate.Cause.SCHEDULE)
        run.erase_stragglers()
        done += run.finish(days=days_in_force(today), today=today) is not None
    return done


def _law_keeps(entry: PersonalField) -> bool:
    """What the law obliges to keep until its own time is over: invoices, and passports of guests who are still here."""
    return entry.basis == Basis.LAW


class _Run:
    """One run over an event or a guest, and the certificate it writes on as it goes."""

    def __init__(self, event: Event, cause: str, *, guest: Registration | None = None) -> None:
        self.event, self.cause, self.guest = event, cause, guest
        self._certificate: ErasureCertificate | None = None
        if cause == ErasureCertificate.Cause.SCHEDULE:
            self._certificate = ErasureCertificate.objects.filter(
                event=event, cause=cause, finished_at__isnull=True
            ).first()

    @property
    def certificate(self) -> ErasureCertificate:
        """Made with the first thing that is erased: a run that finds nothing certifies nothing."""
        if self._certificate is None:
            self._certificate = _begin(self.event, self.cause)
        return self._certificate

    def erase(self, part: Part, rows: models.QuerySet[Any]) -> int:
        """Erase one part of these rows, batch by batch; answers how many rows."""
        if not part.whole:
            rows = still_holding(rows, part.entries)
        erased = 0
        while batch := subjects_of(part.record, rows[:BATCH]):
            keys = [key for key, _subject in batch]
            with transaction.atomic():
                _erase_rows(part, keys)
                people = [str(self.guest.pk)] if self.guest else [subject for _key, subject in batch]
                self.note(part.record.model, part.names, part.rule, _way(part), people)
                if part.record.model == PEOPLE and "name" in part.names:
                    self._forget_likeness(part, keys)
            erased += len(batch)
        return erased

    def _forget_likeness(self, part: Part, keys: list[Any]) -> None:
        """Flags of others say whom they are like, and by what name: the flag stays, the name goes."""
        [detail] = (entry for entry in register()["registration.finding"].personal if entry.name == "detail")
        naming = still_holding(Finding.objects.filter(other__in=keys), [detail])
        if found := dict(naming.values_list("pk", "other")):
            Finding.objects.filter(pk__in=found).update(detail="")
            self.note(
                "registration.finding", ["detail"], part.rule, Erasure.BLANK, [str(key) for key in found.values()]
            )

    def erase_answers(self, question: Question) -> None:
        """Take one question's answers and files out of every registration of the event."""
        files = Upload.objects.filter(question=question, registration__isnull=False).order_by("pk")
        while uploads := list(files[:BATCH]):
            with transaction.atomic():
                for upload in uploads:
                    discard(upload)
                subjects = [str(upload.registration_id) for upload in uploads]
                self.note(QUESTION_FILES, [question.key], question.retention, Erasure.DELETE, subjects)
        for batch in _batches(Registration.objects.filter(event=self.event)):
            with transaction.atomic():
                changed = [r for r in batch if _forget_answer(r, question.key)]
                if changed:
                    fields = [f"answers.{question.key}"]
                    self.note(
                        PEOPLE, fields, question.retention, Erasure.BLANK,
                        [str(registration.pk) for registration in changed],
                    )  # fmt: skip
        AnswerErasure.objects.get_or_create(event=self.event, key=question.key)

    def erase_stragglers(self) -> None:
        """Messages that still had to reach a guest when everything else was erased, like the answer to the request."""
        erased = Registration.objects.filter(event=self.event, erased_at__isnull=False).values("pk")
        record = register()["core.message"]
        keys = [str(key) for key in erased.values_list("pk", flat=True)]
        for part in parts_of(record):
            for start in range(0, len(keys), BATCH):
                rows = rows_of_event(record, self.event).filter(
                    subject_type=PEOPLE, subject_id__in=keys[start : start + BATCH]
                )
                self.erase(part, rows.exclude(state="waiting"))

    def note(self, model: str, fields: list[str], rule: str, way: str, subjects: list[str]) -> None:
        """Write down what the open transaction erases, with the persons as salted digests."""
        salt = self.certificate.salt
        ErasureBatch.objects.create(
            certificate=self.certificate,
            model=model,
            fields=fields,
            rule=rule,
            way=way,
            subjects=sorted({hashlib.sha256(f"{salt}{subject}".encode()).hexdigest()[:32] for subject in subjects}),
        )

    def finish(self, *, days: Mapping[str, int], today: date) -> ErasureCertificate | None:
        if self._certificate is None:
            return None
        return finish_certificate(self._certificate, days=days, today=today, guest=self.guest)


def _begin(event: Event, cause: str) -> ErasureCertificate:
    try:
        with transaction.atomic():
            return ErasureCertificate.objects.create(event=event, cause=cause, salt=secrets.token_hex(16))
    except IntegrityError:  # another worker began at the same moment: both write on one certificate
        return ErasureCertificate.objects.get(event=event, cause=cause, finished_at__isnull=True)


def _way(part: Part) -> str:
    if part.whole:
        return Erasure.DELETE
    ways = {entry.erasure for entry in part.entries}
    return Erasure.PSEUDONYM if Erasure.PSEUDONYM in ways else Erasure.BLANK


def _erase_rows(part: Part, keys: list[Any]) -> None:
    model: Any = model_of(part.record)
    rows = model._default_manager.filter(pk__in=keys)
    if part.whole and issubclass(model, StoredFile):
        for stored in rows:
            discard(stored)
    elif part.whole:
        _discard_files_of(model, keys)
        rows.delete()
    else:
        rows.update(**{entry.name: _emptied(model, entry) for entry in part.entries})


def _discard_files_of(model: Any, keys: list[Any]) -> None:
    """The private files that go with these rows: the database takes their records along and leaves them in storage."""
    for relation in model._meta.related_objects:
        kind = relation.related_model
        if issubclass(kind, StoredFile) and relation.on_delete is models.CASCADE:
            for stored in kind._default_manager.filter(**{f"{relation.field.name}__in": keys}):
                discard(stored)


def _emptied(model: type[models.Model], entry: PersonalField) -> Any:
    field = model._meta.get_field(entry.name)
    if entry.erasure == Erasure.PSEUDONYM:
        return pseudonym(model, entry.name)
    if isinstance(field, models.JSONField):
        return field.get_default()
    if isinstance(field, models.CharField | models.TextField):
        return "" if not field.null else None
    return None


def _batches(rows: models.QuerySet[Registration]) -> Iterator[list[Registration]]:
    """Rows by key, so that a change within one batch moves nothing in the next."""
    last = None
    rows = rows.only("pk", "answers", "staff_answers", "answer_versions").order_by("pk")
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _forget_answer(registration: Registration, key: str) -> bool:
    changed = []
    for name in ("answers", "staff_answers"):
        text = getattr(registration, name)
        if text and key in (given := json.loads(text)):
            del given[key]
            setattr(registration, name, json.dumps(given, ensure_ascii=False) if given else "")
            changed.append(name)
    if changed:
        registration.save(update_fields=changed)
    return bool(changed)


def erase_due(*, today: date | None = None, events: Iterable[Event] | None = None) -> list[ErasureCertificate]:
    """Erase what is due at every event that is over; answers the certificates of those where something was."""
    found = Event.objects.filter(ends_on__lt=today or timezone.localdate()) if events is None else events
    return [done for event in found if (done := erase_event(event, today=today))]


def what_is_due(event: Event, *, today: date | None = None) -> list[tuple[Part, int]]:
    """How many rows a run would erase of each part, without touching any."""
    today = today or timezone.localdate(timezone=event.zone)
    found = []
    for part in due_parts(event, days_in_force(today), today):
        rows = rows_of_event(part.record, event)
        count = rows.count() if part.whole else still_holding(rows, part.entries).count()
        if count:
            found.append((part, count))
    return found
