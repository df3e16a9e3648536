"""The financial report in the admin: numbers, a plot by day, tables, and a file of every payment and refund."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from plenary.core.exports import Taking, by_event, filters_of, table_response
from plenary.core.money import Money
from plenary.core.permissions import signed_in
from plenary.events.models import Event
from registration import finance
from registration.models import Payment
from registration.viewsets.payment_forms import ReportForm
from registration.viewsets.payments import PaymentPage

PLOT_HEIGHT, BAR, GAP = 120, 18, 6


class ReportView(PaymentPage):
    template_name = "payments_admin/report.html"
    page_title = gettext_lazy("Financial report")

    @cached_property
    def filters(self) -> ReportForm:
        form = ReportForm(self.request.GET, user=signed_in(self.request))
        form.is_valid()
        return form

    @cached_property
    def span(self) -> finance.Span:
        chosen = self.filters.cleaned_data
        event = chosen.get("event")
        events = [event] if event else list(Event.objects.for_staff(signed_in(self.request)))
        zone = event.zone if event else ZoneInfo("UTC")
        return finance.Span(events, chosen.get("first"), chosen.get("last"), zone)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if (form := request.GET.get("export", "")) in {"csv", "xlsx"}:
            return table_response(
                form,
                name=f"payments-{timezone.localdate():%Y-%m-%d}",
                headings=HEADINGS,
                rows=self._rows(),
                taking=Taking(
                    "export of payments",
                    self.actor,
                    dict.fromkeys(self.span.events, 0) | by_event(self._payments(), "order__event"),
                    filters_of(request.GET, self.filters.fields),
                ),
            )
        return super().get(request, *args, **kwargs)

    def _payments(self) -> QuerySet[Payment]:
        return Payment.objects.filter(order__event__in=self.span.events, **self.span.limits("received_at"))

    def _rows(self) -> Iterator[list[Any]]:
        found = self._payments().select_related("order__registration", "order__event").prefetch_related("refunds")
        for payment in found.order_by("received_at", "id").iterator(chunk_size=1_000):
            order = payment.order
            yield [
                payment.received_at,
                str(order.event),
                order.reference,
                order.registration.code,
                payment.get_method_display(),
                payment.currency,
                payment.amount.decimal,
                payment.refunded.decimal,
                payment.reference,
                payment.payout,
                payment.get_flag_display() if payment.flag else "",
                payment.recorded_by,
            ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span, language = self.span, get_language()
        orders = self.orders().filter(event__in=span.events)
        kept = self.request.GET.copy()
        kept.pop("export", None)

        def shown(row: dict[str, Any]) -> dict[str, Any]:
            return {name: value.text(language) if isinstance(value, Money) else value for name, value in row.items()}

        days = finance.by_day(span)
        return super().get_context_data(**kwargs) | {
            "filters": self.filters,
            "kept": kept.urlencode(),
            "expected": [shown(_sums(row)) for row in finance.expected(orders)],
            "methods": [shown(row) for row in finance.by_method(span)],
            "days": [shown(row) for row in days],
            "plots": plots(days),
            "payouts": [shown(row) for row in finance.by_payout(span)],
            "unmatched": finance.unmatched(span),
            "zone": str(span.zone),
        }


HEADINGS = (
    gettext_lazy("Received"),
    gettext_lazy("Event"),
    gettext_lazy("Reference"),
    gettext_lazy("Registration code"),
    gettext_lazy("Method"),
    gettext_lazy("Currency"),
    gettext_lazy("Amount"),
    gettext_lazy("Paid back"),
    gettext_lazy("Reference of the payment"),
    gettext_lazy("Payout"),
    gettext_lazy("To look at"),
    gettext_lazy("Recorded by"),
)


def _sums(row: dict[str, Any]) -> dict[str, Any]:
    amounts = {name: Money(row[name], row["currency"]) for name in ("asked", "outstanding", "waived")}
    return {**amounts, "count": row["count"]}


def plots(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A plot for each currency: two bars a day, in the units of an SVG. The table below says the same in numbers."""
    found = []
    for currency in sorted({row["came"].currency for row in days}):
        rows = [row for row in days if row["came"].currency == currency][-60:]
        top = max(max(row["came"].minor, row["went"].minor) for row in rows) or 1
        bars = []
        for number, row in enumerate(rows):
            for name, shift in (("came", 0), ("went", BAR // 2)):
                height = round(row[name].minor * PLOT_HEIGHT / top, 1)
                bars.append(
                    {
                        "name": name,
                        "x": number * (BAR + GAP) + shift,
                        "y": round(PLOT_HEIGHT - height, 1),
                        "width": BAR // 2 - 1,
                        "height": height,
                    }
                )
        title = _("Received and paid back by day, %(currency)s") % {"currency": currency}
        width = max(len(rows) * (BAR + GAP), 240)
        plot = {"title": title, "bars": bars, "width": width, "height": PLOT_HEIGHT}
        found.append({**plot, "first": rows[0]["day"], "last": rows[-1]["day"]})
    return found
