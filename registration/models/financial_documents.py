"""Invoices, receipts and credit notes: numbered without gaps, never changed."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plenary.core.fields import EncryptedTextField
from plenary.core.money import Money
from registration.models.fees import Sponsorship
from registration.models.payments import Order, Payment, Refund


class FinancialDocument(models.Model):
    """An invoice, receipt or credit note: numbered without gaps, its content fixed when it was issued."""

    wagtail_reference_index_ignore = True

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("invoice")
        RECEIPT = "receipt", _("receipt")
        CREDIT_NOTE = "credit_note", _("credit note")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="documents")
    sponsorship = models.ForeignKey(Sponsorship, on_delete=models.PROTECT, null=True, related_name="documents")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="receipt")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="credit_note")
    credits = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="credited_by"
    )  # the invoice that a credit note takes back whole
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    series = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()  # of a credit note below nought
    content = EncryptedTextField()  # JSON of all that is printed
    issued_at = models.DateTimeField(pgettext_lazy("a document", "issued"), default=timezone.now)

    class Meta:
        verbose_name = _("financial document")
        verbose_name_plural = _("financial documents")
        default_permissions = ()
        ordering = ["issued_at", "series", "number"]
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="financial_number_once_per_series")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """“FORUM-INV-2027-00012”: as it is printed and quoted."""
        return f"{self.series}-{self.number:05d}"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)
