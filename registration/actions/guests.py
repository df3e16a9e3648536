"""What a guest does on the own page: change answers, reply to a request, withdraw, have a lost link sent again."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, Actor, record_history
from plenary.core.links import BadLink, read_link
from plenary.events.models import Event
from registration import emails
from registration.actions.answers import put_answers
from registration.actions.consents import sync_consents
from registration.actions.drafts import attach_upload, discard_uploads
from registration.actions.material import note_changes
from registration.actions.posting import post_to_address
from registration.actions.signing_up import Particulars, index_names, send_confirmation
from registration.actions.transitions import Refused, move
from registration.models import Consent, Question, Registration, Upload
from registration.rules import EDITABLE_BY_GUEST, LIVE, State, Who
from registration.rules.information_requests import answer_field, question_key
from registration.uploads import REPLY_FILES, Checked


def read_guest_link(token: str) -> Registration:
    """The registration a guest's link opens; raises BadLink or ExpiredLink. A link sent before a revocation is bad."""
    return _open("guest", token)


def read_confirmation_link(token: str) -> Registration:
    """The registration whose address a link proves; raises BadLink or ExpiredLink."""
    return _open("confirm", token)


def _open(purpose: str, token: str) -> Registration:
    link = read_link(purpose, token)
    registration = Registration.objects.with_event().filter(pk=link.subject).first()
    if registration is None or registration.link_version != link.version:
        raise BadLink("revoked")
    return registration


def _lock(registration_id: UUID, expected_version: int | None) -> Registration:
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if expected_version is not None and registration.version != expected_version:
        raise Refused(_("Your registration has changed since you opened this page. Look at it again, then try again."))
    return registration


@transaction.atomic
def change_answers(
    *,
    registration_id: UUID,
    particulars: Particulars,
    answers: Mapping[str, Any],
    files: Mapping[Question, Checked | None] | None = None,
    expected_version: int | None = None,
    by: Actor = GUEST,
    scope: Collection[str] | None = None,
    versions: Mapping[str, int] | None = None,
    source: str = Consent.Source.GUEST,
) -> Registration:
    """Correct what was sent, until it is decided. The address stays: it is what was proved.

    `scope` are the keys of the questions that were asked: answers to others, frozen ones and those after approval, stay as
    they are. Without it the answers take the place of all. `files` holds what was sent anew by question, None for a file to
    remove; `source` is how consents among the answers came.

    History names the fields that changed, never their content. Raises Refused.
    """
    registration = _lock(registration_id, expected_version)
    if registration.state not in EDITABLE_BY_GUEST:
        raise Refused(_("This registration can no longer be changed."))
    wanted = asdict(replace(particulars, email=registration.email))
    moved: dict[str, tuple[Any, Any]] = {
        name: (str(getattr(registration, name)), value)
        for name, value in wanted.items()
        if str(getattr(registration, name)) != value
    }
    before, numbers = registration.answer_data, registration.answer_versions
    put_answers(registration, answers, scope=scope, versions=versions)
    after = registration.answer_data
    moved |= {
        str(answer_field(key)): (before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }
    # Files are told as sent or removed: what was in them is gone with them.
    moved |= {
        answer_field(q.key): ("", "" if checked is None else checked.name) for q, checked in (files or {}).items()
    }
    if not moved:
        if registration.answer_versions != numbers:  # the same answer, to the wording of today
            registration.save(update_fields=["answer_versions", "changed_at"])
        return registration
    for question, checked in (files or {}).items():
        if checked is None:
            discard_uploads(Upload.objects.filter(registration=registration, question=question))
        else:
            attach_upload(owner=registration, question=question, checked=checked)
    for name, value in wanted.items():
        setattr(registration, name, value)
    index_names(registration)
    registration.version += 1
    registration.save()
    changed = [question_key(field) or field for field in moved]
    sync_consents(registration, before=before, source=source)
    record_history(registration, verb="changed", by=by, event=registration.event, data={"fields": changed})
    note_changes(registration, moved, by=by)
    return registration


@transaction.atomic
def reply_to_request(
    *,
    registration_id: UUID,
    text: str,
    checked: Checked | None = None,
    expected_version: int | None = None,
    who: Who = Who.GUEST,
    by: Actor = GUEST,
) -> Registration:
    """Answer the officer's question, with a file if there is one; the registration goes back to the queue.

    Raises Refused.
    """
    registration = _lock(registration_id, expected_version)
    if registration.state != State.INFORMATION_REQUESTED:
        raise Refused(_("There is no open request for this registration."))
    replies = [*registration.reply_list, {"at": timezone.now().isoformat(timespec="seconds"), "text": text}]
    registration.replies = json.dumps(replies, ensure_ascii=False)
    registration.save(update_fields=["replies"])
    if checked is not None:
        # Under the registration's lock, so two replies at once cannot pass the limit together.
        if Upload.objects.filter(registration=registration, question=None).count() >= REPLY_FILES:
            raise Refused(_("You have sent as many files as one registration can hold. Write your answer without one."))
        attach_upload(owner=registration, question=None, checked=checked)
    return move(registration, to=State.SUBMITTED, who=who, by=by)


@transaction.atomic
def withdraw(*, registration_id: UUID) -> Registration:
    """Give up the place; withdrawing again changes nothing. Raises Refused once the organiser has closed the case."""
    registration = _lock(registration_id, None)
    if registration.state == State.WITHDRAWN:
        return registration
    return move(registration, to=State.WITHDRAWN, who=Who.GUEST, by=GUEST)


@transaction.atomic
def send_lost_link(*, event: Event, email: str) -> None:
    """Mail the links of an address's registrations to that address, at most once an hour.

    Answers nothing, so that nobody learns here who is registered.
    """
    found = list(Registration.objects.of_address(event, email).with_event())
    shown = [registration for registration in found if registration.state in LIVE] or found[:1]
    hour = timezone.now().strftime("%Y%m%d%H")
    for registration in shown:
        if registration.is_unproved:
            send_confirmation(registration, occasion=f"confirm:{registration.pk}:{hour}")
            continue
        post_to_address(emails.lost_link(registration), registration, occasion=f"lost:{registration.pk}:{hour}")
