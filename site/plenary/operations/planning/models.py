"""The plan of an event, what was submitted of it and when, and the opinions of the departments. Budget and tasks come later."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from plenary.events.models import Event
from plenary.operations.planning.querysets import PlanQuerySet
from plenary.operations.planning.rules import Department, Verdict


class Plan(models.Model):
    """What an event is for. Its approval state is the event's own (`Event.approval`), so that everything below can ask it."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="plan", verbose_name=_("event"))
    purpose = models.TextField(_("purpose"), help_text=_("Why the meeting is held, in a few sentences."))
    theme = models.CharField(_("theme"), max_length=250, blank=True)
    outcomes = models.TextField(
        _("expected outcomes"),
        blank=True,
        help_text=_("One a line, with a target that can be measured."),
    )
    participants = models.PositiveIntegerField(
        _("expected participants"), null=True, blank=True, help_text=_("How many people, staff not counted.")
    )
    publicity = models.TextField(_("publicity plan"), blank=True)
    safety = models.TextField(_("safety and sensitive points"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-event__starts_on", "id"]
        default_permissions = ("view", "add", "change")  # a plan is archived, never deleted (product.md 3.4)
        permissions = [
            ("submit_plan", "Can submit a plan, change an approved one and close the event"),
            ("approve_plan", "Can put a plan in force, send it back and cancel the event"),
            *[
                (f"review_plan_{department.value}", f"Can review plans for {department.name}")
                for department in Department
            ],
        ]

    def __str__(self) -> str:
        return str(self.event)


class Submission(models.Model):
    """One round of review: the plan word for word as it was handed in, never changed afterwards."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField(_("round"))
    content = models.JSONField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    submitted_at = models.DateTimeField(_("submitted"), auto_now_add=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="submission_number_once_per_plan")]


class Opinion(models.Model):
    """What one department says of one submission. It may be revised until the last department has spoken."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="opinions")
    department = models.CharField(_("department"), max_length=12, choices=Department.choices)
    verdict = models.CharField(_("opinion"), max_length=8, choices=Verdict.choices)
    remark = models.TextField(_("remark"), blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_by_label = models.CharField(max_length=120)  # stays readable when the account is gone
    given_at = models.DateTimeField(_("given"), auto_now=True)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["submission", "department"], name="one_opinion_per_department"),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.OBJECT, remark=""), name="objection_has_a_remark"
            ),
        ]
