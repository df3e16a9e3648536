"""A guest asks to be forgotten; an officer answers: grants it, and everything goes, or says what stands against it."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, SYSTEM, Actor, record_history
from registration import emails
from registration.actions.erasing import erase_guest
from registration.actions.posting import post_to_guest
from registration.actions.transitions import Refused, move
from registration.models import ErasureCertificate, ErasureRequest, Registration
from registration.rules import State, Who, targets
from registration.rules.retention import ANSWER_WITHIN


@transaction.atomic
def ask_for_erasure(*, registration: Registration, text: str = "") -> ErasureRequest:
    """Note the wish to be forgotten, to be answered within the time the law gives; asking again answers the open one."""
    if registration.erased_at is not None:
        raise Refused(_("Your personal data are erased already."))
    now = timezone.now()
    try:
        with transaction.atomic():
            request = ErasureRequest.objects.create(
                registration=registration, text=text.strip(), created_at=now, due_at=now + ANSWER_WITHIN
            )
    except IntegrityError:
        return ErasureRequest.objects.get(registration=registration, state=ErasureRequest.State.OPEN)
    record_history(registration, verb="erasure_asked", by=GUEST, event=registration.event)
    return request


@transaction.atomic
def refuse_erasure(request_id: UUID, *, by: Actor, answer: str) -> ErasureRequest:
    """Say no, with the reason the guest reads. Raises Refused without a reason, or when it was answered already."""
    if not answer.strip():
        raise Refused(_("Give a reason: the guest will read it."))
    request = _answer(request_id, to=ErasureRequest.State.REFUSED, by=by, answer=answer.strip())
    registration = request.registration
    record_history(registration, verb="erasure_refused", by=by, event=registration.event)
    post_to_guest(
        emails.erasure_refused(registration, answer.strip()), registration, occasion=f"erasure-refused:{request.pk}"
    )
    return request


def grant_erasure(request_id: UUID, *, by: Actor) -> ErasureCertificate | None:
    """Say yes: the registration ends, the guest is told, and everything that no law keeps is erased.

    The decision commits first, the erasure goes on in batches: what is killed half way is taken up by the next run,
    because the registration is marked.
    """
    with transaction.atomic():
        request = _answer(request_id, to=ErasureRequest.State.GRANTED, by=by, answer="")
        registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=request.registration_id)
        _end(registration, by=by)
        record_history(registration, verb="erasure_granted", by=by, event=registration.event)
        post_to_guest(emails.erased(registration), registration, occasion=f"erased:{registration.pk}")
    return _erase(request, by=by)


def _erase(request: ErasureRequest, *, by: Actor) -> ErasureCertificate | None:
    certificate = erase_guest(request.registration, by=by)
    ErasureRequest.objects.filter(pk=request.pk).update(certificate=certificate)
    return certificate


def finish_granted() -> int:
    """Take up erasures that were granted and then cut short; answers how many."""
    half = ErasureRequest.objects.filter(state=ErasureRequest.State.GRANTED, registration__erased_at__isnull=True)
    waiting = list(half.select_related("registration__event")[:100])
    for request in waiting:
        _erase(request, by=SYSTEM)
    return len(waiting)


def _answer(request_id: UUID, *, to: str, by: Actor, answer: str) -> ErasureRequest:
    decided = ErasureRequest.objects.filter(pk=request_id, state=ErasureRequest.State.OPEN).update(
        state=to, answer=answer, officer=by.user, officer_label=by.label[:120], decided_at=timezone.now()
    )
    request = ErasureRequest.objects.select_related("registration__event__venue").get(pk=request_id)
    if not decided:
        raise Refused(_("This request was answered already: %(state)s.") % {"state": request.get_state_display()})
    return request


def _end(registration: Registration, *, by: Actor) -> None:
    """Give the place back where one is held: whoever is forgotten does not come."""
    if State.WITHDRAWN in targets(registration.state, Who.GUEST):
        move(registration, to=State.WITHDRAWN, who=Who.GUEST, by=by)
    elif State.CANCELLED in targets(registration.state, Who.OFFICER):
        move(registration, to=State.CANCELLED, who=Who.OFFICER, by=by, reason=_("Erased at the guest's own request."))
