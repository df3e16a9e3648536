"""Permissions of the core: who sees messages, of which events, and what "personal data" means where staff sign in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.permission_policies import ModelPermissionPolicy

VIEW_MESSAGE = "core.view_message"
VIEW_MESSAGE_TEXT = "core.view_message_text"
RESEND_MESSAGE = "core.resend_message"
_OWN_EVENTS = "_plenary_own_events"
Rows = TypeVar("Rows", bound=QuerySet[Any])


def signed_in(request: HttpRequest) -> User:
    """The member of staff behind a request; raises PermissionDenied for anybody else."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class OneAnswerPolicy(ModelPermissionPolicy):
    """Base of our policies: `user_has_permission` decides, and every other question of Wagtail's is led back to it."""

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Any) -> bool:
        return self.user_has_any_permission(user, actions)


class LedgerPolicy(OneAnswerPolicy):
    """For records that are written by actions alone: staff with the right may look. Nobody adds, changes or deletes."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)


class SharedPolicy(OneAnswerPolicy):
    """For records that hold for every event: who works on some events reads them, who works on all of them writes."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return super().user_has_permission(user, action) and (action == "view" or own_events(user) is None)


def sees_personal_data(user: User) -> bool:
    """Whether an account must be protected by a second factor (settings.PLENARY_PERSONAL_DATA_PERMISSIONS)."""
    return user.is_superuser or any(user.has_perm(name) for name in settings.PLENARY_PERSONAL_DATA_PERMISSIONS)


def own_events(user: User) -> frozenset[int] | None:
    """The keys of the events an account is restricted to (events.EventStaff), None where it works on all of them.

    Asked of the database once for each request's user, so that lists and rows cost nothing more.
    """
    if user.is_superuser:
        return None
    kept = vars(user)
    if _OWN_EVENTS not in kept:
        kept[_OWN_EVENTS] = frozenset(user.event_staff.values_list("event", flat=True))
    return kept[_OWN_EVENTS] or None


def works_on(user: User, event_id: int | None) -> bool:
    """Whether an account works on one event. What belongs to no event is the business of those who work on all."""
    mine = own_events(user)
    return mine is None or event_id in mine


def of_own_events(rows: Rows, user: User, path: str = "event") -> Rows:
    """The rows of the events an account works on; `path` leads from a row to its event."""
    mine = own_events(user)
    return rows if mine is None else rows.filter(**{f"{path}__in": mine})
