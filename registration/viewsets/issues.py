"""Guests' problems in the admin: the list with filters and ageing, one problem with all that was written, numbers at home."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core import languages
from plenary.core.actions import record_look
from plenary.core.models import HistoryEntry
from plenary.core.permissions import signed_in
from plenary.core.viewsets import CountingMenuItem, Number, NumbersPanel, TemplateColumn
from plenary.events.models import Event
from registration import actions
from registration.actions.issues import change_issue, raise_issue, write_on_issue
from registration.history import timeline
from registration.models import Issue, Registration
from registration.permissions import visible_to
from registration.querysets.contacts import IssueQuerySet
from registration.rules import Who
from registration.rules.issues import OPEN, IssueState, Urgency, next_states
from registration.viewsets.issue_forms import AnswerForm, AssignForm, RaiseForm
from registration.viewsets.office import OfficeView

VIEW, HANDLE = "registration.view_issue", "registration.handle_issue"
WHOSE = [("mine", gettext_lazy("mine")), ("nobody", gettext_lazy("nobody's")), ("late", gettext_lazy("overdue"))]


def visible_issues(request: HttpRequest) -> IssueQuerySet:
    """Problems of the guests and events a person works on."""
    user = signed_in(request)
    guests = visible_to(user).filter(event__in=Event.objects.for_staff(user))
    return Issue.objects.visible_in(guests)


class IssueFilterSet(WagtailFilterSet):
    """Without a choice of state, what is open."""

    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=IssueState.choices, widget=forms.CheckboxSelectMultiple
    )
    whose = django_filters.ChoiceFilter(
        label=gettext_lazy("Whose"),
        choices=WHOSE,
        method="of_whom",
        empty_label=gettext_lazy("everybody's"),
        widget=forms.RadioSelect,
    )
    urgency = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Urgency"), choices=Urgency.choices, widget=forms.CheckboxSelectMultiple
    )
    event = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Event"),
        queryset=lambda request: Event.objects.for_staff(signed_in(request)),
        empty_label=gettext_lazy("all events"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Issue
        fields = ["state", "whose", "urgency", "event"]

    def of_whom(self, queryset: IssueQuerySet, _name: str, value: str) -> IssueQuerySet:
        if value == "mine":
            return queryset.filter(owner=signed_in(self.request))
        return queryset.overdue(timezone.now()) if value == "late" else queryset.unowned()

    def filter_queryset(self, queryset: IssueQuerySet) -> IssueQuerySet:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.open()


class IssueListView(generic.IndexView):
    """The list, what is due first on top."""

    page_title = gettext_lazy("Problems of guests")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            TemplateColumn("issue", label=_("Problem"), template="contacts/cells/issue.html"),
            TemplateColumn("issue_state", label=_("State"), template="contacts/cells/state.html"),
            TemplateColumn(
                "issue_due", label=_("Due"), template="contacts/cells/due.html", sort_key="due_at"
            ),
            TemplateColumn(
                "issue_owner", label=_("Owner"), template="contacts/cells/owner.html", classname="plenary-wide"
            ),
            TemplateColumn(
                "issue_age", label=_("Raised"), template="contacts/cells/age.html", sort_key="created_at",
                classname="plenary-wide",
            ),
        ]  # fmt: skip

    def get_base_queryset(self) -> IssueQuerySet:
        return visible_issues(self.request).for_list()

    def order_queryset(self, queryset: IssueQuerySet) -> IssueQuerySet:
        return queryset.order_by(self.ordering, "id")


class IssueView(OfficeView, TemplateView):
    """One problem. Reading what a guest wrote is a look, and logged."""

    template_name = "contacts/issue.html"
    header_icon = "warning"
    permission = VIEW

    @cached_property
    def issue(self) -> Issue:
        found = visible_issues(self.request).select_related("registration__event", "registration__category", "owner")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def may_handle(self) -> bool:
        return signed_in(self.request).has_perm(HANDLE)

    def get_page_title(self) -> str:
        return _("Problem %(number)s") % {"number": self.issue.number}

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Problems of guests"), reverse("issues:index"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_handle:
            return HttpResponse(status=403)
        form = self.assign_form(request.POST) if "assign" in request.POST else self.answer_form(request.POST)
        if form.is_valid():
            try:
                form.apply(self.issue, by=self.by)
            except actions.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, form.done(self.issue))
                return HttpResponseRedirect(request.path)
        shown = {"assign_form" if "assign" in request.POST else "answer_form": form}
        return self.render_to_response(self.get_context_data(**shown), status=409 if form.non_field_errors() else 200)

    def assign_form(self, data: Any = None) -> AssignForm:
        return AssignForm(data, issue=self.issue, apply=change_issue)

    def answer_form(self, data: Any = None) -> AnswerForm:
        choices = next_states(self.issue.state, Who.OFFICER)
        return AnswerForm(data, issue=self.issue, states=choices, apply=write_on_issue)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record_look(self.issue.registration, part=f"problem {self.issue.number}", by=self.by)
        context = super().get_context_data(**kwargs)
        context.setdefault("assign_form", self.assign_form())
        context.setdefault("answer_form", self.answer_form())
        return context | {
            "issue": self.issue,
            "registration": self.issue.registration,
            "language": languages.get(self.issue.registration.language),
            "entries": self.issue.entries.all(),
            "timeline": timeline(HistoryEntry.objects.of(self.issue)[:100]),
            "may_handle": self.may_handle,
            "late": self.issue.state in OPEN and self.issue.due_at < timezone.now(),
        }


class RaiseView(OfficeView, TemplateView):
    """A problem that a guest has told staff about, by telephone or at the desk."""

    template_name = "contacts/raise.html"
    header_icon = "warning"
    permission = HANDLE

    @cached_property
    def registration(self) -> Registration:
        guests = visible_to(signed_in(self.request)).filter(event__in=self.events).select_related("event", "category")
        return get_object_or_404(guests, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return _("Problem of %(name)s") % {"name": self.registration.name}

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Problems of guests"), reverse("issues:index"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RaiseForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        issue = raise_issue(registration_id=self.registration.pk, by=self.by, **form.cleaned_data)
        messages.success(request, _("Noted as problem %(number)s; the guest is told.") % {"number": issue.number})
        return HttpResponseRedirect(reverse("issues:issue", args=[issue.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", RaiseForm(initial=RaiseForm.fresh()))
        return context | {"registration": self.registration}


class IssueViewSet(ModelViewSet):
    """Guests' problems: guests and staff raise them, actions write them. No address deletes one."""

    model = Issue
    name = "issues"
    url_prefix = "problems"
    icon = "warning"
    menu_label = gettext_lazy("Problems")
    menu_name = "issues"
    menu_order = 120
    add_to_admin_menu = True
    index_view_class = IssueListView
    filterset_class = IssueFilterSet
    list_per_page = 50
    ordering = "due_at"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["state"]  # Wagtail builds a form for every viewset; no address serves it

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = {"add_url_name", "delete_url_name", "history_url_name", "usage_url_name"}
        return {name: value for name, value in super().get_common_view_kwargs(**kwargs).items() if name not in gone}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<uuid:pk>/", self.construct_view(IssueView), name="issue"),
            path("edit/<uuid:pk>/", self.construct_view(IssueView), name="edit"),
            path("of/<uuid:pk>/", self.construct_view(RaiseView), name="raise"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
            shown=lambda request: signed_in(request).has_perm(VIEW),
            count=lambda request: visible_issues(request).with_us().count(),
        )


class IssuesPanel(NumbersPanel):
    """On the home page of whoever helps guests: who waits, and what is late."""

    name = "issues"
    title = gettext_lazy("Problems of guests")
    order = 20

    def numbers(self) -> list[Number]:
        found, url = visible_issues(self.request), reverse("issues:index")
        return [
            Number(_("overdue"), found.overdue(timezone.now()).count(), f"{url}?whose=late", bad=True),
            Number(_("nobody's"), found.unowned().count(), f"{url}?whose=nobody", bad=True),
            Number(_("mine"), found.owned_by(signed_in(self.request)).count(), f"{url}?whose=mine"),
            Number(_("open"), found.open().count(), url),
        ]
