"""Who may do what in check-in; the roles that hold these rights are made in operations/planning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from wagtail.permission_policies import ModelPermissionPolicy

VIEW_SCAN = "checkin.view_scan"
VIEW_DEVICE = "checkin.view_device"
MANAGE_DEVICES = "checkin.manage_devices"
PRINT_BADGE = "checkin.print_badge"


class DevicePolicy(ModelPermissionPolicy):
    """Devices are seen by who may view them and added by who manages them; nobody edits or deletes one."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if action == "view":
            return user.has_perm(VIEW_DEVICE) or user.has_perm(MANAGE_DEVICES)
        return action == "add" and user.has_perm(MANAGE_DEVICES)

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Any) -> bool:
        return self.user_has_any_permission(user, actions)
