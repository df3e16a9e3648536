"""Changes that guests ask for: the list, and one guest's requests with the old and the new answer side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

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
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor, record_look
from plenary.core.permissions import signed_in
from plenary.core.viewsets import CountingMenuItem
from registration.actions import Refused, decide_changes
from registration.labels import Asked, answer_text, change_label, country_name
from registration.models import ChangeFile, ChangeRequest, Question, QuestionVersion, Registration, Upload
from registration.permissions import IDENTITY, sight_of, visible_to
from registration.querysets import ChangeRequestQuerySet
from registration.rules.information_requests import person_name
from registration.viewsets.offer_base import column

DECIDE = "registration.decide_changerequest"
VIEW = "registration.view_changerequest"


def may_look(user: Any) -> bool:
    """Requests hold answers: whoever reads them may see identities."""
    return bool(user.has_perm(VIEW) and user.has_perm(IDENTITY))


def visible_requests(user: Any) -> ChangeRequestQuerySet:
    """Requests of guests of one's own desks, about answers those desks see."""
    if not may_look(user):
        return ChangeRequest.objects.none()
    found = ChangeRequest.objects.about(visible_to(user))
    hidden = Question.objects.exclude(pk__in=Question.objects.readable_by(user).values("pk"))
    gone = QuestionVersion.objects.hidden_from(user)
    closed = {"kind__in": sight_of(user).hidden_kinds}
    for kind in (Question, QuestionVersion):
        gone |= set(kind._default_manager.filter(**closed).values_list("event", "key"))
    for event_id, key in {*hidden.values_list("event", "key"), *gone}:
        found = found.exclude(registration__event=event_id, key=key)
    return found


class ChangeFilterSet(WagtailFilterSet):
    """Without a choice of state the list shows what is to be decided."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[("every", gettext_lazy("all states")), *ChangeRequest.State.choices],
        method="with_state",
        empty_label=None,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = ChangeRequest
        fields = ["state"]

    def with_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset if value == "every" else queryset.filter(state=value)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(state=ChangeRequest.State.PENDING)


class ChangeListView(generic.IndexView):
    """The oldest first. It names guests and fields; answers are on the page of each."""

    page_title = gettext_lazy("Requests for a change")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            column("change", _("Guest")),
            column("change_field", _("Field")),
            column("change_state", _("State")),
            column("change_asked", _("Asked"), "plenary-wide"),
        ]

    def get_base_queryset(self) -> ChangeRequestQuerySet:
        return visible_requests(signed_in(self.request)).defer("old_value", "new_value", "reason")

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by("created_at", "id")


class DecideView(WagtailAdminTemplateMixin, TemplateView):
    """All open requests of one guest, decided together: one mail tells of all of them."""

    template_name = "vetting/change_requests.html"
    header_icon = "edit"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_look(signed_in(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def registration(self) -> Registration:
        found = visible_to(signed_in(self.request)).select_related("event__venue", "category__event")
        return get_object_or_404(found, pk=self.kwargs["registration"])

    def get_page_title(self) -> str:
        return _("Change asked for by %(name)s") % {"name": self.registration.name}

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("changes:index"), "label": _("Requests for a change")},
            {"url": "", "label": self.registration.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registration = self.registration
        record_look(registration, part="requests for a change", by=Actor.staff(signed_in(self.request)))
        requests = list(visible_requests(signed_in(self.request)).filter(registration=registration))
        lines = compared(registration, requests)
        return super().get_context_data(**kwargs) | {
            "registration": registration,
            "open": [line for line in lines if line["request"].state == ChangeRequest.State.PENDING],
            "closed": [line for line in lines if line["request"].state != ChangeRequest.State.PENDING],
            "may_decide": self.request.user.has_perm(DECIDE),
            "said": kwargs.get("said", ""),
            "error": kwargs.get("error", ""),
        }

    def post(self, request: HttpRequest, registration: UUID) -> HttpResponse:
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        mine = {
            str(one.pk): one.pk
            for one in visible_requests(signed_in(request)).pending().filter(registration=self.registration)
        }
        granted = {pk for name, pk in mine.items() if request.POST.get(f"decision-{name}") == "grant"}
        refused = {pk for name, pk in mine.items() if request.POST.get(f"decision-{name}") == "refuse"}
        said = request.POST.get("answer", "")[:2_000]
        try:
            report = decide_changes(
                registration_id=self.registration.pk,
                granted=granted,
                refused=refused,
                answer=said.strip(),
                by=Actor.staff(signed_in(request)),
            )
        except Refused as refusal:
            context = self.get_context_data(said=said, error=str(refusal))
            return self.render_to_response(context, status=409)
        if report.material:
            messages.warning(
                request, _("An answer has changed that verdicts rest on: look at this registration again.")
            )
        messages.success(request, _("Decided. The guest is told."))
        return HttpResponseRedirect(reverse("vetting:dossier", args=[self.registration.pk]))


def compared(registration: Registration, requests: list[ChangeRequest]) -> list[dict[str, Any]]:
    """Requests with question, old and new answer in words; a question that is gone is told by its last wording."""
    questions: dict[str, Asked] = {q.key: q for q in Question.objects.ever_asked_in(registration.category)}
    gone = [(one.key, one.version) for one in requests if one.key not in questions and not person_name(one.key)]
    if gone:
        questions |= {one.key: one for one in QuestionVersion.objects.of_answers(registration.event_id, gone)}
    labels = {key: question.label for key, question in questions.items()}
    return [
        {
            "request": one,
            "label": change_label(one.key, labels) or one.key,
            "old": _in_words(one.key, one.old, questions),
            "new": _in_words(one.key, one.new, questions),
            **_files(registration, one, questions),
        }
        for one in requests
    ]


def _in_words(key: str, value: Any, questions: Mapping[str, Asked]) -> Any:
    if person_name(key) == "nationality" and value:
        return country_name(value)
    question = questions.get(key)
    return answer_text(question, value) if question else value


def _files(registration: Registration, request: ChangeRequest, questions: Mapping[str, Asked]) -> dict[str, Any]:
    """The file as it is and the one that is asked for, while both are there; opened where each look is recorded."""
    question = questions.get(request.key)
    if question is None or question.kind != Question.Kind.FILE or request.state != ChangeRequest.State.PENDING:
        return {}
    return {
        "old_file": Upload.objects.filter(registration=registration, question__key=request.key).first(),
        "new_file": ChangeFile.objects.filter(change=request).first(),
    }


class ChangeViewSet(ModelViewSet):
    model = ChangeRequest
    name = "changes"
    icon = "edit"
    menu_label = gettext_lazy("Requests for a change")
    menu_name = "changes"
    menu_order = 105
    add_to_admin_menu = True
    index_view_class = ChangeListView
    filterset_class = ChangeFilterSet
    list_per_page = 50
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    form_fields = ["state"]  # Wagtail builds a form for every viewset; no address serves it

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = {"add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name"}
        return {name: value for name, value in super().get_common_view_kwargs(**kwargs).items() if name not in gone}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("of/<uuid:registration>/", self.construct_view(DecideView), name="decide"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
            shown=lambda request: may_look(signed_in(request)),
            count=lambda request: visible_requests(signed_in(request)).pending().count(),
        )
