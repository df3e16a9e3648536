"""What Stripe told us by itself: its events, and disputes about payments."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from plenary.core.money import Money
from registration.models.payments import Payment


class Dispute(models.Model):
    """A card holder who asks the bank for the money back. What it means for the badge is decided by a person."""

    wagtail_reference_index_ignore = True

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    reference = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=40)  # in Stripe's words
    reason = models.CharField(_("reason"), max_length=80, blank=True)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    told_at = models.DateTimeField()  # the newest event that was heeded: an older one that comes late changes nothing
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        default_permissions = ()
        ordering = ["-opened_at", "id"]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_open(self) -> bool:
        return self.state not in {"won", "lost", "warning_closed"}


class StripeEvent(models.Model):
    """One event that Stripe sent: kept so that a second delivery does nothing. Holds keys and sums, nothing personal."""

    wagtail_reference_index_ignore = True

    event_id = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=80)
    created = models.DateTimeField(_("at Stripe"))
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    handled_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    intent = models.CharField(max_length=120, blank=True)  # the payment an event is about, or the payout
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of Stripe")
        verbose_name_plural = _("events of Stripe")
        default_permissions = ()
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["outcome", "intent"], name="stripe_event_waits")]
