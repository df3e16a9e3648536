"""Reads of plans: the office's list, and one dossier with all that was said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery

from plenary.events.rules import ApprovalState
from plenary.operations.planning.rules import Department, Verdict

if TYPE_CHECKING:
    from plenary.operations.planning.models import Plan


class PlanQuerySet(models.QuerySet["Plan"]):
    def for_list(self) -> PlanQuerySet:
        """Plans with their event and how far the present round of review has come, in one statement."""
        from plenary.operations.planning.models import Submission

        latest = Submission.objects.filter(plan=OuterRef("pk")).order_by("-number")
        counted = latest.annotate(
            given=Count("opinions"), objections=Count("opinions", filter=Q(opinions__verdict=Verdict.OBJECT))
        )
        return self.select_related("event").annotate(
            round=Subquery(latest.values("number")[:1]),
            opinions_given=Subquery(counted.values("given")[:1]),
            objections=Subquery(counted.values("objections")[:1]),
        )

    def dossier(self) -> PlanQuerySet:
        """Plans with every submission and every opinion."""
        from plenary.operations.planning.models import Opinion, Submission

        opinions = Opinion.objects.order_by("id")
        return self.select_related("event").prefetch_related(
            Prefetch("submissions", Submission.objects.select_related("submitted_by").order_by("-number")),
            Prefetch("submissions__opinions", opinions),
        )

    def awaiting_opinion_of(self, departments: list[Department]) -> PlanQuerySet:
        """Plans in joint review on which at least one of these departments has not spoken yet."""
        from plenary.operations.planning.models import Opinion, Submission

        # Two steps out: past the opinion in whose filter this stands, to the plan.
        newest = Submission.objects.filter(plan=OuterRef(OuterRef("pk"))).order_by("-number").values("pk")[:1]
        waiting = Q(pk__in=[])
        found = self.filter(event__approval=ApprovalState.JOINT_REVIEW)
        for department in departments:
            spoken = Opinion.objects.filter(
                submission=Subquery(newest), submission__plan=OuterRef("pk"), department=department
            )
            waiting |= Q(~models.Exists(spoken))
        return found.filter(waiting)

    def awaiting_leading_group(self) -> PlanQuerySet:
        """Plans that all departments have agreed to."""
        return self.filter(event__approval=ApprovalState.LEADING_GROUP)
