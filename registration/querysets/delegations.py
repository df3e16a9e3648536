"""Reads of delegations: the list for staff with its numbers, the workspace, who is due for a reminder or for news."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from plenary.core.names import fold
from registration.rules import HOLDS_PLACE, State

if TYPE_CHECKING:
    from registration.models import Delegation

REMIND_BEFORE = timedelta(days=7)
REMIND_AGAIN_AFTER = timedelta(days=3)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def with_event(self) -> DelegationQuerySet:
        """With what the workspace and every mail show, in one statement."""
        return self.select_related("event__venue")

    def with_numbers(self) -> DelegationQuerySet:
        """With the numbers of its list: members by state, and its places."""
        from registration.models import DelegationQuota

        places = (
            DelegationQuota.objects.order_by()
            .filter(delegation=models.OuterRef("pk"))
            .values("delegation")
            .annotate(total=Sum("places"))
            .values("total")
        )

        def members(*states: str) -> Count:
            return Count("members", filter=Q(members__state__in=states))

        return self.annotate(
            places=Coalesce(models.Subquery(places), 0),
            named=members(*HOLDS_PLACE),
            missing=members(State.NOMINATED),
            reserve=members(State.RESERVE),
            submitted=members(State.SUBMITTED, State.INFORMATION_REQUESTED),
            asked=members(State.INFORMATION_REQUESTED),
            approved=members(State.APPROVED),
        )

    def lacking_details(self) -> DelegationQuerySet:
        """Of those `with_numbers`: delegations with a member whose details are missing."""
        return self.filter(Q(("missing__gt", 0)))

    def under_review(self) -> DelegationQuerySet:
        """Of those `with_numbers`: delegations with a member who waits for a decision."""
        return self.filter(Q(("submitted__gt", 0)))

    def with_reserve(self) -> DelegationQuerySet:
        """Of those `with_numbers`: delegations with somebody on their own waiting list."""
        return self.filter(Q(("reserve__gt", 0)))

    def matching(self, words: str) -> DelegationQuerySet:
        """Search by name in any language, by country or focal point."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(Q(search_text__contains=word.casefold()) | Q(search_text__contains=fold(word) or word))
        return found

    def to_remind(self, now: datetime) -> DelegationQuerySet:
        """Lists that are not confirmed, with a deadline near enough to write, and no reminder in the last days."""
        return self.filter(
            Q(reminded_at__isnull=True) | Q(reminded_at__lt=now - REMIND_AGAIN_AFTER),
            confirmed_at__isnull=True,
            link_revoked_at__isnull=True,
            link_sent_at__lt=now - REMIND_AGAIN_AFTER,
            deadline__gt=now,
            deadline__lt=now + REMIND_BEFORE,
        )

    def with_news(self, before: datetime) -> DelegationQuerySet:
        """Delegations whose focal point has not been told of a decision taken before a moment."""
        return self.filter(news_since__lt=before)

    def over_quota(self) -> DelegationQuerySet:
        """Delegations in which more places are taken than there are: the quota was lowered afterwards."""
        from registration.models import DelegationQuota

        return self.filter(pk__in=DelegationQuota.objects.filter(taken__gt=F("places")).values("delegation"))
