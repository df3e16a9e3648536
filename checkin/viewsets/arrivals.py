"""The live count: who is inside, how many arrived in which hour at which checkpoint. Renews itself while it is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from checkin.models import Admission, Checkpoint, Scan
from checkin.permissions import VIEW_SCAN
from checkin.viewsets.shared import EventPage, PermittedMenuItem
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets import Number, NumbersPanel

HOUR = timedelta(hours=1)
BAR, GAP, HEIGHT = 28, 6, 120  # of the plot, in its own units
MOST_HOURS = 48  # the plot shows the latest; the table has them all


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


def bars(by_hour: dict[datetime, int]) -> list[Bar]:
    """A bar for every hour from the first arrival to the last, empty hours included."""
    if not by_hour:
        return []
    hours = [min(by_hour)]
    while hours[-1] < max(by_hour) and len(hours) < 24 * 60:
        hours.append(hours[-1] + HOUR)
    shown, highest = hours[-MOST_HOURS:], max(by_hour.values())
    return [
        Bar(hour, by_hour.get(hour, 0), GAP + position * (BAR + GAP), round(by_hour.get(hour, 0) / highest * HEIGHT))
        for position, hour in enumerate(shown)
    ]


class ArrivalsView(EventPage):
    """The page; its script asks for the same address with `part` and replaces the numbers."""

    permissions = (VIEW_SCAN,)
    page_title = _("Arrivals")
    header_icon = "view"

    def get_template_names(self) -> list[str]:
        return ["checkin/arrivals_numbers.html" if "part" in self.request.GET else "checkin/arrivals.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.event is None:
            return context
        checkpoints = list(Checkpoint.objects.filter(event=self.event).with_counts())
        names = {checkpoint.pk: str(checkpoint) for checkpoint in checkpoints}
        arrivals = Admission.objects.arrivals_by_hour(self.event)
        by_hour: dict[datetime, int] = {}
        for _checkpoint, hour, count in arrivals:
            by_hour[hour] = by_hour.get(hour, 0) + count
        plot = bars(by_hour)
        return {
            **context,
            "checkpoints": checkpoints,
            "rows": [(hour, names[checkpoint], count) for checkpoint, hour, count in reversed(arrivals)],
            "bars": plot,
            "plot_width": GAP + len(plot) * (BAR + GAP),
            "bar_width": BAR,
            "conflicts": Scan.objects.conflicts(self.event).count(),
        }


class ArrivalsViewSet(ViewSet):
    name = "arrivals"
    url_prefix = "check-in/arrivals"
    icon = "view"
    menu_label = _("Arrivals")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", ArrivalsView.as_view(), name="index")]

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
            Number(gettext("admitted today"), totals.get("admit", 0), reverse("arrivals:index")),
            Number(gettext("refused today"), totals.get("refuse", 0), f"{scans}?verdict=refuse"),
            Number(gettext("conflicts today"), totals.get("conflict", 0), f"{scans}?verdict=conflict", bad=True),
        ]
