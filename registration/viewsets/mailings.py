"""Mailings in the admin: written, reviewed (who gets it, who is left out, what each language reads), sent, watched, stopped."""

from __future__ import annotations

from collections import Counter
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core import languages
from plenary.core.actions import record_looks
from plenary.core.models import HistoryEntry, Message
from plenary.core.permissions import signed_in
from plenary.core.segments import measure
from plenary.core.viewsets import TemplateColumn
from plenary.events.models import Event
from registration.actions import mailings as verbs
from registration.audiences import all_readers, in_words
from registration.emails.kinds import meanings
from registration.emails.mailings import PLACEHOLDERS, written_mail, written_sms
from registration.emails.trial import without_links
from registration.history import timeline
from registration.models import Category, Mailing, Registration
from registration.models.communication import Written
from registration.rules.mailings import Audience, LeftOut, MailingState
from registration.viewsets.office import OfficeView
from registration.viewsets.written_forms import MailingForm, ScheduleForm

VIEW, ADD, SEND = "registration.view_mailing", "registration.add_mailing", "registration.send_mailing"
State = MailingState


class MailingFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=MailingState.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Mailing
        fields = ["state"]


class MailingListView(generic.IndexView):
    """The newest on top."""

    page_title = gettext_lazy("Mailings")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            TemplateColumn("mailing_name", label=_("Mailing"), template="communication/cells/mailing.html"),
            TemplateColumn("mailing_state", label=_("State"), template="communication/cells/state.html"),
            TemplateColumn(
                "mailing_count",
                label=pgettext("number of messages", "Written"),
                template="communication/cells/count.html",
            ),
        ]

    def get_base_queryset(self) -> QuerySet[Mailing]:
        return Mailing.objects.of_events(Event.objects.for_staff(signed_in(self.request)))


def review(written: Written) -> dict[str, Any]:
    """What a look before sending shows: readers by language, one example of each, and who is left out and why."""
    by_language: Counter[str] = Counter()
    examples: dict[str, Registration] = {}
    left: dict[LeftOut, list[Registration]] = {}
    for reader in all_readers(written):
        if reader.left_out:
            left.setdefault(reader.left_out, []).append(reader.registration)
            continue
        language = reader.registration.language
        by_language[language] += 1
        examples.setdefault(language, reader.registration)
    shown = []
    for code, count in by_language.most_common():
        imagined = without_links(examples[code])
        found: dict[str, Any] = {"language": languages.get(code), "count": count, "reader": examples[code]}
        if written.channel == Message.Channel.SMS:
            text = written_sms(written, imagined)
            found |= {"sms": text, "length": measure(text)}
        else:
            found["mail"] = written_mail(written, imagined, kind="mailing")
        shown.append(found)
    return {
        "total": by_language.total(),
        "previews": shown,
        "left_out": [
            {"why": why.label, "count": len(who), "names": [one.name for one in who[:20]]} for why, who in left.items()
        ],
        "shown_people": [*examples.values(), *(one for who in left.values() for one in who[:20])],
    }


class EventOfView(OfficeView):
    """A screen about one event of this person's."""

    @cached_property
    def chosen_event(self) -> Event | None:
        sent = self.request.GET.get("event", "")
        found = list(self.events[:2])
        if len(found) == 1:
            return found[0]
        return self.events.filter(pk=sent).first() if sent.isdecimal() else None


class WriteView(EventOfView, TemplateView):
    """Write a mailing, or change its draft."""

    template_name = "communication/written.html"
    header_icon = "mail"
    permission = ADD

    @cached_property
    def mailing(self) -> Mailing | None:
        if "pk" in self.kwargs:
            drafts = Mailing.objects.of_events(self.events).filter(state=State.DRAFT)
            return get_object_or_404(drafts, pk=self.kwargs["pk"])
        return Mailing(event=self.chosen_event) if self.chosen_event else None

    def get_page_title(self) -> str:
        return self.mailing.name if self.mailing and self.mailing.name else _("New mailing")

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Mailings"), reverse("mailings:index"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.mailing is None:
            return HttpResponseRedirect(request.path)
        form = MailingForm(request.POST, written=self.mailing)
        if form.is_valid():
            try:
                verbs.save_mailing(self.mailing, by=self.by)
            except verbs.MailingRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return HttpResponseRedirect(reverse("mailings:mailing", args=[self.mailing.pk]))
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.mailing is not None:
            context.setdefault("form", MailingForm(written=self.mailing))
        return context | {
            "written": self.mailing,
            "events": self.events,
            "placeholders": meanings(PLACEHOLDERS),
            "next_step": _("Save and review"),
        }


