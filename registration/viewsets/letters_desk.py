"""The letters desk in the admin: who waits for our letter, whose authority is late, whose departure is not registered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
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
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor, record_look
from plenary.core.permissions import signed_in
from plenary.core.viewsets import CountingMenuItem, TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsList
from plenary.events.models import Event
from registration.actions import Refused
from registration.actions.letters import revoke_letter
from registration.actions.visas import close_departure, issue_visa_letters, note_authority
from registration.letters import MEDIA_TYPE, letter_pdf
from registration.models import Letter, VisaCase
from registration.permissions import visible_to
from registration.querysets.visas import VisaCaseQuerySet
from registration.rules.letters import LetterKind
from registration.uploads import open_upload
from registration.viewsets.invitation import private_file
from registration.viewsets.letter_forms import AuthorityForm, DepartureForm

VIEW, CHANGE, ISSUE = "registration.view_visacase", "registration.change_visacase", "registration.issue_letter"
PASSPORT = "registration.view_passport"
ATTENTION = (
    ("letter", gettext_lazy("waiting for our letter"), "letter_waiting"),
    ("authority", gettext_lazy("with the outside authority"), "authority_waiting"),
    ("departure", gettext_lazy("departure not registered"), "departure_open"),
    ("overdue", gettext_lazy("overdue"), "overdue"),
)


def _picked(cases: VisaCaseQuerySet, name: str) -> VisaCaseQuerySet:
    today = timezone.now().date()
    return {
        "letter": cases.letter_waiting,
        "authority": cases.authority_waiting,
        "departure": lambda: cases.departure_open(today),
        "overdue": lambda: cases.overdue(today),
    }[name]()


class CaseFilterSet(WagtailFilterSet):
    attention = django_filters.ChoiceFilter(
        label=gettext_lazy("Show"),
        choices=[(name, label) for name, label, _method in ATTENTION],
        method="with_attention",
        empty_label=gettext_lazy("all"),
        widget=forms.RadioSelect,
    )
    event = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Event"),
        queryset=Event.objects.all(),
        empty_label=gettext_lazy("all events"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = VisaCase
        fields: list[str] = []

    def with_attention(self, queryset: VisaCaseQuerySet, _name: str, value: str) -> VisaCaseQuerySet:
        return _picked(queryset, value)


def _column(name: str, label: Any, **kwargs: Any) -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"letters_admin/cells/{name}.html", **kwargs)


def cases_of(request: HttpRequest) -> VisaCaseQuerySet:
    """Cases of the events and desks of this person."""
    user = signed_in(request)
    return VisaCase.objects.for_staff(user).filter(registration__in=visible_to(user).values("pk"))


class DeskView(OwnEventsList, generic.IndexView):
    """The list. Its statements do not grow with its lines."""

    page_title = gettext_lazy("Letters desk")
    any_permission_required = ["view"]
    is_searchable = True

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            _column("case", _("Guest")),
            _column("letter", _("Our letter"), sort_key="letter_due"),
            _column("authority", _("Authority's letter")),
            _column("departure", _("Departure"), sort_key="departure_due"),
        ]

    def get_base_queryset(self) -> VisaCaseQuerySet:
        return cases_of(self.request).for_list()

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(self.ordering, "id")

    def search_queryset(self, queryset: Any) -> Any:
        if not self.is_searching:
            return queryset
        found = visible_to(signed_in(self.request)).matching(self.search_query)
        return queryset.filter(registration__in=found.values("pk"))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        valid = self.filters.is_valid()
        chosen = self.filters.form.cleaned_data.get("attention") if valid else ""
        event = self.filters.form.cleaned_data.get("event") if valid else None
        mine = cases_of(self.request)
        mine = mine.filter(event=event) if event else mine
        suffix = f"&event={event.pk}" if event else ""
        context["summary"] = [
            {
                "label": label,
                "count": _picked(mine, name).count(),
                "url": f"{self.index_url}?attention={name}{suffix}",
                "active": chosen == name,
                "bad": name == "overdue",
            }
            for name, label, _method in ATTENTION
        ]
        return context


def own_case(request: HttpRequest, pk: UUID) -> VisaCase:
    """A case of this person's events and desks; raises PermissionDenied or Http404."""
    user = signed_in(request)
    if not user.has_perm("wagtailadmin.access_admin") or not user.has_perm(VIEW):
        raise PermissionDenied
    found = cases_of(request).select_related("event", "registration__category", "authority_file")
    return get_object_or_404(found, pk=pk)


