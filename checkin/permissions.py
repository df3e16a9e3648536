"""Who may do what in check-in; the roles that hold these rights are made in operations/planning."""

from __future__ import annotations

from django.contrib.auth.models import User

from plenary.core.permissions import OneAnswerPolicy

VIEW_SCAN = "checkin.view_scan"
VIEW_DEVICE = "checkin.view_device"
EXCUSE = "checkin.excuse_guest"
ISSUE_LETTER = "registration.issue_letter"  # certificates of attendance are letters
MANAGE_DEVICES = "checkin.manage_devices"
RESOLVE_CONFLICT = "checkin.resolve_conflict"
PRINT_BADGE = "checkin.print_badge"  # of everybody, many at once, and in place of a lost one
PRINT_DESK_BADGE = "checkin.print_desk_badge"  # of those the desk has registered, one by one


class DevicePolicy(OneAnswerPolicy):
    """Devices are seen by who may view them and added by who manages them; nobody edits or deletes one."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if action == "view":
            return user.has_perm(VIEW_DEVICE) or user.has_perm(MANAGE_DEVICES)
        return action == "add" and user.has_perm(MANAGE_DEVICES)
