"""The guest list in the admin: a board of replies above the list, forms that save through actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor
from plenary.core.languages import LANGUAGES
from plenary.core.permissions import own_events, signed_in
from plenary.core.viewsets import CountingMenuItem, Number, NumbersPanel, SafeExportMixin, TemplateColumn
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from plenary.events.models import Event
from registration.actions import Refused
from registration.actions.invitations import add_invitation, change_invitation
from registration.models import Invitation
from registration.querysets.invitations import InvitationQuerySet
from registration.rules.invitations import Delivery, InvitationState
from registration.viewsets.guest_import import ImportView, PreviewView, sample_view
from registration.viewsets.invitation import InvitationView, assessment_view, letter_preview
from registration.viewsets.invitation_forms import InvitationForm
from registration.viewsets.reply_board import board

VIEW = "registration.view_invitation"
EXPORT = "registration.export_invitation"


class InvitationFilterSet(WagtailFilterSet):
    """Filters of the guest list."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=InvitationState.choices,
        empty_label=gettext_lazy("all states"),
        widget=forms.RadioSelect,
    )
    attention = django_filters.ChoiceFilter(
        label=gettext_lazy("Needs attention"),
        choices=[
            ("held", gettext_lazy("waits for a risk assessment")),
            ("refused", gettext_lazy("prominent, declined or sends somebody else")),
            ("overdue", gettext_lazy("no reply, and the last day is over")),
            ("unregistered", gettext_lazy("accepted, not registered yet")),
        ],
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
    delivery = django_filters.ChoiceFilter(
        label=gettext_lazy("Goes out as"),
        choices=Delivery.choices,
        empty_label=gettext_lazy("both"),
        widget=forms.RadioSelect,
    )
    language = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Language"),
        choices=[(language.code, language.name) for language in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Invitation
        fields: list[str] = []

    def with_attention(self, queryset: InvitationQuerySet, _name: str, value: str) -> InvitationQuerySet:
        if value == "held":
            return queryset.held()
        if value == "refused":
            return queryset.refused_unnoted()
        if value == "overdue":
            return queryset.unanswered_after(timezone.now().date())
        return queryset.filter(state=InvitationState.ACCEPTED, registration__isnull=True)


def _column(name: str, label: Any, **kwargs: Any) -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"invitations_admin/cells/{name}.html", **kwargs)


EXPORT_COLUMNS: Mapping[Any, Callable[[Invitation], Any]] = {
    gettext_lazy("Event"): lambda found: str(found.event),
    gettext_lazy("Form of address"): lambda found: found.salutation,
    gettext_lazy("Name in original script"): lambda found: found.name,
    gettext_lazy("Name in Latin letters"): lambda found: found.latin_name,
    gettext_lazy("Organisation"): lambda found: found.organisation,
    pgettext_lazy("of a person", "Function"): lambda found: found.job_title,
    gettext_lazy("Nationality"): lambda found: str(found.nationality),
    gettext_lazy("Language"): lambda found: found.get_language_display(),
    gettext_lazy("Category"): lambda found: str(found.category),
    gettext_lazy("State"): lambda found: found.get_state_display(),
    gettext_lazy("Reply by"): lambda found: found.reply_by,
    gettext_lazy("Sent"): lambda found: found.sent_at,
    gettext_lazy("Replied"): lambda found: found.replied_at,
    gettext_lazy("Registration code"): lambda found: found.registration.code if found.registration else "",
}


class GuestListView(SafeExportMixin, OwnEventsList, generic.IndexView):
    """The list. Its statements do not grow with its lines."""

    page_title = gettext_lazy("Guest list")
    is_searchable = True
    any_permission_required = ["view"]
    export_permission = EXPORT
    export_part = "export of the guest list"

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="invitation"),
            _column("guest", _("Guest"), sort_key="name"),
            _column("organisation", _("Organisation"), classname="plenary-wide"),
            _column("state", _("State")),
            _column("reply_by", _("Reply by"), sort_key="reply_by"),
            _column("registration", _("Registration"), classname="plenary-wide"),
            _column("delivery", _("Goes out as"), classname="plenary-wide"),
        ]

    def get_base_queryset(self) -> InvitationQuerySet:
        return Invitation.objects.for_list()

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(self.ordering, "id")

    def search_queryset(self, queryset: InvitationQuerySet) -> InvitationQuerySet:
        return queryset.matching(self.search_query) if self.is_searching else queryset

    @cached_property
    def header_buttons(self) -> list[Any]:
        from wagtail.admin.widgets.button import HeaderButton

        buttons = list(super().header_buttons)
        if self.request.user.has_perm("registration.add_invitation"):
            buttons.append(HeaderButton(_("Import a list"), url=reverse("invitations:import"), icon_name="upload"))
        return buttons

    def get_filename(self) -> str:
        return f"guest-list-{timezone.localdate():%Y-%m-%d}"

    def get_export_columns(self) -> Mapping[Any, Callable[[Invitation], Any]]:
        return {**EXPORT_COLUMNS, _("E-mail address"): lambda found: found.email}

    def get_export_rows(self, queryset: QuerySet[Any]) -> Any:
        return queryset.defer(None).defer("note", "reply_text").iterator(chunk_size=2_000)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        if not self.is_export:
            valid = self.filters.is_valid()
            event = self.filters.form.cleaned_data.get("event") if valid else None
            mine = Invitation.objects.for_staff(signed_in(self.request))
            context |= {
                "board": board(
                    mine.filter(event=event) if event else mine,
                    url=self.index_url,
                    event=event.pk if event else None,
                    chosen=self.filters.form.cleaned_data.get("state") if valid else None,
                ),
                "model_name": "invitation",
                "app_label": "registration",
            }
        return context


