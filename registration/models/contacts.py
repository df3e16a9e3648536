"""What guests and staff have talked about: notes of calls and meetings, and problems followed to their end."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField
from plenary.events.models import Event
from registration.models.people import Registration
from registration.querysets.contacts import ContactNoteQuerySet, IssueQuerySet
from registration.rules.issues import IssueState, Urgency


class ContactNote(models.Model):
    """A call, a meeting or a letter: with a guest, or with anybody else the event deals with (an embassy, a hotel)."""

    class Channel(models.TextChoices):
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        LETTER = "letter", _("letter or mail")
        CHAT = "chat", _("chat")

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, verbose_name=_("event"), on_delete=models.CASCADE, related_name="contact_notes")
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="contact_notes"
    )
    contact = EncryptedTextField(_("with"), blank=True)  # who, where it is no registration
    channel = models.CharField(_("way"), max_length=8, choices=Channel.choices, default=Channel.CALL)
    text = EncryptedTextField(_("note"))
    happened_at = models.DateTimeField(_("when"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    author_label = models.CharField(_("noted by"), max_length=120, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContactNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note of a contact")
        verbose_name_plural = _("notes of calls and meetings")
        default_permissions = ("view", "add")
        ordering = ["-happened_at", "-created_at"]
        indexes = [
            models.Index(fields=["registration", "-happened_at"], name="note_of_registration"),
            models.Index(fields=["event", "-happened_at"], name="note_of_event"),
        ]


class Issue(models.Model):
    """A guest's problem, from the moment it is raised until it is solved."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="issues")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="issues")
    number = models.PositiveIntegerField(_("number"), editable=False)  # of the event: people say it on the telephone
    subject = EncryptedTextField(_("what it is about"))
    state = models.CharField(_("state"), max_length=12, choices=IssueState.choices, default=IssueState.RAISED)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    by_guest = models.BooleanField(_("raised by the guest"), default=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_issues",
    )
    due_at = models.DateTimeField(_("due"))
    # The same form sent twice is one problem.
    origin = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("raised"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("problem of a guest")
        verbose_name_plural = _("problems of guests")
        default_permissions = ("view",)
        permissions = [("handle_issue", _("Can take on, answer and solve problems of guests"))]
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="issue_number_once_per_event")]
        indexes = [
            models.Index(fields=["event", "state", "due_at"], name="issue_list"),
            models.Index(fields=["state", "due_at"], name="issue_list_all"),
            models.Index(fields=["registration", "-created_at"], name="issue_of_registration"),
        ]


class IssueEntry(models.Model):
    """One contribution to a problem: the guest's words, an answer that was mailed, or a remark among staff."""

    class Author(models.TextChoices):
        GUEST = "guest", _("the guest")
        STAFF = "staff", _("answer to the guest")
        NOTE = "note", _("note among staff")

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="entries")
    author = models.CharField(max_length=5, choices=Author.choices)
    author_label = models.CharField(max_length=120)
    text = EncryptedTextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ["at", "id"]
