"""Registers the admin of facts."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from plenary.events.models import EventStaff
from plenary.events.permissions import EventStaffPolicy
from plenary.events.viewsets import FactsGroup

# Before any view looks: a policy that comes later than the first look at it is an error.
register_permission_policy(EventStaff, EventStaffPolicy(EventStaff))


@hooks.register("register_admin_viewset")
def facts() -> FactsGroup:
    return FactsGroup()