class _Refusable(OwnEventsRecord):
    """What the action refuses stands above the form, and what was typed is still there."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def get_success_url(self) -> str:
        return reverse("invitations:invitation", args=[self.object.pk])


class AddGuestView(_Refusable, generic.CreateView):
    def save_instance(self) -> Invitation:
        return add_invitation(self.form.save(commit=False), by=Actor.staff(signed_in(self.request)))


class EditGuestView(_Refusable, generic.EditView):
    def save_instance(self) -> Invitation:
        return change_invitation(self.form.save(commit=False), by=Actor.staff(signed_in(self.request)))


class InvitationViewSet(ModelViewSet):
    """Invitations are added, sent and taken back, never deleted: replies and letters hang on them."""

    model = Invitation
    name = "invitations"
    url_prefix = "invitations"
    icon = "mail"
    menu_label = gettext_lazy("Guest list")
    menu_name = "invitations"
    menu_order = 95
    add_to_admin_menu = True
    index_view_class = GuestListView
    add_view_class = AddGuestView
    edit_view_class = EditGuestView
    index_template_name = "invitations_admin/list.html"
    index_results_template_name = "invitations_admin/list_results.html"
    filterset_class = InvitationFilterSet
    list_per_page = 50
    ordering = "-created_at"
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update: bool = False) -> type[InvitationForm]:
        return InvitationForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = {"history_url_name", "usage_url_name", "delete_url_name"}
        return {name: value for name, value in super().get_common_view_kwargs(**kwargs).items() if name not in gone}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<uuid:pk>/", self.edit_view, name="edit"),
            path("import/", ImportView.as_view(), name="import"),
            path("import/sample.xlsx", sample_view, name="sample"),
            path("import/<uuid:pk>/", PreviewView.as_view(), name="preview"),
            path("<uuid:pk>/", InvitationView.as_view(), name="invitation"),
            path("<uuid:pk>/assessment/", assessment_view, name="assessment"),
            path("<uuid:pk>/letter.pdf", letter_preview, name="letter"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
            shown=lambda request: signed_in(request).has_perm(VIEW),
            count=_held,
        )


class RepliesPanel(NumbersPanel):
    """On the home page of whoever sees guest lists: what a prominent guest has answered, who waits, what is late."""

    name = "invitations"
    title = gettext_lazy("Invitations")
    order = 15

    def numbers(self) -> list[Number]:
        mine, url = Invitation.objects.for_staff(signed_in(self.request)), reverse("invitations:index")
        refused, overdue = mine.refused_unnoted(), mine.unanswered_after(timezone.now().date())
        waiting = mine.filter(state=InvitationState.SENT)
        return [
            Number(_("prominent, cannot come"), refused.count(), f"{url}?attention=refused", bad=True),
            Number(_("prominent, risk assessment missing"), mine.held().count(), f"{url}?attention=held", bad=True),
            Number(_("no reply, last day over"), overdue.count(), f"{url}?attention=overdue", bad=True),
            Number(_("sent, no reply yet"), waiting.count(), f"{url}?state={InvitationState.SENT}"),
        ]


def _held(request: HttpRequest) -> int:
    """How many prominent guests wait for an assessment, in the events of this person."""
    mine = own_events(signed_in(request))
    held = Invitation.objects.held()
    return (held if mine is None else held.filter(event__in=mine)).count()
