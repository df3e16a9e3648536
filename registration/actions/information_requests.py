"""A guest answers a request for more: the asked fields anew, a reply and a file; several rounds are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from registration.actions.guests import change_answers, reply_to_request
from registration.actions.signing_up import Particulars
from registration.actions.transitions import Refused
from registration.models import Question, Registration
from registration.rules import State
from registration.rules.information_requests import PERSON, question_key
from registration.uploads import Checked


@transaction.atomic
def answer_request(
    *,
    registration_id: UUID,
    person: Mapping[str, str],
    answers: Mapping[str, Any],
    files: Mapping[Question, Checked | None],
    versions: Mapping[str, int] | None = None,
    text: str = "",
    checked: Checked | None = None,
    expected_version: int | None = None,
) -> Registration:
    """Fill in again what was asked, and send it back to the queue. What was not asked stays as it is, whatever was sent.

    Raises Refused.
    """
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if registration.state != State.INFORMATION_REQUESTED:
        raise Refused(_("There is no open request for this registration."))
    if expected_version is not None and registration.version != expected_version:
        raise Refused(_("Your registration has changed since you opened this page. Look at it again, then try again."))
    asked = set(registration.asked_fields)
    if "name" in asked:
        asked.add("latin_name")
    keys = {key for field in asked if (key := question_key(field))}
    now = {name: str(getattr(registration, name)) for name in PERSON}
    now |= {name: value for name, value in person.items() if name in asked}
    change_answers(
        registration_id=registration_id,
        particulars=Particulars(email=registration.email, **now),
        answers={key: value for key, value in answers.items() if key in keys},
        scope=keys,
        versions=versions,
        files={question: sent for question, sent in files.items() if question.key in keys},
    )
    return reply_to_request(registration_id=registration_id, text=text, checked=checked)
