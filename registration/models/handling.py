"""How officers share their work: what is on hold, what they note for each other, and the lists they keep."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField
from registration.models.desks import Desk
from registration.querysets.handling import NoteQuerySet, SavedFilterQuerySet


class Hold(models.Model):
    """A registration set aside until a day, with the reason. The guest does not see it."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, related_name="holds")
    until = models.DateField(_("until"))
    reason = EncryptedTextField(_("reason"))
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(ended_at__isnull=True), name="one_hold_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} until {self.until}"


class InternalNote(models.Model):
    """What one officer tells the others about a registration; never shown to the guest."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=120)
    about = models.CharField(_("about"), max_length=80, blank=True)  # the field it is about: see rules.requests
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, null=True, blank=True, related_name="+")  # None: all desks
    text = EncryptedTextField(_("note"))
    at = models.DateTimeField(default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.author_label}, {self.at:%Y-%m-%d}"


class SavedFilter(models.Model):
    """A list an officer comes back to: the queue's filters under a name, for oneself or for everybody."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2_000, blank=True)  # as it stands in the queue's address
    shared = models.BooleanField(_("for all officers"), default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["officer", "name"], name="filter_name_once_per_officer")]

    def __str__(self) -> str:
        return self.name
