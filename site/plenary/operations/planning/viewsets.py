"""Plans in the admin: the list with how far each review is, and the dossier where everybody takes their step."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor
from plenary.core.models import HistoryEntry
from plenary.core.permissions import of_own_events, signed_in
from plenary.core.viewsets import CountingMenuItem, Number, NumbersPanel, TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsList, narrow_choices
from plenary.events.rules import ApprovalState
from plenary.operations.planning import actions
from plenary.operations.planning.dossier import present_round, told
from plenary.operations.planning.forms import AmendForm, NewPlanForm, OpinionForm, PlanForm, StepForm
from plenary.operations.planning.models import Plan
from plenary.operations.planning.permissions import ADD, VIEW, departments_of, may_edit_now, steps_for
from plenary.operations.planning.querysets import PlanQuerySet
from plenary.operations.planning.rules import WAYS, Department, Step, Verdict


class PlanListView(OwnEventsList, generic.IndexView):
    """Every plan with its state and the opinions given in the present round."""

    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        def column(name: str, label: Any, classname: str = "") -> TemplateColumn:
            return TemplateColumn(name, label=label, template=f"planning/cells/{name}.html", classname=classname)

        return [
            column("event", _("Event")),
            column("state", _("Approval")),
            column("opinions", _("Opinions")),
            column("dates", _("Dates"), "plenary-wide"),
        ]

    def get_base_queryset(self) -> PlanQuerySet:
        return Plan.objects.for_list()

    def order_queryset(self, queryset: PlanQuerySet) -> PlanQuerySet:
        return queryset.order_by("-event__starts_on", "id")


class PlanPage(WagtailAdminTemplateMixin, FormView):
    """What the pages of one plan share."""

    header_icon = "form"
    permission = VIEW

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return Actor.staff(signed_in(self.request))

    @cached_property
    def plan(self) -> Plan:
        return get_object_or_404(of_own_events(Plan.objects.dossier(), signed_in(self.request)), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return str(self.plan.event)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("plans:index"), "label": _("Plans")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_success_url(self) -> str:
        return reverse("plans:plan", args=[self.plan.pk])


class NewPlanView(PlanPage):
    template_name = "planning/form.html"
    form_class = NewPlanForm
    permission = ADD

    def get_page_title(self) -> str:
        return _("New plan")

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        narrow_choices(form.fields, signed_in(self.request))
        return form

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.plan = actions.draft_plan(by=self.actor, **form.cleaned_data)
        messages.success(self.request, _("The plan is drafted. Submit it when the departments can look at it."))
        return HttpResponseRedirect(self.get_success_url())


class EditPlanView(PlanPage):
    """The text of a plan: freely while nobody judges it, and with a reason once it is in force."""

    template_name = "planning/form.html"

    @cached_property
    def amends(self) -> bool:
        return Step.AMEND in steps_for(signed_in(self.request), self.plan)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.amends and not may_edit_now(signed_in(request), self.plan):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[PlanForm]:
        return AmendForm if self.amends else PlanForm

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: a form fills its instance before anything is decided.
        return {**super().get_form_kwargs(), "instance": Plan.objects.get(pk=self.plan.pk)}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            if self.amends:
                actions.amend_plan(self.plan, by=self.actor, **form.cleaned_data)
                messages.success(self.request, _("Changed and submitted: all five departments look at it again."))
            else:
                actions.edit_plan(self.plan, by=self.actor, **form.cleaned_data)
                messages.success(self.request, _("The plan is saved."))
        except actions.StepRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return HttpResponseRedirect(self.get_success_url())


class PlanView(PlanPage):
    """The dossier: the text, the five opinions, the log, and the step that is this person's to take."""

    template_name = "planning/plan.html"
    form_class = StepForm

    @cached_property
    def steps(self) -> list[Step]:
        return [step for step in steps_for(signed_in(self.request), self.plan) if step != Step.AMEND]

    @cached_property
    def departments(self) -> list[Department]:
        in_review = self.plan.event.approval == ApprovalState.JOINT_REVIEW
        return departments_of(signed_in(self.request)) if in_review else []

    def get_form(self, form_class: Any = None) -> BaseForm:
        if "verdict" in self.request.POST or "department" in self.request.POST:
            return OpinionForm(self.request.POST, departments=self.departments)
        return super().get_form(form_class)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            if isinstance(form, OpinionForm):
                actions.give_opinion(
                    self.plan,
                    department=Department(given["department"]),
                    verdict=Verdict(given["verdict"]),
                    remark=given["remark"],
                    by=self.actor,
                )
                messages.success(self.request, _("Your opinion is recorded."))
            else:
                self._take(Step(given["step"]), given["reason"])
        except actions.StepRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return HttpResponseRedirect(self.get_success_url())

    def _take(self, step: Step, reason: str) -> None:
        if not signed_in(self.request).has_perm(WAYS[step].permission) or step == Step.AMEND:
            raise PermissionDenied
        if step == Step.SUBMIT:
            actions.submit_plan(self.plan, by=self.actor)
        else:
            actions.take_step(self.plan, step=step, by=self.actor, reason=reason)
        messages.success(self.request, _("Done: %(step)s.") % {"step": step.label})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form, user = context["form"], signed_in(self.request)
        is_opinion = isinstance(form, OpinionForm)
        return context | {
            "plan": self.plan,
            "opinions": present_round(self.plan),
            "submissions": self.plan.submissions.all(),
            "steps": self.steps,
            "step_form": None if is_opinion else form,
            "opinion_form": (form if is_opinion else OpinionForm(departments=self.departments))
            if self.departments
            else None,
            "may_edit": may_edit_now(user, self.plan),
            "may_amend": Step.AMEND in steps_for(user, self.plan),
            "happenings": told(HistoryEntry.objects.of(self.plan)[:100]),
        }


class PlanViewSet(ModelViewSet):
    """Plans are archived, never deleted: no address deletes one (product.md 3.4)."""

    model = Plan
    name = "plans"
    icon = "form"
    menu_label = gettext_lazy("Plans")
    menu_name = "plans"
    menu_order = 120
    add_to_admin_menu = True
    index_view_class = PlanListView
    ordering = "-event__starts_on"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = list(actions.CONTENT)  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.construct_view(NewPlanView), name="add"),
            path("<int:pk>/", self.construct_view(PlanView), name="plan"),
            path("<int:pk>/edit/", self.construct_view(EditPlanView), name="edit"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
            shown=lambda request: request.user.has_perm(VIEW),
            count=lambda request: sum(number.count for number in PlansPanel(request).numbers()),
        )


class PlansPanel(NumbersPanel):
    """On the home page: plans that wait for this person's word."""

    name = "plans"
    title = gettext_lazy("Plans")
    order = 20

    def numbers(self) -> list[Number]:
        user, url = signed_in(self.request), reverse("plans:index")
        plans = of_own_events(Plan.objects.all(), user)
        numbers = []
        if departments := departments_of(user):
            waiting = plans.awaiting_opinion_of(departments).count()
            numbers.append(Number(_("waiting for your opinion"), waiting, url))
        if user.has_perm(WAYS[Step.APPROVE].permission):
            waiting = plans.awaiting_leading_group().count()
            numbers.append(Number(_("waiting for the leading group"), waiting, url))
        if user.has_perm(WAYS[Step.SUBMIT].permission):
            returned = plans.filter(event__approval=ApprovalState.RETURNED).count()
            numbers.append(Number(_("sent back to you"), returned, url, bad=True))
        return numbers
