"""Scanning devices in the admin: add one, show the code that enrols a phone, lock a lost one out, see what each did."""

from __future__ import annotations

from typing import Any, cast

import qrcode
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from checkin.actions import add_device, code_digest, limit_device, renew_enrolment, revoke_device
from checkin.models import Checkpoint, Device, Scan
from checkin.permissions import MANAGE_DEVICES, VIEW_DEVICE
from checkin.querysets import DeviceQuerySet
from checkin.rules import Reason
from checkin.viewsets.records import OfAnEvent
from checkin.viewsets.shared import PermittedMenuItem, PermittedPage
from plenary.core import crypto
from plenary.core.actions import Actor
from plenary.core.models import HistoryEntry
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets import TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord


class DeviceForm(WagtailAdminModelForm):
    """A new device; adding is left to the action."""

    class Meta:
        model = Device
        fields = ["event", "name", "kind", "checkpoint"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        event, checkpoint = cleaned.get("event"), cleaned.get("checkpoint")
        if event and checkpoint and checkpoint.event_id != event.pk:
            raise ValidationError({"checkpoint": _("Choose a checkpoint of the device's own event.")})
        return dict(cleaned)


class LimitForm(WagtailAdminModelForm):
    """Where and how long a device may work; saving is left to the action."""

    checkpoints = OfAnEvent(
        label=gettext_lazy("May work at"),
        queryset=Checkpoint.objects.select_related("event").order_by("event", "position", "id"),
        required=False,
        help_text=gettext_lazy("None means: at every checkpoint of the event."),
    )

    class Meta:
        model = Device
        fields = ["checkpoints", "valid_from", "valid_until", "supervisor"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["checkpoints"])
        field.queryset = Checkpoint.objects.in_use(self.instance.event)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("valid_from"), cleaned.get("valid_until")
        if since and until and until <= since:
            raise ValidationError({"valid_until": _("Its time ends after it has begun.")})
        return dict(cleaned)


class DeviceIndexView(OwnEventsList, generic.IndexView):
    """All devices, those in use first."""

    page_title = gettext_lazy("Scanning devices")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            _column("name", _("Name")),
            _column("state", _("State")),
            _column("place", _("Checkpoint"), classname="plenary-wide"),
            _column("contact", _("Last contact"), sort_key="last_seen_at"),
            _column("report", _("Battery and queue"), classname="plenary-wide"),
            _column("scans", _("Scans"), classname="plenary-wide"),
        ]

    def get_base_queryset(self) -> DeviceQuerySet:
        return Device.objects.for_staff()

    def order_queryset(self, queryset: DeviceQuerySet) -> DeviceQuerySet:
        return queryset.order_by(self.ordering, "pk")


def _column(name: str, label: Any, **kwargs: Any) -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"checkin/cells/device_{name}.html", **kwargs)


class DeviceCreateView(OwnEventsRecord, generic.CreateView):
    """Adds a device and goes on to its page, where its code stands."""

    def save_instance(self) -> Device:
        facts = self.form.cleaned_data
        by = Actor.staff(signed_in(self.request))
        device, code = add_device(
            event=facts["event"], name=facts["name"], kind=facts["kind"], checkpoint=facts["checkpoint"], by=by
        )
        _keep_code(self.request, device, code)
        return device

    def get_success_url(self) -> str:
        return reverse("devices:device", args=[self.object.pk])


class DeviceView(PermittedPage):
    """One device: its code while one is open, what it did, what was done to it."""

    permissions = (VIEW_DEVICE,)
    template_name = "checkin/device.html"
    header_icon = "mobile-alt"

    @cached_property
    def device(self) -> Device:
        mine = of_own_events(Device.objects.select_related("event", "checkpoint"), signed_in(self.request))
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.device.name

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("devices:index"), "label": _("Scanning devices")},
            {"url": "", "label": self.device.name},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if not user.has_perm(MANAGE_DEVICES):
            raise PermissionDenied
        if "limit" in request.POST:
            if not self.limits.is_valid():
                return self.get(request)
            limit_device(self.device, **self.limits.cleaned_data, by=Actor.staff(user))
            messages.success(request, _("Saved: the phone hears of it within a minute."))
        elif "revoke" in request.POST:
            revoke_device(self.device, by=Actor.staff(user), reason=request.POST.get("reason", "").strip()[:500])
            messages.success(request, _("Locked out: this device can do nothing any more."))
        else:
            _keep_code(request, self.device, renew_enrolment(self.device, by=Actor.staff(user)))
        return HttpResponseRedirect(request.path)

    @cached_property
    def limits(self) -> LimitForm:
        data = self.request.POST if "limit" in self.request.POST else None
        return LimitForm(data, instance=self.device)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code = _kept_code(self.request, self.device)
        page = reverse("door:kiosk" if self.device.kind == Device.Kind.KIOSK else "door:app")
        address = f"{settings.WAGTAILADMIN_BASE_URL}{page}#enrol={code}" if code else ""
        return {
            **super().get_context_data(**kwargs),
            "device": self.device,
            "code": code,
            "symbol": _drawing(address) if address else None,
            "may_manage": self.request.user.has_perm(MANAGE_DEVICES),
            "limits": self.limits,
            "refusals": [(Reason(reason).label, count) for reason, count in Scan.objects.refusals_of(self.device)],
            "shifts": self.device.shifts.all()[:20],
            "totals": Scan.objects.totals_of(self.device),
            "scans": Scan.objects.ledger().filter(device=self.device)[:20],
            "history": HistoryEntry.objects.of(self.device)[:50],
        }


def _place(device: Device) -> str:
    return f"checkin.enrolment.{device.pk}"


def _keep_code(request: HttpRequest, device: Device, code: str) -> None:
    """Keep a new code for whoever made it, sealed: the database holds its digest only, and the page may be reloaded."""
    request.session[_place(device)] = crypto.encrypt(code.encode(), _place(device)).hex()


def _kept_code(request: HttpRequest, device: Device) -> str:
    """The code this person made, as long as it would still enrol a phone."""
    sealed = request.session.get(_place(device))
    if not sealed or not device.enrolment_expires_at or device.enrolment_expires_at <= timezone.now():
        return ""
    code = crypto.decrypt(bytes.fromhex(sealed), _place(device)).decode()
    return code if code_digest(code) == device.enrolment_digest else ""


def _drawing(text: str) -> dict[str, Any]:
    """A QR code as the data of an SVG path, with the quiet zone the standard asks for."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    rows = code.get_matrix()
    lines = [f"M{x} {y}.5h1" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return {"size": len(rows), "path": "".join(lines)}


class DeviceViewSet(ModelViewSet):
    """Devices are added and locked out, never edited or deleted: the ledger names them."""

    model = Device
    name = "devices"
    url_prefix = "check-in/devices"
    icon = "mobile-alt"
    menu_label = gettext_lazy("Devices")
    index_view_class = DeviceIndexView
    add_view_class = DeviceCreateView
    list_filter = ["event"]
    search_fields = ["name"]
    list_per_page = 50
    ordering = "name"
    copy_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update: bool = False) -> type[DeviceForm]:
        return DeviceForm

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("<uuid:pk>/", DeviceView.as_view(), name="device"),
            path("edit/<uuid:pk>/", DeviceView.as_view(), name="edit"),
        ]

    def get_menu_item(self, order: int | None = None) -> PermittedMenuItem:
        return PermittedMenuItem(
            self.menu_label, self.menu_url, name=self.name, icon_name=self.icon, order=order, permissions=(VIEW_DEVICE,)
        )
