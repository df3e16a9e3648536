"""Data protection: how long things are kept, who agreed to what, who asked to be forgotten, and proof that it was done."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plenary.core.fields import EncryptedTextField
from plenary.core.privacy import Retention
from plenary.events.models import Event
from registration.models.people import Registration


class RetentionRule(models.Model):
    """How many days one rule of retention means from a date on. The law changes: the newest rule in force counts."""

    retention = models.CharField(_("rule"), max_length=12, choices=Retention.choices)
    days = models.PositiveIntegerField(_("days after the event"), validators=[MaxValueValidator(36_525)])
    in_force_from = models.DateField(_("in force from"))
    source = models.CharField(_("source"), max_length=250, help_text=_("The law or decision it follows from."))

    class Meta:
        verbose_name = _("rule of retention")
        verbose_name_plural = _("rules of retention")
        ordering = ["retention", "-in_force_from"]
        constraints = [models.UniqueConstraint(fields=["retention", "in_force_from"], name="retention_rule_once_a_day")]

    def __str__(self) -> str:
        return str(self.get_retention_display())


class Consent(models.Model):
    """One person's consent to one purpose, separate from every other, with the words that were shown."""

    class Source(models.TextChoices):
        GUEST = "guest", _("given on the web")
        API = "api", _("given through a program")
        STAFF = "staff", _("noted by staff")
        DELEGATION = "group", _("given by the delegation")

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=60)  # the key of the question
    wording = models.TextField(_("words shown"))
    version = models.PositiveSmallIntegerField(_("version of the words"), default=1)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    source = models.CharField(_("came by"), max_length=8, choices=Source.choices, default=Source.GUEST)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    acted_on_at = models.DateTimeField(_("acted upon"), null=True, blank=True)  # by staff, once it was withdrawn

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["given_at", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_consent_in_force_per_purpose",
            )
        ]
        indexes = [
            models.Index(
                fields=["withdrawn_at"],
                name="consent_to_act_upon",
                condition=models.Q(withdrawn_at__isnull=False, acted_on_at__isnull=True),
            )
        ]


class ErasureRequest(models.Model):
    """A guest asks to be forgotten; an officer answers within the time the law gives."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "open")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="erasure_requests")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    text = EncryptedTextField(_("what the guest wrote"), blank=True)
    answer = models.TextField(_("answer"), blank=True)  # what the guest reads; holds no personal data
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    officer_label = models.CharField(_("decided by"), max_length=120, blank=True)
    certificate = models.ForeignKey(
        "registration.ErasureCertificate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    due_at = models.DateTimeField(_("to be answered by"))
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        ordering = ["due_at", "id"]
        default_permissions = ("view",)
        permissions = [("manage_privacy", _("Can decide on erasure and act upon withdrawn consents"))]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(state="open"), name="one_open_erasure_request"
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="erasure_request_due")]


class ErasureCertificate(models.Model):
    """What one run erased and what it kept and why. Numbered, chained to the one before, it names nobody."""

    class Cause(models.TextChoices):
        SCHEDULE = "schedule", _("end of the time of retention")
        REQUEST = "request", _("request of the person")

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(_("number"), unique=True, null=True, editable=False)  # once it is finished
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", verbose_name=_("event"))
    cause = models.CharField(_("cause"), max_length=8, choices=Cause.choices)
    salt = models.CharField(max_length=32)
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("certificate of erasure")
        verbose_name_plural = _("certificates of erasure")
        ordering = ["-number"]
        default_permissions = ("view",)
        constraints = [
            # A run that was killed is taken up again, not begun anew.
            models.UniqueConstraint(
                fields=["event"],
                condition=models.Q(finished_at__isnull=True, cause="schedule"),
                name="one_open_erasure_per_event",
            )
        ]

    def __str__(self) -> str:
        return f"E-{self.number:06}" if self.number else "…"


class ErasureBatch(models.Model):
    """What one transaction of a run erased: written in that transaction, so that a killed run has lost no proof."""

    certificate = models.ForeignKey(ErasureCertificate, on_delete=models.CASCADE, related_name="batches")
    model = models.CharField(max_length=80)
    fields = models.JSONField(default=list)
    rule = models.CharField(max_length=12)
    way = models.CharField(max_length=9)
    subjects = models.JSONField(default=list)  # salted digests
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()


class AnswerErasure(models.Model):
    """The answers to one question of one event are gone: the next run need not open every registration to see it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="answer_erasure_once")]
