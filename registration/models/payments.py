"""What guests pay: orders with their frozen lines, visits to the payment page, payments and refunds."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField, Label
from plenary.core.money import Money
from plenary.events.models import Event
from registration.models.fees import Sponsorship
from registration.models.people import Registration
from registration.querysets.payments import OrderQuerySet, PaymentQuerySet, RefundQuerySet
from registration.rules.payments import STANDING, AttemptState, Method, OrderState, RefundState
from registration.rules.pricing import Line


class Order(models.Model):
    """What one registration has to pay, with the prices of the day it was made."""

    wagtail_reference_index_ignore = True  # refers to no page

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="orders", verbose_name=_("event"))
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="orders")
    reference = models.CharField(_("reference"), max_length=25, unique=True)  # ISO 11649; banks carry it
    state = models.CharField(_("state"), max_length=14, choices=OrderState.choices, default=OrderState.OPEN)
    lines = models.JSONField(default=list)  # rules.pricing.Line, never written again
    currency = models.CharField(_("currency"), max_length=3)
    total_minor = models.PositiveBigIntegerField(_("total"))
    paid_minor = models.PositiveBigIntegerField(_("paid"), default=0)
    refunded_minor = models.PositiveBigIntegerField(_("refunded"), default=0)
    billing = EncryptedTextField(blank=True)  # JSON: name, organisation, address, country, tax_id
    due_at = models.DateTimeField(_("due"))
    reminded_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)  # when the date had passed and staff were told
    sponsorship = models.ForeignKey(Sponsorship, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    paid_at = models.DateTimeField(_("paid on"), null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-created_at", "id"]
        default_permissions = ()
        permissions = [
            ("view_payment", _("Can see orders, payments and the financial report")),
            ("manage_payments", _("Can record payments, waive fees and keep fees and sponsors")),
            ("refund_payment", _("Can refund payments")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(state__in=sorted(STANDING)),
                name="one_standing_order_per_registration",
            ),
            models.CheckConstraint(condition=Q(refunded_minor__lte=F("paid_minor")), name="order_refunds_within_paid"),
        ]
        indexes = [
            models.Index(fields=["event", "state", "-created_at"], name="order_list"),
            models.Index(fields=["state", "due_at"], name="order_due"),
            models.Index(fields=["-created_at"], name="order_newest"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def paid(self) -> Money:
        return Money(self.paid_minor, self.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)

    @property
    def outstanding(self) -> Money:
        """What is still to be paid: nothing, once an order is not open any more."""
        owed = self.total_minor - self.paid_minor + self.refunded_minor if self.state == OrderState.OPEN else 0
        return Money(max(owed, 0), self.currency)

    @property
    def kept(self) -> Money:
        """What came and was not given back."""
        return self.paid - self.refunded

    @property
    def line_items(self) -> list[Line]:
        return [Line.from_json(line) for line in self.lines]

    @property
    def told_lines(self) -> list[dict[str, Any]]:
        """The lines with their names in the active language."""
        return [
            {"label": Label(line.label), "amount": line.amount, "vat_rate": line.vat_rate} for line in self.line_items
        ]


class PaymentAttempt(models.Model):
    """One payment page asked of Stripe. Its key is Stripe's idempotency key: asked twice, it is one page."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attempts")
    state = models.CharField(max_length=8, choices=AttemptState.choices, default=AttemptState.NEW)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=12)
    session_id = models.CharField(max_length=120, blank=True)
    url = models.TextField(blank=True)
    return_to = models.TextField()  # base address of the guest's page, the same whenever the request is repeated
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=[AttemptState.NEW, AttemptState.OPEN]),
                name="one_open_payment_page_per_order",
            ),
            models.UniqueConstraint(
                fields=["session_id"], condition=~Q(session_id=""), name="one_attempt_per_payment_page"
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="attempt_state")]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Payment(models.Model):
    """Money that came for an order, or that somebody stands in for. Never changed, but for what was given back of it."""

    wagtail_reference_index_ignore = True

    class Flag(models.TextChoices):
        """Why staff should look at it."""

        NONE = "", "—"
        AFTER_CLOSE = "after_close", _("came after the registration was closed")
        OVERPAID = "overpaid", _("more than was due")
        MISMATCH = "mismatch", _("not the amount that was asked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, null=True, related_name="payments")
    method = models.CharField(_("method"), max_length=8, choices=Method.choices)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    refunded_minor = models.PositiveBigIntegerField(_("refunded"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    reference = models.CharField(
        _("reference"), max_length=140, blank=True
    )  # payment intent, line of the bank, receipt
    payout = models.CharField(_("payout"), max_length=80, blank=True)  # Stripe's transfer to the bank account
    flag = models.CharField(max_length=12, choices=Flag.choices, default=Flag.NONE, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(_("by"), max_length=120)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        default_permissions = ()
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["method", "reference"],
                condition=Q(method__in=[Method.STRIPE, Method.BANK]) & ~Q(reference=""),
                name="one_payment_per_reference",
            ),
            models.CheckConstraint(condition=Q(refunded_minor__lte=F("amount_minor")), name="refunds_within_payment"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_something"),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="payment_day"),
            models.Index(fields=["reference"], name="payment_reference"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)

    @property
    def refundable(self) -> Money:
        return self.amount - self.refunded


class Refund(models.Model):
    """Money that goes back, whole or in part. Counted against its payment before anybody is asked to pay it."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    state = models.CharField(_("state"), max_length=10, choices=RefundState.choices, default=RefundState.REQUESTED)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=250)
    reference = models.CharField(_("reference"), max_length=140, blank=True)  # Stripe's refund, bank's line
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    done_at = models.DateTimeField(_("paid back on"), null=True, blank=True)
    asked_by = models.CharField(_("by"), max_length=120)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        default_permissions = ()
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_is_something"),
            models.UniqueConstraint(fields=["reference"], condition=~Q(reference=""), name="one_refund_per_reference"),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="refund_state")]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
