"""The live board: who is inside, who arrives where, who is missing, what was refused, which phones are at work.

The page stands as it was loaded; its script has it renewed by a stream, or by asking again where no stream is to be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from checkin import live
from checkin.board import Board
from checkin.models import Credential, Scan
from checkin.permissions import VIEW_SCAN
from checkin.viewsets.shared import EventPage, PermittedMenuItem
from plenary.core.actions import Actor, record_looks
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets import Number, NumbersPanel
from plenary.events.models import Event

BAR, GAP, HEIGHT = 28, 6, 120  # of the plot of hours, in its own units
WIDTH = 100  # of a bar beside a number
MOST_HOURS = 48  # the plot shows the latest; the table has them all
MOST_MISSING = 50
LOOK = 60 * 60  # seconds for which one noted look at the awaited guests stands


@dataclass(frozen=True)
class Bar:
    """One hour in the plot."""

    hour: datetime
    count: int
    x: int
    height: int

    @property
    def y(self) -> int:
        return HEIGHT - self.height


def bars(by_hour: Sequence[tuple[datetime, int]]) -> list[Bar]:
    """The latest hours as bars, the tallest of them as high as the plot."""
    shown = by_hour[-MOST_HOURS:]
    highest = max((count for _hour, count in shown), default=0) or 1
    return [
        Bar(hour, count, GAP + position * (BAR + GAP), round(count / highest * HEIGHT))
        for position, (hour, count) in enumerate(shown)
    ]


def beside(counts: Sequence[int]) -> list[int]:
    """How long the bar beside each number is, the largest number's the longest."""
    highest = max(counts, default=0) or 1
    return [round(count / highest * WIDTH) for count in counts]


def part(event: Event, language: str) -> str:
    """The part of the page that renews itself. Without the moment it was made at: it is the same until something changes."""
    board = Board(event, timezone.now())
    by_hour = [(hour, sum(areas.values())) for hour, areas in board.hours.items()]
    plot = bars(by_hour)
    with override(language):
        return render_to_string(
            "checkin/board_part.html",
            {
                "event": event,
                "board": board,
                "bars": plot,
                "plot_width": GAP + len(plot) * (BAR + GAP),
                "bar_width": BAR,
                "rows": [
                    (hour, board.names[area], count)
                    for hour, areas in reversed(board.hours.items())
                    for area, count in areas.items()
                ],
                "gates": list(zip(board.gates, beside([gate.lately for gate in board.gates]), strict=True)),
                "refusals": list(zip(board.refusals, beside([count for _why, count in board.refusals]), strict=True)),
                "missing": board.missing[:MOST_MISSING],
                "more_missing": max(0, len(board.missing) - MOST_MISSING),
            },
        )


class BoardView(EventPage):
    """The page, its part for those who ask again, and its stream."""

    permissions = (VIEW_SCAN,)
    page_title = _("Live board")
    header_icon = "view"
    template_name = "checkin/board.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "part" not in request.GET:
            return super().get(request, *args, **kwargs)
        found = self._part()
        etag = f'"{live.digest(found)}"'
        response = get_conditional_response(request, etag=etag) or HttpResponse(found)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response

    def _part(self) -> str:
        if self.event is None:
            raise Http404
        self._note_look(self.event)
        return part(self.event, get_language() or "en")

    def _note_look(self, event: Event) -> None:
        """The board names who is awaited. Noted once an hour for each who watches, not with every renewal."""
        user = signed_in(self.request)
        if cache.add(f"board-look-{user.pk}-{event.pk}", 1, LOOK):
            awaited = [badge.registration for badge, _came_at in Credential.objects.vips(event)]
            record_looks(awaited, part="live board", by=Actor.staff(user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "part": self._part() if self.event else ""}


class StreamView(BoardView):
    """The states of the part, one after the other, for as long as one answer may last."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.event is None:
            raise Http404
        self._note_look(self.event)
        return live.stream(request, partial(part, self.event, get_language() or "en"))


class BoardViewSet(ViewSet):
    name = "board"
    url_prefix = "check-in/board"
    icon = "view"
    menu_label = _("Live board")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", BoardView.as_view(), name="index"), path("stream/", StreamView.as_view(), name="stream")]

    def get_menu_item(self, order: int | None = None) -> PermittedMenuItem:
        return PermittedMenuItem(
            self.menu_label, self.menu_url, name=self.name, icon_name=self.icon, order=order, permissions=(VIEW_SCAN,)
        )


class ArrivalsPanel(NumbersPanel):
    """On the home page of whoever watches the doors: today's arrivals, and what needs a person."""

    name = "arrivals"
    title = _("Check-in")
    order = 20

    def numbers(self) -> list[Number]:
        since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        mine = of_own_events(Scan.objects.all(), signed_in(self.request))
        totals, scans = mine.totals_since(since), reverse("scans:index")
        return [
            Number(gettext("admitted today"), totals.get("admit", 0), reverse("board:index")),
            Number(gettext("refused today"), totals.get("refuse", 0), f"{scans}?verdict=refuse"),
            Number(gettext("conflicts today"), totals.get("conflict", 0), f"{scans}?verdict=conflict", bad=True),
        ]
