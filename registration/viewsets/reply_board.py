"""The board of replies above a guest list: numbers that lead to their lines, a bar of all states, replies by day. Reads only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from registration.querysets.invitations import InvitationQuerySet
from registration.rules.invitations import InvitationState

WIDTH, HEIGHT, DAYS = 600, 48, 30
SHOWN = (
    InvitationState.LISTED,
    InvitationState.SENT,
    InvitationState.ACCEPTED,
    InvitationState.DECLINED,
    InvitationState.SUBSTITUTED,
)


def board(mine: InvitationQuerySet, *, url: str, event: int | None, chosen: str | None) -> dict[str, Any]:
    """All that the board shows, in six statements whatever the length of the list."""
    totals = mine.totals()
    held, refused = mine.held().count(), mine.refused_unnoted().count()
    overdue = mine.unanswered_after(timezone.now().date()).count()
    unregistered = mine.filter(state=InvitationState.ACCEPTED, registration__isnull=True).count()
    suffix = f"&event={event}" if event else ""
    numbers = [
        {
            "label": state.label,
            "count": totals.get(state, 0),
            "url": f"{url}?state={state.value}{suffix}",
            "active": chosen == state.value,
        }
        for state in SHOWN
    ]
    attention = [
        {"label": label, "count": count, "url": f"{url}?attention={name}{suffix}"}
        for name, label, count in (
            ("held", _("prominent, risk assessment missing"), held),
            ("refused", _("prominent, cannot come"), refused),
            ("overdue", _("no reply, last day over"), overdue),
            ("unregistered", _("accepted, not registered yet"), unregistered),
        )
        if count
    ]
    return {
        "numbers": numbers,
        "attention": attention,
        "bar": _bar(totals),
        "days": _days(mine.replies_by_day()),
        "width": WIDTH,
        "height": HEIGHT,
    }


def _bar(totals: dict[str, int]) -> list[dict[str, Any]]:
    """One stretch for each state, as wide as its share."""
    whole = sum(totals.get(state, 0) for state in SHOWN)
    stretches, start = [], 0.0
    for state in SHOWN:
        if count := totals.get(state, 0):
            width = WIDTH * count / whole
            stretches.append({"state": state.value, "label": state.label, "count": count, "x": start, "width": width})
            start += width
    return stretches


def _days(replies: list[tuple[date, int]]) -> list[dict[str, Any]]:
    """One column for each of the last days, as high as its share of the busiest."""
    last = timezone.now().date()
    counted = {day: count for day, count in replies if day > last - timedelta(days=DAYS)}
    if not counted:
        return []
    most, step = max(counted.values()), WIDTH / DAYS
    columns = []
    for number in range(DAYS):
        day = last - timedelta(days=DAYS - 1 - number)
        count = counted.get(day, 0)
        high = HEIGHT * count / most
        columns.append(
            {"day": day, "count": count, "x": number * step, "y": HEIGHT - high, "width": step - 2, "high": high}
        )
    return columns
