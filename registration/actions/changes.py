"""What is frozen, answer, file or field of the person: a guest asks for a change with a reason, an officer grants or refuses it,
and the guest is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, Actor, record_history
from registration import emails
from registration.actions.answers import put_answers
from registration.actions.consents import sync_consents
from registration.actions.drafts import attach_upload, discard_uploads
from registration.actions.material import note_changes
from registration.actions.posting import post_to_guest
from registration.actions.signing_up import index_names
from registration.actions.storing import discard, store
from registration.actions.transitions import Refused
from registration.facts import facts_of
from registration.models import ChangeFile, ChangeRequest, Consent, Question, Registration, Upload
from registration.rules import EDITABLE_BY_GUEST, State, shown_keys
from registration.rules.information_requests import MATERIAL, PERSON, answer_field, person_key, person_name
from registration.rules.names import is_latin
from registration.uploads import Checked, open_upload

MAY_ASK = {*EDITABLE_BY_GUEST, State.APPROVED}


@transaction.atomic
def ask_for_change(
    *, registration_id: UUID, question: Question, value: Any, reason: str, checked: Checked | None = None
) -> ChangeRequest:
    """Ask an officer to change one frozen answer; `value` None to have it removed. For a file `checked` takes the place of
    `value`, and waits beside the old one. Raises Refused.

    One open request a field: the constraint decides, however often it is sent.
    """
    registration = _lock(registration_id)
    old = registration.answer_data.get(question.key)
    if question.kind == Question.Kind.FILE:
        sent = Upload.objects.of_registration(registration).filter(question=question).first()
        old, value = sent.name if sent else None, checked.name if checked else None
    if old == value and checked is None:
        raise Refused(_("This is the answer we have already."))
    request = _ask(registration, question.key, old, value, reason, version=question.version)
    if checked is not None:
        store(ChangeFile(change=request), checked)
    return request


@transaction.atomic
def ask_for_person_change(*, registration_id: UUID, name: str, value: str, reason: str) -> ChangeRequest:
    """Ask an officer to change one field of the person after the decision, like the name. Raises Refused, KeyError."""
    if name not in PERSON:
        raise KeyError(name)
    registration = _lock(registration_id)
    old = str(getattr(registration, name))
    if old == value:
        raise Refused(_("This is the answer we have already."))
    return _ask(registration, person_key(name), old, value, reason)


def _lock(registration_id: UUID) -> Registration:
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if registration.state not in MAY_ASK:
        raise Refused(_("This registration can no longer be changed."))
    return registration


def _ask(registration: Registration, key: str, old: Any, value: Any, reason: str, *, version: int = 1) -> ChangeRequest:
    request = ChangeRequest(
        registration=registration,
        key=key,
        old_value="" if old is None else json.dumps(old, ensure_ascii=False),
        new_value="" if value is None else json.dumps(value, ensure_ascii=False),
        reason=reason,
        version=version,
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("You have asked for a change of this answer already. The organiser will decide on it.")
        ) from None
    record_history(registration, verb="change_asked", by=GUEST, event=registration.event, data={"fields": [_told(key)]})
    return request


@transaction.atomic
def take_back_change(*, registration_id: UUID, key: str) -> bool:
    """The guest no longer wants it; False where nothing was open."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    taken = ChangeRequest.objects.pending().filter(registration=registration, key=key).first()
    if taken is None:
        return False
    taken.state, taken.decided_at = ChangeRequest.State.TAKEN_BACK, timezone.now()
    taken.save(update_fields=["state", "decided_at"])
    _drop_file(taken)
    record_history(
        registration, verb="change_taken_back", by=GUEST, event=registration.event, data={"fields": [_told(key)]}
    )
    return True


@dataclass
class ChangeReport:
    """What came of a decision: keys of what was changed, of what was refused, and whether the desks should look again."""

    granted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    material: bool = False


