"""What an event asks: sections, questions with every wording they ever had, and the form that opens after approval."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import LabelField
from plenary.core.privacy import DataClass, Retention
from plenary.events.models import Event, slug_rule
from registration.models.desks import Desk
from registration.models.offer import Category
from registration.querysets import QuestionQuerySet, QuestionVersionQuerySet, SectionQuerySet
from registration.rules import deadline

if TYPE_CHECKING:
    from registration.models.people import Registration


class Stage(models.TextChoices):
    """When something is asked."""

    SIGN_UP = "sign_up", _("at sign-up")
    AFTER_APPROVAL = "after_approval", _("after approval")


class Section(models.Model):
    """Questions that belong together: one step of a form, under a heading of its own."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="question_sections")
    stage = models.CharField(_("asked"), max_length=16, choices=Stage.choices, default=Stage.SIGN_UP)
    label = LabelField(_("heading"))
    intro = LabelField(_("introduction"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def step(self) -> str:
        """Its name in addresses."""
        return f"section-{self.pk}"


class Question(models.Model):
    """Something staff ask beyond name and address; labels in every language, shown by category and by condition."""

    class Kind(models.TextChoices):
        TEXT = "text", _("short text")
        LONG_TEXT = "long_text", _("long text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        CHOICE = "choice", _("one of a list")
        CHOICES = "choices", _("several of a list")
        COUNTRY = "country", _("country")
        PHONE = "phone", _("telephone number")
        FILE = "file", _("file")
        CONSENT = "consent", _("consent")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="questions")
    section = models.ForeignKey(
        Section,
        verbose_name=_("section"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        help_text=_("Each section is a step of its own. Without one it is asked before the first section."),
    )
    stage = models.CharField(_("asked"), max_length=16, choices=Stage.choices, default=Stage.SIGN_UP)
    staff_only = models.BooleanField(
        _("filled in by staff"), default=False, help_text=_("Guests never see it. It stands in the dossier.")
    )
    categories = models.ManyToManyField(
        Category, blank=True, related_name="questions", help_text=_("None means: asked in every category.")
    )
    desks = models.ManyToManyField(
        Desk,
        verbose_name=_("desks that see the answer"),
        blank=True,
        related_name="questions",
        help_text=_("None means: every desk."),
    )
    key = models.SlugField(_("key"), max_length=60, validators=[slug_rule])
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.TEXT)
    label = LabelField(_("question"))
    help_text = LabelField(_("help"), blank=True)
    options = models.JSONField(_("options"), default=list, blank=True)  # [{"value": "…", "label": {"en": "…"}}]
    required = models.BooleanField(_("required"), default=False)
    condition = models.JSONField(_("only if"), default=dict, blank=True)  # see rules.questions
    purpose = models.CharField(_("why it is asked"), max_length=250, blank=True)
    data_class = models.CharField(
        _("class of data"), max_length=16, choices=DataClass.choices, default=DataClass.PROFESSIONAL
    )
    retention = models.CharField(_("kept"), max_length=12, choices=Retention.choices, default=Retention.DAYS_90)
    material = models.BooleanField(
        _("changing the answer calls for vetting again"),
        default=False,
        help_text=_("When a guest changes it after a verdict, the desks look again."),
    )
    covers_portrait = models.BooleanField(
        _("the portrait rests on this consent"),
        default=False,
        help_text=_("For a consent: when a guest withdraws it, the portrait is erased at once."),
    )
    frozen_at = models.DateTimeField(_("guests change it until"), null=True, blank=True)
    frozen_days_before = models.PositiveSmallIntegerField(
        _("or until so many days before the event"), null=True, blank=True
    )
    version = models.PositiveSmallIntegerField(default=1, editable=False)  # raised when its meaning changes
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="question_key_once_per_event")]

    def __str__(self) -> str:
        return str(self.label)

    def is_asked_in(self, category: Category) -> bool:
        """Whether a category asks it; needs `categories` prefetched when asked for many."""
        return category in (asking := self.categories.all()) or not asking

    def frozen_from(self, event: Event) -> datetime | None:
        """The moment from which guests only read their answer; `event` is its own, already loaded."""
        return deadline(self.frozen_at, self.frozen_days_before, event.starts_on, event.zone)

    def belongs_to(self, registration: Registration) -> bool:
        """Whether it is asked at the registration's event."""
        return bool(self.event_id == registration.event_id)


class QuestionVersion(models.Model):
    """One wording of a question: answers keep the number of the one they were given to. It outlives its question."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Question.Kind.choices)
    label = LabelField()
    options = models.JSONField(default=list, blank=True)
    required = models.BooleanField(default=False)
    condition = models.JSONField(default=dict, blank=True)
    staff_only = models.BooleanField(default=False)
    # Short names of the desks that saw the answer when the question was removed; empty: all. While it stands, its own count.
    desks = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuestionVersionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["key", "number"]
        constraints = [models.UniqueConstraint(fields=["event", "key", "number"], name="question_version_once")]


class SecondForm(models.Model):
    """The form that opens after approval: its name, until when it is due, until when guests change it. Its questions are those
    of the stage `after_approval`; without this record it has a usual name and no dates."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="second_form")
    title = LabelField(_("name of the form"))
    intro = LabelField(_("introduction"), blank=True)
    due_at = models.DateTimeField(_("to be filled in by"), null=True, blank=True)
    due_days_before = models.PositiveSmallIntegerField(_("or by so many days before the event"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("guests change it until"), null=True, blank=True)
    frozen_days_before = models.PositiveSmallIntegerField(
        _("or until so many days before the event"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("form after approval")
        verbose_name_plural = _("forms after approval")

    def __str__(self) -> str:
        return str(self.title)

    def due(self, event: Event) -> datetime | None:
        return deadline(self.due_at, self.due_days_before, event.starts_on, event.zone)

    def frozen_from(self, event: Event) -> datetime | None:
        return deadline(self.frozen_at, self.frozen_days_before, event.starts_on, event.zone)
