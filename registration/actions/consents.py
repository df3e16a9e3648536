"""Consents: given with the words that were shown, each for itself, and withdrawn as easily as they were given."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, SYSTEM, Actor, record_history
from registration.actions.answers import put_answers
from registration.actions.material import note_changes
from registration.actions.storing import discard
from registration.actions.transitions import Refused
from registration.models import Consent, Portrait, Question, Registration
from registration.review import wordings_of
from registration.rules.information_requests import answer_field


def note_consents(registration: Registration, *, source: str, among: Collection[str] | None = None) -> None:
    """Write down what was agreed to (`among` these answers), inside the caller's transaction.

    The words are those that were shown, also where the question has been worded anew since. Asks nothing of the database
    where nothing was agreed to.
    """
    given = registration.answer_data.items()
    agreed = [key for key, value in given if value is True and (among is None or key in among)]
    if not agreed:
        return
    asked = Question.objects.filter(event=registration.event_id, key__in=agreed, kind=Question.Kind.CONSENT)
    questions = list(asked.exclude(staff_only=True))
    older = wordings_of(registration, questions)
    Consent.objects.bulk_create(
        [
            Consent(
                registration=registration,
                purpose=question.key,
                wording=shown.label.get_for(registration.language),
                version=registration.answer_versions.get(question.key, question.version),
                language=registration.language,
                source=source,
            )
            for question in questions
            for shown in [older.get(question.key, question)]
        ],
        ignore_conflicts=True,  # agreed to before and still in force
    )


def sync_consents(registration: Registration, *, before: Mapping[str, object], source: str) -> None:
    """After a change of answers: what is newly agreed to is written down, what was agreed to and is no more, ends."""
    now = registration.answer_data
    if ended := [key for key, value in before.items() if value is True and now.get(key) is not True]:
        standing = Consent.objects.filter(registration=registration, purpose__in=ended, withdrawn_at__isnull=True)
        if standing.update(withdrawn_at=timezone.now()):
            _take_effect(registration, ended)
    if fresh := {key for key, value in now.items() if value is True and before.get(key) is not True}:
        note_consents(registration, source=source, among=fresh)


def _take_effect(registration: Registration, ended: Collection[str]) -> None:
    """What rests on a consent that has ended goes at once, so that no badge is printed with it; staff find the rest."""
    asked = Question.objects.filter(event=registration.event_id, key__in=ended, covers_portrait=True)
    covering = list(asked.values_list("key", flat=True))
    if not covering:
        return
    for portrait in Portrait.objects.filter(registration=registration):
        discard(portrait)
        record_history(registration, verb="portrait_removed", by=SYSTEM, event=registration.event)
    Consent.objects.filter(
        registration=registration, purpose__in=covering, withdrawn_at__isnull=False, acted_on_at__isnull=True
    ).update(acted_on_at=timezone.now())


@transaction.atomic
def withdraw_consent(*, registration: Registration, consent_id: int) -> Consent:
    """End one consent; ending it again changes nothing. Staff find it among what they must act upon. Raises Refused."""
    locked = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration.pk)
    consent = Consent.objects.select_for_update().filter(pk=consent_id, registration=locked).first()
    if consent is None:
        raise Refused(_("There is no such consent."))
    if consent.withdrawn_at is not None:
        return consent
    consent.withdrawn_at = timezone.now()
    consent.save(update_fields=["withdrawn_at"])
    _take_effect(locked, [consent.purpose])
    if locked.answer_data.get(consent.purpose) is True:
        asked = locked.answer_versions.get(consent.purpose)  # the wording that was agreed to is the one that ends
        ended = {consent.purpose: asked} if asked else None
        put_answers(locked, {consent.purpose: False}, scope=[consent.purpose], versions=ended)
        locked.version += 1
        locked.save(update_fields=["answers", "answer_versions", "version", "changed_at"])
        note_changes(locked, {answer_field(consent.purpose): (True, False)}, by=GUEST)
    record_history(locked, verb="consent_withdrawn", by=GUEST, event=locked.event, data={"purpose": consent.purpose})
    return consent


@transaction.atomic
def act_on_withdrawal(consent: Consent, *, by: Actor) -> None:
    """A member of staff has done what the end of a consent asks for; the first to say so is noted."""
    if Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=False, acted_on_at__isnull=True).update(
        acted_on_at=timezone.now()
    ):
        record_history(
            consent.registration,
            verb="consent_acted_on",
            by=by,
            event=consent.registration.event,
            data={"purpose": consent.purpose},
        )
