"""Data protection in the admin: requests to be forgotten, consents that ended, certificates, rules, and the register."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from plenary.core.actions import Actor, record_look
from plenary.core.exports import table_response
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.privacy import register
from plenary.core.viewsets import CountingMenuItem, Number, NumbersPanel
from registration.actions.certifying import is_sound
from registration.actions.consents import act_on_withdrawal
from registration.actions.erasing import what_is_due
from registration.actions.forgetting import grant_erasure, refuse_erasure
from registration.actions.transitions import Refused
from registration.certificates import certificate_pdf, searched
from registration.models import Consent, ErasureCertificate, ErasureRequest
from registration.querysets.erasure import days_in_force
from registration.rules.retention import DAYS

MANAGE = "registration.manage_privacy"
MOST = 100


def requests_for(user: Any) -> Any:
    """Requests of one's own events with what a line shows."""
    found = ErasureRequest.objects.select_related("registration__event", "registration__category")
    return of_own_events(found, user, "registration__event")


def ended_consents(user: Any) -> Any:
    """Consents that were withdrawn and that nobody has acted upon."""
    found = Consent.objects.filter(withdrawn_at__isnull=False, acted_on_at__isnull=True)
    return of_own_events(found.select_related("registration__event"), user, "registration__event")


class PrivacyPage(WagtailAdminTemplateMixin, TemplateView):
    """A page for those who answer for data protection."""

    header_icon = "lock"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MANAGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        above = (
            [] if isinstance(self, OverviewView) else [{"url": reverse("privacy:index"), "label": _("Data protection")}]
        )
        return [*super().get_breadcrumbs_items(), *above, {"url": "", "label": self.get_page_title()}]


class OverviewView(PrivacyPage):
    """What waits, and what was done."""

    template_name = "privacy/overview.html"
    page_title = gettext_lazy("Data protection")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = signed_in(self.request), timezone.now()
        certificates = ErasureCertificate.objects.filter(number__isnull=False).select_related("event").defer("content")
        return {
            **super().get_context_data(**kwargs),
            "requests": requests_for(user).filter(state=ErasureRequest.State.OPEN)[:MOST],
            "now": now,
            "consents": ended_consents(user).order_by("withdrawn_at")[:MOST],
            "certificates": of_own_events(certificates, user)[:MOST],
        }


