"""Reminders in the admin: rules that can be switched on, and who would get one today."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import record_looks
from plenary.core.permissions import signed_in
from plenary.core.viewsets import TemplateColumn
from plenary.events.models import Event
from registration.actions.mailings import MailingRefused
from registration.actions.reminders import due_readers, remove_reminder, save_reminder
from registration.audiences import Reader
from registration.emails.kinds import meanings
from registration.emails.mailings import PLACEHOLDERS, written_mail, written_sms
from registration.emails.trial import without_links
from registration.models import Reminder
from registration.viewsets.mailings import EventOfView
from registration.viewsets.office import OfficeView
from registration.viewsets.written_forms import ReminderForm

VIEW, CHANGE = "registration.view_reminder", "registration.change_reminder"


class ReminderListView(generic.IndexView):
    page_title = gettext_lazy("Reminders")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            TemplateColumn("reminder_name", label=_("Reminder"), template="communication/cells/reminder.html"),
            TemplateColumn("reminder_day", label=_("Day"), template="communication/cells/day.html"),
            TemplateColumn("reminder_active", label=_("Switched on"), template="communication/cells/active.html"),
        ]

    def get_base_queryset(self) -> QuerySet[Reminder]:
        return Reminder.objects.of_events(Event.objects.for_staff(signed_in(self.request)))


class ReminderView(EventOfView, TemplateView):
    """Add or change a rule."""

    template_name = "communication/written.html"
    header_icon = "history"
    permission = CHANGE

    @cached_property
    def reminder(self) -> Reminder | None:
        if "pk" in self.kwargs:
            return get_object_or_404(Reminder.objects.of_events(self.events), pk=self.kwargs["pk"])
        return Reminder(event=self.chosen_event) if self.chosen_event else None

    def get_page_title(self) -> str:
        return self.reminder.name if self.reminder and self.reminder.name else _("New reminder")

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Reminders"), reverse("reminders:index"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.reminder is None:
            return HttpResponseRedirect(request.path)
        if "remove" in request.POST and self.reminder.pk:
            remove_reminder(self.reminder, by=self.by)
            messages.success(request, _("Removed. What it has sent stays sent."))
            return HttpResponseRedirect(reverse("reminders:index"))
        form = ReminderForm(request.POST, written=self.reminder)
        if form.is_valid():
            try:
                save_reminder(self.reminder, by=self.by)
            except MailingRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Kept. This is who would get it today."))
                return HttpResponseRedirect(reverse("reminders:today", args=[self.reminder.pk]))
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.reminder is not None:
            context.setdefault("form", ReminderForm(written=self.reminder))
        return context | {
            "written": self.reminder,
            "events": self.events,
            "placeholders": meanings(PLACEHOLDERS),
            "next_step": _("Save and see who would get it"),
            "may_remove": bool(self.reminder and self.reminder.pk),
        }


class TodayView(OfficeView, TemplateView):
    """Who would get it today if it ran now. Nothing is sent by looking."""

    template_name = "communication/today.html"
    header_icon = "history"
    permission = VIEW
    AT_MOST = 200

    @cached_property
    def reminder(self) -> Reminder:
        return get_object_or_404(Reminder.objects.of_events(self.events), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.reminder.name

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Reminders"), reverse("reminders:index"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        readers: list[Reader] = []
        left_out: list[Reader] = []
        for reader in due_readers(self.reminder, now=timezone.now()):
            (left_out if reader.left_out else readers).append(reader)
        shown = [reader.registration for reader in [*readers[: self.AT_MOST], *left_out[: self.AT_MOST]]]
        record_looks(shown, part="readers of a reminder", by=self.by)
        context: dict[str, Any] = {
            "reminder": self.reminder,
            "count": len(readers),
            "readers": readers[: self.AT_MOST],
            "left_out": left_out[: self.AT_MOST],
            "may_change": signed_in(self.request).has_perm(CHANGE),
        }
        if readers:
            first = without_links(readers[0].registration)
            if self.reminder.channel == "sms":
                context["sms"] = written_sms(self.reminder, first)
            else:
                context["mail"] = written_mail(self.reminder, first, kind="reminder")
        return {**super().get_context_data(**kwargs), **context}


class ReminderViewSet(ModelViewSet):
    model = Reminder
    name = "reminders"
    icon = "history"
    menu_label = gettext_lazy("Reminders")
    index_view_class = ReminderListView
    list_per_page = 50
    ordering = "name"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["name"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.construct_view(ReminderView), name="add"),
            path("<int:pk>/", self.construct_view(ReminderView), name="reminder"),
            path("<int:pk>/today/", self.construct_view(TodayView), name="today"),
            path("edit/<int:pk>/", self.construct_view(ReminderView), name="edit"),
        ]
