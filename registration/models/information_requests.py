"""What a guest is asked for once more, what came back, and what a guest changed after a desk had looked."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField
from registration.models.desks import Desk


class InformationRequest(models.Model):
    """One round of asking: which fields, in which words, and the answer. Every round is kept."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(
        "registration.Registration", on_delete=models.CASCADE, related_name="information_requests"
    )
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fields = models.JSONField(default=list)  # names as in rules.requests
    text = EncryptedTextField(_("question"))
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    officer_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    answered = models.BooleanField(default=False)  # by the guest; else an officer took it back or decided without it
    reply = EncryptedTextField(_("reply"), blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(closed_at__isnull=True), name="one_open_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration_id}, {self.asked_at:%Y-%m-%d}"


class FieldChange(models.Model):
    """A field the guest changed: what it was and what it is, for those who may see it."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=80)
    old = EncryptedTextField(blank=True)
    new = EncryptedTextField(blank=True)
    material = models.BooleanField(default=False)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ["-at", "field"]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.field}"
