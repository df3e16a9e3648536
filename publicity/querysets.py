"""Reads of press releases, of the files that belong to them, and of the ledger of downloads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Max, Q
from django.utils import timezone
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from registration.models import Category

if TYPE_CHECKING:
    from plenary.events.models import Event
    from publicity.models import Download


class PressReleaseQuerySet(PageQuerySet):
    def under_embargo(self, now: datetime) -> PressReleaseQuerySet:
        """Releases the public may not read yet."""
        held: PressReleaseQuerySet = self.filter(embargo_until__gt=now)
        return held

    def of_rooms(self, rooms: Iterable[Page]) -> PressReleaseQuerySet:
        """What the press rooms of one event list, in all languages, the latest first, with files and language loaded."""
        below = Q(pk__in=[])
        for room in rooms:
            below |= Q(path__startswith=room.path, depth=room.depth + 1)
        listed: PressReleaseQuerySet = (
            self.filter(below)
            .live()
            .select_related("locale")
            .prefetch_related("attachments__document")
            .order_by("-released_on", "-number", "pk")
        )
        return listed


PressReleaseManager = PageManager.from_queryset(PressReleaseQuerySet)


def press_category(event: Event) -> Category | None:
    """The category in which journalists sign up, if the event offers one to the public."""
    return Category.objects.offered_to_public(event).filter(kind=Category.Kind.PRESS).first()


def embargoed_pages(now: datetime) -> models.QuerySet[Any]:
    """Primary keys of pages that exist for the accredited only: lists, search, sitemap and JSON leave them out."""
    from publicity.models import PressReleasePage

    keys: models.QuerySet[Any] = PressReleasePage.objects.under_embargo(now).values("pk")
    return keys


def closed_documents(now: datetime) -> models.QuerySet[Any]:
    """Primary keys of documents the public may not take yet: of releases under embargo, or not published at all."""
    from publicity.models import PressAttachment

    attached = PressAttachment.objects.exclude(document=None)
    published = attached.filter(page__live=True).values("document")
    held = attached.filter(Q(page__embargo_until__gt=now) | ~Q(document__in=published))
    keys: models.QuerySet[Any] = held.values("document")
    return keys


def takeable(files: models.QuerySet[Any], privileged: bool) -> models.QuerySet[Any]:
    """Of a page's files those its reader can take now: one that a release still holds is not offered."""
    return files if privileged else files.exclude(document__in=closed_documents(timezone.now()))


class DownloadQuerySet(models.QuerySet["Download"]):
    def by_outlet(self, event: Event | None = None) -> models.QuerySet[Any]:
        """How often each outlet took which file, and when last; the public stands as an outlet without a name."""
        found = self.all() if event is None else self.filter(event=event)
        return (
            found.values("event", "event__slug", "outlet", "title", "accredited")
            .annotate(times=Count("pk"), last=Max("at"))
            .order_by("-times", "outlet", "title")
        )
