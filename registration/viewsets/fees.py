"""Fees and sponsors in the admin: lists and forms that save through actions, and who would pay what today."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor
from plenary.core.money import CurrencyMismatch, Money, NotExact, currency_rule, known_currencies
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets import TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from registration.actions.fees import remove_fee, save_fee, save_sponsorship
from registration.actions.financial_documents import invoice_sponsor
from registration.actions.orders import PaymentRefused
from registration.models import Category, Fee, Question, Sponsorship
from registration.permissions import MANAGE_PAYMENTS
from registration.prices import sum_of, tariffs_of
from registration.rules.pricing import price
from registration.viewsets.offer_fields import condition_as_words, condition_of
from registration.viewsets.offer_forms import OfferForm
from registration.viewsets.payments import PaymentPage


class FeeForm(OfferForm):
    """The amount is typed as people write it; the condition hangs on a question, the category or the nationality."""

    amount = forms.DecimalField(label=gettext_lazy("Amount"), min_value=Decimal(0), max_digits=14)
    hangs_on = forms.ChoiceField(label=gettext_lazy("Only if"), required=False)
    hangs_on_values = forms.CharField(
        label=gettext_lazy("… is one of"),
        required=False,
        help_text=gettext_lazy("Values with commas between them, such as “member, student”, “CN, FR” or “yes”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = Question.objects.order_by("position", "id")
        if self.instance.pk:
            questions = questions.filter(event=self.instance.event_id)
            self.fields["categories"].queryset = Category.objects.filter(event=self.instance.event_id)
            self.initial["amount"] = self.instance.amount.decimal
        asked = {question.key: f"{question.label} ({question.key})" for question in questions}
        self.fields["hangs_on"].choices = [("", _("always")), ("nationality", _("the nationality")), *asked.items()]
        self.initial["hangs_on"], self.initial["hangs_on_values"] = condition_as_words(self.instance.condition or {})

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        currency_rule(code)
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        event = cleaned.get("event") or (self.instance.event if self.instance.pk else None)
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It has to end after it begins."))
        self._amount(cleaned)
        if event and cleaned.get("currency"):
            others = Fee.objects.filter(event=event).exclude(pk=self.instance.pk).exclude(currency=cleaned["currency"])
            if (other := others.first()) is not None:
                self.add_error(
                    "currency",
                    _("The other fees of this event are in %(currency)s: a guest cannot owe two currencies.")
                    % {"currency": other.currency},
                )
        if event and any(category.event_id != event.pk for category in cleaned.get("categories") or []):
            self.add_error("categories", _("Choose categories of the same event."))
        cleaned["condition"] = self._condition(cleaned)
        return cleaned

    def _amount(self, cleaned: dict[str, Any]) -> None:
        currency = cleaned.get("currency")
        if cleaned.get("amount") is None or currency not in known_currencies():
            return
        try:
            cleaned["amount_minor"] = Money.of(cleaned["amount"], str(currency)).minor
        except NotExact:
            self.add_error("amount", _("This currency has fewer decimal places."))

    def _condition(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        values: list[Any] = [part.strip() for part in (cleaned.get("hangs_on_values") or "").split(",") if part.strip()]
        hangs_on = cleaned.get("hangs_on") or ""
        if hangs_on and not values:
            self.add_error("hangs_on_values", _("Say for which values."))
        if hangs_on == "nationality":
            values = [value.upper() for value in values]
        kinds = dict(Question.objects.filter(key=hangs_on).values_list("key", "kind")) if hangs_on else {}
        if kinds.get(hangs_on) == Question.Kind.CONSENT:
            values = [value.casefold() == "yes" for value in values]
        return condition_of(hangs_on, values) if hangs_on and values else {}


def _save_fee(view: Any) -> Fee:
    fee, given = view.form.save(commit=False), view.form.cleaned_data
    fee.amount_minor, fee.condition = given["amount_minor"], given["condition"]
    return save_fee(fee, categories=given["categories"], by=Actor.staff(signed_in(view.request)))


class _Managers(OwnEventsRecord):
    """Whoever may see payments may read the lists; changing takes the right to manage."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(MANAGE_PAYMENTS):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class AddFeeView(_Managers, generic.CreateView):
    def save_instance(self) -> Fee:
        return _save_fee(self)


class EditFeeView(_Managers, generic.EditView):
    def save_instance(self) -> Fee:
        return _save_fee(self)


class RemoveFeeView(_Managers, generic.DeleteView):
    def delete_action(self) -> None:
        remove_fee(self.object, by=Actor.staff(signed_in(self.request)))


def _column(name: str, label: Any) -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"payments_admin/cells/{name}.html")


class FeeListView(OwnEventsList, generic.IndexView):
    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [_column("fee", _("Fee")), _column("fee_amount", _("Amount")), _column("fee_when", _("When"))]

    def get_base_queryset(self) -> QuerySet[Fee]:
        return Fee.objects.select_related("event").prefetch_related("categories")

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by("-event__starts_on", "event", "position", "id")


class PricePreviewView(PaymentPage):
    """Who would pay what today: every category, without answers and with each condition or code that changes the price."""

    template_name = "payments_admin/prices.html"
    page_title = gettext_lazy("Who pays what")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = of_own_events(Category.objects.filter(event__fees__isnull=False), signed_in(self.request))
        categories = events.select_related("event").distinct().order_by("-event__starts_on", "event", "position")
        rows = [row for category in categories for row in _prices_of(category)]
        return super().get_context_data(**kwargs) | {"rows": rows}


