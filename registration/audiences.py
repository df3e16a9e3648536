"""Whom a mailing or a reminder reaches: the registrations of an audience, its conditions, who is left out and why. Reads only.

What the database knows is asked of it; what is encrypted, or only a guest's own page knows, is judged one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plenary.core.languages import get
from plenary.core.models import FailingAddress, Message
from plenary.events.models import Event
from registration.guest_tasks import Progress, tasks_of
from registration.models import Category, Delegation, Order, Question, Registration, TextConsent, Upload
from registration.models.communication import Written
from registration.querysets import RegistrationQuerySet
from registration.rules import LIVE, State
from registration.rules.mailings import Audience, LeftOut
from registration.rules.payments import OrderState
from registration.vetting import missing_answers

BATCH = 50


Narrow = Callable[[RegistrationQuerySet, Event], RegistrationQuerySet]


@dataclass(frozen=True)
class Condition:
    """One condition to choose: asked of the database by `narrow`, or of one registration by `holds`."""

    label: str | Promise
    narrow: Narrow | None = None
    holds: Callable[[Registration], bool] | None = None


def _has_open_task(registration: Registration) -> bool:
    return any(task.progress == Progress.OPEN for task in tasks_of(registration, ""))


def _misses_answers(registration: Registration) -> bool:
    facts = {
        **registration.answer_data,
        "category": registration.category.slug,
        "nationality": str(registration.nationality),
    }
    answered = {key for key, value in registration.answer_data.items() if value not in (None, "", [])}
    answered |= {
        upload.question.key for upload in Upload.objects.of_registration(registration) if upload.question is not None
    }
    return bool(missing_answers(list(Question.objects.asked_in(registration.category)), facts, answered))


def _with_order(which: Q) -> Narrow:
    return lambda found, event: found.filter(Exists(Order.objects.filter(which, registration=OuterRef("pk"))))


def _overdue(found: RegistrationQuerySet, event: Event) -> RegistrationQuerySet:
    return found.filter(Exists(Order.objects.overdue(timezone.now()).filter(registration=OuterRef("pk"))))


# By the name that is stored with an audience.
CONDITIONS: Mapping[str, Condition] = {
    "answers-missing": Condition(_("a required question is not answered"), holds=_misses_answers),
    "task-open": Condition(_("something is left to do on the guest's page"), holds=_has_open_task),
    "no-portrait": Condition(_("no portrait yet"), narrow=lambda found, event: found.filter(portrait__isnull=True)),
    "no-document": Condition(
        _("no travel document yet"), narrow=lambda found, event: found.filter(travel_document__isnull=True)
    ),
    "never-changed": Condition(
        _("nothing sent since signing up"), holds=lambda found: not found.reply_list and found.version <= 1
    ),
    "no-latin-name": Condition(_("no name in Latin letters"), narrow=lambda found, event: found.filter(latin_name="")),
    "in-delegation": Condition(
        _("is a member of a delegation"), narrow=lambda found, event: found.filter(delegation__isnull=False)
    ),
    "no-delegation": Condition(
        _("comes without a delegation"), narrow=lambda found, event: found.filter(delegation=None)
    ),
    "list-unconfirmed": Condition(
        _("the delegation has not confirmed its list"),
        narrow=lambda found, event: found.filter(delegation__isnull=False, delegation__confirmed_at__isnull=True),
    ),
    "payment-due": Condition(_("a payment is due"), narrow=_with_order(Q(state=OrderState.OPEN))),
    "payment-overdue": Condition(_("a payment is overdue"), narrow=_overdue),
    "payment-part": Condition(
        _("a part is paid, and a part is still due"),
        narrow=_with_order(Q(state=OrderState.OPEN, paid_minor__gt=F("refunded_minor"))),
    ),
    "payment-made": Condition(_("has paid, or somebody has for them"), narrow=_with_order(Q(state=OrderState.PAID))),
    "second-form-missing": Condition(
        _("the form after approval is not filled in"), narrow=lambda found, event: found.awaiting_second_form(event)
    ),
    "second-form-filled": Condition(
        _("the form after approval is filled in"),
        narrow=lambda found, event: found.with_second_form(event).filter(second_form_complete=True),
    ),
}


def select(event: Event, audience: Audience, *, after: UUID | None = None) -> RegistrationQuerySet:
    """What the database knows of an audience, in the order of keys. Without states: everybody who has a live registration."""
    found = Registration.objects.with_event().filter(event=event, state__in=audience.states or sorted(LIVE))
    if audience.categories:
        found = found.filter(category__in=audience.categories)
    if audience.delegations:
        found = found.filter(delegation__in=[UUID(one) for one in audience.delegations])
    if audience.languages:
        found = found.filter(language__in=audience.languages)
    for name in audience.conditions:
        condition = CONDITIONS.get(name)
        if condition and condition.narrow:
            found = condition.narrow(found, event)
    if after is not None:
        found = found.filter(pk__gt=after)
    return found.order_by("pk")


def belongs(registration: Registration, audience: Audience) -> bool:
    """The rest of an audience's conditions, of one registration that `select` gave."""
    given = registration.answer_data if audience.answered or audience.unanswered else {}
    if audience.answered and given.get(audience.answered) in (None, "", []):
        return False
    if audience.unanswered and given.get(audience.unanswered) not in (None, "", []):
        return False
    judged = [found.holds for name in audience.conditions if (found := CONDITIONS.get(name)) and found.holds]
    return all(holds(registration) for holds in judged)


