"""The numbers above the vetting queue, each a link to its list. A long list is not counted anew for every page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy

from registration.permissions import desks_of, visible_to
from registration.querysets import RegistrationQuerySet
from registration.querysets.people import COUNTED
from registration.rules import State

EXACT = 1_000  # below it a number is counted for every page; above it nobody misses the last minute
RECOUNT_AFTER = 60  # seconds
FURTHER = (State.INFORMATION_REQUESTED, State.APPROVED, State.REJECTED, State.UNCONFIRMED)


def numbers(user: User, chosen: Mapping[str, Any], index_url: str) -> list[dict[str, Any]]:
    """Numbers of the chosen event, or of all events of this person; `chosen` is what the filters say."""
    event, state, show, desk = (chosen.get(name) for name in ("event", "state", "show", "desk"))
    mine = visible_to(user).filter(event=event) if event else visible_to(user)
    now, suffix = timezone.now(), f"&event={event.pk}" if event else ""

    def count(name: str, found: RegistrationQuerySet) -> int:
        return _count(found, f"queue:{user.pk}:{event.pk if event else ''}:{name}")

    waiting = mine.awaiting_decision().at_hand(now)
    late = count("late", mine.late(now))
    told = [
        {
            "label": gettext_lazy("awaiting a decision"),
            "count": some(count("waiting", waiting)),
            "url": f"{index_url}?state={suffix}",
            "active": not (state or show or desk),
            "late": some(late) if late else "",
        }
    ]
    for mine_desk in desks_of(user):
        told.append(
            {
                "label": gettext("waits for: %(desk)s") % {"desk": mine_desk},
                "count": some(count(f"desk-{mine_desk.pk}", waiting.for_desks([mine_desk]))),
                "url": f"{index_url}?desk={mine_desk.pk}{suffix}",
                "active": desk == mine_desk,
            }
        )
    if held := count("held", mine.on_hold(now).filter(state=State.SUBMITTED)):
        url = f"{index_url}?show=hold{suffix}"
        told.append({"label": gettext("on hold"), "count": some(held), "url": url, "active": show == "hold"})
    return told + [
        {
            "label": further.label,
            "count": some(count(further.value, mine.filter(state=further))),
            "url": f"{index_url}?state={further.value}{suffix}",
            "active": (state or "") == further.value,
        }
        for further in FURTHER
    ]


def waiting_of(user: User) -> int:
    """How many await a decision of this person at all events: the first of the numbers, without a filter."""
    return _count(visible_to(user).awaiting_decision().at_hand(timezone.now()), f"queue:{user.pk}::waiting")


def count_of(found: RegistrationQuerySet) -> int:
    """The same for any list, so that who turns its pages does not have it counted for each."""
    try:
        statement = str(found.order_by().query)
    except EmptyResultSet:  # a search that found nobody
        return 0
    # A digest, because the statement may hold the name that was searched for.
    return _count(found, f"queue:{hashlib.sha256(statement.encode()).hexdigest()}")


def _count(found: RegistrationQuerySet, key: str) -> int:
    known: int | None = cache.get(key)
    if known is not None:
        return known
    counted = found.count_some()
    if counted >= EXACT:
        cache.set(key, counted, RECOUNT_AFTER)
    return counted


def some(number: int) -> str:
    """A number as far as it was counted."""
    return f"{formats.number_format(number, force_grouping=True)}{'+' if number >= COUNTED else ''}"
