"""What the office writes to guests beyond decisions: its own texts for mails, mailings to many, reminders by the clock, and who
agreed to text messages."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField, LabelField
from plenary.core.models import Message
from plenary.events.models import Event
from registration.models.people import Registration
from registration.querysets.communication import MailingQuerySet, MessageTemplateQuerySet, ReminderQuerySet
from registration.rules.mailings import Anchor, MailingState


class MessageTemplate(models.Model):
    """The office's own text in place of a built-in one: for one kind of message, one language, one event or all of them."""

    event = models.ForeignKey(
        Event,
        verbose_name=_("event"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="message_templates",
        help_text=_("Empty means: for every event that has no text of its own."),
    )
    kind = models.CharField(_("message"), max_length=60)
    channel = models.CharField(
        _("channel"), max_length=4, choices=Message.Channel.choices, default=Message.Channel.MAIL
    )
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=8_000)
    button = models.CharField(_("text on the button"), max_length=80, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        ordering = ["kind", "language", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind", "channel", "language"], name="template_once_per_event"),
            models.UniqueConstraint(
                fields=["kind", "channel", "language"],
                condition=models.Q(event__isnull=True),
                name="template_once_for_all_events",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_language_display()})"


class Written(models.Model):
    """What mailings and reminders have in common: whom they are for, and what they say in each language."""

    event = models.ForeignKey(Event, verbose_name=_("event"), on_delete=models.CASCADE, related_name="%(class)ss")
    name = models.CharField(_("name"), max_length=120, help_text=_("For staff; guests never see it."))
    channel = models.CharField(
        _("channel"), max_length=4, choices=Message.Channel.choices, default=Message.Channel.MAIL
    )
    audience = models.JSONField(_("audience"), default=dict, blank=True)  # rules.mailings.Audience
    subject = LabelField(_("subject"), blank=True)
    body = LabelField(_("text"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Mailing(Written):
    """One message to many guests, written, reviewed, then sent to each exactly once, also when stopped and taken up again."""

    State = MailingState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=MailingState.choices, default=MailingState.DRAFT)
    send_at = models.DateTimeField(
        _("send at"), null=True, blank=True, help_text=_("Empty means: when you press the button.")
    )
    # Registrations up to this key are done: written in the transaction of their messages, so a killed worker loses nothing.
    cursor = models.UUIDField(null=True, blank=True, editable=False)
    expected = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    written = models.PositiveIntegerField(_("written"), default=0, editable=False)
    left_out = models.JSONField(_("left out"), default=dict, editable=False)  # how many, by reason
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)  # a living worker is at it
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-created_at", "id"]
        permissions = [("send_mailing", _("Can send, stop and schedule mailings"))]
        indexes = [models.Index(fields=["state", "send_at"], name="mailing_due")]


class Reminder(Written):
    """A rule that writes to guests by itself, some days before or after a date: to each guest at most once."""

    anchor = models.CharField(_("counted from"), max_length=12, choices=Anchor.choices, default=Anchor.EVENT_START)
    days = models.SmallIntegerField(
        _("days"), default=-14, help_text=_("Negative means before that date: -14 is two weeks before it.")
    )
    active = models.BooleanField(_("switched on"), default=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["event", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(days__gte=-366, days__lte=366), name="reminder_within_a_year")
        ]


class TextConsent(models.Model):
    """A guest's agreement to text messages, with the number they are sent to. Withdrawn, the number is gone, the dates stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="text_consent")
    number = EncryptedTextField(_("telephone number"), blank=True)  # E.164
    given_at = models.DateTimeField(_("agreed"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        default_permissions = ()

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None
