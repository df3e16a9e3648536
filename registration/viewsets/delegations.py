"""Delegations in the admin: the list with its numbers, and the forms that add and change one. The page of one delegation as
a unit is in delegation_unit."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets import TemplateColumn
from plenary.events.models import Event
from registration.actions import save_delegation
from registration.models import Delegation, DelegationQuota
from registration.permissions import ADD_DELEGATION, CHANGE_DELEGATION, delegations_for
from registration.querysets import DelegationQuerySet
from registration.viewsets import delegation_unit as unit
from registration.viewsets.delegation_forms import DelegationForm

STANDS = (
    ("open", gettext_lazy("not confirmed")),
    ("confirmed", gettext_lazy("confirmed")),
    ("missing", gettext_lazy("details missing")),
    ("waiting", gettext_lazy("awaiting a decision")),
    ("reserve", gettext_lazy("people on the waiting list")),
    ("over", gettext_lazy("more named than places")),
)


class DelegationFilterSet(WagtailFilterSet):
    """By event, and by what has to be done about it."""

    event = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Event"),
        queryset=Event.objects.all(),
        empty_label=gettext_lazy("all events"),
        widget=forms.RadioSelect,
    )
    stands = django_filters.ChoiceFilter(
        label=gettext_lazy("List"), choices=STANDS, method="with_stand", empty_label=gettext_lazy("all"),
        widget=forms.RadioSelect,
    )  # fmt: skip

    class Meta:
        model = Delegation
        fields = ["event", "stands"]

    def with_stand(self, queryset: DelegationQuerySet, _name: str, value: str) -> QuerySet[Delegation]:
        return {
            "open": queryset.filter(confirmed_at__isnull=True),
            "confirmed": queryset.filter(confirmed_at__isnull=False),
            "missing": queryset.lacking_details(),
            "waiting": queryset.under_review(),
            "reserve": queryset.with_reserve(),
            "over": queryset.over_quota(),
        }[value]


class DelegationListView(generic.IndexView):
    """Every delegation with its numbers, in a number of statements that does not grow with them."""

    any_permission_required = ["view"]
    is_searchable = True

    @cached_property
    def columns(self) -> list[BaseColumn]:
        def column(name: str, label: Any, classname: str = "") -> TemplateColumn:
            template = f"delegations_admin/cells/{name}.html"
            return TemplateColumn(name, label=label, template=template, classname=classname)

        return [
            column("delegation", _("Delegation")),
            column("numbers", _("Members")),
            column("missing", _("Details missing")),
            column("waiting", _("Under review"), "plenary-wide"),
            column("approved", _("Approved"), "plenary-wide"),
            column("list", _("List")),
        ]

    def get_base_queryset(self) -> DelegationQuerySet:
        return delegations_for(signed_in(self.request)).select_related("event").with_numbers().defer("email", "note")

    def order_queryset(self, queryset: DelegationQuerySet) -> DelegationQuerySet:
        return queryset.order_by("-event__starts_on", "event", "search_text", "id")

    def search_queryset(self, queryset: DelegationQuerySet) -> DelegationQuerySet:
        return queryset.matching(self.search_query) if self.is_searching else queryset


class DelegationFormView(WagtailAdminTemplateMixin, FormView):
    """Add a delegation, or change one with its places."""

    template_name = "delegations_admin/form.html"
    header_icon = "group"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in(request).has_perm(CHANGE_DELEGATION if "pk" in kwargs else ADD_DELEGATION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def delegation(self) -> Delegation:
        if "pk" not in self.kwargs:
            return Delegation()
        found = delegations_for(signed_in(self.request)).select_related("event")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def is_new(self) -> bool:
        return "pk" not in self.kwargs

    def get_page_title(self) -> str:
        return _("New delegation") if self.is_new else str(self.delegation)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("delegations:index"), "label": _("Delegations")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form(self, form_class: Any = None) -> DelegationForm:
        events = Event.objects.for_staff(signed_in(self.request)).order_by("-starts_on", "id")
        data = self.request.POST if self.request.method == "POST" else None
        initial = {} if not self.is_new else {"event": events.first()}
        return DelegationForm(data, instance=self.delegation, events=events, initial=initial)

    def form_valid(self, form: Any) -> HttpResponse:
        was_new = self.is_new
        quotas = form.quotas()
        delegation = save_delegation(form.save(commit=False), quotas=quotas, by=Actor.staff(signed_in(self.request)))
        if was_new:
            messages.success(self.request, _("Saved. Now give the delegation its places, then send the link."))
            return HttpResponseRedirect(reverse("delegations:edit", args=[delegation.pk]) + "#places")
        messages.success(self.request, _("The delegation is saved."))
        self._warn(delegation)
        return HttpResponseRedirect(reverse("delegations:unit", args=[delegation.pk]))

    def _warn(self, delegation: Delegation) -> None:
        """A quota below what is taken is no error, but nobody should be surprised by it."""
        for quota in DelegationQuota.objects.filter(delegation=delegation).select_related("category"):
            if quota.taken > quota.places:
                text = _(
                    "%(category)s: %(taken)d places are taken and %(places)d remain given, %(over)d too few. Those who "
                    "are named stay; whoever is named now waits until places are free again."
                )
                facts = {
                    "category": quota.category, "taken": quota.taken, "places": quota.places, "over": quota.over
                }  # fmt: skip
                messages.warning(self.request, text % facts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return context | {
            "delegation": self.delegation,
            "is_new": self.is_new,
            "facts": [form[name] for name in form.fields if name not in form.quota_fields],
            "places": [form[name] for name in form.quota_fields],
        }


class DelegationViewSet(ModelViewSet):
    model = Delegation
    name = "delegations"
    icon = "group"
    menu_label = gettext_lazy("Delegations")
    menu_name = "delegations"
    menu_order = 110
    add_to_admin_menu = True
    index_view_class = DelegationListView
    filterset_class = DelegationFilterSet
    list_per_page = 50
    ordering = "search_text"
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    form_fields = ["focal_name"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.construct_view(DelegationFormView), name="add"),
            path("edit/<uuid:pk>/", self.construct_view(DelegationFormView), name="edit"),
            path("unit/<uuid:pk>/", self.construct_view(unit.UnitView), name="unit"),
            path("unit/<uuid:pk>/decide/", self.construct_view(unit.DecideView), name="decide"),
            path("unit/<uuid:pk>/move-up/<uuid:member>/", self.construct_view(unit.MoveUpView), name="move_up"),
            path("unit/<uuid:pk>/<slug:step>/", self.construct_view(unit.StepView), name="step"),
            path("paper/<uuid:pk>/", unit.paper_view, name="paper"),
        ]