def _prices_of(category: Category) -> list[dict[str, Any]]:
    tariffs, day = tariffs_of(category.event_id), category.event.local(timezone.now()).date()
    cases: list[tuple[str, dict[str, Any], str]] = [("", {}, "")]
    for tariff in tariffs:
        if tariff.condition:
            key, value = tariff.condition["question"], (tariff.condition.get("in") or [tariff.condition.get("is")])[0]
            cases.append((f"{key}: {value}", {key: value}, ""))
        if tariff.code:
            cases.append((_("with the code %(code)s") % {"code": tariff.code}, {}, tariff.code))
    found, seen = [], set()
    for told, facts, code in cases:
        try:
            lines = price(tariffs, category=category.slug, day=day, facts=facts, code=code)
            due = sum_of(lines)
            text = due.text(get_language()) if due else _("nothing")
        except CurrencyMismatch:
            lines, text = [], _("two currencies: correct the fees")
        key = tuple(line.fee for line in lines)
        if key in seen:
            continue
        seen.add(key)
        labels = [
            str(Fee(label=dict(line.label)).label.get("en") or next(iter(line.label.values()), "")) for line in lines
        ]
        found.append({"category": category, "case": told, "lines": labels, "due": text})
    return found


class FeeViewSet(ModelViewSet):
    model = Fee
    name = "fees"
    url_prefix = "payments/fees"
    icon = "tag"
    menu_label = gettext_lazy("Fees")
    add_to_admin_menu = False
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_filter = ["event"]
    index_view_class = FeeListView
    add_view_class = AddFeeView
    edit_view_class = EditFeeView
    delete_view_class = RemoveFeeView
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("label"),
            MultiFieldPanel(
                [FieldPanel("amount"), FieldPanel("currency"), FieldPanel("vat_rate")], heading=gettext_lazy("Price")
            ),
            FieldPanel("is_supplement"),
            FieldPanel("categories", widget=forms.CheckboxSelectMultiple),
            MultiFieldPanel([FieldPanel("first_day"), FieldPanel("last_day")], heading=gettext_lazy("When it applies")),
            MultiFieldPanel(
                [FieldPanel("hangs_on"), FieldPanel("hangs_on_values"), FieldPanel("code")],
                heading=gettext_lazy("For whom"),
            ),
            FieldPanel("position", help_text=gettext_lazy("The first fee that applies is the guest's.")),
        ],
        base_form_class=FeeForm,
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        gone = {"history", "history_results", "usage"}
        kept = [pattern for pattern in super().get_urlpatterns() if pattern.name not in gone]
        return [path("who-pays-what/", PricePreviewView.as_view(), name="prices"), *kept]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_common_view_kwargs(**kwargs)
        return {name: value for name, value in found.items() if name not in {"history_url_name", "usage_url_name"}}


class SponsorForm(OfferForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        delegation = cleaned.get("delegation")
        event = cleaned.get("event") or (self.instance.event if self.instance.event_id else None)
        if not cleaned.get("organisation") and delegation is None and self.instance.registration_id is None:
            self.add_error("organisation", _("Say whose guests it is for: an organisation or a delegation."))
        if event is not None and delegation is not None and delegation.event_id != event.pk:
            self.add_error("delegation", _("Choose a delegation of the same event."))
        return cleaned


def _save_sponsor(view: Any) -> Sponsorship:
    return save_sponsorship(view.form.save(commit=False), by=Actor.staff(signed_in(view.request)))


class AddSponsorView(_Managers, generic.CreateView):
    def save_instance(self) -> Sponsorship:
        return _save_sponsor(self)


class EditSponsorView(_Managers, generic.EditView):
    template_name = "payments_admin/sponsor.html"

    def save_instance(self) -> Sponsorship:
        return _save_sponsor(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        documents = self.object.documents.order_by("issued_at")
        return super().get_context_data(**kwargs) | {"documents": documents, "sponsorship": self.object}


class SponsorListView(OwnEventsList, generic.IndexView):
    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [_column("sponsor", _("Sponsor")), _column("sponsor_guests", _("Guests"))]

    def get_base_queryset(self) -> QuerySet[Sponsorship]:
        return Sponsorship.objects.select_related("event", "registration", "delegation")


@require_POST
def invoice_view(request: HttpRequest, pk: str) -> HttpResponse:
    """Invoice all that is on no invoice yet."""
    if not request.user.has_perm(MANAGE_PAYMENTS):
        raise PermissionDenied
    user = signed_in(request)
    found = get_object_or_404(of_own_events(Sponsorship.objects.all(), user), pk=pk)
    try:
        document = invoice_sponsor(sponsorship_id=found.pk, language=get_language() or "en", by=Actor.staff(user))
        messages.success(request, _("Issued: %(number)s") % {"number": document.label})
    except PaymentRefused as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(reverse("sponsors:edit", args=[pk]))


class SponsorViewSet(ModelViewSet):
    model = Sponsorship
    name = "sponsors"
    url_prefix = "payments/sponsors"
    icon = "group"
    menu_label = gettext_lazy("Sponsors")
    add_to_admin_menu = False
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_filter = ["event"]
    index_view_class = SponsorListView
    add_view_class = AddSponsorView
    edit_view_class = EditSponsorView
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("method"),
            FieldPanel("payer"),
            FieldPanel("address"),
            FieldPanel("organisation"),
            FieldPanel("delegation"),
            FieldPanel("places"),
        ],
        base_form_class=SponsorForm,
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        gone = {"history", "history_results", "usage", "delete"}
        kept = [pattern for pattern in super().get_urlpatterns() if pattern.name not in gone]
        return [path("invoice/<uuid:pk>/", invoice_view, name="invoice"), *kept]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_common_view_kwargs(**kwargs)
        gone = {"history_url_name", "usage_url_name", "delete_url_name"}
        return {name: value for name, value in found.items() if name not in gone}
