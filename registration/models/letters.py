"""Letters: their texts, the letterhead, what the institution's rules say of them, and every letter that was issued."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from plenary.core.fields import EncryptedTextField, LabelField
from plenary.events.models import Event
from plenary.events.rules import ApprovalState
from registration.models.files import StoredFile
from registration.models.invitations import Invitation
from registration.models.people import Registration
from registration.querysets.letters import (
    HolidayQuerySet,
    LetterheadQuerySet,
    LetterQuerySet,
    LetterRulesQuerySet,
    LetterTemplateQuerySet,
)
from registration.rules.invitations import InvitationState
from registration.rules.letters import LetterKind, letter_stands


class LetterTemplate(models.Model):
    """The text of one kind of letter, per language: for one event, or for all that have none of their own."""

    event = models.ForeignKey(
        Event,
        verbose_name=_("event"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: for every event without a text of its own."),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=LetterKind.choices)
    subject = LabelField(_("subject"))
    body = LabelField(_("text"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter text")
        verbose_name_plural = _("letter texts")
        ordering = ["kind", "event_id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind"], name="one_letter_text_per_event_and_kind"),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(event__isnull=True), name="one_general_letter_text_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class LetterSeal(StoredFile):
    """The picture of a seal. Private like a passport: whoever has it can forge letters."""

    class Meta:
        default_permissions = ()


class Letterhead(models.Model):
    """Who writes: the institution, its address, who signs, and the seal. For one event, or for all without their own."""

    event = models.OneToOneField(
        Event,
        verbose_name=_("event"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: for every event without a letterhead of its own."),
    )
    institution = LabelField(_("institution"))
    address = LabelField(_("address and contact"), blank=True)
    signatory = LabelField(_("who signs"), blank=True)
    signatory_title = LabelField(_("function of who signs"), blank=True)
    seal = models.OneToOneField(
        LetterSeal, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = LetterheadQuerySet.as_manager()

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        ordering = ["event_id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(event__isnull=True), name="one_general_letterhead"
            )
        ]

    def __str__(self) -> str:
        return str(self.institution)


class LetterRules(models.Model):
    """What the institution's rules say of letters, from a day on: dated data with its source, never constants."""

    valid_from = models.DateField(_("valid from"), unique=True)
    source = models.CharField(_("where the rule stands"), max_length=250)
    visa_letter_days = models.PositiveSmallIntegerField(
        _("working days to issue a visa letter"), default=5, validators=[MaxValueValidator(60)]
    )
    authority_days = models.PositiveSmallIntegerField(
        _("working days the outside authority needs"), default=10, validators=[MaxValueValidator(120)]
    )
    departure_days = models.PositiveSmallIntegerField(
        _("days after the event to register departures"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    reminder_days = models.JSONField(_("reminders, days before the last day to reply"), default=list)  # [14, 3]

    objects = LetterRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules for letters")
        verbose_name_plural = _("rules for letters")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"


class Holiday(models.Model):
    """A day on which an office does not work, or works although it is a weekend: a fact of a country, or of one event."""

    country = CountryField(_("country"), blank=True, help_text=_("Of every event that is held there."))
    event = models.ForeignKey(
        Event,
        verbose_name=_("event"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Instead of a country: of this event alone."),
    )
    day = models.DateField(_("day"))
    name = LabelField(_("name"))
    is_worked = models.BooleanField(
        _("worked"), default=False, help_text=_("A day of the weekend that is worked in place of a holiday.")
    )

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["-day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(event__isnull=True) ^ models.Q(country=""),
                name="holiday_of_a_country_or_an_event",
                violation_error_message=_("Choose a country or an event, one of the two."),
            ),
            models.UniqueConstraint(
                fields=["country", "day"],
                condition=models.Q(event__isnull=True),
                name="one_holiday_a_day_and_country",
                violation_error_message=_("This day is in the calendar already."),
            ),
            models.UniqueConstraint(
                fields=["event", "day"],
                name="one_holiday_a_day_and_event",
                violation_error_message=_("This day is in the calendar already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Letter(models.Model):
    """A letter that was issued: its number, its text as it was, and whether it still stands."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(_("kind"), max_length=16, choices=LetterKind.choices)
    number = models.PositiveIntegerField(_("number"))  # of its kind and event, without gaps
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    registration = models.ForeignKey(
        Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    invitation = models.ForeignKey(Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    content = EncryptedTextField()  # JSON of what is printed: a later change of texts changes no letter
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-issued_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind", "number"], name="letter_number_once"),
            models.UniqueConstraint(
                fields=["registration", "kind"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_valid_letter_per_registration",
            ),
            models.UniqueConstraint(
                fields=["invitation", "kind"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_valid_letter_per_invitation",
            ),
        ]
        indexes = [models.Index(fields=["event", "kind", "-issued_at"], name="letter_newest")]
        default_permissions = ("view",)
        permissions = [("issue_letter", _("Can issue and withdraw letters"))]

    def __str__(self) -> str:
        return self.reference

    @property
    def stands(self) -> bool:
        """Whether it may still be relied on. Reads its event, registration and invitation."""
        return letter_stands(
            revoked=self.revoked_at is not None,
            event_cancelled=self.event.approval == ApprovalState.CANCELLED,
            registration_state=self.registration.state if self.registration else None,
            invitation_withdrawn=self.invitation is not None and self.invitation.state == InvitationState.WITHDRAWN,
        )
