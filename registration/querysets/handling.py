"""Reads of notes and saved lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models import Desk, InternalNote, Registration, SavedFilter


class NoteQuerySet(models.QuerySet["InternalNote"]):
    def for_desks(self, registration: Registration, desks: Iterable[Desk]) -> NoteQuerySet:
        """Notes for everybody, and those for the reader's own desks."""
        mine = models.Q(desk__isnull=True) | models.Q(desk__in=list(desks))
        return self.filter(mine, registration=registration).select_related("desk").order_by("-at")


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def for_officer(self, user: User) -> SavedFilterQuerySet:
        """One's own lists, then those of others that are shared."""
        mine = models.Q(officer=user)
        return (
            self.filter(mine | models.Q(shared=True))
            .annotate(own=models.Case(models.When(mine, then=0), default=1, output_field=models.IntegerField()))
            .select_related("officer")
            .order_by("own", "name")
        )
