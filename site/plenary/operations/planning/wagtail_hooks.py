"""Registers the admin of planning."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from plenary.core.permissions import signed_in
from plenary.operations.planning.permissions import VIEW
from plenary.operations.planning.viewsets import PlansPanel, PlanViewSet


@hooks.register("register_admin_viewset")
def plans() -> PlanViewSet:
    return PlanViewSet()


@hooks.register("construct_homepage_panels")
def plans_panel(request: HttpRequest, panels: list[Any]) -> None:
    panel = PlansPanel(request)
    if signed_in(request).has_perm(VIEW) and panel.numbers():
        panels.append(panel)