@dataclass(frozen=True)
class Reader:
    """Somebody of the audience: why nothing goes to them, or else the number a text message goes to."""

    registration: Registration
    left_out: LeftOut | None = None
    number: str = ""


def readers(written: Written, registrations: Sequence[Registration]) -> list[Reader]:
    """Who of these gets a message, in two statements for all of them."""
    audience = Audience.stored(written.audience)
    chosen = [registration for registration in registrations if belongs(registration, audience)]
    if written.channel == Message.Channel.SMS:
        consents = TextConsent.objects.filter(registration__in=chosen, withdrawn_at__isnull=True)
        numbers = {consent.registration_id: consent.number for consent in consents}
        return [
            Reader(one, number=numbers[one.pk]) if numbers.get(one.pk) else Reader(one, LeftOut.NO_CONSENT)
            for one in chosen
        ]
    failing = dict(
        FailingAddress.objects.filter(index__in=[one.email_index for one in chosen]).values_list("index", "reason")
    )
    return [Reader(one, _no_mail(one, failing)) for one in chosen]


def _no_mail(registration: Registration, failing: Mapping[str, str]) -> LeftOut | None:
    if not registration.email_index:
        return LeftOut.NO_ADDRESS
    if registration.confirmed_at is None:
        return LeftOut.UNCONFIRMED
    match failing.get(registration.email_index):
        case FailingAddress.Reason.COMPLAINED:
            return LeftOut.COMPLAINED
        case FailingAddress.Reason.BOUNCED:
            return LeftOut.FAILING
    return None


def all_readers(written: Written) -> Iterator[Reader]:
    """Everybody of an audience as it is now, batch by batch."""
    audience, after = Audience.stored(written.audience), None
    while batch := list(select(written.event, audience, after=after)[:BATCH]):
        yield from readers(written, batch)
        after = batch[-1].pk


def offered_conditions() -> list[tuple[str, str | Promise]]:
    """The conditions a form offers."""
    return [(name, condition.label) for name, condition in CONDITIONS.items()]


def in_words(audience: Audience, categories: Iterable[Category]) -> list[str]:
    """An audience as staff reads it, a line for each restriction."""
    lines = []
    if audience.categories:
        names = {category.pk: str(category) for category in categories}
        lines.append(", ".join(names.get(pk, "—") for pk in audience.categories))
    if audience.delegations:
        lines.append(", ".join(str(one) for one in Delegation.objects.filter(pk__in=audience.delegations)))
    if audience.states:
        lines.append(", ".join(str(State(state).label) for state in audience.states))
    if audience.languages:
        lines.append(", ".join(get(code).name for code in audience.languages))
    if audience.answered:
        lines.append(str(_("has answered “%(key)s”")) % {"key": audience.answered})
    if audience.unanswered:
        lines.append(str(_("has not answered “%(key)s”")) % {"key": audience.unanswered})
    lines += [str(CONDITIONS[name].label) for name in audience.conditions if name in CONDITIONS]
    return lines