class RequestView(PrivacyPage):
    """One request, and the form to answer it."""

    template_name = "privacy/request.html"

    @cached_property
    def asked(self) -> ErasureRequest:
        return get_object_or_404(requests_for(signed_in(self.request)), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return _("Request of %(code)s") % {"code": self.asked.registration.code}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record_look(self.asked.registration, part="erasure request", by=Actor.staff(signed_in(request)))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = Actor.staff(signed_in(request))
        try:
            if "grant" in request.POST:
                grant_erasure(self.asked.pk, by=by)
                messages.success(request, _("Erased. The guest is told; the certificate is below."))
            else:
                refuse_erasure(self.asked.pk, by=by, answer=request.POST.get("answer", "")[:2_000])
                messages.success(request, _("Answered: the guest is told why."))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(reverse("privacy:index"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "asked": self.asked, "registration": self.asked.registration}


class CertificateView(PrivacyPage):
    """One certificate in words."""

    template_name = "privacy/certificate.html"

    @cached_property
    def certificate(self) -> ErasureCertificate:
        return _certificate(self.request, self.kwargs["number"])

    def get_page_title(self) -> str:
        return _("Certificate of erasure %(number)s") % {"number": self.certificate}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "certificate": self.certificate,
            "content": self.certificate.content,
            "sound": is_sound(self.certificate),
            "searched": searched(self.certificate.content),
            "people": len(self.certificate.content["subjects"]),
        }


def _certificate(request: HttpRequest, number: int) -> ErasureCertificate:
    mine = of_own_events(ErasureCertificate.objects.select_related("event"), signed_in(request))
    return get_object_or_404(mine, number=number)


@require_safe
def certificate_file(request: HttpRequest, number: int) -> HttpResponse:
    """The certificate as PDF."""
    if not request.user.has_perm(MANAGE):
        raise PermissionDenied
    found = _certificate(request, number)
    response = HttpResponse(certificate_pdf(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="erasure-{found.number:06}.pdf"'
    return response


@require_POST
def consent_done(request: HttpRequest, pk: int) -> HttpResponse:
    """What the end of a consent asks for is done."""
    if not request.user.has_perm(MANAGE):
        raise PermissionDenied
    user = signed_in(request)
    mine = of_own_events(Consent.objects.select_related("registration__event"), user, "registration__event")
    act_on_withdrawal(get_object_or_404(mine, pk=pk), by=Actor.staff(user))
    messages.success(request, _("Noted: acted upon."))
    return HttpResponseRedirect(reverse("privacy:index"))


HEADINGS = (
    gettext_lazy("Record"), gettext_lazy("Field"), gettext_lazy("Class of data"), gettext_lazy("Purpose"),
    gettext_lazy("Ground"), pgettext_lazy("how long data are kept", "Kept"), pgettext_lazy("how many", "Days"),
    gettext_lazy("Then"),
)  # fmt: skip


def register_rows() -> Iterator[list[Any]]:
    """The record of processing: every personal field of every model, with what the rules in force mean in days."""
    days = days_in_force(timezone.localdate())
    for record in register().values():
        if not record.personal:
            continue
        model = apps.get_model(record.model)
        for entry in record.personal:
            yield [
                capfirst(str(model._meta.verbose_name)),
                entry.name,
                entry.data_class.label,
                str(entry.purpose),
                entry.basis.label,
                entry.retention.label,
                days.get(entry.retention, DAYS.get(entry.retention, "")),
                entry.erasure.label,
            ]


class RegisterView(PrivacyPage):
    """The register of personal data, on the page or as a table to take along."""

    template_name = "privacy/register.html"
    page_title = gettext_lazy("Register of personal data")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if (form := request.GET.get("export", "")) in {"csv", "xlsx"}:
            name = f"record-of-processing-{timezone.localdate():%Y-%m-%d}"
            return table_response(form, name=name, headings=HEADINGS, rows=register_rows(), taking=None)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "headings": HEADINGS, "rows": list(register_rows())}


class DueView(PrivacyPage):
    """What the next run erases at the events that are over."""

    template_name = "privacy/due.html"
    page_title = gettext_lazy("Due for erasure")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from plenary.events.models import Event

        over = Event.objects.for_staff(signed_in(self.request)).filter(ends_on__lt=timezone.localdate())
        due = [(event, what_is_due(event)) for event in over.order_by("-ends_on")[:20]]
        return {**super().get_context_data(**kwargs), "due": [(event, parts) for event, parts in due if parts]}


class PrivacyViewSet(ViewSet):
    name = "privacy"
    icon = "lock"
    menu_label = gettext_lazy("Data protection")
    menu_name = "privacy"
    menu_order = 160
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", OverviewView.as_view(), name="index"),
            path("request/<uuid:pk>/", RequestView.as_view(), name="request"),
            path("consent/<int:pk>/done/", consent_done, name="consent_done"),
            path("register/", RegisterView.as_view(), name="register"),
            path("due/", DueView.as_view(), name="due"),
            path("certificates/<int:number>/", CertificateView.as_view(), name="certificate"),
            path("certificates/<int:number>/pdf/", certificate_file, name="certificate_file"),
        ]

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=order or self.menu_order,
            shown=lambda request: request.user.has_perm(MANAGE),
            count=waiting,
        )


def waiting(request: HttpRequest) -> int:
    """How much waits for whoever answers for data protection."""
    user = signed_in(request)
    return requests_for(user).filter(state=ErasureRequest.State.OPEN).count() + ended_consents(user).count()


class PrivacyPanel(NumbersPanel):
    """On the home page of whoever answers for data protection."""

    name = "privacy"
    title = gettext_lazy("Data protection")
    order = 40

    def numbers(self) -> list[Number]:
        user, url = signed_in(self.request), reverse("privacy:index")
        asked = requests_for(user).filter(state=ErasureRequest.State.OPEN)
        return [
            Number(_("requests for erasure"), asked.count(), url),
            Number(_("of these late"), asked.filter(due_at__lt=timezone.now()).count(), url, bad=True),
            Number(_("withdrawn consents to act upon"), ended_consents(user).count(), url),
        ]