class CaseView(WagtailAdminTemplateMixin, TemplateView):
    """One case: our letter, the authority's, the departure, each with its form."""

    template_name = "letters_admin/case.html"
    header_icon = "doc-full"
    bound: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.case, self.bound = own_case(request, self.kwargs["pk"]), {}
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.case.registration.name

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("letters:index"), "label": _("Letters desk")},
            {"url": "", "label": self.case.registration.name},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = next((name for name in ("issue", "revoke", "authority", "departure") if name in request.POST), "")
        if not step:
            raise Http404
        if not request.user.has_perm(ISSUE if step in {"issue", "revoke"} else CHANGE):
            raise PermissionDenied
        try:
            refused = getattr(self, f"_{step}")(Actor.staff(signed_in(request)))
        except Refused as refusal:
            refused = str(refusal)
        if self.bound:
            return self.render_to_response(self.get_context_data())
        if refused:
            messages.error(request, refused)
        else:
            messages.success(request, _("Noted."))
        return HttpResponseRedirect(request.path)

    def _issue(self, by: Actor) -> str:
        report = issue_visa_letters([self.case.registration_id], by=by)
        return "; ".join(report.refused.values())

    def _revoke(self, by: Actor) -> str:
        if self.letter is None:
            return _("There is no letter to withdraw: a colleague was quicker, or none was issued.")
        revoke_letter(letter_id=self.letter.pk, by=by, reason=self.request.POST.get("reason", "")[:1_000])
        return ""

    def _authority(self, by: Actor) -> str:
        form = AuthorityForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            self.bound = {"authority_form": form}
            return ""
        given = form.cleaned_data
        try:
            note_authority(
                case_id=self.case.pk,
                state=given["state"],
                requested_on=given["requested_on"],
                number=given["number"],
                dated=given["dated"],
                checked=given["file"] or None,
                expected_version=given["version"],
                by=by,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))  # beside what was typed
            self.bound = {"authority_form": form}
        return ""

    def _departure(self, by: Actor) -> str:
        form = DepartureForm(self.request.POST)
        if not form.is_valid():
            self.bound = {"departure_form": form}
            return ""
        given = form.cleaned_data
        try:
            close_departure(case_id=self.case.pk, departure=given["departure"], departed_on=given["departed_on"], by=by)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            self.bound = {"departure_form": form}
        return ""

    @cached_property
    def letter(self) -> Letter | None:
        found = Letter.objects.of_registration(self.case.registration_id, LetterKind.VISA_SUPPORT)
        return found.with_subject().first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, user = self.case, signed_in(self.request)
        record_look(case.registration, part="visa case", by=Actor.staff(user))
        return {
            **super().get_context_data(**kwargs),
            "case": case,
            "registration": case.registration,
            "letter": self.letter,
            "may_read": user.has_perm(PASSPORT),
            "may_issue": user.has_perm(ISSUE),
            "may_change": user.has_perm(CHANGE),
            "authority_form": AuthorityForm.of(case),
            "departure_form": DepartureForm.of(case),
            **self.bound,
        }


def case_letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Our letter as PDF; the look is logged."""
    case = own_case(request, pk)
    if not request.user.has_perm(PASSPORT):
        raise PermissionDenied  # its number stands in the letter
    letter = Letter.objects.of_registration(case.registration_id, LetterKind.VISA_SUPPORT).with_subject().first()
    if letter is None:
        raise Http404
    record_look(case.registration, part=f"letter {letter.reference}"[:60], by=Actor.staff(signed_in(request)))
    return private_file(letter_pdf(letter), MEDIA_TYPE, "letter.pdf")


def authority_letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The authority's letter; the look is logged."""
    case = own_case(request, pk)
    if case.authority_file is None:
        raise Http404
    record_look(case.registration, part="authority's letter", by=Actor.staff(signed_in(request)))
    return private_file(open_upload(case.authority_file), case.authority_file.media_type, case.authority_file.name)


class LettersDeskViewSet(ModelViewSet):
    """Cases come about when a guest asks or staff issue: no address adds or deletes one."""

    model = VisaCase
    name = "letters"
    url_prefix = "letters"
    icon = "doc-full"
    menu_label = gettext_lazy("Letters desk")
    menu_name = "letters"
    menu_order = 105
    add_to_admin_menu = True
    index_view_class = DeskView
    index_template_name = "letters_admin/desk.html"
    index_results_template_name = "letters_admin/desk_results.html"
    filterset_class = CaseFilterSet
    list_per_page = 50
    ordering = "letter_due"
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    form_fields = ["authority"]  # Wagtail builds a form for every viewset; no address serves it

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = {"add_url_name", "delete_url_name", "history_url_name", "usage_url_name"}
        return {name: value for name, value in super().get_common_view_kwargs(**kwargs).items() if name not in gone}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("case/<uuid:pk>/", CaseView.as_view(), name="case"),
            path("edit/<uuid:pk>/", CaseView.as_view(), name="edit"),
            path("case/<uuid:pk>/letter.pdf", case_letter, name="letter"),
            path("case/<uuid:pk>/authority/", authority_letter, name="authority"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
            shown=lambda request: signed_in(request).has_perm(VIEW),
            count=lambda request: cases_of(request).overdue(timezone.now().date()).count(),
        )
