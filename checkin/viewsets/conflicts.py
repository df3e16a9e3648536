"""Conflicts between doors in the admin: whom a door let in against the server's word, and what staff found out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn

from checkin.actions import resolve_conflict
from checkin.models import Checkpoint, Scan
from checkin.permissions import RESOLVE_CONFLICT, VIEW_SCAN
from checkin.querysets import ScanQuerySet
from checkin.rules import Finding
from checkin.viewsets.ledger import EXPORT_COLUMNS, CheckpointChoice, LedgerView, LedgerViewSet
from checkin.viewsets.shared import PermittedPage
from plenary.core.actions import Actor, record_look
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets import CountingMenuItem, TemplateColumn
from plenary.events.models import Event


class ConflictFilterSet(WagtailFilterSet):
    """Filters of the list of conflicts."""

    event = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Event"),
        queryset=Event.objects.all(),
        empty_label=gettext_lazy("all events"),
        widget=forms.RadioSelect,
    )
    checkpoint = CheckpointChoice(
        label=gettext_lazy("Checkpoint"),
        queryset=Checkpoint.objects.select_related("event"),
        widget=forms.CheckboxSelectMultiple,
    )
    open = django_filters.BooleanFilter(
        label=gettext_lazy("Open"),
        field_name="resolution",
        lookup_expr="isnull",
        widget=forms.RadioSelect(
            choices=[("", gettext_lazy("all")), ("true", gettext_lazy("open")), ("false", gettext_lazy("resolved"))]
        ),
    )

    class Meta:
        model = Scan
        fields = ["event", "checkpoint", "open"]


CONFLICT_COLUMNS: Mapping[Any, Callable[[Scan], Any]] = {
    **EXPORT_COLUMNS,
    gettext_lazy("First device"): lambda scan: scan.first_scan.device.name if scan.first_scan else "",
    gettext_lazy("First checkpoint"): lambda scan: str(scan.first_scan.checkpoint or "") if scan.first_scan else "",
    gettext_lazy("First scanned"): lambda scan: scan.first_scan.scanned_at if scan.first_scan else "",
    gettext_lazy("Finding"): lambda scan: scan.resolution.get_finding_display() if hasattr(scan, "resolution") else "",
    gettext_lazy("Resolved"): lambda scan: scan.resolution.at if hasattr(scan, "resolution") else "",
    gettext_lazy("Note"): lambda scan: scan.resolution.note if hasattr(scan, "resolution") else "",
}


class ConflictsView(LedgerView):
    """The list, newest first, with the scan before; its statements do not grow with its lines."""

    page_title = gettext_lazy("Conflicts")
    export_part = "export of conflicts"

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            _column("received", _("Received"), sort_key="received_at"),
            _column("guest", _("Guest")),
            _column("conflict", _("What happened")),
            _column("checkpoint", _("Checkpoint"), classname="plenary-wide"),
            _column("device", _("Device"), classname="plenary-wide"),
            _column("finding", _("Finding")),
        ]

    def get_base_queryset(self) -> ScanQuerySet:
        return Scan.objects.conflict_list()

    def get_filename(self) -> str:
        return f"conflicts-{timezone.localdate():%Y-%m-%d}"

    def get_export_columns(self) -> Mapping[Any, Callable[[Scan], Any]]:
        return CONFLICT_COLUMNS


def _column(name: str, label: Any, **kwargs: Any) -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"checkin/cells/{name}.html", **kwargs)


class ResolutionForm(forms.Form):
    """What a conflict was."""

    finding = forms.ChoiceField(label=gettext_lazy("Finding"), choices=Finding.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ConflictView(PermittedPage):
    """One conflict: both scans side by side, and what staff found out."""

    permissions = (VIEW_SCAN,)
    template_name = "checkin/conflict.html"
    header_icon = "warning"
    page_title = gettext_lazy("Conflict")

    @cached_property
    def scan(self) -> Scan:
        mine = of_own_events(Scan.objects.conflict_list(), signed_in(self.request))
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    @cached_property
    def form(self) -> ResolutionForm:
        known = getattr(self.scan, "resolution", None)
        initial = {"finding": known.finding, "note": known.note} if known else {}
        return ResolutionForm(self.request.POST or None, initial=initial)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("conflicts:index"), "label": _("Conflicts")},
            {"url": "", "label": self.get_page_title()},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if not user.has_perm(RESOLVE_CONFLICT):
            raise PermissionDenied
        if not self.form.is_valid():
            return self.get(request)
        facts = self.form.cleaned_data
        finding = Finding(facts["finding"])
        resolve_conflict(self.scan, finding=finding, note=facts["note"].strip(), by=Actor.staff(user))
        messages.success(request, _("Resolved."))
        return HttpResponseRedirect(reverse("conflicts:index") + "?open=true")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by = Actor.staff(signed_in(self.request))
        if self.scan.credential:
            record_look(self.scan.credential.registration, part="conflict", by=by)
        return {
            **super().get_context_data(**kwargs),
            "scan": self.scan,
            "form": self.form,
            "scans": [scan for scan in (self.scan.first_scan, self.scan) if scan],
            "may_resolve": self.request.user.has_perm(RESOLVE_CONFLICT),
        }


class ConflictViewSet(LedgerViewSet):
    name = "conflicts"
    url_prefix = "check-in/conflicts"
    icon = "warning"
    menu_label = gettext_lazy("Conflicts")
    index_view_class = ConflictsView
    filterset_class = ConflictFilterSet

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("<uuid:pk>/", ConflictView.as_view(), name="conflict")]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.name,
            icon_name=self.icon,
            order=order,
            shown=lambda request: signed_in(request).has_perm(VIEW_SCAN),
            count=lambda request: of_own_events(Scan.objects.unresolved(), signed_in(request)).count(),
        )
