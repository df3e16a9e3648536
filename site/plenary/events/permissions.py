"""Who may say which accounts work on which events."""

from __future__ import annotations

from django.contrib.auth.models import User

from plenary.core.permissions import OneAnswerPolicy, own_events


class EventStaffPolicy(OneAnswerPolicy):
    """Only whoever works on all events makes lists: nobody lets himself out of his own."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if action == "view":
            return super().user_has_permission(user, "view")
        return action in {"add", "delete"} and super().user_has_permission(user, action) and own_events(user) is None
