"""Importing a guest list: the file is judged whole, every problem is shown with its cell, and only then is it written."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor
from plenary.core.exports import table_response
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.sheet_files import AT_MOST_BYTES
from plenary.events.models import Event
from registration.actions import Refused
from registration.actions.invitations import import_guests, keep_guest_list
from registration.guest_lists import COLUMNS, SAMPLE, GuestList, read_guest_list
from registration.models import GuestListFile
from registration.uploads import Checked, open_upload
from registration.viewsets.invitation_forms import GuestListForm

ADD = "registration.add_invitation"
SHOWN = 50  # rows of the preview; problems are all shown


class _ImportPage(WagtailAdminTemplateMixin):
    header_icon = "upload"
    page_title = ""
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in(request).has_perm("wagtailadmin.access_admin") or not request.user.has_perm(ADD):
            raise PermissionDenied
        found: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return found

    def get_page_title(self) -> str:
        return _("Import a guest list")

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("invitations:index"), "label": _("Guest list")},
            {"url": "", "label": self.get_page_title()},
        ]


class ImportView(_ImportPage, FormView):
    """Choose an event and a file."""

    template_name = "invitations_admin/import.html"
    form_class = GuestListForm

    def get_form_kwargs(self) -> dict[str, Any]:
        events = of_own_events(Event.objects.order_by("-starts_on"), signed_in(self.request), "pk")
        return {**super().get_form_kwargs(), "events": events}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "columns": COLUMNS}

    def form_valid(self, form: Any) -> HttpResponse:
        sent = form.cleaned_data["file"]
        if sent.size > AT_MOST_BYTES:
            form.add_error("file", _("This file is larger than 10 MB. Split it, or remove pictures and unused sheets."))
            return self.form_invalid(form)
        content = sent.read()
        kept = keep_guest_list(
            event=form.cleaned_data["event"],
            content=Checked(str(sent.name)[:200], "application/octet-stream", content),
            by=Actor.staff(signed_in(self.request)),
        )
        return HttpResponseRedirect(reverse("invitations:preview", args=[kept.pk]))


class PreviewView(_ImportPage, TemplateView):
    """What the file holds and what is wrong with it; confirming writes it, once."""

    template_name = "invitations_admin/preview.html"

    @cached_property
    def kept(self) -> GuestListFile:
        user = signed_in(self.request)
        mine = GuestListFile.objects.select_related("event").filter(sent_by=user)
        return get_object_or_404(of_own_events(mine, user), pk=self.kwargs["pk"])

    @cached_property
    def guest_list(self) -> GuestList:
        return read_guest_list(open_upload(self.kept), event=self.kept.event)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.guest_list.problems or not self.guest_list.guests:
            return self.render_to_response(self.get_context_data())
        try:
            count = import_guests(source=self.kept, guests=self.guest_list.guests, by=Actor.staff(signed_in(request)))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("invitations:index"))
        said = ngettext(
            "%(count)s guest was added. Nobody was written to.",
            "%(count)s guests were added. Nobody was written to.",
            count,
        )
        messages.success(request, said % {"count": count})
        return HttpResponseRedirect(f"{reverse('invitations:index')}?event={self.kept.event_id}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.guest_list
        return {
            **super().get_context_data(**kwargs),
            "kept": self.kept,
            "event": self.kept.event,
            "list": found,
            "shown": found.guests[:SHOWN],
            "more": max(len(found.guests) - SHOWN, 0),
            "held": sum(guest.prominent for guest in found.guests),
        }


def sample_view(request: HttpRequest) -> HttpResponseBase:
    """An example with all headings and one invented guest, to fill in."""
    if not signed_in(request).has_perm(ADD):
        raise PermissionDenied
    headings = [str(column.label) for column in COLUMNS]
    return table_response("xlsx", name="guest-list", headings=headings, rows=[SAMPLE], taking=None)
