"""The guest list of an event: invitations, risk assessments of prominent guests, accompanying persons, lists being imported."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from plenary.core.fields import EncryptedTextField
from plenary.events.models import Event
from registration.models.files import StoredFile
from registration.models.offer import Category
from registration.models.people import Draft, Registration
from registration.querysets.invitations import InvitationQuerySet
from registration.rules.invitations import (
    MOST_COMPANIONS,
    MOST_SUBSTITUTIONS,
    OPEN,
    Delivery,
    InvitationState,
    is_held,
    replies_open,
)


class RiskAssessment(StoredFile):
    """What must be attached before a prominent person is invited (product.md 3.3)."""

    class Meta:
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
        default_permissions = ()


class GuestListFile(StoredFile):
    """A guest list that was sent and previewed; it waits a day for somebody to confirm it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    imported_at = models.DateTimeField(null=True, blank=True)  # pressed twice, it is imported once

    class Meta:
        default_permissions = ()


class Invitation(models.Model):
    """One person on the guest list of an event, from the first entry to the reply."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="invitations")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="invitations"
    )
    state = models.CharField(
        _("state"), max_length=12, choices=InvitationState.choices, default=InvitationState.LISTED, editable=False
    )
    delivery = models.CharField(_("goes out as"), max_length=8, choices=Delivery.choices, default=Delivery.LETTER)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    email = EncryptedTextField(_("e-mail address"))
    email_index = models.CharField(max_length=64, editable=False)  # blind index of the normalised address
    salutation = models.CharField(_("form of address"), max_length=40, blank=True)
    name = models.CharField(_("name in original script"), max_length=300)
    latin_name = models.CharField(_("name in Latin letters, as in the passport"), max_length=300, blank=True)
    organisation = models.CharField(_("organisation"), max_length=300, blank=True)
    job_title = models.CharField(_("function"), max_length=300, blank=True)
    nationality = CountryField(_("nationality"), blank=True)
    search_text = models.TextField(editable=False, default="")
    prominent = models.BooleanField(_("prominent person"), default=False)
    # The paper is erased when its time is over; the moment stays, and with it the proof that nobody went round it.
    assessed_at = models.DateTimeField(_("assessed"), null=True, blank=True, editable=False)
    assessment = models.OneToOneField(
        RiskAssessment, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitation", editable=False
    )
    companions_allowed = models.PositiveSmallIntegerField(_("accompanying persons allowed"), default=0)
    companion_category = models.ForeignKey(
        Category,
        verbose_name=_("category of accompanying persons"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: the guest's own category."),
    )
    reply_by = models.DateField(_("reply by"), null=True, blank=True)
    note = EncryptedTextField(_("note for colleagues"), blank=True)
    # Substitutes: whom this one stands in for, and the first invitation of the chain (its own key where there is none).
    substitutes_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="substitutes", editable=False
    )
    chain = models.UUIDField(editable=False)
    substitutions = models.PositiveSmallIntegerField(default=0, editable=False)  # steps from the first of the chain
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    reminded_stage = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)  # rules.reminder_stage
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True, editable=False)
    reply_noted_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # a colleague has taken note of a refusal
    reply_text = EncryptedTextField(_("word of the guest"), blank=True, editable=False)
    draft = models.OneToOneField(
        Draft, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitation", editable=False
    )
    registration = models.OneToOneField(
        Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitation", editable=False
    )
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)  # raised to revoke links already sent
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email_index"],
                condition=models.Q(state__in=sorted(OPEN)),
                name="one_open_invitation_per_address",
            ),
            models.UniqueConstraint(fields=["chain", "email_index"], name="no_address_twice_in_a_chain"),
            models.CheckConstraint(
                condition=models.Q(prominent=False)
                | models.Q(assessed_at__isnull=False)
                | models.Q(sent_at__isnull=True),
                name="prominent_guests_are_assessed_first",
            ),
            models.CheckConstraint(
                condition=models.Q(substitutions__lte=MOST_SUBSTITUTIONS), name="chain_of_substitutes_ends"
            ),
            models.CheckConstraint(
                condition=models.Q(companions_allowed__lte=MOST_COMPANIONS), name="companions_have_a_limit"
            ),
        ]
        indexes = [
            models.Index(fields=["event", "state", "-created_at"], name="invitation_by_state"),
            models.Index(fields=["event", "-created_at"], name="invitation_newest"),
            models.Index(fields=["state", "reply_by"], name="invitation_due"),
        ]
        default_permissions = ("view", "add", "change")
        permissions = [
            ("send_invitation", _("Can send, remind and take back invitations")),
            ("assess_invitation", _("Can attach risk assessments of prominent guests")),
            ("export_invitation", _("Can export guest lists")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_held(self) -> bool:
        """Whether it waits for a risk assessment."""
        return is_held(prominent=self.prominent, assessed=self.assessed_at is not None)

    @property
    def replies_open(self) -> bool:
        """Whether the guest may still reply, by the event's own day."""
        return replies_open(today=self.today, reply_by=self.reply_by)

    @property
    def is_overdue(self) -> bool:
        """Whether the last day passed without a reply."""
        return self.state == InvitationState.SENT and not self.replies_open

    @property
    def today(self) -> date:
        return self.event.local(timezone.now()).date()


class Companion(models.Model):
    """Somebody an invited guest brings along: a registration of its own, linked to the invitation."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="companions")
    # Places are counted by this number: a limit of two has places 1 and 2, and a constraint gives each once.
    place = models.PositiveSmallIntegerField()
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="companion_of")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["invitation", "place"], name="one_companion_a_place")]
