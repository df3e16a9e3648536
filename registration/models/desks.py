"""The desks that vet, the route each category takes through them, and what they said."""

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField, LabelField
from plenary.events.models import slug_rule
from registration.querysets.desks import ReviewQuerySet, StandingQuerySet
from registration.rules import DeskState, Stop, Verdict


class Desk(models.Model):
    """A desk of officers; its members are the accounts of one role."""

    slug = models.SlugField(_("short name"), max_length=40, unique=True, validators=[slug_rule])
    name = LabelField(_("name"))
    group = models.ForeignKey(Group, verbose_name=_("role"), on_delete=models.PROTECT, related_name="desks")
    # What its work needs to see; the role must have the right to see identities as well.
    sees_contact = models.BooleanField(_("sees e-mail addresses and telephone numbers"), default=True)
    sees_documents = models.BooleanField(_("sees passports and other files"), default=True)

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.name) or self.slug


class CategoryDesk(models.Model):
    """One stop of a category's route. A category without any is decided as the roles say."""

    category = models.ForeignKey(
        "registration.Category", verbose_name=_("category"), on_delete=models.CASCADE, related_name="route"
    )
    desk = models.ForeignKey(Desk, verbose_name=_("desk"), on_delete=models.PROTECT, related_name="stops")
    step = models.PositiveSmallIntegerField(
        _("step"), default=1, help_text=_("Desks with the same number look at the same time; higher numbers wait.")
    )
    four_eyes = models.BooleanField(_("four eyes: two different officers must agree"), default=False)
    may_veto = models.BooleanField(_("veto: its objection alone turns the guest down"), default=False)

    class Meta:
        verbose_name = _("stop of a route")
        verbose_name_plural = _("routes")
        ordering = ["category", "step", "desk"]
        constraints = [models.UniqueConstraint(fields=["category", "desk"], name="desk_once_per_route")]

    def __str__(self) -> str:
        return f"{self.category}: {self.step}. {self.desk}"

    @property
    def stop(self) -> Stop:
        return Stop(self.desk.slug, self.step, self.four_eyes, self.may_veto)


class ReasonCode(models.Model):
    """Why a desk says what it says, so that reasons can be counted and are told the same way by everybody."""

    slug = models.SlugField(_("code"), max_length=40, unique=True, validators=[slug_rule])
    label = LabelField(_("label"))
    verdicts = models.JSONField(_("for which verdicts"), default=list)
    needs_text = models.BooleanField(_("a note must be written as well"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("reason code")
        verbose_name_plural = _("reason codes")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return str(self.label) or self.slug


class Review(models.Model):
    """What one desk said of one registration. Of several rounds the one that is not closed counts."""

    class Closed(models.TextChoices):
        """Why a verdict no longer counts."""

        COUNTS = "", _("counts")
        REVISED = "revised", _("the desk revised it")
        OVERRULED = "overruled", _("the second officer disagreed")
        CHANGED = "changed", _("the guest changed something material")
        ANSWERED = "answered", _("the guest answered")
        REOPENED = "reopened", _("the case was reopened")

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, related_name="reviews")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    reason_code = models.ForeignKey(ReasonCode, on_delete=models.PROTECT, null=True, related_name="+")
    note = EncryptedTextField(_("note"), blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    second_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_note = EncryptedTextField(blank=True)
    seconded_at = models.DateTimeField(null=True, blank=True)
    closed = models.CharField(max_length=10, choices=Closed.choices, default=Closed.COUNTS, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-at"]
        constraints = [
            # Two officers of a desk at once: one verdict counts, whatever the clocks say.
            models.UniqueConstraint(
                fields=["registration", "desk"], condition=models.Q(closed=""), name="one_verdict_of_a_desk_counts"
            ),
            models.UniqueConstraint(fields=["registration", "desk", "round"], name="review_once_per_round"),
            models.CheckConstraint(
                condition=models.Q(second_officer__isnull=True) | ~models.Q(second_officer=models.F("officer")),
                name="four_eyes_are_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk}: {self.get_verdict_display()}"

    @property
    def officers(self) -> int:
        return 1 if self.second_officer_id is None else 2


class DeskStanding(models.Model):
    """Where each desk stands with a registration now: written by the actions so that the queue need not work it out."""

    registration = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, related_name="standings")
    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=DeskState.choices)
    since = models.DateTimeField(default=timezone.now)

    objects = StandingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["desk"]
        constraints = [models.UniqueConstraint(fields=["registration", "desk"], name="one_standing_per_desk")]
        indexes = [models.Index(fields=["desk", "state"], name="standing_of_desk")]

    def __str__(self) -> str:
        return f"{self.desk_id}: {self.state}"
