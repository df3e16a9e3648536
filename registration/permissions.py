"""Who among staff sees which registrations, and who may take which decision. The roles themselves are in operations/planning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from wagtail.permission_policies import ModelPermissionPolicy

from plenary.core.permissions import of_own_events, works_on
from registration.models import Category, CategoryDesk, Delegation, Desk, Question, Registration
from registration.querysets import DelegationQuerySet, RegistrationQuerySet
from registration.querysets.questions import READ_EVERY_ANSWER
from registration.rules import State, Who, targets

if TYPE_CHECKING:
    from django.contrib.auth.models import User

VIEW = "registration.view_registration"
IDENTITY = "registration.view_identity"
PASSPORT = "registration.view_passport"
EXPORT = "registration.export_registration"
GUESTS = "registration.handle_guests"
PRESS = "registration.handle_press"
VET = "registration.vet_registration"
VIEW_PAYMENT = "registration.view_payment"
MANAGE_PAYMENTS = "registration.manage_payments"
REFUND_PAYMENT = "registration.refund_payment"
OFFER_PLACES = "registration.approve_registration"  # to offer a place is to let somebody in
VIEW_DELEGATION = "registration.view_delegation"
ADD_DELEGATION = "registration.add_delegation"
CHANGE_DELEGATION = "registration.change_delegation"
SEND_DELEGATION_LINK = "registration.send_delegation_link"
DESK = "registration.register_at_desk"
EXCEED = "registration.exceed_quota"

# The decision is named by the state it leads to.
DECISIONS: Mapping[str, str] = {
    State.APPROVED: "registration.approve_registration",
    State.REJECTED: VET,
    State.INFORMATION_REQUESTED: VET,
    State.SUBMITTED: VET,  # reopens a case, or takes an address as proved
    State.CANCELLED: "registration.cancel_registration",
    State.OFFERED: "registration.approve_registration",  # a place from the waiting list
}


WATCH_LIST = "registration.view_watchlistentry"


def desks_of(user: User) -> list[Desk]:
    """The desks whose officer this person is, read once for the request. Being a superuser makes nobody an officer."""
    prefetch_related_objects([user], "groups__desks")
    found = [desk for group in user.groups.all() for desk in group.desks.all()]
    return sorted(found, key=lambda desk: desk.slug)


@dataclass(frozen=True)
class Sight:
    """What a person sees of a guest beyond name, organisation and nationality."""

    answers: bool = False
    contact: bool = False
    documents: bool = False
    watch_list: bool = False
    every_answer: bool = False  # also those meant for one desk alone
    desks: frozenset[str] = frozenset()  # whose officer the person is

    def of_question(self, allowed: frozenset[str] | None) -> bool:
        """Whether the answer to a question is for this person; None where it is for all desks."""
        return self.answers and (not allowed or self.every_answer or bool(allowed & self.desks))

    @property
    def hidden_kinds(self) -> frozenset[str]:
        """Kinds of questions whose answers the desks do not need: telephone numbers without contact, files without papers."""
        phones = frozenset() if self.contact else frozenset({Question.Kind.PHONE.value})
        return phones if self.documents else phones | {Question.Kind.FILE.value}


def sight_of(user: User) -> Sight:
    """By the role's permission and, within it, by what the person's desks need."""
    watch_list = user.has_perm(WATCH_LIST)
    if not user.has_perm(IDENTITY):
        return Sight(watch_list=watch_list)
    desks = desks_of(user)
    return Sight(
        answers=True,
        contact=not desks or any(desk.sees_contact for desk in desks),
        documents=not desks or any(desk.sees_documents for desk in desks),
        watch_list=watch_list,
        every_answer=user.has_perm(READ_EVERY_ANSWER),
        desks=frozenset(desk.slug for desk in desks),
    )


def may_see_queue(user: User) -> bool:
    """Whether the vetting queue is this person's business at all: the right to look, and a desk."""
    return user.has_perm(VIEW) and (user.has_perm(GUESTS) or user.has_perm(PRESS) or bool(desks_of(user)))


def _on_route(user: User) -> QuerySet[Any]:
    """Categories that a desk of this person vets, whatever kind they are."""
    return CategoryDesk.objects.filter(desk__in=desks_of(user)).values("category")


def visible_to(user: User) -> RegistrationQuerySet:
    """The registrations of a person's desks at the events this person works on: press, all others, what a route brings."""
    if not may_see_queue(user):
        return Registration.objects.none()
    registrations = of_own_events(Registration.objects.all(), user)
    guests, press = user.has_perm(GUESTS), user.has_perm(PRESS)
    if guests and press:
        return registrations
    # Categories are few: with their ids in hand the registration's own indexes serve the queue, which a subquery prevents.
    of_press = set(Category.objects.filter(kind=Category.Kind.PRESS).values_list("pk", flat=True))
    if guests and not of_press:
        return registrations
    routed = set(_on_route(user).values_list("category", flat=True)) if desks_of(user) else set()
    if guests:
        hidden = of_press - routed
        return registrations.exclude(category__in=hidden) if hidden else registrations
    return registrations.filter(category__in=(of_press | routed) if press else routed)


def may_see(user: User, registration: Registration) -> bool:
    """Whether one registration belongs to a desk of this person. Reads its category."""
    desk = PRESS if registration.category.kind == Category.Kind.PRESS else GUESTS
    if not user.has_perm(VIEW) or not works_on(user, registration.event_id):
        return False
    return user.has_perm(desk) or _on_route(user).filter(category=registration.category_id).exists()


def decisions_for(user: User, registration: Registration) -> list[State]:
    """The states this person may move this registration to, in the order of the transition table."""
    if not may_see(user, registration):
        return []
    return [state for state in targets(registration.state, Who.OFFICER) if user.has_perm(DECISIONS[state])]


def delegations_for(user: User) -> DelegationQuerySet:
    """The delegations of the events a person works on."""
    if not user.has_perm(VIEW_DELEGATION):
        return Delegation.objects.none()
    return of_own_events(Delegation.objects.all(), user)


class RegistrationPolicy(ModelPermissionPolicy):
    """For Wagtail's own views: staff look and decide. Nobody adds or deletes one in the admin, a superuser neither."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if action in {"view", "change"}:
            return may_see_queue(user)
        return False

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action) and may_see(user, instance)

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Any) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> RegistrationQuerySet:
        return visible_to(user) if self.user_has_any_permission(user, actions) else Registration.objects.none()


def officers_for(registration: Registration) -> QuerySet[User]:
    """Whom a registration can be assigned to: everybody who works on its kind, and the officers of its desks."""
    from django.contrib.auth.models import User

    press = registration.category.kind == Category.Kind.PRESS
    handling = Q(
        groups__permissions__codename="handle_press" if press else "handle_guests",
        groups__permissions__content_type__app_label="registration",
    )
    routed = Q(groups__desks__stops__category=registration.category_id)
    return User.objects.filter(handling | routed, is_active=True).distinct().order_by("last_name", "first_name", "pk")
