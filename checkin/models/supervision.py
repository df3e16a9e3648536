"""What those in charge of the doors do and learn: scans undone, conflicts resolved, who had which phone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkin.querysets import SupervisorCodeQuerySet
from checkin.rules import Finding
from plenary.core.fields import EncryptedTextField
from plenary.events.models import Event


class SupervisorCode(models.Model):
    """What a supervisor types on a volunteer's phone to undo a scan. Told once; a slow digest is kept, as of a password."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="supervisor_codes", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Whose it is; the ledger tells it of every undoing."))
    digest = models.CharField(max_length=200, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = SupervisorCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervisor code")
        verbose_name_plural = _("supervisor codes")
        ordering = ["name", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Reversal(models.Model):
    """An admitted scan that a supervisor took back. The ledger keeps the scan; this row says that it no longer counts."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    scan = models.OneToOneField("checkin.Scan", on_delete=models.PROTECT, related_name="reversal")
    device = models.ForeignKey("checkin.Device", on_delete=models.PROTECT, related_name="+", verbose_name=_("device"))
    code = models.ForeignKey(SupervisorCode, on_delete=models.PROTECT, related_name="reversals")
    at = models.DateTimeField(_("undone"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("undone scan")
        verbose_name_plural = _("undone scans")
        default_permissions = ()


class ConflictResolution(models.Model):
    """What staff found out about a guest who was let in against the server's word."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scan = models.OneToOneField("checkin.Scan", on_delete=models.PROTECT, related_name="resolution")
    finding = models.CharField(_("finding"), max_length=10, choices=Finding)
    note = EncryptedTextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("resolved"), default=timezone.now)

    class Meta:
        verbose_name = _("resolution of a conflict")
        verbose_name_plural = _("resolutions of conflicts")
        default_permissions = ()
        permissions = [("resolve_conflict", _("Can resolve conflicts between doors"))]


class Shift(models.Model):
    """Who had a phone from when on, and what was done with it until it was handed over. The phone counts by itself."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # the phone's own: a report sent twice is one shift
    device = models.ForeignKey(
        "checkin.Device", on_delete=models.CASCADE, related_name="shifts", verbose_name=_("device")
    )
    volunteer = EncryptedTextField(_("volunteer"), blank=True)
    started_at = models.DateTimeField(_("since"))
    admitted = models.PositiveIntegerField(_("admitted"), default=0)
    refused = models.JSONField(_("refused"), default=dict)  # by reason
    conflicts = models.PositiveIntegerField(_("conflicts"), default=0)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["-started_at", "id"]
        default_permissions = ()
