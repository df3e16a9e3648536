"""What an event asks for taking part, and who pays in a guest's place: fees and sponsors."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField, LabelField
from plenary.core.money import Money, currency_rule
from plenary.events.models import Event
from registration.models.delegations import Delegation
from registration.models.offer import Category
from registration.models.people import Registration
from registration.querysets.fees import FeeQuerySet
from registration.rules.payments import Method
from registration.rules.pricing import Tariff


class Fee(models.Model):
    """One rate of an event: for whom, when, how much. The first that applies is a guest's fee; supplements are added."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="fees", verbose_name=_("event"))
    label = LabelField(_("name on the invoice"))
    amount_minor = models.PositiveBigIntegerField(_("amount"))  # in the currency's smallest unit
    currency = models.CharField(_("currency"), max_length=3, validators=[currency_rule])
    vat_rate = models.DecimalField(
        _("tax included, per cent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Empty means that the invoice names no tax."),
    )
    is_supplement = models.BooleanField(
        _("supplement"), default=False, help_text=_("Added to the fee wherever it applies, like an excursion.")
    )
    categories = models.ManyToManyField(
        Category, blank=True, related_name="fees", verbose_name=_("categories"), help_text=_("None means all.")
    )
    first_day = models.DateField(_("from"), null=True, blank=True)
    last_day = models.DateField(
        _("until"), null=True, blank=True, help_text=_("This day included, in the event's zone.")
    )
    condition = models.JSONField(_("only if"), default=dict, blank=True)  # see rules.condition_holds
    code = models.CharField(
        _("only with the code"), max_length=40, blank=True, help_text=_("Members type it on their payment page.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = FeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    def tariff(self) -> Tariff:
        """As the rules take it; needs `categories` prefetched when asked for many."""
        return Tariff(
            id=self.pk,
            label=dict(self.label),
            amount=self.amount,
            is_supplement=self.is_supplement,
            categories=frozenset(category.slug for category in self.categories.all()),
            first_day=self.first_day,
            last_day=self.last_day,
            condition=self.condition,
            code=self.code,
            vat_rate=self.vat_rate,
        )


class Sponsorship(models.Model):
    """Who pays for guests, be it the institution that hosts them: by organisation, delegation or one registration."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sponsorships", verbose_name=_("event"))
    method = models.CharField(
        _("who pays"),
        max_length=8,
        choices=[(Method.SPONSOR.value, Method.SPONSOR.label), (Method.HOSTED.value, Method.HOSTED.label)],
        default=Method.SPONSOR,
    )
    payer = models.CharField(_("name of the payer"), max_length=200)
    address = EncryptedTextField(_("address for the invoice"), blank=True)
    organisation = models.CharField(
        _("guests of the organisation"),
        max_length=300,
        blank=True,
        help_text=_("As guests write it; case and accents do not matter."),
    )
    organisation_key = models.CharField(max_length=300, blank=True, editable=False)  # core.names.fold of it
    delegation = models.ForeignKey(
        Delegation,
        verbose_name=_("guests of the delegation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsorships",
    )
    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="sponsorship"
    )
    places = models.PositiveIntegerField(_("at most so many guests"), null=True, blank=True)
    used = models.PositiveIntegerField(default=0, editable=False)  # counted in the statement that checks `places`
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("sponsor")
        verbose_name_plural = _("sponsors")
        ordering = ["payer", "id"]
        indexes = [models.Index(fields=["event", "organisation_key"], name="sponsorship_organisation")]

    def __str__(self) -> str:
        return self.payer
