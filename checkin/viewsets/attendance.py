"""Who attended, in the admin: the list with its filters, excuses, certificates of attendance, and the list as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from checkin.actions import end_excuses, excuse_guests
from checkin.actions.certificates import issue_certificates, start_issuing_to_all
from checkin.attendance import Attendance
from checkin.permissions import EXCUSE, ISSUE_LETTER, VIEW_SCAN
from checkin.querysets.attendance import (
    attendance_of,
    attended_by_session,
    certified_at,
    expected_at,
    of_kind,
    sessions_with_checkpoints,
    totals,
)
from checkin.viewsets.shared import EventPage, PermittedMenuItem
from plenary.core.actions import Actor
from plenary.core.exports import Taking, filters_of, table_response
from plenary.core.permissions import signed_in
from plenary.events.models import Event, Session
from registration.models import Category

PER_PAGE = 50
BAR, GAP, WIDTH = 16, 6, 240  # of the plot, in its own units
FILTERS = ("session", "category", "state", "q")
EXPORT_COLUMNS: Mapping[Any, Callable[[Any], Any]] = {
    gettext_lazy("Code"): lambda guest: guest.code,
    gettext_lazy("Name in original script"): lambda guest: guest.name,
    gettext_lazy("Name in Latin letters"): lambda guest: guest.latin_name,
    gettext_lazy("Organisation"): lambda guest: guest.organisation,
    gettext_lazy("Category"): lambda guest: str(guest.category),
    gettext_lazy("Attendance"): lambda guest: Attendance(guest.attendance).label,
    gettext_lazy("First scan"): lambda guest: guest.arrived_at,
    gettext_lazy("Certificate"): lambda guest: guest.certified,
}


class AttendanceFilters(forms.Form):
    """Which guests of an event the list shows."""

    session = forms.ModelChoiceField(
        Session.objects.none(), label=gettext_lazy("Session"), required=False, empty_label=gettext_lazy("whole event")
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("all")
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Attendance"), required=False, choices=[("", gettext_lazy("all")), *Attendance.choices]
    )
    q = forms.CharField(label=gettext_lazy("Name or code"), required=False, max_length=100)

    def __init__(self, data: QueryDict, event: Event) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["session"].queryset = Session.objects.filter(event=event).order_by("starts_at", "pk")
        fields["category"].queryset = Category.objects.filter(event=event)


@dataclass(frozen=True)
class SessionLine:
    """One session in the plot and its table: how many came, of how many expected."""

    session: Session
    attended: int
    expected: int
    y: int

    @property
    def share(self) -> int:
        return round(100 * self.attended / self.expected) if self.expected else 0

    @property
    def width(self) -> int:
        return round(WIDTH * self.share / 100)


class AttendanceView(EventPage):
    """The list. Its statements do not grow with its lines."""

    permissions = (VIEW_SCAN,)
    template_name = "checkin/attendance.html"
    page_title = gettext_lazy("Attendance")
    header_icon = "group"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = request.GET.get("export")
        if self.event is not None and form in ("csv", "xlsx"):
            return self._file(self.event, form)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is done with the guests ticked; certificates also for all."""
        user = signed_in(request)
        step = next((name for name in _NEEDS if name in request.POST), "")
        if self.event is None or not step or not user.has_perm(_NEEDS[step]):
            raise PermissionDenied
        by = Actor.staff(user)
        if step == "all":
            start_issuing_to_all(self.event, by=user)
            messages.success(
                request, _("Certificates are being issued and mailed. The numbers here tell how far it is.")
            )
        else:
            messages.success(request, self._do(step, self.event, by))
        return HttpResponseRedirect(f"{reverse('attendance:index')}?{request.GET.urlencode()}")

    def _do(self, step: str, event: Event, by: Actor) -> str:
        keys = list(self._chosen(event).filter(pk__in=self._ticked()).values_list("pk", flat=True))
        session = self._filters(event).get("session")
        if step == "excuse":
            reason = self.request.POST.get("reason", "")
            count = excuse_guests(keys, event=event, session=session, reason=reason, by=by)
            return ngettext("%(count)s guest excused.", "%(count)s guests excused.", count) % {"count": count}
        if step == "unexcuse":
            count = end_excuses(keys, event=event, session=session, by=by)
            return ngettext("%(count)s excuse taken back.", "%(count)s excuses taken back.", count) % {"count": count}
        report = issue_certificates(keys, by=by)
        done, refused = len(report.done), set(report.refused.values())
        told = ngettext("%(count)s certificate issued.", "%(count)s certificates issued.", done) % {"count": done}
        return " ".join([told, *sorted(refused)])

    def _ticked(self) -> list[str]:
        field = forms.UUIDField()
        ticked = self.request.POST.getlist("guest")[:PER_PAGE]
        try:
            return [field.clean(key) for key in ticked]
        except forms.ValidationError as error:
            raise PermissionDenied from error

    @cached_property
    def _form(self) -> AttendanceFilters | None:
        return AttendanceFilters(self.request.GET, self.event) if self.event else None

    def _filters(self, event: Event) -> dict[str, Any]:
        return self._form.cleaned_data if self._form and self._form.is_valid() else {}

    def _chosen(self, event: Event) -> Any:
        """The guests the filters leave, of every kind of attendance."""
        chosen = self._filters(event)
        guests = expected_at(event)
        if chosen.get("category"):
            guests = guests.filter(category=chosen["category"])
        return guests.matching(chosen.get("q", ""))

    def _listed(self, event: Event) -> Any:
        """These of one kind, where one is asked for, in the order of the list."""
        guests, chosen = self._chosen(event), self._filters(event)
        if kind := chosen.get("state"):
            guests = of_kind(guests, kind, event, chosen.get("session"))
        return guests.order_by("latin_name", "name", "pk")

    def _lines(self, event: Event, keys: Any) -> Any:
        """What is told of each; `keys` are ids, or a query of them."""
        guests = attendance_of(event, self._filters(event).get("session")).filter(pk__in=keys)
        told = guests.select_related("category").defer("email", "answers", "staff_answers", "replies")
        return told.order_by("latin_name", "name", "pk")

    def _file(self, event: Event, form: str) -> HttpResponseBase:
        listed = self._listed(event)
        guests = self._lines(event, listed.order_by().values("pk"))
        by = Actor.staff(signed_in(self.request))
        counts: Mapping[Any, int] = {event: listed.count()}
        columns = list(EXPORT_COLUMNS.values())
        return table_response(
            form,
            name=f"attendance-{event.slug}-{timezone.localdate():%Y-%m-%d}",
            headings=EXPORT_COLUMNS,
            rows=([column(guest) for column in columns] for guest in guests.iterator(chunk_size=2_000)),
            taking=Taking("export of attendance", by, counts, filters_of(self.request.GET, ("event", *FILTERS))),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.event is None:
            return context
        chosen = self._filters(self.event)
        session, kind = chosen.get("session"), chosen.get("state", "")
        numbers = totals(self._chosen(self.event), self.event, session)
        paginator = Paginator(self._listed(self.event).values_list("pk", flat=True), PER_PAGE)
        paginator.count = numbers[kind] if kind else sum(numbers.values())  # known already
        page = paginator.get_page(self.request.GET.get("p"))
        page.object_list = list(self._lines(self.event, list(page.object_list)))  # the ids of a page, then its lines
        kept = self.request.GET.copy()
        for name in ("p", "state"):
            kept.pop(name, None)
        kept["event"] = self.event.slug
        user = signed_in(self.request)
        return {
            **context,
            **self._sessions(self.event, None if any(chosen.values()) else numbers),
            "form": self._form,
            "page": page,
            "kept": kept.urlencode(),
            "state": kind,
            "numbers": [(kind, label, numbers[kind]) for kind, label in Attendance.choices],
            "may_excuse": user.has_perm(EXCUSE),
            "may_certify": user.has_perm(ISSUE_LETTER),
        }

    def _sessions(self, event: Event, numbers: Mapping[str, int] | None) -> dict[str, Any]:
        """The plot: every session whose attendance is taken, and how far certificates are. `numbers` are those of the whole
        event, where they are known."""
        everybody = expected_at(event)
        expected = sum(numbers.values()) if numbers else everybody.count()
        came = attended_by_session(event)
        lines = [
            SessionLine(session, came.get(session.pk, 0), expected, GAP + position * (BAR + GAP))
            for position, session in enumerate(sessions_with_checkpoints(event))
        ]
        return {
            "lines": lines,
            "plot_height": GAP + len(lines) * (BAR + GAP),
            "plot_width": WIDTH,
            "bar": BAR,
            "attended": (numbers or {}).get(Attendance.ATTENDED)
            or of_kind(everybody, Attendance.ATTENDED, event).count(),
            "certified": certified_at(event),
        }


_NEEDS: Mapping[str, str] = {"excuse": EXCUSE, "unexcuse": EXCUSE, "certify": ISSUE_LETTER, "all": ISSUE_LETTER}


class AttendanceViewSet(ViewSet):
    name = "attendance"
    url_prefix = "check-in/attendance"
    icon = "group"
    menu_label = gettext_lazy("Attendance")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", AttendanceView.as_view(), name="index")]

    def get_menu_item(self, order: int | None = None) -> PermittedMenuItem:
        return PermittedMenuItem(
            self.menu_label, self.menu_url, name=self.name, icon_name=self.icon, order=order, permissions=(VIEW_SCAN,)
        )
