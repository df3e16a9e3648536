"""Badges printed many at once: what is being printed, and the files it gave, which are kept for a day."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkin.designs import Pile
from checkin.querysets.printing import PrintRunQuerySet
from plenary.events.models import Event
from registration.models import Category, StoredFile


class PrintRun(models.Model):
    """Badges of a category or a whole event, printed in the background into files of a few hundred.

    Which badges, and in which order, is settled when it begins: who is approved meanwhile moves nobody to another file.
    """

    class State(models.TextChoices):
        PRINTING = "printing", _("being printed")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")
        DONE = "done", _("ready")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="print_runs")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")  # None is all
    pile = models.CharField(max_length=10, choices=Pile)
    badges = models.JSONField(default=list)  # ids of credentials, in order
    printed = models.PositiveIntegerField(default=0)  # how many of them lie in files, or were left out
    left_out = models.PositiveIntegerField(default=0)  # of these, how many were withdrawn before their turn came
    state = models.CharField(max_length=8, choices=State, default=State.PRINTING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)  # a worker that is silent longer is dead

    objects = PrintRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("badges being printed")
        verbose_name_plural = _("badges being printed")
        default_permissions = ()
        ordering = ["-started_at"]

    @property
    def total(self) -> int:
        return len(self.badges)


class PrintedFile(StoredFile):
    """One file of badges, encrypted like what guests send."""

    run = models.ForeignKey(PrintRun, on_delete=models.CASCADE, related_name="files")
    first = models.PositiveIntegerField()  # of the run's badges, counted from one
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("file of badges")
        verbose_name_plural = _("files of badges")
        default_permissions = ()
        ordering = ["first"]
        constraints = [models.UniqueConstraint(fields=["run", "first"], name="printed_part_once_in_a_run")]
