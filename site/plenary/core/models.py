"""History, the outbox of messages, the log of looks at personal data, the keys of repeated requests, numbers of documents,
and two facts that all processes share: which generation of the public pages is current, and when the worker was last seen."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField
from plenary.core.querysets import HistoryQuerySet, MessageQuerySet


class HistoryEntry(models.Model):
    """Who did what to which record, when and why. Written by actions, never changed, holds no personal data."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    subject_type = models.CharField(max_length=60)  # "registration.registration"
    subject_id = models.CharField(max_length=40)
    event = models.ForeignKey("events.Event", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(_("what"), max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_label = models.CharField(_("who"), max_length=120)  # stays readable when the account is gone
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history entries")
        default_permissions = ("view",)
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="history_subject"),
            models.Index(fields=["event", "-at"], name="history_event"),
        ]


class Message(models.Model):
    """One mail or text message to one person. Written in the transaction of the decision it tells of, sent after it,
    retried until it goes."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")  # given up; staff may send again
        UNKNOWN = "unknown", _("not known")  # handed over, and no answer came: sent again only if a person says so
        HELD = "held", _("held")  # its mailing was stopped before it left; it goes when the mailing goes on
        CANCELLED = "cancelled", _("cancelled")

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        SMS = "sms", _("text message")

    class Delivery(models.TextChoices):
        """What became of it after it left, as far as the mail service reports (core/deliveries.py)."""

        DEFERRED = "deferred", _("delayed")
        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("reported as spam")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    event = models.ForeignKey("events.Event", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel.choices, default=Channel.MAIL)
    recipient = EncryptedTextField(_("recipient"))
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=250)
    text = EncryptedTextField(_("text"))
    html = EncryptedTextField(_("HTML"), blank=True)
    attachments = models.JSONField(default=list, blank=True)  # [{"kind": "badge", "id": "…"}], made when it is sent
    # A key that names the occasion: the same decision taken twice by a retry writes one message.
    occasion = models.CharField(max_length=120, unique=True, null=True, blank=True)
    batch = models.UUIDField(null=True, blank=True)  # what was written together: the messages of one mailing
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    claimed_until = models.DateTimeField(null=True, blank=True)  # a worker that dies loses its claim, not the message
    error = models.CharField(_("error"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    provider_id = models.CharField(max_length=250, blank=True)  # how the mail service calls it in its reports
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery.choices, blank=True)
    delivery_at = models.DateTimeField(_("reported"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ("view",)
        permissions = [
            ("view_message_text", _("Can read messages and their recipients")),
            ("resend_message", _("Can send again and cancel messages")),
        ]
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="message_due"),
            models.Index(fields=["subject_type", "subject_id"], name="message_subject"),
            models.Index(fields=["-created_at"], name="message_newest"),
            models.Index(fields=["state", "-created_at"], name="message_by_state"),
            # Few rows each, so that writing a message pays nothing for them.
            models.Index(fields=["batch", "state"], name="message_batch", condition=models.Q(batch__isnull=False)),
            models.Index(fields=["delivery"], name="message_delivery", condition=~models.Q(delivery="")),
            models.Index(fields=["provider_id"], name="message_provider", condition=~models.Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"


class FailingAddress(models.Model):
    """An address whose mail comes back or is reported as spam: staff is told wherever the address is used."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("mail comes back")
        COMPLAINED = "complained", _("reported our mail as spam")

    index = models.CharField(max_length=64, unique=True)  # core.addresses.address_index
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("failing address")
        verbose_name_plural = _("failing addresses")
        default_permissions = ()


class AccessLog(models.Model):
    """One look at personal data by a member of staff or a device: who, whose, what part, when."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    # So that an auditor of one event reads the looks of that event alone.
    event = models.ForeignKey("events.Event", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    part = models.CharField(_("part"), max_length=60)
    detail = models.JSONField(default=dict, blank=True, editable=False)  # of an export: its rows and filters
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_label = models.CharField(_("who"), max_length=120)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        default_permissions = ("view",)
        permissions = [("export_accesslog", _("Can export the reads of passports"))]
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="access_subject"),
            models.Index(fields=["event", "-at"], name="access_event"),
        ]


class IdempotentRequest(models.Model):
    """The stored answer to a request that carried an Idempotency-Key, so a retry gets the same answer and does nothing."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=64)  # a digest: what clients send can be anything
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)  # holds references only; personal data is read again from its record
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotent_request_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_age")]


class PublicGeneration(models.Model):
    """The number of the current state of all public pages. A change to what they show raises it in its own transaction, so
    cached pages go stale exactly when the change can be read (core/page_cache.py)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_public_generation")]


class Heartbeat(models.Model):
    """When a background process was last seen alive; `/readyz` asks."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class Numbering(models.Model):
    """The last number given in one series of documents: letters of an event, invoices of a year."""

    series = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
