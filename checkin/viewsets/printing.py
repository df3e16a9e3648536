"""Many badges in the admin: printed in the background, watched, stopped, loaded file by file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from checkin.actions.printing import (
    PrintingRefused,
    go_on_printing,
    remove_printed,
    start_printing,
    stop_printing,
)
from checkin.designs import Pile
from checkin.models import PrintedFile, PrintRun
from checkin.permissions import PRINT_BADGE
from checkin.viewsets.shared import PermittedPage, permitted
from plenary.core.actions import Actor, record_look
from plenary.core.permissions import of_own_events, signed_in
from plenary.events.models import Event
from registration.models import Category
from registration.uploads import open_upload


def pile_of(wanted: str) -> str:
    return wanted if wanted in Pile.values else Pile.NAME.value


@require_POST
def prepare(request: HttpRequest, event: str) -> HttpResponse:
    """Begin to print a category, or, without one, the whole event."""
    by = permitted(request, PRINT_BADGE)
    found = get_object_or_404(Event.objects.for_staff(signed_in(request)), slug=event)
    slug = request.POST.get("category", "")
    category = get_object_or_404(Category, event=found, slug=slug) if slug else None
    try:
        run = start_printing(event=found, category=category, pile=pile_of(request.POST.get("order", "")), by=by)
    except PrintingRefused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(f"{reverse('badges:index')}?event={found.slug}")
    return HttpResponseRedirect(reverse("badges:run", args=[run.pk]))


class PrintRunView(PermittedPage):
    """How far it is, the files that are ready, and how to stop it; a script asks for the first two alone."""

    permissions = (PRINT_BADGE,)
    template_name = "checkin/print_run.html"
    page_title = gettext_lazy("Badges being printed")
    header_icon = "user"

    @cached_property
    def run(self) -> PrintRun:
        known = PrintRun.objects.select_related("event", "category", "by").prefetch_related("files")
        return get_object_or_404(of_own_events(known, signed_in(self.request)), pk=self.kwargs["run"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("part"):
            return render(request, "checkin/print_run_part.html", {"run": self.run})
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by, run = Actor.staff(signed_in(request)), self.run
        if "remove" in request.POST:
            remove_printed(run, by=by)
            messages.success(request, _("The files are deleted."))
            return HttpResponseRedirect(f"{reverse('badges:index')}?event={run.event.slug}")
        if "stop" in request.POST:
            stop_printing(run, by=by)
        elif "go_on" in request.POST:
            go_on_printing(run, by=by)
        return HttpResponseRedirect(request.path)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        index = {"url": f"{reverse('badges:index')}?event={self.run.event.slug}", "label": _("Badges")}
        return [*super().get_breadcrumbs_items(), index, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "run": self.run}


@require_safe
def printed_file(request: HttpRequest, run: str, first: int) -> FileResponse:
    """One file that is ready; who took it is logged."""
    by = permitted(request, PRINT_BADGE)
    mine = of_own_events(PrintRun.objects.all(), signed_in(request))
    ready = PrintedFile.objects.select_related("run__event", "run__category")
    file = get_object_or_404(ready, run__in=mine, run_id=run, first=first)
    category = file.run.category.slug if file.run.category else "all"
    detail = {"rows": file.last - file.first + 1, "filters": {}}
    record_look(file.run.event, part=f"badges of {category}, from {first}"[:60], by=by, detail=detail)
    content = BytesIO(open_upload(file))
    return FileResponse(content, content_type=file.media_type, filename=file.name, as_attachment=True)
