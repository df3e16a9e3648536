"""One order in the admin: what it is for, what came and went, its documents and history, and what this person may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin import messages

from plenary.core.actions import Actor, record_look
from plenary.core.models import HistoryEntry
from plenary.core.permissions import signed_in
from plenary.events.models import Event
from registration.actions.financial_documents import ask_for_invoice
from registration.actions.orders import PaymentRefused
from registration.actions.payments import host, pay_at_desk, pay_by_transfer, waive
from registration.actions.refunds import refund, refund_paid
from registration.financial_pdf import MEDIA_TYPE, file_name, financial_pdf
from registration.history import WHO
from registration.models import FinancialDocument, Order, Payment, Refund
from registration.permissions import MANAGE_PAYMENTS, REFUND_PAYMENT, VIEW_PAYMENT, may_see
from registration.rules.payments import Method, OrderState, RefundState
from registration.rules.references import in_groups
from registration.viewsets.payment_forms import AmountForm, ReasonForm, ReferenceForm, RefundForm, TransferForm
from registration.viewsets.payment_history import told
from registration.viewsets.payments import PaymentPage


class OrderView(PaymentPage):
    """Every button posts `do`, its own form and nothing else; each right is checked again where the button is pressed."""

    template_name = "payments_admin/order.html"

    @cached_property
    def order(self) -> Order:
        return get_object_or_404(self.orders().with_guest(), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return in_groups(self.order.reference)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wish = request.POST.get("do", "")
        permission, make_form, act = self._wishes().get(wish, ("", None, None))
        if act is None or make_form is None:
            return HttpResponseRedirect(request.path)
        if not request.user.has_perm(permission):
            raise PermissionDenied
        form = make_form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(failed={wish: form}), status=422)
        try:
            said = act(form)
        except PaymentRefused as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(failed={wish: form}), status=409)
        messages.success(request, said)
        return HttpResponseRedirect(request.path)

    def _wishes(self) -> dict[str, tuple[str, Callable[[Any], Form], Callable[[Any], str]]]:
        currency = self.order.currency
        return {
            "cash": (MANAGE_PAYMENTS, lambda sent: AmountForm(sent, currency=currency, prefix="cash"), self._cash),
            "transfer": (
                MANAGE_PAYMENTS,
                lambda sent: TransferForm(sent, currency=currency, prefix="transfer"),
                self._transfer,
            ),
            "host": (MANAGE_PAYMENTS, lambda sent: ReasonForm(sent, prefix="host"), self._host),
            "waive": (MANAGE_PAYMENTS, lambda sent: ReasonForm(sent, prefix="waive"), self._waive),
            "invoice": (MANAGE_PAYMENTS, lambda sent: Form(sent), self._invoice),
            "refund": (REFUND_PAYMENT, lambda sent: RefundForm(sent, currency=currency, prefix="refund"), self._refund),
            "paid_back": (REFUND_PAYMENT, lambda sent: ReferenceForm(sent, prefix="paid_back"), self._paid_back),
        }

    def _cash(self, form: Any) -> str:
        pay_at_desk(order_id=self.order.pk, amount=form.cleaned_data["amount"], by=self.actor)
        return _("Booked. The receipt stands below.")

    def _transfer(self, form: Any) -> str:
        day = datetime.combine(form.cleaned_data["received_on"], time(12), tzinfo=self.order.event.zone)
        pay_by_transfer(
            order_id=self.order.pk,
            amount=form.cleaned_data["amount"],
            reference=form.cleaned_data["reference"],
            received_at=day,
            by=self.actor,
        )
        return _("Booked. The receipt stands below.")

    def _host(self, form: Any) -> str:
        host(order_id=self.order.pk, reason=form.cleaned_data["reason"], by=self.actor)
        return _("The house pays for this guest.")

    def _waive(self, form: Any) -> str:
        waive(order_id=self.order.pk, reason=form.cleaned_data["reason"], by=self.actor)
        return _("The fee is waived.")

    def _invoice(self, form: Any) -> str:
        return _("Issued: %(number)s") % {"number": ask_for_invoice(order_id=self.order.pk, by=self.actor).label}

    def _refund(self, form: Any) -> str:
        payment = get_object_or_404(Payment, pk=_uuid(self.request.POST.get("payment", "")), order=self.order)
        made = refund(
            payment_id=payment.pk,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            by=self.actor,
        )
        if made.state == RefundState.DONE:
            return _("Paid back. The credit note stands below.")
        if made.state == RefundState.FAILED:
            raise PaymentRefused(
                _("Stripe refuses this refund. Pay it back in another way, or look there for the reason.")
            )
        if payment.method == Method.STRIPE:
            return _("Stripe has not answered yet. It is asked again by itself, and nothing is paid back twice.")
        return _("Noted. Pay it back, then enter the reference below.")

    def _paid_back(self, form: Any) -> str:
        asked = get_object_or_404(Refund, pk=_uuid(self.request.POST.get("refund", "")), order=self.order)
        if asked.payment.method == Method.STRIPE:
            raise PaymentRefused(_("Stripe itself says when a card has been paid back."))
        refund_paid(refund_id=asked.pk, reference=form.cleaned_data["reference"], by=self.actor)
        return _("Paid back. The credit note stands below.")

    def get_context_data(self, failed: dict[str, Form] | None = None, **kwargs: Any) -> dict[str, Any]:
        order, user, language = self.order, signed_in(self.request), get_language()
        record_look(order.registration, part="payment", by=self.actor)
        order.refresh_from_db(fields=["state", "paid_minor", "refunded_minor", "paid_at", "lines"])
        is_open, may_book = order.state == OrderState.OPEN, user.has_perm(MANAGE_PAYMENTS)
        currency, due = order.currency, {"amount": order.outstanding.decimal}
        forms: dict[str, Form] = {}
        if is_open and may_book:
            forms = {
                "cash": AmountForm(currency=currency, prefix="cash", initial=due),
                "host": ReasonForm(prefix="host"),
                "waive": ReasonForm(prefix="waive"),
            }
        if may_book:
            day = {"received_on": timezone.localdate()}
            forms["transfer"] = TransferForm(
                currency=currency, prefix="transfer", initial=due | day if is_open else day
            )
        payments = list(Payment.objects.of_order(order))
        may_refund = user.has_perm(REFUND_PAYMENT)
        return super().get_context_data(**kwargs) | {
            "order": order,
            "registration": order.registration,
            "dossier": may_see(user, order.registration),
            "lines": [{**line, "text": line["amount"].text(language)} for line in order.told_lines],
            "sums": {
                "total": order.total.text(language),
                "paid": order.paid.text(language),
                "refunded": order.refunded.text(language) if order.refunded else "",
                "outstanding": order.outstanding.text(language) if order.outstanding else "",
            },
            "late": is_open and order.due_at < timezone.now(),
            "payments": [_told_payment(payment, may_refund, failed or {}) for payment in payments],
            "documents": order.documents.order_by("issued_at"),
            "has_invoice": order.documents.filter(kind="invoice", credited_by__isnull=True).exists(),
            "history": told(HistoryEntry.objects.of(order)[:100]),
            "forms": forms | {name: form for name, form in (failed or {}).items() if name in forms},
            "failed": failed or {},
            "may_book": may_book,
        }


def _told_payment(payment: Payment, may_refund: bool, failed: dict[str, Form]) -> dict[str, Any]:
    language = get_language()
    refundable = payment.refundable and payment.method not in {Method.HOSTED, Method.SPONSOR}
    form = RefundForm(
        currency=payment.currency,
        prefix="refund",
        auto_id=f"{payment.pk}-%s",
        initial={"amount": payment.refundable.decimal},
    )
    return {
        "payment": payment,
        "by": WHO.get(payment.recorded_by, payment.recorded_by),
        "amount": payment.amount.text(language),
        "refunds": [
            {
                "refund": made,
                "by": WHO.get(made.asked_by, made.asked_by),
                "amount": made.amount.text(language),
                "form": ReferenceForm(prefix="paid_back", auto_id=f"{made.pk}-%s")
                if may_refund and made.state == RefundState.REQUESTED and payment.method != Method.STRIPE
                else None,
            }
            for made in payment.refunds.all()
        ],
        "disputes": payment.disputes.all(),
        "form": form if may_refund and refundable else None,
        "left": payment.refundable.text(language),
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def document_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A financial document as PDF: only with the right to see payments, only of one's own events, and the look is logged."""
    if not request.user.has_perm(VIEW_PAYMENT):
        raise PermissionDenied
    found = get_object_or_404(
        FinancialDocument.objects.select_related("order__registration", "sponsorship__event"), pk=pk
    )
    by = Actor.staff(signed_in(request))
    if found.order is not None:
        get_object_or_404(Order.objects.for_staff(signed_in(request)), pk=found.order_id)
        record_look(found.order.registration, part="financial document", by=by)
    elif found.sponsorship is not None:
        event = get_object_or_404(Event.objects.for_staff(signed_in(request)), pk=found.sponsorship.event_id)
        record_look(event, part="invoice of a sponsor", by=by)
    response = HttpResponse(financial_pdf(found), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(found)}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response
