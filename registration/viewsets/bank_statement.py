"""The bank's statement in the admin: read a file, look at the suggestions, book what is ticked. The file is not kept."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from wagtail.admin import messages

from plenary.core.money import Money
from registration.actions.orders import PaymentRefused
from registration.actions.payments import pay_by_transfer
from registration.bank_statement import read_statement
from registration.permissions import MANAGE_PAYMENTS
from registration.viewsets.payment_forms import StatementForm
from registration.viewsets.payments import PaymentPage


class StatementView(PaymentPage):
    template_name = "payments_admin/statement.html"
    permission = MANAGE_PAYMENTS
    page_title = gettext_lazy("Statement of the bank")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "book" in request.POST:
            return self._book()
        form = StatementForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        table, suggestions = read_statement(form.cleaned_data["file"].read(), self.orders())
        language = get_language()
        lines = [{"line": line, "amount": line.amount.text(language)} for line in suggestions]
        return self.render_to_response(self.get_context_data(form=form, table=table, lines=lines))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"form": StatementForm(), **super().get_context_data(**kwargs)}

    def _book(self) -> HttpResponse:
        done = 0
        for number in self.request.POST.getlist("take")[:2_000]:
            try:
                self._book_one(number)
            except (PaymentRefused, ValueError) as refusal:
                why = str(refusal) if isinstance(refusal, PaymentRefused) else _("this line cannot be read")
                messages.warning(self.request, _("Line %(number)s: %(why)s") % {"number": number[:6], "why": why})
            else:
                done += 1
        if done:
            told = ngettext("%(count)s payment booked.", "%(count)s payments booked.", done)
            messages.success(self.request, told % {"count": done})
        return HttpResponseRedirect(reverse("payments:index"))

    def _book_one(self, number: str) -> None:
        sent = self.request.POST
        reference = "".join(sent.get(f"order-{number}", "").split()).upper()
        order = self.orders().filter(reference=reference).select_related("event").first()
        if order is None:
            raise PaymentRefused(_("There is no order with this reference."))
        amount = Money(int(sent.get(f"minor-{number}", "")), sent.get(f"currency-{number}", ""))
        day = date.fromisoformat(sent.get(f"day-{number}", ""))
        pay_by_transfer(
            order_id=order.pk,
            amount=amount,
            reference=sent.get(f"line-{number}", ""),
            received_at=datetime.combine(day, time(12), tzinfo=order.event.zone),
            by=self.actor,
        )
