"""What an event offers: categories of participants."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import LabelField
from plenary.events.models import Event, colour_rule, slug_rule
from registration.querysets import CategoryQuerySet
from registration.rules import Opening, WaitingList, WhenOverdue, opening


class Category(models.Model):
    """A kind of participant at one event: what it asks, when it is open, how many it takes, what its badge opens."""

    class Kind(models.TextChoices):
        DELEGATE = "delegate", _("delegate")
        HEAD_OF_DELEGATION = "head_of_delegation", _("head of delegation")
        VIP = "vip", _("VIP")
        SPEAKER = "speaker", _("speaker")
        PRESS = "press", _("press")
        OBSERVER = "observer", _("observer")
        STAFF = "staff", _("staff")
        OTHER = "other", _("other")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="categories")
    slug = models.SlugField(_("short name"), max_length=60, validators=[slug_rule])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.DELEGATE)
    name = LabelField(_("name"))
    description = LabelField(_("description"), blank=True)
    colour = models.CharField(_("badge colour"), max_length=7, default="#1f4e79", validators=[colour_rule])
    public = models.BooleanField(_("open to sign-up by anybody"), default=True)
    needs_review = models.BooleanField(_("an officer decides"), default=True)
    decide_within = models.PositiveSmallIntegerField(
        _("days to decide"), default=3, help_text=_("A registration that waits longer is shown as late.")
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    quota = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text=_("Empty means no limit."))
    # Counted in the same statement that checks the quota, so two people can never take the last place.
    taken = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
    waiting_list = models.CharField(
        _("waiting list"), max_length=10, choices=WaitingList.choices, default=WaitingList.OFF
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept an offered place"), default=48, validators=[MinValueValidator(1)]
    )
    # Guests on the list whose address is proved. While there are any, nobody new passes them by.
    waiting = models.PositiveIntegerField(_("waiting"), default=0, editable=False)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=14, validators=[MinValueValidator(1)])
    when_overdue = models.CharField(
        _("when the payment is overdue"), max_length=8, choices=WhenOverdue.choices, default=WhenOverdue.FLAG
    )
    rights = models.PositiveIntegerField(_("badge rights"), default=1, editable=False)  # 16 bits signed into the badge
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    # What proves who somebody is, asked on the guest's own page once the address is proved.
    asks_passport = models.BooleanField(_("ask for the travel document"), default=False)
    asks_passport_scan = models.BooleanField(_("and for a picture of its data page"), default=False)
    asks_portrait = models.BooleanField(_("ask for a portrait"), default=False)
    asks_assignment_letter = models.BooleanField(_("ask for the editor's letter of assignment"), default=False)
    identity_due_at = models.DateTimeField(_("to be sent by"), null=True, blank=True)
    document_months = models.PositiveSmallIntegerField(_("valid after the event, months"), default=6)
    document_strict = models.BooleanField(_("refuse documents that end earlier"), default=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="category_slug_once_per_event"),
            models.CheckConstraint(condition=models.Q(rights__lt=2**16), name="category_rights_fit_badge"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def opening(self) -> Opening:
        """Whether it takes a sign-up now, by what is loaded; the database decides again when one comes."""
        return opening(
            now=timezone.now(),
            event_open=self.event.takes_registrations,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            quota=self.quota,
            taken=self.taken,
            waiting=self.waiting if self.waiting_list != WaitingList.OFF else 0,
        )

    @property
    def has_waiting_list(self) -> bool:
        return self.waiting_list != WaitingList.OFF
