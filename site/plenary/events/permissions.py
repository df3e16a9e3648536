"""Who may say which accounts work on which events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from wagtail.permission_policies import ModelPermissionPolicy

from plenary.core.permissions import own_events


class EventStaffPolicy(ModelPermissionPolicy):
    """Only whoever works on all events makes lists: nobody lets himself out of his own."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if action == "view":
            return super().user_has_permission(user, "view")
        return action in {"add", "delete"} and super().user_has_permission(user, action) and own_events(user) is None

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Any) -> bool:
        return self.user_has_any_permission(user, actions)
