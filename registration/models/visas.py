"""What a guest's journey needs of letters: ours, the outside authority's, and the departure that closes the case."""

import uuid
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField
from plenary.events.models import Event
from registration.models.files import StoredFile
from registration.models.people import Registration
from registration.querysets.visas import VisaCaseQuerySet


class AuthorityLetter(StoredFile):
    """The letter of an outside authority (a notice for a visa), scanned."""

    class Meta:
        default_permissions = ()


class VisaCase(models.Model):
    """What a guest's journey needs of letters, from the request to the registered departure."""

    wagtail_reference_index_ignore = True

    class Authority(models.TextChoices):
        NOT_ASKED = "not_asked", _("not asked for")
        REQUESTED = "requested", _("requested")
        RECEIVED = "received", _("received")
        REFUSED = "refused", _("refused")

    class Departure(models.TextChoices):
        OPEN = "open", _("not registered yet")
        DEPARTED = "departed", _("left")
        NOT_COME = "not_come", _("did not come")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="visa_case")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("letter asked for"), default=timezone.now)
    letter_due = models.DateField(_("letter due"))
    letter_issued_at = models.DateTimeField(_("letter issued"), null=True, blank=True)
    authority = models.CharField(
        _("authority's letter"), max_length=10, choices=Authority.choices, default=Authority.NOT_ASKED
    )
    authority_requested_on = models.DateField(_("requested on"), null=True, blank=True)
    authority_due = models.DateField(_("authority's letter due"), null=True, blank=True)
    authority_number = EncryptedTextField(_("its number"), blank=True)
    authority_dated = models.DateField(_("its date"), null=True, blank=True)
    authority_file = models.OneToOneField(
        AuthorityLetter, on_delete=models.SET_NULL, null=True, blank=True, related_name="case", editable=False
    )
    departure = models.CharField(_("departure"), max_length=10, choices=Departure.choices, default=Departure.OPEN)
    departed_on = models.DateField(_("left on"), null=True, blank=True)
    departure_due = models.DateField(_("departure to be registered by"))
    version = models.PositiveIntegerField(default=0)

    objects = VisaCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("visa case")
        verbose_name_plural = _("visa cases")
        ordering = ["letter_due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(departure="departed") | models.Q(departed_on__isnull=False),
                name="departed_guests_have_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "letter_issued_at", "letter_due"], name="visa_letter_due"),
            models.Index(fields=["event", "departure", "departure_due"], name="visa_departure_due"),
        ]
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return str(self.registration_id)

    @property
    def letter_is_late(self) -> bool:
        """Whether our own letter should have been issued by now."""
        return self.letter_issued_at is None and self.letter_due < self._today

    @property
    def authority_is_late(self) -> bool:
        """Whether the outside authority has taken longer than it needs."""
        waits = self.authority == self.Authority.REQUESTED and self.authority_due is not None
        return bool(waits and self.authority_due and self.authority_due < self._today)

    @property
    def departure_is_late(self) -> bool:
        """Whether a departure should have been registered by now."""
        return self.departure == self.Departure.OPEN and self.departure_due < self._today

    @property
    def _today(self) -> date:
        return self.event.local(timezone.now()).date()
