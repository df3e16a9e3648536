"""Waiting lists in the admin: who waits in which category, in what order, and places offered by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from plenary.core.actions import Actor
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets import CountingMenuItem
from registration.actions import offer_places
from registration.models import Category
from registration.permissions import OFFER_PLACES, may_see_queue, visible_to
from registration.rules import State, WaitingList

SHOWN = 200


class OfferForm(forms.Form):
    hours = forms.IntegerField(label=gettext_lazy("Hours to accept"), min_value=1, max_value=24 * 60)


def _lists(request: HttpRequest) -> Any:
    """Categories with a list that somebody of this person's desk can wait in."""
    mine = of_own_events(Category.objects.exclude(waiting_list=WaitingList.OFF), signed_in(request))
    return mine.select_related("event").order_by("-event__starts_on", "event", "position")


class _WaitingPage(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "time"
    page_title = gettext_lazy("Waiting lists")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_queue(signed_in(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(self.page_title)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": reverse("waiting:index"), "label": _("Waiting lists")}]


class WaitingListsView(_WaitingPage):
    template_name = "waiting_admin/lists.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"categories": list(_lists(self.request))}


class WaitingListView(_WaitingPage):
    """One list in its order. Offering takes the right to approve: it lets somebody in."""

    template_name = "waiting_admin/list.html"

    @cached_property
    def category(self) -> Category:
        found: Category | None = _lists(self.request).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_page_title(self) -> str:
        return f"{self.category} · {self.category.event}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        category = self.category
        mine = visible_to(signed_in(self.request)).filter(category=category)
        waiting = mine.filter(state=State.WAITLISTED)
        proved = waiting.filter(confirmed_at__isnull=False).order_by("confirmed_at", "id")
        free = None if category.quota is None else category.quota - category.taken
        return super().get_context_data(**kwargs) | {
            "category": category,
            "free": free,
            "over": -free if free is not None and free < 0 else 0,
            "waiting": proved.only("name", "organisation", "nationality", "confirmed_at", "code")[:SHOWN],
            "unproved": waiting.filter(confirmed_at__isnull=True).count(),
            "offered": mine.filter(state=State.OFFERED).order_by("offer_expires_at")[:SHOWN],
            "may_offer": self.request.user.has_perm(OFFER_PLACES),
            "form": kwargs.get("form") or OfferForm(initial={"hours": category.offer_hours}),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(OFFER_PLACES):
            raise PermissionDenied
        form = OfferForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        mine = visible_to(signed_in(request)).filter(category=self.category, state=State.WAITLISTED)
        names = dict(mine.filter(pk__in=_ids(request.POST.getlist("guest"))).values_list("pk", "name"))
        if not names:
            messages.warning(request, _("Tick the guests a place is offered to."))
            return HttpResponseRedirect(request.path)
        in_order = mine.filter(pk__in=names).order_by("confirmed_at", "id").values_list("pk", flat=True)
        report = offer_places(list(in_order), hours=form.cleaned_data["hours"], by=Actor.staff(signed_in(request)))
        if report.done:
            told = ngettext("%(count)s place offered.", "%(count)s places offered.", len(report.done))
            messages.success(request, told % {"count": len(report.done)})
        for pk, why in list(report.refused.items())[:20]:
            messages.warning(request, f"{names[pk]}: {why}")
        return HttpResponseRedirect(request.path)


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:SHOWN]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


class WaitingViewSet(ViewSet):
    name = "waiting"
    url_prefix = "waiting-lists"
    icon = "time"
    menu_label = gettext_lazy("Waiting lists")
    menu_order = 110
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", WaitingListsView.as_view(), name="index"),
            path("<int:pk>/", WaitingListView.as_view(), name="list"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        def shown(request: HttpRequest) -> bool:
            return may_see_queue(signed_in(request)) and _lists(request).exists()

        return CountingMenuItem(
            self.menu_label,
            reverse("waiting:index"),
            name="waiting",
            icon_name=self.icon,
            order=order or self.menu_order,
            shown=shown,
            count=lambda request: sum(_lists(request).values_list("waiting", flat=True)),
        )
