"""What deserves a look at a registration, found by comparison and decided by people; the watch list; the keys to compare by."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from plenary.core.fields import EncryptedTextField
from registration.models.files import StoredFile
from registration.querysets.flags import FindingQuerySet, WatchListQuerySet


class WatchListEntry(models.Model):
    """A person to be looked at closely, as a source named them. Who may see entries is a right of its own."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    names = EncryptedTextField(_("names"), help_text=_("One a line, in every script and spelling that is known."))
    note = EncryptedTextField(_("what is known"), blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    nationality = CountryField(_("nationality"), blank=True)
    source = models.CharField(_("source"), max_length=120, help_text=_("Who named this person, and the file number."))
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The digest of the row it was imported from: the same row sent again is no second entry.
    origin = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    compared_at = models.DateTimeField(null=True, blank=True, editable=False)  # with everybody registered

    objects = WatchListQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch-list entry")
        verbose_name_plural = _("watch list")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["valid_from"], condition=models.Q(compared_at__isnull=True), name="watch_list_uncompared"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} ({str(self.pk)[:8]})"

    @property
    def name_list(self) -> list[str]:
        return [line.strip() for line in self.names.splitlines() if line.strip()]


class WatchListFile(StoredFile):
    """A list that was sent and previewed; it goes when it is confirmed, or after a day."""

    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()


class Finding(models.Model):
    """One flag, as one finder raised it. It stays open until somebody says what it is worth."""

    class State(models.TextChoices):
        OPEN = "open", _("to be looked at")
        DISMISSED = "dismissed", _("dismissed")
        CONFIRMED = "confirmed", _("confirmed")

    class Level(models.IntegerChoices):
        INFO = 1, "info"
        WARNING = 2, "warning"
        DANGER = 3, "danger"

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=80)  # what was found, the same each time: one flag however often it is looked for
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.WARNING)
    score = models.PositiveSmallIntegerField(null=True, blank=True)  # likeness, 0 to 100
    detail = EncryptedTextField(blank=True)  # JSON: what the explanation needs
    fingerprint = models.CharField(max_length=64, blank=True)  # of what was compared: when it changes, it opens again
    other = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, null=True, related_name="+")
    entry = models.ForeignKey(WatchListEntry, on_delete=models.CASCADE, null=True, related_name="findings")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    officer_label = models.CharField(max_length=120, blank=True)
    reason = EncryptedTextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-level", "kind", "-score"]
        constraints = [models.UniqueConstraint(fields=["registration", "kind", "key"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class MatchKey(models.Model):
    """A keyed digest by which names and addresses that may be one person's meet; it tells nothing to who has no key."""

    key = models.CharField(max_length=24)
    registration = models.ForeignKey(
        "registration.Registration", on_delete=models.CASCADE, null=True, related_name="match_keys"
    )
    entry = models.ForeignKey(WatchListEntry, on_delete=models.CASCADE, null=True, related_name="match_keys")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["key"], name="match_key")]

    def __str__(self) -> str:
        return self.key
