"""The lists of accounts that work on certain events only, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from plenary.events.actions import AlreadyListed, list_staff, unlist_staff
from plenary.events.models import EventStaff


class EventStaffForm(WagtailAdminModelForm):
    """Accounts that can open the office; saving is left to the action."""

    class Meta:
        model = EventStaff
        fields = ["user", "event"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = User.objects.filter(Q(groups__isnull=False) | Q(user_permissions__isnull=False), is_active=True)
        self.fields["user"].queryset = accounts.distinct().order_by("last_name", "first_name", "username")
        self.fields["user"].label_from_instance = _account


def _account(user: User) -> str:
    name = user.get_full_name()
    return f"{name} ({user.get_username()})" if name else user.get_username()


class EventStaffList(OwnEventsList, generic.IndexView):
    page_title = gettext_lazy("Staff of events")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        deletable = self.user_has_permission("delete")
        return [
            TitleColumn(
                "user",
                label=_("Account"),
                accessor=lambda listed: _account(listed.user),
                get_url=(lambda listed: self.get_delete_url(listed)) if deletable else None,
            ),
            Column("event", label=_("Works on")),
        ]

    def get_base_queryset(self) -> QuerySet[EventStaff]:
        return EventStaff.objects.select_related("event", "user")

    def order_queryset(self, queryset: QuerySet[EventStaff]) -> QuerySet[EventStaff]:
        return queryset.order_by("user__last_name", "user__username", "-event__starts_on", "id")


class AddEventStaffView(OwnEventsRecord, generic.CreateView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except AlreadyListed as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)

    def get_success_buttons(self) -> list[Any]:
        return []  # an entry has no page of its own

    def save_instance(self) -> EventStaff:
        given = self.form.cleaned_data
        return list_staff(event=given["event"], user=given["user"], by=Actor.staff(signed_in(self.request)))


class RemoveEventStaffView(OwnEventsRecord, generic.DeleteView):
    page_title = gettext_lazy("Take off the list")

    @cached_property
    def confirmation_message(self) -> str:
        others = EventStaff.objects.filter(user=self.object.user_id).exclude(pk=self.object.pk).exists()
        if others:
            return _("This account will no longer work on this event.")
        return _("This is the account's last list: afterwards it works on every event.")

    def delete_action(self) -> None:
        unlist_staff(self.object, by=Actor.staff(signed_in(self.request)))


class EventStaffViewSet(ModelViewSet):
    """An entry is made or taken away, never edited."""

    model = EventStaff
    name = "event_staff"
    url_prefix = "event-staff"
    icon = "user"
    menu_label = gettext_lazy("Staff of events")
    index_view_class = EventStaffList
    add_view_class = AddEventStaffView
    delete_view_class = RemoveEventStaffView
    list_filter = ["event"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    list_per_page = 50
    ordering = "user"
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update: bool = False) -> type[EventStaffForm]:
        return EventStaffForm

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = {"index", "index_results", "add", "delete"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = super().get_common_view_kwargs(**kwargs)
        gone = {"history_url_name", "usage_url_name", "edit_url_name"}
        return {name: value for name, value in kwargs.items() if name not in gone}
