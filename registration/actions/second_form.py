"""The guest's answers after approval: saved section by section, open until they freeze, asked for again by staff."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, Actor, record_history
from plenary.events.models import Event
from registration import emails
from registration.actions.answers import put_answers
from registration.actions.consents import sync_consents
from registration.actions.drafts import attach_upload, discard_uploads
from registration.actions.material import note_changes
from registration.actions.posting import post_to_guest
from registration.actions.transitions import Refused
from registration.models import Consent, MemberDraft, Question, Registration, Upload
from registration.rules import State
from registration.rules.information_requests import answer_field
from registration.second_form import second_form_of
from registration.uploads import Checked


@transaction.atomic
def save_second_form_draft(*, registration: Registration, part: str, typed: Mapping[str, list[str]]) -> None:
    """Keep what was typed into one part of the form, right or wrong; no answer changes."""
    draft, _made = MemberDraft.objects.select_for_update().get_or_create(member=registration)
    content = json.loads(draft.content) if draft.content else {}
    draft.content = json.dumps(content | {part: dict(typed)}, ensure_ascii=False)
    draft.save(update_fields=["content", "changed_at"])


def _forget_draft(registration: Registration, part: str) -> None:
    """What was typed into a part is saved now; without a part everything is."""
    draft = MemberDraft.objects.select_for_update().filter(member=registration).first()
    if draft is None:
        return
    left = {name: typed for name, typed in json.loads(draft.content or "{}").items() if part and name != part}
    if not left:
        draft.delete()
        return
    draft.content = json.dumps(left, ensure_ascii=False)
    draft.save(update_fields=["content", "changed_at"])


@transaction.atomic
def save_second_form_answers(
    *,
    registration_id: UUID,
    scope: Collection[Question],
    answers: Mapping[str, Any],
    versions: Mapping[str, int],
    files: Mapping[Question, Checked | None] | None = None,
    expected_version: int | None = None,
    part: str = "",
    source: str = Consent.Source.GUEST,
) -> Registration:
    """Keep what a guest answers after approval. `scope` are the questions that were asked: what is not answered of them is
    taken away, everything else stays. What was typed before into this `part`, or into all of them, is forgotten.

    Sent twice, the second changes nothing. Raises Refused.
    """
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if registration.state != State.APPROVED:
        raise Refused(_("This form is open once your registration is approved."))
    before = registration.answer_data
    keys = {question.key for question in scope}
    put_answers(registration, answers, scope=keys, versions=versions)
    after = registration.answer_data
    changed = sorted(key for key in keys if before.get(key) != after.get(key))
    changed += sorted(question.key for question in files or {})
    first = registration.second_form_saved_at is None
    if changed and expected_version is not None and registration.version != expected_version:
        raise Refused(_("Your answers have changed since you opened this page. Look at them again, then try again."))
    if scope:
        _forget_draft(registration, part)
    if not changed and not first:
        registration.save(update_fields=["answer_versions", "changed_at"])  # the same, to the wording of today
        return _complete(registration)
    for question, checked in (files or {}).items():
        if checked is None:
            discard_uploads(Upload.objects.filter(registration=registration, question=question))
        else:
            attach_upload(owner=registration, question=question, checked=checked)
    registration.second_form_saved_at = timezone.now()
    registration.version += 1
    registration.save(update_fields=["answers", "answer_versions", "second_form_saved_at", "version", "changed_at"])
    sync_consents(registration, before=before, source=source)
    record_history(registration, verb="second_form_saved", by=GUEST, event=registration.event, data={"fields": changed})
    sent = {question.key: checked.name if checked else "" for question, checked in (files or {}).items()}
    moved = {answer_field(key): (before.get(key), sent.get(key, after.get(key))) for key in changed}
    note_changes(registration, moved, by=GUEST)
    return _complete(registration)


def _complete(registration: Registration) -> Registration:
    """Note for the lists of staff whether anything is missing now."""
    form = second_form_of(registration)
    complete = form is not None and form.is_complete
    if registration.second_form_complete != complete:
        registration.second_form_complete = complete
        registration.save(update_fields=["second_form_complete", "changed_at"])
    return registration


def remind_of_second_form(*, event: Event, by: Actor, registration_ids: Collection[UUID]) -> int:
    """Write once more to those of these guests who have not filled in the form; at most once a day each. Answers how many."""
    day = timezone.now().strftime("%Y%m%d")
    due = Registration.objects.with_event().awaiting_second_form(event).filter(pk__in=registration_ids)
    written = 0
    for registration in due:
        with transaction.atomic():
            mail = emails.second_form_reminder(registration)
            if mail and post_to_guest(mail, registration, occasion=f"second-form:{registration.pk}:{day}"):
                record_history(registration, verb="second_form_reminded", by=by, event=event)
                written += 1
    return written
