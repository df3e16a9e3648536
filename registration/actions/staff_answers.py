"""What staff enter about a guest: fields that no guest sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history
from registration.actions.answers import put_answers
from registration.actions.material import note_changes
from registration.actions.transitions import Refused
from registration.models import Question, Registration
from registration.rules.information_requests import answer_field


@transaction.atomic
def fill_staff_answers(
    *,
    registration_id: UUID,
    scope: Collection[Question],
    answers: Mapping[str, Any],
    versions: Mapping[str, int],
    by: Actor,
    expected: Mapping[str, Any] | None = None,
) -> Registration:
    """Keep what a member of staff entered for the questions in `scope`; fields of other desks stay as they are.

    `expected` is what stood there when the form was opened: where somebody has written since, Refused is raised.
    """
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    before, keys = registration.staff_answer_data, {question.key for question in scope if question.staff_only}
    wanted = {key: value for key, value in answers.items() if key in keys}
    changed = sorted(key for key in keys if before.get(key) != wanted.get(key))
    if not changed:
        return registration
    if expected is not None and any(before.get(key) != expected.get(key) for key in changed):
        raise Refused(_("Somebody else has filled in these fields in the meantime. Look at them again."))
    put_answers(registration, wanted, scope=keys, versions=versions, of_staff=True)
    registration.save(update_fields=["staff_answers", "answer_versions", "changed_at"])
    marked = {question.key for question in scope if question.material}
    moved = {answer_field(key): (before.get(key), wanted.get(key)) for key in changed if key in marked}
    note_changes(registration, moved, by=by)
    record_history(registration, verb="staff_answered", by=by, event=registration.event, data={"fields": changed})
    return registration
