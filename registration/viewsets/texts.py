"""The office's own texts of messages in the admin: a list, and a form with a look at the mail as a real guest gets it."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
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
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core import languages
from plenary.core.actions import record_look
from plenary.core.models import Message
from plenary.core.permissions import signed_in
from plenary.core.segments import measure
from plenary.core.viewsets import TemplateColumn
from plenary.events.models import Event
from registration.actions.templates import TextRefused, remove_template, save_template
from registration.emails.kinds import KINDS, meanings
from registration.emails.overrides import OwnText
from registration.emails.trial import built_in_text, trial_mail
from registration.models import MessageTemplate
from registration.permissions import visible_to
from registration.rules.placeholders import fill
from registration.viewsets.office import OfficeView
from registration.viewsets.text_forms import TextForm

VIEW, CHANGE = "registration.view_messagetemplate", "registration.change_messagetemplate"


class TextFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Message"), choices=[(name, kind.label) for name, kind in KINDS.items()]
    )
    language = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Language"),
        choices=[(language.code, language.name) for language in languages.LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = MessageTemplate
        fields = ["kind", "language"]


class TextListView(generic.IndexView):
    """What the office has written in place of built-in texts."""

    page_title = gettext_lazy("Texts of messages")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            TemplateColumn("text_kind", label=_("Message"), template="communication/cells/text.html"),
            TemplateColumn("text_language", label=_("Language"), template="communication/cells/language.html"),
            TemplateColumn("text_event", label=_("Event"), template="communication/cells/event.html"),
        ]

    def get_base_queryset(self) -> QuerySet[MessageTemplate]:
        return MessageTemplate.objects.visible_to(Event.objects.for_staff(signed_in(self.request)))


class TextView(OfficeView, TemplateView):
    """Add or change one text. “Look at it” shows the mail of what is typed, and keeps nothing."""

    template_name = "communication/text.html"
    header_icon = "mail"
    permission = CHANGE

    @cached_property
    def text(self) -> MessageTemplate:
        if "pk" not in self.kwargs:
            return MessageTemplate()
        found = get_object_or_404(MessageTemplate.objects.visible_to(self.events), pk=self.kwargs["pk"])
        if found.event is None and not self.whole_house:
            return get_object_or_404(MessageTemplate.objects.none())
        return found

    @cached_property
    def whole_house(self) -> bool:
        """Whether this person works on all events, and may write for all of them."""
        user = signed_in(self.request)
        return user.is_superuser or not user.event_staff.exists()

    def get_page_title(self) -> str:
        return str(KINDS[self.text.kind].label) if self.text.kind in KINDS else _("New text of a message")

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Texts of messages"), reverse("texts:index"))]

    def form(self, data: Any = None) -> TextForm:
        initial: dict[str, Any] = {}
        if not self.text.pk:
            query = self.request.GET
            initial = {name: query[name] for name in ("kind", "language", "event", "channel") if name in query}
            initial.setdefault("language", "en")
            if own := built_in_text(initial.get("kind", ""), initial["language"]):
                initial |= {"subject": own.subject, "body": own.body, "button": own.button}
        return TextForm(data, instance=self.text, initial=initial, events=self.events, whole_house=self.whole_house)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" in request.POST and self.text.pk:
            remove_template(self.text, by=self.by)
            messages.success(request, _("Removed: the built-in text speaks again."))
            return HttpResponseRedirect(reverse("texts:index"))
        form = self.form(request.POST)
        if form.is_valid() and "look" not in request.POST:
            try:
                kept = save_template(form.save(commit=False), by=self.by)
            except TextRefused as refusal:
                for field, problems in refusal.problems.items():
                    form.add_error(field, problems)
            else:
                messages.success(request, _("Kept. Mails that are written from now on use this text."))
                return HttpResponseRedirect(reverse("texts:text", args=[kept.pk]))
        shown = self._look(form) if "look" in request.POST and form.is_valid() else {}
        return self.render_to_response(self.get_context_data(form=form, **shown))

    def _look(self, form: TextForm) -> dict[str, Any]:
        reader = form.reader(visible_to(signed_in(self.request)))
        if reader is None:
            form.add_error("guest", _("No such guest of this event is known to your desk."))
            return {}
        record_look(reader, part="preview of a mail", by=self.by)
        given = form.cleaned_data
        own = OwnText(given["subject"], given["body"], given["button"])
        mail = trial_mail(given["kind"], reader, own, language=given["language"])
        if given["channel"] == Message.Channel.SMS:
            from registration.emails.registrations import guest_values

            text = fill(given["body"], {**guest_values(reader), "event": str(reader.event.name)})
            return {"reader": reader, "sms": text, "length": measure(text)}
        return {"reader": reader, "mail": mail}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context.setdefault("form", self.form())
        kind = KINDS.get(form.value("kind") or "")
        body = form.value("body") or ""
        return context | {
            "text": self.text,
            "placeholders": meanings(kind.placeholders) if kind else [],
            "needed": kind.needed if kind else (),
            "kinds": [(name, known.label) for name, known in KINDS.items()],
            "languages": languages.LANGUAGES,
            "chosen": {"kind": form.value("kind"), "language": form.value("language"), "event": form.value("event")},
            "length": context.get("length") or (measure(body) if form.value("channel") == "sms" else None),
        }


class TextViewSet(ModelViewSet):
    model = MessageTemplate
    name = "texts"
    url_prefix = "message-texts"
    icon = "doc-full-inverse"
    menu_label = gettext_lazy("Texts of messages")
    index_view_class = TextListView
    filterset_class = TextFilterSet
    list_per_page = 50
    ordering = "kind"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["kind"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.construct_view(TextView), name="add"),
            path("<int:pk>/", self.construct_view(TextView), name="text"),
            path("edit/<int:pk>/", self.construct_view(TextView), name="edit"),
        ]
