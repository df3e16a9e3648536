"""What a guest asks to change once it is frozen: old and new value, why, and what an officer decided."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField
from registration.models.files import StoredFile
from registration.models.people import Registration
from registration.querysets import ChangeRequestQuerySet


class ChangeRequest(models.Model):
    """One field a guest asks to have changed. A field for a request, so that an officer may grant one and refuse another."""

    class State(models.TextChoices):
        PENDING = "pending", _("to be decided")
        APPROVED = "approved", _("changed as asked")
        REFUSED = "refused", _("refused")
        TAKEN_BACK = "taken_back", _("taken back by the guest")

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="change_requests")
    # Of the question, which may be gone by the time it is decided; or of a field of the person (rules.person_key).
    key = models.CharField(_("field"), max_length=60)
    old_value = EncryptedTextField(blank=True)  # JSON; of a file its name
    new_value = EncryptedTextField(blank=True)  # JSON; of a file its name
    reason = EncryptedTextField(_("reason"))  # the guest's words
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PENDING)
    version = models.PositiveSmallIntegerField(default=1, editable=False)  # of the question that the new value answers
    answer = models.TextField(_("answer"), blank=True)  # the officer's words, for the guest
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    officer_label = models.CharField(_("decided by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a change")
        verbose_name_plural = _("requests for a change")
        default_permissions = ("view",)
        permissions = [("decide_changerequest", _("Can decide on changes that guests ask for"))]
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "key"],
                condition=models.Q(state="pending"),
                name="one_open_change_request_per_field",
            )
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="change_request_waiting")]

    def __str__(self) -> str:
        return f"{self.key} ({self.get_state_display()})"

    @property
    def old(self) -> Any:
        """The answer when the change was asked for, as a JSON value; None where there was none."""
        return json.loads(self.old_value) if self.old_value else None

    @property
    def new(self) -> Any:
        """The answer that is asked for; None to have it removed."""
        return json.loads(self.new_value) if self.new_value else None


class ChangeFile(StoredFile):
    """The file a guest wants in the place of a frozen one: kept beside it until an officer has decided."""

    change = models.OneToOneField(ChangeRequest, on_delete=models.CASCADE, related_name="file")

    class Meta:
        verbose_name = _("file of a request for a change")
        verbose_name_plural = _("files of requests for a change")
        default_permissions = ()
