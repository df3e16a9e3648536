"""Drafts of sign-ups, registrations, and what guests upload."""

import json
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from plenary.core.fields import EncryptedTextField
from plenary.events.models import Event
from registration.models.files import StoredFile
from registration.models.offer import Category
from registration.models.questions import Question
from registration.querysets import DraftQuerySet, RegistrationQuerySet, UploadQuerySet
from registration.rules import LIVE, UNPROVED, State

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I: people read codes aloud


def new_code() -> str:
    """A short code a person can read over a phone: eight characters, about 10^12 of them."""
    return "".join(secrets.choice(CODE_ALPHABET) for _position in range(8))


class Draft(models.Model):
    """A sign-up on its way: what was typed so far, kept between steps and lost connections, gone after two weeks."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12, choices=settings.LANGUAGES)
    content = EncryptedTextField(blank=True)  # JSON of what was typed, by step; only the address once it was sent
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)
    sent_at = models.DateTimeField(
        null=True, blank=True
    )  # a draft sent twice answers the second time, and does nothing

    objects = DraftQuerySet.as_manager()

    class Meta:
        default_permissions = ()


class Registration(models.Model):
    """One person's sign-up in one category of one event."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="registrations")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="registrations")
    delegation = models.ForeignKey(
        "registration.Delegation",
        verbose_name=_("delegation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
    code = models.CharField(_("code"), max_length=10, default=new_code, editable=False)
    state = models.CharField(_("state"), max_length=24, choices=State.choices, default=State.UNCONFIRMED)
    # site, api, seed, delegation, desk (a walk-in), paper
    source = models.CharField(_("came by"), max_length=12, default="site", editable=False)
    # The draft or the API key it grew from: sent twice, it is still one registration.
    origin = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    # Empty for members of a delegation who have none of their own, and for walk-ins who give none.
    email = EncryptedTextField(_("e-mail address"), blank=True)
    email_index = models.CharField(max_length=64, blank=True, editable=False)  # blind index of the normalised address
    salutation = models.CharField(_("form of address"), max_length=40, blank=True)
    name = models.CharField(_("name in original script"), max_length=300)
    latin_name = models.CharField(_("name in Latin letters, as in the passport"), max_length=300, blank=True)
    organisation = models.CharField(_("organisation"), max_length=300, blank=True)
    job_title = models.CharField(_("function"), max_length=300, blank=True)
    nationality = CountryField(_("nationality"), blank=True)
    answers = EncryptedTextField(_("answers"), blank=True)  # JSON by question key
    # Which wording each answer was given to (Question.version); a key that is missing answers the wording in force.
    answer_versions = models.JSONField(default=dict, blank=True, editable=False)
    staff_answers = EncryptedTextField(
        _("entered by staff"), blank=True
    )  # JSON by question key; no guest's page reads it
    second_form_saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    second_form_complete = models.BooleanField(default=False, editable=False)  # as of the last save, for lists
    search_text = models.TextField(editable=False, default="")  # core.names.search_text of name, organisation, code
    # The folded words of the Latin name, sorted: equal for one person however the name is ordered or accented.
    name_key = models.CharField(max_length=120, editable=False, default="")
    information_request = models.TextField(_("what is asked for"), blank=True)
    replies = EncryptedTextField(_("replies of the guest"), blank=True)  # JSON [{"at": …, "text": …}], the oldest first
    asked_fields = models.JSONField(default=list, editable=False)  # what the open request asks for, by rules' names
    # -- what the queue lists and sorts by; written by the actions of vetting alone --
    waiting_since = models.DateTimeField(default=timezone.now, editable=False)  # when it last came under review
    late_at = models.DateTimeField(null=True, blank=True, editable=False)  # by the category's target
    held_until = models.DateField(_("on hold until"), null=True, blank=True, editable=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    checked_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # last compared with others and the watch list
    flag_level = models.PositiveSmallIntegerField(default=0, editable=False)  # of its gravest open flag, 0 for none
    watch_level = models.PositiveSmallIntegerField(default=0, editable=False)  # the same, of the watch list alone
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)  # raised to revoke links already sent
    version = models.PositiveIntegerField(default=0, editable=False)  # two officers at once: the second is told
    created_at = models.DateTimeField(_("signed up"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    offer_expires_at = models.DateTimeField(_("offer ends"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "category", "email_index"],
                condition=models.Q(state__in=sorted(LIVE)) & ~models.Q(email_index=""),
                name="one_live_registration_per_address",
            ),
            models.UniqueConstraint(fields=["event", "code"], name="registration_code_once_per_event"),
        ]
        indexes = [
            # Each ends as the queue is ordered, so that a page of it is read and never sorted.
            models.Index(fields=["event", "state", "created_at", "id"], name="registration_queue"),
            models.Index(fields=["category", "state", "created_at", "id"], name="registration_by_category"),
            models.Index(fields=["event", "created_at", "id"], name="registration_newest"),
            models.Index(fields=["state", "created_at", "id"], name="registration_queue_all"),
            models.Index(fields=["created_at", "id"], name="registration_oldest"),
            models.Index(fields=["event", "email_index"], name="registration_address"),
            models.Index(
                fields=["category", "confirmed_at", "id"],
                condition=models.Q(state=State.WAITLISTED),
                name="registration_waiting",
            ),
            models.Index(
                fields=["delegation", "category", "created_at"],
                condition=models.Q(state=State.RESERVE),
                name="registration_reserve",
            ),
            models.Index(
                fields=["offer_expires_at"], condition=models.Q(state=State.OFFERED), name="registration_offers"
            ),
            # What the queue is ordered and narrowed by. Of what is under review alone: signing up pays for none of them.
            *(
                models.Index(
                    fields=["state", *names, "id"],
                    condition=models.Q(state=State.SUBMITTED),
                    name=f"queue_by_{names[0]}"[:30],
                )
                for names in (
                    ["name"],
                    ["organisation"],
                    ["nationality", "created_at"],
                    ["flag_level"],
                    ["late_at"],
                )
            ),
            models.Index(
                fields=["state", "held_until"],
                condition=models.Q(held_until__isnull=False),
                name="registration_on_hold",
            ),
            models.Index(
                fields=["assigned_to", "created_at"],
                condition=models.Q(assigned_to__isnull=False),
                name="registration_assigned",
            ),
            models.Index(
                fields=["waiting_since"],
                condition=models.Q(state=State.SUBMITTED, checked_at__isnull=True),
                name="registration_unchecked",
            ),
        ]
        # What an officer may do is finer than add, change, delete: the admin's policies read these.
        default_permissions = ("view",)
        permissions = [
            ("vet_registration", _("Can ask for more, reject and reopen")),
            ("approve_registration", _("Can approve")),
            ("cancel_registration", _("Can cancel")),
            ("handle_guests", _("Can work on registrations other than press")),
            ("handle_press", _("Can work on press accreditations")),
            ("view_identity", _("Can see addresses, answers and uploaded files")),
            ("view_passport", _("Can see travel documents and their pictures")),
            ("export_registration", _("Can export registrations")),
            ("fill_staff_answers", _("Can fill in the fields of staff")),
            ("read_every_answer", _("Can read answers meant for any desk")),
            ("register_at_desk", _("Can register walk-ins and paper forms")),
            ("exceed_quota", _("Can let somebody in beyond the places of a category")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def is_unproved(self) -> bool:
        """Whether the address has still to be proved, for a place or for the waiting list."""
        return self.state in UNPROVED and self.confirmed_at is None

    @property
    def through_delegation(self) -> bool:
        """Whether mails about this person go to the delegation's focal point: nobody has proved an own address yet."""
        return self.delegation_id is not None and self.confirmed_at is None

    @property
    def answer_data(self) -> dict[str, Any]:
        """Answers by question key, as JSON values."""
        return json.loads(self.answers) if self.answers else {}

    @property
    def staff_answer_data(self) -> dict[str, Any]:
        """What staff entered, by question key."""
        return json.loads(self.staff_answers) if self.staff_answers else {}

    @property
    def reply_list(self) -> list[dict[str, str]]:
        """What the guest wrote when asked for more, the oldest first: `at` (ISO 8601, UTC) and `text`."""
        return json.loads(self.replies) if self.replies else []


class Upload(StoredFile):
    """A file a guest sent in answer to a question, or along with a reply."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="uploads")
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="uploads"
    )
    # Empty: sent along with a reply to a request for more information.
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        default_permissions = ()
        ordering = ["created_at", "id"]
