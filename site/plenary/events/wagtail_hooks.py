"""Registers the admin of facts."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from plenary.events.models import EventStaff
from plenary.events.permissions import EventStaffPolicy

# First of all: a policy that comes later than the first look at it is an error.
register_permission_policy(EventStaff, EventStaffPolicy(EventStaff))

from plenary.events.viewsets import FactsGroup  # noqa: E402


@hooks.register("register_admin_viewset")
def facts() -> FactsGroup:
    return FactsGroup()