@transaction.atomic
def decide_changes(
    *, registration_id: UUID, granted: Iterable[UUID], refused: Iterable[UUID], by: Actor, answer: str = ""
) -> ChangeReport:
    """Decide requests of one registration together: the guest gets one mail about all of them.

    `answer` is what the guest reads; a refusal needs one. Raises Refused, also where somebody else was first.
    """
    granted, refused = set(granted), set(refused) - set(granted)
    if not granted | refused:
        raise Refused(_("Choose what you decide."))
    if refused and not answer.strip():
        raise Refused(_("Give a reason: the guest will read it."))
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if granted and registration.state not in MAY_ASK:
        raise Refused(_("This registration can no longer be changed."))
    requests = list(
        ChangeRequest.objects.pending()
        .select_for_update(of=("self",))
        .filter(registration=registration, pk__in=granted | refused)
    )
    if len(requests) != len(granted | refused):
        raise Refused(_("Somebody has decided on this in the meantime, or the guest took it back. Look again."))
    questions = {question.key: question for question in Question.objects.ever_asked_in(registration.category)}
    report = ChangeReport()
    moved: dict[str, tuple[Any, Any]] = {}
    for request in requests:
        is_granted = request.pk in granted
        _close(request, granted=is_granted, by=by, answer=answer)
        (report.granted if is_granted else report.refused).append(request.key)
        if is_granted and request.key not in questions and not person_name(request.key):
            raise Refused(_("“%(key)s” is asked no more: refuse this change.") % {"key": request.key})
        if is_granted and (question := questions.get(request.key)) and question.kind == Question.Kind.FILE:
            moved[answer_field(request.key)] = (request.old or "", request.new or "")
            _put_file(registration, question, request)
        _drop_file(request)
    changed = {request.key: request for request in requests if request.pk in granted}
    if changed:
        moved |= _write(registration, changed, questions)
        note_changes(registration, moved, by=by)
        report.material = any(
            questions[key].material if key in questions else person_name(key) in MATERIAL for key in changed
        )
        fields = sorted(map(_told, changed))
        record_history(registration, verb="change_granted", by=by, event=registration.event, data={"fields": fields})
    if report.refused:
        fields = sorted(map(_told, report.refused))
        record_history(
            registration, verb="change_refused", by=by, event=registration.event, reason=answer, data={"fields": fields}
        )
    labels = {key: question.label for key, question in questions.items()}
    mail = emails.changes_decided(registration, report.granted, report.refused, labels, answer)
    post_to_guest(mail, registration, occasion=f"changes:{min(str(request.pk) for request in requests)}")
    return report


def _told(key: str) -> str:
    """How history names a field: by its question, or as the person's own."""
    return person_name(key) or key


def _close(request: ChangeRequest, *, granted: bool, by: Actor, answer: str) -> None:
    request.state = ChangeRequest.State.APPROVED if granted else ChangeRequest.State.REFUSED
    request.officer, request.officer_label = by.user, by.label[:120]
    request.answer, request.decided_at = answer, timezone.now()
    request.save(update_fields=["state", "officer", "officer_label", "answer", "decided_at"])


def _put_file(registration: Registration, question: Question, request: ChangeRequest) -> None:
    """The file that was asked for takes the place of the old one; where none came along, the old one goes."""
    wanted = ChangeFile.objects.filter(change=request).first()
    if wanted is None:
        discard_uploads(Upload.objects.filter(registration=registration, question=question))
        return
    if wanted.is_closed:
        raise Refused(_("Malware was found in the new file. Refuse this change, and ask for another file."))
    checked = Checked(wanted.name, wanted.media_type, open_upload(wanted), wanted.malware_check)
    attach_upload(owner=registration, question=question, checked=checked)


def _drop_file(request: ChangeRequest) -> None:
    if waiting := ChangeFile.objects.filter(change=request).first():
        discard(waiting)


def _write(
    registration: Registration, changed: Mapping[str, ChangeRequest], questions: Mapping[str, Question]
) -> dict[str, tuple[Any, Any]]:
    """Put the new values in place; what no longer applies because of them goes. Answers old and new of each field."""
    moved: dict[str, tuple[Any, Any]] = {}
    for key, request in changed.items():
        if name := person_name(key):
            moved[name] = (str(getattr(registration, name)), request.new or "")
            setattr(registration, name, request.new or "")
    if not (registration.latin_name or is_latin(registration.name)):
        raise Refused(_("A name needs Latin letters beside it: doors and hotels read them. Decide on both together."))
    before = registration.answer_data
    answers, versions = dict(before), dict(registration.answer_versions)
    for key, request in changed.items():
        if person_name(key) or questions[key].kind == Question.Kind.FILE:
            continue
        if request.new is None:
            answers.pop(key, None)
        else:
            answers[key], versions[key] = request.new, request.version
    mine = [question for question in questions.values() if not question.staff_only]
    sent = Upload.objects.of_registration(registration).filter(question__isnull=False)
    files = {upload.question.key: True for upload in sent if upload.question}
    shown = shown_keys(
        [(question.key, question.condition) for question in mine], facts_of(registration) | answers | files
    )
    hidden = {question.key for question in mine} - shown
    after = {key: value for key, value in answers.items() if key not in hidden}
    put_answers(registration, after, versions=versions)
    index_names(registration)
    registration.version += 1
    registration.save(
        update_fields=[*PERSON, "search_text", "name_key", "answers", "answer_versions", "version", "changed_at"]
    )
    sync_consents(registration, before=before, source=Consent.Source.GUEST)
    return moved | {
        answer_field(key): (before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }
