"""Decisions of officers, one or many: each in a transaction of its own, each told to the guest, each with its trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from plenary.core.actions import Actor
from registration.actions.desks import check_route
from registration.actions.flags import check_now, check_watch_list
from registration.actions.overtaken import overtaken
from registration.actions.transitions import Refused, check_step, move
from registration.models import Registration, Review
from registration.rules import State, Who


@dataclass
class DecisionReport:
    """What came of a decision on many: who was decided, and who was not, with the reason to show."""

    done: list[UUID] = field(default_factory=list)
    became: dict[UUID, State] = field(default_factory=dict)  # of decisions: an approval may still await its payment
    refused: dict[UUID, str] = field(default_factory=dict)


def decide(
    registration_ids: Iterable[UUID],
    *,
    to: State,
    by: Actor,
    reason: str = "",
    expected_version: int | Mapping[UUID, int] | None = None,
    expected_words: Mapping[UUID, str] | None = None,
    fields: Sequence[str] = (),
) -> DecisionReport:
    """Move registrations to a state; one that cannot go never holds up its neighbours.

    `reason` is what the guest reads; `fields` are those a guest who is asked for more is to fill in again. With
    `expected_version` (one number, or one by id) an officer who looked at an older state is told who did what since,
    instead of deciding blindly; with `expected_words` (Review.objects.last_words) also one whom a desk has overtaken.
    """
    report = DecisionReport()
    for registration_id in registration_ids:
        wanted = expected_version.get(registration_id) if isinstance(expected_version, Mapping) else expected_version
        try:
            became = _decide_one(
                registration_id,
                to=to,
                by=by,
                reason=reason.strip(),
                expected_version=wanted,
                expected_word=(expected_words or {}).get(registration_id),
                fields=fields,
            )
        except Registration.DoesNotExist:
            report.refused[registration_id] = _("This registration no longer exists.")
        except Refused as refusal:
            report.refused[registration_id] = str(refusal)
        except IntegrityError:
            # The only constraint a decision can meet: reopening, while the same address has signed up again.
            report.refused[registration_id] = _("This address has another registration in the same category.")
        else:
            report.done.append(registration_id)
            report.became[registration_id] = became
    return report


@transaction.atomic
def _decide_one(
    registration_id: UUID,
    *,
    to: State,
    by: Actor,
    reason: str,
    expected_version: int | None,
    expected_word: str | None,
    fields: Sequence[str],
) -> State:
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if expected_version is not None and registration.version != expected_version:
        raise Refused(overtaken(registration))
    if expected_word is not None and Review.objects.last_words([registration])[registration.pk] != expected_word:
        raise Refused(overtaken(registration))
    check_step(registration, to=to, who=Who.OFFICER, reason=reason)
    if to == State.APPROVED and registration.checked_at is None:
        check_now(registration)
    elif to == State.APPROVED:
        check_watch_list(registration)  # entries may have come since: nobody is let in who was not compared with them
    check_route(registration, to)
    if to == State.INFORMATION_REQUESTED:
        registration.asked_fields = list(fields)
    return State(move(registration, to=to, who=Who.OFFICER, by=by, reason=reason).state)


def approve(registration_ids: Iterable[UUID], *, by: Actor, reason: str = "") -> DecisionReport:
    """Approve: credentials are issued in the same transaction, the mail carries the badge."""
    return decide(registration_ids, to=State.APPROVED, by=by, reason=reason)


def reject(registration_ids: Iterable[UUID], *, by: Actor, reason: str) -> DecisionReport:
    """Turn down, with the reason the guest will read."""
    return decide(registration_ids, to=State.REJECTED, by=by, reason=reason)


def ask_for_more(registration_ids: Iterable[UUID], *, by: Actor, reason: str) -> DecisionReport:
    """Ask the guest for something; `reason` is the question."""
    return decide(registration_ids, to=State.INFORMATION_REQUESTED, by=by, reason=reason)
