"""A guest's page for paying: what is due, every way to pay, the head of the invoice, the documents. It believes no browser:
that a payment came is read from the books alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_GET

from plenary.core.actions import GUEST
from plenary.core.csp import STRICT
from plenary.core.csp import render as render_policy
from plenary.core.dates import long_date
from plenary.core.links import read_link
from registration import paying
from registration.actions.card_payments import TryAgain, start_card_payment
from registration.actions.financial_documents import ask_for_invoice, billing_of, reissue_invoice, standing_invoice
from registration.actions.guests import read_guest_link
from registration.actions.orders import PaymentRefused
from registration.actions.payments import save_billing, use_code
from registration.financial_pdf import MEDIA_TYPE, file_name, financial_pdf
from registration.forms.payment import BillingForm, CodeForm
from registration.models import Fee, FinancialDocument, Order, Registration
from registration.rules.payments import OrderState
from registration.rules.references import in_groups
from registration.views.pages import private


@method_decorator(private, name="dispatch")
class PaymentView(View):
    """Shows the order; each button does one thing and comes back here."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        registration, order = _load(token)
        return self._page(request, registration, order, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        registration, order = _load(token)
        wish = request.POST.get("do", "")
        try:
            if wish == "card":
                return self._to_stripe(request, registration, order, token)
            if wish in {"billing", "invoice"}:
                return self._invoice(request, registration, order, token, issue=wish == "invoice")
            if wish == "code":
                form = CodeForm(request.POST)
                if not form.is_valid():
                    return self._page(request, registration, order, token, code_form=form)
                try:
                    use_code(order_id=order.pk, code=form.cleaned_data["code"])
                except PaymentRefused as refusal:
                    form.add_error("code", str(refusal))
                    return self._page(request, registration, order, token, status=409, code_form=form)
        except PaymentRefused as refusal:
            registration, order = _load(token)
            return self._page(request, registration, order, token, status=409, refusal=str(refusal))
        return HttpResponseRedirect(reverse("registration:payment", args=[token]))

    def _to_stripe(self, request: HttpRequest, registration: Registration, order: Order, token: str) -> HttpResponse:
        here = f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{reverse('registration:payment', args=[token])}"
        try:
            url = start_card_payment(order_id=order.pk, return_to=here)
        except TryAgain:
            return self._page(request, registration, order, token, status=503, unreachable=True)
        response = HttpResponse(status=303)
        response.headers["Location"] = url
        return response

    def _invoice(
        self, request: HttpRequest, registration: Registration, order: Order, token: str, *, issue: bool
    ) -> HttpResponse:
        form = BillingForm(request.POST)
        if not form.is_valid():
            return self._page(request, registration, order, token, billing_form=form)
        if standing_invoice(order) is not None:
            reissue_invoice(order_id=order.pk, billing=form.billing(), by=GUEST)
        else:
            save_billing(order_id=order.pk, billing=form.billing())
            if issue:
                ask_for_invoice(order_id=order.pk, by=GUEST)
        return HttpResponseRedirect(f"{reverse('registration:payment', args=[token])}#documents")

    def _page(
        self,
        request: HttpRequest,
        registration: Registration,
        order: Order,
        token: str,
        *,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        language, event = get_language(), registration.event
        is_open = order.state == OrderState.OPEN
        invoice = standing_invoice(order)
        context = {
            "registration": registration,
            "event": event,
            "token": token,
            "order": order,
            "is_open": is_open,
            "lines": [{**line, "text": line["amount"].text(language)} for line in order.told_lines],
            "total": order.total.text(language),
            "paid": order.paid.text(language) if order.paid else "",
            "refunded": order.refunded.text(language) if order.refunded else "",
            "outstanding": order.outstanding.text(language),
            "due_day": long_date(event.local(order.due_at).date(), language),
            "reference": in_groups(order.reference),
            "bank": paying.bank_account() if is_open else None,
            "takes_cards": paying.takes_cards(),
            "from_card": request.GET.get("from") == "card",
            "documents": FinancialDocument.objects.filter(order__registration=registration).order_by("issued_at"),
            "invoice": invoice,
            "may_invoice": order.state not in {OrderState.CANCELLED, OrderState.WRITTEN_OFF}
            and not order.refunded_minor,
            "takes_codes": is_open and not order.paid_minor and Fee.objects.with_code(registration.category).exists(),
            "payments": order.payments.order_by("received_at"),
            "has_error": bool(more),
            "billing_form": BillingForm(initial=billing_of(order)),
            "code_form": CodeForm(),
            **more,
        }
        response = render(request, "registration/payment.html", context, status=status)
        if settings.STRIPE_API_BASE:  # a double's payment page is somewhere else than Stripe's
            policy = STRICT | {"form-action": f"{STRICT['form-action']} {settings.STRIPE_API_BASE}"}
            response.headers["Content-Security-Policy"] = render_policy(policy)
        return response


def _load(token: str) -> tuple[Registration, Order]:
    registration = read_guest_link(token)
    order = Order.objects.newest(registration.pk)
    if order is None:
        raise Http404(_("Nothing is to be paid for this registration."))
    order.registration, order.event = registration, registration.event
    return registration, order


@private
@require_GET
def document(request: HttpRequest, token: str, document: UUID) -> HttpResponse:
    """One of the guest's own documents as PDF."""
    registration = read_guest_link(token)
    found = FinancialDocument.objects.filter(pk=document, order__registration=registration).first()
    if found is None:
        raise Http404
    response = HttpResponse(financial_pdf(found), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(found)}"'
    return response


@private
@require_GET
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """What an auditor learns from the address printed on a document: that we issued it, its number, day and sum."""
    link = read_link("financial-document", token)
    found = FinancialDocument.objects.filter(pk=link.subject).select_related("credited_by").first()
    if found is None:
        raise Http404
    context = {
        "document": found,
        "total": found.total.text(get_language()),
        "issued": long_date(found.issued_at.date(), get_language()),
        "taken_back_by": getattr(found, "credited_by", None),
    }
    return render(request, "registration/verify_document.html", context)
