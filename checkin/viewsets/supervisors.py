"""Supervisor codes in the admin: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from checkin.actions import add_supervisor_code, revoke_supervisor_code
from checkin.models import SupervisorCode
from checkin.permissions import MANAGE_DEVICES
from checkin.viewsets.shared import EventPage, PermittedMenuItem
from plenary.core.actions import Actor
from plenary.core.permissions import of_own_events, signed_in


class SupervisorCodesView(EventPage):
    """Who may undo a scan at an event. A new code stands on the page that made it, and nowhere ever after."""

    permissions = (MANAGE_DEVICES,)
    template_name = "checkin/supervisor_codes.html"
    page_title = gettext_lazy("Supervisor codes")
    header_icon = "key"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = Actor.staff(signed_in(request))
        if "revoke" in request.POST:
            mine = of_own_events(SupervisorCode.objects.select_related("event"), signed_in(request))
            code = get_object_or_404(mine, pk=request.POST["revoke"])
            revoke_supervisor_code(code, by=by)
            messages.success(request, _("Revoked: this code undoes nothing any more."))
            return HttpResponseRedirect(f"{request.path}?event={code.event.slug}")
        name = request.POST.get("name", "").strip()[:80]
        if self.event is None or not name:
            messages.error(request, _("Say whose code it is."))
            return HttpResponseRedirect(request.get_full_path())
        made, told = add_supervisor_code(event=self.event, name=name, by=by)
        response = self.render_to_response(self.get_context_data(made=made, told=told, **kwargs))
        response.headers["Cache-Control"] = "no-store"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        codes = SupervisorCode.objects.for_staff(self.event) if self.event else SupervisorCode.objects.none()
        return {**context, "codes": codes}


class SupervisorCodeViewSet(ViewSet):
    name = "supervisor-codes"
    url_prefix = "check-in/supervisor-codes"
    icon = "key"
    menu_label = gettext_lazy("Supervisor codes")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", SupervisorCodesView.as_view(), name="index")]

    def get_menu_item(self, order: int | None = None) -> PermittedMenuItem:
        return PermittedMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.name,
            icon_name=self.icon,
            order=order,
            permissions=SupervisorCodesView.permissions,
        )