class MailingView(OfficeView, TemplateView):
    """One mailing: reviewed before it goes, watched while it goes, told about afterwards."""

    template_name = "communication/mailing.html"
    header_icon = "mail"
    permission = VIEW

    @cached_property
    def mailing(self) -> Mailing:
        found = Mailing.objects.of_events(self.events).select_related("event__venue")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.mailing.name

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Mailings"), reverse("mailings:index"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in(request).has_perm(SEND):
            return HttpResponse(status=403)
        form = ScheduleForm(request.POST, event=self.mailing.event) if "schedule" in request.POST else None
        if form is not None and not form.is_valid():
            return self.render_to_response(self.get_context_data(schedule_form=form))
        try:
            told = self._take_step(request.POST, form)
        except verbs.MailingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, told)
        return HttpResponseRedirect(request.path)

    def _take_step(self, sent: Any, form: ScheduleForm | None) -> str:
        mailing, by = self.mailing, self.by
        if form is not None:
            verbs.schedule_mailing(mailing, at=form.cleaned_data["at"], by=by)
            return _("Scheduled. Whom it reaches is decided when it begins.")
        if "stop" in sent:
            held = verbs.stop_mailing(mailing, by=by)
            return _("Stopped. %(count)s messages that had not left are held back.") % {"count": held}
        if "take_back" in sent:
            verbs.take_back_mailing(mailing, by=by)
            return _("It is a draft again.")
        if "cancel" in sent:
            verbs.cancel_mailing(mailing, by=by)
            return _("Cancelled: nothing more leaves.")
        verbs.start_mailing(mailing, by=by)
        return _("It is being sent. You can leave this page; the work goes on.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        mailing = self.mailing
        context |= {
            "mailing": mailing,
            "audience": in_words(Audience.stored(mailing.audience), Category.objects.filter(event=mailing.event)),
            "may_send": signed_in(self.request).has_perm(SEND),
            "may_write": signed_in(self.request).has_perm(ADD),
            "timeline": timeline(HistoryEntry.objects.of(mailing)[:50]),
            "progress": progress_of(mailing),
        }
        if mailing.state in {State.DRAFT, State.SCHEDULED}:
            found = review(mailing)
            record_looks(found.pop("shown_people"), part="review of a mailing", by=self.by)
            context["review"] = found
            context.setdefault("schedule_form", ScheduleForm(event=mailing.event))
        return context


def progress_of(mailing: Mailing) -> dict[str, Any]:
    """How far it is, in one statement."""
    states = dict(Message.objects.filter(batch=mailing.pk).order_by().values_list("state").annotate(count=Count("pk")))
    bounced = Message.objects.filter(batch=mailing.pk, delivery__in=["bounced", "complained"]).count() if states else 0
    left = {str(LeftOut(why).label): count for why, count in mailing.left_out.items() if why in LeftOut.values}
    return {
        "state": mailing.state,
        "label": mailing.get_state_display(),
        "expected": max(mailing.expected, mailing.written),
        "sent": states.get("sent", 0),
        "waiting": states.get("waiting", 0),
        "held": states.get("held", 0),
        "failed": states.get("failed", 0),
        "unknown": states.get("unknown", 0),
        "bounced": bounced,
        "left_out": left,
        "is_running": mailing.state == State.SENDING,
    }


class ProgressView(OfficeView, TemplateView):
    """The numbers alone, for the page that watches."""

    permission = VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mailing = get_object_or_404(Mailing.objects.of_events(self.events), pk=self.kwargs["pk"])
        response = JsonResponse(progress_of(mailing))
        response.headers["Cache-Control"] = "no-store"
        return response


class MailingViewSet(ModelViewSet):
    """Mailings; no address deletes one."""

    model = Mailing
    name = "mailings"
    icon = "mail"
    menu_label = gettext_lazy("Mailings")
    index_view_class = MailingListView
    filterset_class = MailingFilterSet
    list_per_page = 50
    ordering = "-created_at"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["name"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.construct_view(WriteView), name="add"),
            path("<uuid:pk>/", self.construct_view(MailingView), name="mailing"),
            path("<uuid:pk>/progress/", self.construct_view(ProgressView), name="progress"),
            path("edit/<uuid:pk>/", self.construct_view(WriteView), name="edit"),
        ]
