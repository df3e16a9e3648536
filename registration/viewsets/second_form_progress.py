"""Who has filled in the form after approval, who has not, and a way to remind them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.events.models import Event
from registration.actions import remind_of_second_form
from registration.models import Question, SecondForm, Stage
from registration.permissions import may_see_queue, visible_to

REMIND = "registration.vet_registration"
PER_PAGE = 50
SHOWN = ("open", "begun", "done")


class ProgressView(WagtailAdminTemplateMixin, TemplateView):
    """Names and states of one's own desks; no answer is shown, so no look at one is logged."""

    template_name = "vetting/second_form_progress.html"
    page_title = gettext_lazy("Form after approval: who is missing")
    header_icon = "form"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        above = {"url": reverse("vetting:index"), "label": gettext("Vetting queue")}
        return [*super().get_breadcrumbs_items(), above, {"url": "", "label": self.get_page_title()}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_queue(signed_in(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def events(self) -> list[Event]:
        asking = Question.objects.filter(stage=Stage.AFTER_APPROVAL, staff_only=False).values("event")
        return list(
            Event.objects.for_staff(signed_in(self.request)).filter(pk__in=asking).order_by("-starts_on", "slug")
        )

    @cached_property
    def event(self) -> Event | None:
        wanted = self.request.GET.get("event") or self.request.POST.get("event") or ""
        return next((event for event in self.events if str(event.pk) == wanted), next(iter(self.events), None))

    def _guests(self, which: str) -> Any:
        if self.event is None:
            return visible_to(signed_in(self.request)).none()
        found = visible_to(signed_in(self.request)).with_second_form(self.event)
        if which == "done":
            return found.filter(second_form_complete=True)
        return found.filter(second_form_complete=False, second_form_saved_at__isnull=which == "open")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        which = self.request.GET.get("show", "open")
        which = which if which in SHOWN else "open"
        form = SecondForm.objects.filter(event=self.event).first() if self.event else None
        guests = self._guests(which).for_queue().order_by("name", "id")
        return super().get_context_data(**kwargs) | {
            "events": self.events,
            "event": self.event,
            "which": which,
            "counts": [(name, self._guests(name).count()) for name in SHOWN],
            "page": Paginator(guests, PER_PAGE).get_page(self.request.GET.get("p")),
            "due": form.due(self.event) if form and self.event else None,
            "may_remind": self.request.user.has_perm(REMIND),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(REMIND) or self.event is None:
            raise PermissionDenied
        waiting = visible_to(signed_in(request)).awaiting_second_form(self.event).values_list("pk", flat=True)
        written = remind_of_second_form(
            event=self.event, by=Actor.staff(signed_in(request)), registration_ids=list(waiting)
        )
        said = ngettext("%(number)d guest is reminded.", "%(number)d guests are reminded.", written)
        messages.success(request, said % {"number": written})
        return HttpResponseRedirect(f"{reverse('vetting:second_form')}?event={self.event.pk}")
