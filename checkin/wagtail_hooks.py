"""Registers the admin of check-in."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from checkin.models import Device, Scan
from checkin.permissions import VIEW_SCAN, DevicePolicy
from checkin.viewsets import CheckinGroup
from checkin.viewsets.board import ArrivalsPanel
from plenary.core.permissions import LedgerPolicy, signed_in

# Before any view looks: a policy that comes later than the first look at it is an error.
register_permission_policy(Scan, LedgerPolicy(Scan))
register_permission_policy(Device, DevicePolicy(Device))


@hooks.register("register_admin_viewset")
def check_in() -> CheckinGroup:
    return CheckinGroup()


@hooks.register("construct_homepage_panels")
def arrivals_panel(request: HttpRequest, panels: list[Any]) -> None:
    if signed_in(request).has_perm(VIEW_SCAN):
        panels.append(ArrivalsPanel(request))
