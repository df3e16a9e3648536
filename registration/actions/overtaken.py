"""What is told to whoever acts on a page that somebody else has overtaken: what happened since, by whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from plenary.core.models import HistoryEntry
from registration.history import OVERTAKES, Happening, timeline
from registration.models import Desk, Registration


def overtaken(registration: Registration, *, desk: Desk | None = None) -> str:
    """The last thing that changed what is decided upon; with `desk`, the last word of that desk."""
    entries = HistoryEntry.objects.of(registration)
    of_desk = {"verb": "verdict", "data__desk": desk.slug} if desk else {"verb__in": OVERTAKES}
    return _told(registration, next(iter(timeline(entries.filter(**of_desk)[:1])), None))


def overtaken_each(registrations: Iterable[Registration]) -> dict[UUID, str]:
    """The same for many, in one statement and one more for the names of desks."""
    asked = list(registrations)
    entries = HistoryEntry.objects.filter(
        subject_type=Registration._meta.label_lower, subject_id__in=[str(one.pk) for one in asked], verb__in=OVERTAKES
    ).select_related("actor")
    latest: dict[str, HistoryEntry] = {}
    for entry in entries:
        latest.setdefault(entry.subject_id, entry)
    told = dict(zip(latest, timeline(latest.values()), strict=True))
    return {one.pk: _told(one, told.get(str(one.pk))) for one in asked}


def _told(registration: Registration, happening: Happening | None) -> str:
    state = registration.get_state_display()
    if happening is None:
        return _(
            "Somebody else changed this registration in the meantime: it is now “%(state)s”. Look at it again."
        ) % {"state": state}
    return _("Changed in the meantime: %(what)s (%(who)s, %(when)s). It is now “%(state)s”. Look at it again.") % {
        "what": happening.what,
        "who": happening.who,
        "when": formats.date_format(timezone.localtime(happening.at), "SHORT_DATETIME_FORMAT"),
        "state": state,
    }
