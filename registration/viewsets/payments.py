"""Orders in the admin: the list with its filters and numbers, refunds for many, and the place in the menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from plenary.core.actions import Actor
from plenary.core.exports import Taking, by_event, filters_of, table_response
from plenary.core.permissions import signed_in
from plenary.core.viewsets import CountingMenuItem
from registration.actions.refunds import refund_many
from registration.models import Order
from registration.permissions import REFUND_PAYMENT, VIEW_PAYMENT
from registration.querysets.payments import OrderQuerySet
from registration.viewsets.payment_forms import OrderFilterForm, ReasonForm

PER_PAGE = 50
AT_MOST = 200  # in one go: each refund asks Stripe, and a request has its time


class PaymentPage(WagtailAdminTemplateMixin, TemplateView):
    """What the pages about money share: a right, the events of this account, the way back."""

    header_icon = "table"
    permission = VIEW_PAYMENT
    page_title = gettext_lazy("Payments")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return Actor.staff(signed_in(self.request))

    def orders(self) -> OrderQuerySet:
        return Order.objects.for_staff(signed_in(self.request))

    def get_page_title(self) -> str:
        return str(self.page_title)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        trail = [*super().get_breadcrumbs_items(), {"url": reverse("payments:index"), "label": _("Payments")}]
        if self.get_page_title() != _("Payments"):
            trail.append({"url": "", "label": self.get_page_title()})
        return trail


class OrderListView(PaymentPage):
    template_name = "payments_admin/orders.html"

    @cached_property
    def filters(self) -> OrderFilterForm:
        form = OrderFilterForm(self.request.GET, user=signed_in(self.request))
        form.is_valid()
        return form

    def found(self) -> OrderQuerySet:
        return filtered(self.orders(), self.filters.cleaned_data)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if (form := request.GET.get("export", "")) in {"csv", "xlsx"}:
            return self._export(form)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, mine, language = self.found(), self.orders(), get_language()
        page = Paginator(found.with_guest().order_by("-created_at", "id"), PER_PAGE).get_page(self.request.GET.get("p"))
        rows = [
            {
                "order": order,
                "total": order.total.text(language),
                "paid": order.kept.text(language),
                "outstanding": order.outstanding.text(language) if order.outstanding else "",
                "late": order.state == "open" and order.due_at < timezone.now(),
            }
            for order in page
        ]
        kept = self.request.GET.copy()
        kept.pop("p", None)
        kept.pop("export", None)
        return super().get_context_data(**kwargs) | {
            "filters": self.filters,
            "page": page,
            "rows": rows,
            "kept": kept.urlencode(),
            "numbers": [
                {"label": _("to be paid"), "count": mine.filter(state="open").count(), "query": "state=open"},
                {
                    "label": _("overdue"),
                    "count": mine.overdue(timezone.now()).count(),
                    "query": "show=overdue",
                    "bad": True,
                },
                {
                    "label": _("to be paid back"),
                    "count": mine.to_refund().count(),
                    "query": "show=to_refund",
                    "bad": True,
                },
                {"label": _("paid"), "count": mine.filter(state="paid").count(), "query": "state=paid"},
            ],
            "may_refund": self.request.user.has_perm(REFUND_PAYMENT),
            "one_event": self.filters.cleaned_data.get("event"),
            "bulk": self.filters.cleaned_data.get("show") == "to_refund",
        }

    def _export(self, form: str) -> HttpResponseBase:
        found = self.found().with_guest().order_by("created_at", "id")
        return table_response(
            form,
            name=f"orders-{timezone.localdate():%Y-%m-%d}",
            headings=EXPORT_COLUMNS,
            rows=([column(order) for column in EXPORT_COLUMNS.values()] for order in found.iterator(chunk_size=2_000)),
            taking=Taking(
                "export of orders", self.actor, by_event(found), filters_of(self.request.GET, self.filters.fields)
            ),
        )


def filtered(orders: OrderQuerySet, chosen: Mapping[str, Any]) -> OrderQuerySet:
    """The orders a list shows by what its filters say."""
    if chosen.get("event"):
        orders = orders.filter(event=chosen["event"])
    if chosen.get("state"):
        orders = orders.filter(state=chosen["state"])
    match chosen.get("show"):
        case "overdue":
            orders = orders.overdue(timezone.now())
        case "to_refund":
            orders = orders.to_refund()
        case "flagged":
            orders = orders.flagged()
        case "disputed":
            orders = orders.disputed()
    return orders.matching(chosen.get("q") or "")


EXPORT_COLUMNS: Mapping[Any, Callable[[Order], Any]] = {
    gettext_lazy("Reference"): lambda order: order.reference,
    gettext_lazy("Registration code"): lambda order: order.registration.code,
    gettext_lazy("Name"): lambda order: order.registration.name,
    gettext_lazy("Organisation"): lambda order: order.registration.organisation,
    gettext_lazy("Event"): lambda order: str(order.event),
    gettext_lazy("Category"): lambda order: str(order.registration.category),
    gettext_lazy("State"): lambda order: order.get_state_display(),
    gettext_lazy("Currency"): lambda order: order.currency,
    gettext_lazy("Total"): lambda order: order.total.decimal,
    gettext_lazy("Paid"): lambda order: order.paid.decimal,
    gettext_lazy("Paid back"): lambda order: order.refunded.decimal,
    gettext_lazy("Due"): lambda order: order.due_at,
    gettext_lazy("Paid on"): lambda order: order.paid_at,
    gettext_lazy("Sponsor"): lambda order: str(order.sponsorship or ""),
}


class RefundManyView(PaymentPage):
    """Pay back all that is left of the ticked orders, or of an event's: first what it comes to, then one by one."""

    template_name = "payments_admin/refund_many.html"
    permission = REFUND_PAYMENT
    page_title = gettext_lazy("Pay back")

    def of_event(self) -> OrderQuerySet | None:
        """What is to be paid back of the event the address names."""
        event = self.request.GET.get("event", "")
        return self.orders().to_refund().filter(event=int(event)) if event.isdecimal() and len(event) < 19 else None

    def chosen(self) -> list[Order]:
        asked = self.request.POST.getlist("order") or self.request.GET.getlist("order")
        if self.request.method == "GET" and not asked and (found := self.of_event()) is not None:
            return list(found.with_guest().order_by("created_at", "id")[:AT_MOST])
        ids = [text for text in asked if len(text) == 36 and text.replace("-", "").isalnum()][:AT_MOST]
        try:
            return list(self.orders().to_refund().filter(pk__in=ids).with_guest())
        except ValueError:
            return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen, language = self.chosen(), get_language()
        sums: dict[str, Any] = {}
        for order in chosen:
            sums[order.currency] = sums[order.currency] + order.kept if order.currency in sums else order.kept
        return super().get_context_data(**kwargs) | {
            "more": max(0, found.count() - len(chosen)) if (found := self.of_event()) is not None else 0,
            "chosen": [{"order": order, "kept": order.kept.text(language)} for order in chosen],
            "sums": [amount.text(language) for amount in sums.values()],
            "form": kwargs.get("form") or ReasonForm(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        chosen = {order.pk: order for order in self.chosen()}
        report = refund_many(list(chosen), reason=form.cleaned_data["reason"], by=self.actor)
        if report.done:
            told = ngettext(
                "%(count)s order paid back or begun.", "%(count)s orders paid back or begun.", len(report.done)
            )
            messages.success(request, told % {"count": len(report.done)})
        if report.left:
            told = ngettext(
                "Stripe does not answer. %(count)s order was left as it is: press again later, nothing is paid back twice.",
                "Stripe does not answer. %(count)s orders were left as they are: press again later, nothing is paid back twice.",
                len(report.left),
            )
            messages.error(request, told % {"count": len(report.left)})
        for order_id, why in list(report.refused.items())[:20]:
            messages.warning(request, f"{chosen[order_id].reference}: {why}")
        event = f"&event={event}" if (event := request.GET.get("event", "")).isdecimal() else ""
        return HttpResponseRedirect(f"{reverse('payments:index')}?show=to_refund{event}")


class PaymentsViewSet(ViewSet):
    """All addresses about money below /cms/payments/."""

    name = "payments"
    url_prefix = "payments"
    icon = "table"
    menu_label = gettext_lazy("Payments")
    menu_order = 140
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        from registration.viewsets.bank_statement import StatementView
        from registration.viewsets.finance_report import ReportView
        from registration.viewsets.order_page import OrderView, document_view

        return [
            path("", OrderListView.as_view(), name="index"),
            path("order/<uuid:pk>/", OrderView.as_view(), name="order"),
            path("document/<uuid:pk>/", document_view, name="document"),
            path("refund/", RefundManyView.as_view(), name="refund_many"),
            path("statement/", StatementView.as_view(), name="statement"),
            path("report/", ReportView.as_view(), name="report"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            reverse("payments:index"),
            name="payments",
            icon_name=self.icon,
            order=order or self.menu_order,
            shown=lambda request: bool(request.user.has_perm(VIEW_PAYMENT)),
            count=lambda request: Order.objects.for_staff(signed_in(request)).to_refund().count(),
        )
