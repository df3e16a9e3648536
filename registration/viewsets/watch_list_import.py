"""Importing a watch list: the file is judged whole, every problem is shown with its cell, and only then is it written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor, record_look
from plenary.core.exports import table_response
from plenary.core.permissions import signed_in
from plenary.core.sheet_files import AT_MOST_BYTES
from registration.actions import Refused
from registration.actions.watch_list import import_entries, keep_watch_list
from registration.models import WatchListFile
from registration.uploads import Checked, open_upload
from registration.watch_lists import COLUMNS, SAMPLE, WatchList, read_watch_list

ADD = "registration.add_watchlistentry"
SHOWN = 50  # rows of the preview; problems are all shown


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV, headings in the first row, at most 10,000 entries."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )


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
        return _("Import a watch list")

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("watch_list:index"), "label": _("Watch list")},
            {"url": "", "label": self.get_page_title()},
        ]


class ImportView(_ImportPage, FormView):
    """Choose a file."""

    template_name = "vetting/watch_list_import.html"
    form_class = FileForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "columns": COLUMNS}

    def form_valid(self, form: Any) -> HttpResponse:
        sent = form.cleaned_data["file"]
        if sent.size > AT_MOST_BYTES:
            form.add_error("file", _("This file is larger than 10 MB. Split it, or remove pictures and unused sheets."))
            return self.form_invalid(form)
        content = Checked(str(sent.name)[:200], "application/octet-stream", sent.read())
        kept = keep_watch_list(content=content, by=Actor.staff(signed_in(self.request)))
        return HttpResponseRedirect(reverse("watch_list:preview", args=[kept.pk]))


class PreviewView(_ImportPage, TemplateView):
    """What the file holds and what is wrong with it; confirming writes it, once."""

    template_name = "vetting/watch_list_preview.html"

    @cached_property
    def kept(self) -> WatchListFile:
        return get_object_or_404(WatchListFile, sent_by=signed_in(self.request), pk=self.kwargs["pk"])

    @cached_property
    def found(self) -> WatchList:
        return read_watch_list(open_upload(self.kept))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record_look(self.kept, part="watch list", by=Actor.staff(signed_in(request)))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not WatchListFile.objects.filter(sent_by=signed_in(request), pk=self.kwargs["pk"]).exists():
            messages.error(request, _("This list was imported already."))
            return HttpResponseRedirect(reverse("watch_list:index"))
        if self.found.problems or not self.found.entries:
            return self.render_to_response(self.get_context_data())
        by = Actor.staff(signed_in(request))
        try:
            count = import_entries(source_id=self.kept.pk, entries=self.found.entries, by=by)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("watch_list:index"))
        said = ngettext(
            "%(count)s entry was added. Everybody registered is being compared with it.",
            "%(count)s entries were added. Everybody registered is being compared with them.",
            count,
        )
        messages.success(request, said % {"count": count})
        return HttpResponseRedirect(reverse("watch_list:index"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found
        more = max(len(found.entries) - SHOWN, 0)
        context = super().get_context_data(**kwargs)
        return {**context, "kept": self.kept, "list": found, "shown": found.entries[:SHOWN], "more": more}


def sample_view(request: HttpRequest) -> HttpResponseBase:
    """An example with all headings and one invented entry, to fill in."""
    if not signed_in(request).has_perm(ADD):
        raise PermissionDenied
    headings = [str(column.label) for column in COLUMNS]
    return table_response("xlsx", name="watch-list", headings=headings, rows=[SAMPLE], taking=None)
