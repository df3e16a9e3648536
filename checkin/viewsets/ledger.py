"""The ledger of scans: read-only, so it has a list and no page for a single row that could be opened or changed."""

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django import forms
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from checkin.models import Checkpoint, Device, Scan
from checkin.permissions import VIEW_SCAN
from checkin.querysets import ScanQuerySet
from checkin.rules import Outcome, Reason
from plenary.core.viewsets import SafeExportMixin, TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsList
from plenary.events.models import Event


class CheckpointChoice(django_filters.ModelMultipleChoiceFilter):
    """Checkpoints of all events, told apart by the event's name."""

    class field_class(django_filters.fields.ModelMultipleChoiceField):
        def label_from_instance(self, obj: Checkpoint) -> str:
            return f"{obj} · {obj.event}"


class ScanFilterSet(WagtailFilterSet):
    """Filters of the ledger."""

    event = django_filters.ModelChoiceFilter(
        label=_("Event"), queryset=Event.objects.all(), empty_label=_("all events"), widget=forms.RadioSelect
    )
    checkpoint = CheckpointChoice(
        label=_("Checkpoint"),
        queryset=Checkpoint.objects.select_related("event"),
        widget=forms.CheckboxSelectMultiple,
    )
    verdict = django_filters.MultipleChoiceFilter(
        label=_("Verdict"), choices=Outcome.choices, widget=forms.CheckboxSelectMultiple
    )
    reason = django_filters.MultipleChoiceFilter(
        label=_("Reason"), choices=Reason.choices, widget=forms.CheckboxSelectMultiple
    )
    device = django_filters.ModelChoiceFilter(
        label=_("Device"), queryset=Device.objects.all(), empty_label=_("all devices"), widget=forms.Select
    )
    offline = django_filters.BooleanFilter(label=_("Without network"))

    class Meta:
        model = Scan
        fields = ["event", "checkpoint", "verdict", "reason", "device", "offline"]


EXPORT_COLUMNS: Mapping[Any, Callable[[Scan], Any]] = {
    _("Received"): lambda scan: scan.received_at,
    _("Scanned"): lambda scan: scan.scanned_at,
    _("Checkpoint"): lambda scan: str(scan.checkpoint or ""),
    _("Direction"): lambda scan: scan.get_direction_display(),
    _("Verdict"): lambda scan: scan.get_verdict_display(),
    _("Reason"): lambda scan: scan.get_reason_display(),
    _("Code"): lambda scan: scan.credential.registration.code if scan.credential else "",
    _("Name in original script"): lambda scan: scan.credential.registration.name if scan.credential else "",
    _("Name in Latin letters"): lambda scan: scan.credential.registration.latin_name if scan.credential else "",
    _("Category"): lambda scan: str(scan.credential.registration.category) if scan.credential else "",
    _("Device"): lambda scan: scan.device.name,
    _("Without network"): lambda scan: scan.offline,
    _("Undone by"): lambda scan: scan.reversal.code.name if hasattr(scan, "reversal") else "",
}


class LedgerView(SafeExportMixin, OwnEventsList, generic.IndexView):
    """The list, newest first. Its statements do not grow with its lines."""

    page_title = _("Scans")
    is_searchable = True
    any_permission_required = ["view"]
    export_permission = VIEW_SCAN
    export_part = "export of scans"

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            _column("received", _("Received"), sort_key="received_at"),
            _column("guest", _("Guest")),
            _column("verdict", _("Verdict")),
            _column("checkpoint", _("Checkpoint"), classname="plenary-wide"),
            _column("device", _("Device"), classname="plenary-wide"),
        ]

    def get_base_queryset(self) -> ScanQuerySet:
        return Scan.objects.ledger()

    def order_queryset(self, queryset: ScanQuerySet) -> ScanQuerySet:
        return queryset.order_by(self.ordering, "id")

    def search_queryset(self, queryset: ScanQuerySet) -> ScanQuerySet:
        return queryset.of_guests_matching(self.search_query) if self.is_searching else queryset

    def get_filename(self) -> str:
        return f"scans-{timezone.localdate():%Y-%m-%d}"

    def get_export_columns(self) -> Mapping[Any, Callable[[Scan], Any]]:
        return EXPORT_COLUMNS


def _column(name: str, label: Any, **kwargs: Any) -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"checkin/cells/{name}.html", **kwargs)


class LedgerViewSet(ModelViewSet):
    """No address shows, adds, changes or deletes a single scan."""

    model = Scan
    name = "scans"
    url_prefix = "check-in/scans"
    icon = "list-ul"
    menu_label = _("Scans")
    index_view_class = LedgerView
    filterset_class = ScanFilterSet
    list_per_page = 50
    ordering = "-received_at"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["verdict"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
