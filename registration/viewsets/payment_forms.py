"""What staff fill in about money: filters, a payment at the desk, a refund, a reason, a statement of the bank."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plenary.core.money import Money, NotExact, exponent
from plenary.events.models import Event
from registration.rules.payments import OrderState

LISTS = (
    ("", _("all orders")),
    ("overdue", _("overdue")),
    ("to_refund", _("to be paid back")),
    ("flagged", _("payments to look at")),
    ("disputed", _("disputed")),
)


class OrderFilterForm(forms.Form):
    """Which orders a list shows. What is no choice is no filter."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    event = forms.ModelChoiceField(
        label=_("Event"), queryset=Event.objects.none(), required=False, empty_label=_("all events")
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all states")), *OrderState.choices])
    show = forms.ChoiceField(label=pgettext_lazy("a list", "Show"), required=False, choices=LISTS)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.fields["event"]
        if isinstance(event, forms.ModelChoiceField):
            event.queryset = Event.objects.for_staff(user)


IN_THE_BOOKS = _("It stands in the books; the guest does not read it.")


class AmountForm(forms.Form):
    """An amount in one currency, with as many decimal places as that has."""

    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal("0.001"), max_digits=14)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        field = self.fields["amount"]
        field.label = f"{field.label} ({currency})"
        field.widget.attrs["step"] = str(Decimal(1).scaleb(-exponent(currency)))

    def clean_amount(self) -> Money:
        try:
            return Money.of(self.cleaned_data["amount"], self.currency)
        except NotExact as error:
            raise forms.ValidationError(_("This currency has fewer decimal places.")) from error


class RefundForm(AmountForm):
    reason = forms.CharField(label=_("Reason"), max_length=250, help_text=IN_THE_BOOKS)


class TransferForm(AmountForm):
    reference = forms.CharField(
        label=_("Line of the statement"), max_length=140, help_text=_("The bank's own number of it.")
    )
    received_on = forms.DateField(label=_("Received"), widget=forms.DateInput(attrs={"type": "date"}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=250, help_text=IN_THE_BOOKS)


class ReferenceForm(forms.Form):
    reference = forms.CharField(label=_("Reference of the transfer or receipt"), max_length=140)


class StatementForm(forms.Form):
    file = forms.FileField(
        label=_("Statement (CSV or XLSX)"),
        help_text=_(
            "With the columns date, amount, currency, text and, where the bank gives one, its own number of the line."
        ),
    )

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > 5_000_000:
            raise forms.ValidationError(_("This file is larger than 5 MB. Export a shorter time."))
        return sent


class ReportForm(forms.Form):
    event = forms.ModelChoiceField(
        label=_("Event"), queryset=Event.objects.none(), required=False, empty_label=_("all events")
    )
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.fields["event"]
        if isinstance(event, forms.ModelChoiceField):
            event.queryset = Event.objects.for_staff(user)
