"""What the pages of check-in share: a permission asked before anything else, and the event they are about."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.events.models import Event


class PermittedMenuItem(MenuItem):
    """A menu item for those who hold one of some rights."""

    def __init__(self, *args: Any, permissions: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permissions = permissions

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(right) for right in self.permissions)


def permitted(request: HttpRequest, *rights: str) -> Actor:
    """Who asks, if they hold one of some rights."""
    user = signed_in(request)
    if not any(user.has_perm(right) for right in rights):
        raise PermissionDenied
    return Actor.staff(user)


class PermittedPage(WagtailAdminTemplateMixin, TemplateView):
    """A page of the admin for those who hold one of some rights."""

    permissions: tuple[str, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not any(request.user.has_perm(right) for right in self.permissions):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class EventPage(PermittedPage):
    """A page about one event of one's own: the one in `?event=`, else the one that is on now or comes next."""

    @cached_property
    def events(self) -> list[Event]:
        return list(Event.objects.for_staff(signed_in(self.request)).order_by("-starts_on", "slug"))

    @cached_property
    def event(self) -> Event | None:
        wanted = self.request.GET.get("event")
        today = timezone.localdate()
        coming = [event for event in reversed(self.events) if event.ends_on >= today]
        chosen = [event for event in self.events if event.slug == wanted]
        return next(iter([*chosen, *coming, *self.events]), None)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        # The last one is the page's heading; without it the heading says "Home".
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "events": self.events, "event": self.event}
