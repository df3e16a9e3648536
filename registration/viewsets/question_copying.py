"""Copies what another event asks: sections and questions, with their desks and conditions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.events.models import Event
from registration.actions import QuestionRefused, copy_questions

ADD = "registration.add_question"


class CopyForm(forms.Form):
    source = forms.ModelChoiceField(label=gettext_lazy("From"), queryset=Event.objects.none())
    target = forms.ModelChoiceField(label=gettext_lazy("To"), queryset=Event.objects.none())

    def __init__(self, *args: Any, events: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = events

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("source") and cleaned["source"] == cleaned.get("target"):
            self.add_error("target", _("Choose two different events."))
        return cleaned


class CopyQuestionsView(WagtailAdminTemplateMixin, FormView):
    template_name = "registration_admin/copy_questions.html"
    page_title = gettext_lazy("Copy questions from another event")
    header_icon = "copy"
    form_class = CopyForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in(request).has_perm(ADD):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        events = Event.objects.for_staff(signed_in(self.request)).order_by("-starts_on", "slug")
        return {**super().get_form_kwargs(), "events": events}

    def form_valid(self, form: CopyForm) -> HttpResponse:
        source, target = form.cleaned_data["source"], form.cleaned_data["target"]
        try:
            report = copy_questions(source=source, target=target, by=Actor.staff(signed_in(self.request)))
        except QuestionRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        number = len(report.added)
        said = ngettext("%(number)d question was copied.", "%(number)d questions were copied.", number) % {
            "number": number
        }
        if report.there:
            said += " " + _("Already there and left as they are: %(keys)s.") % {"keys": ", ".join(report.there)}
        messages.success(self.request, said)
        return HttpResponseRedirect(f"{reverse('questions:index')}?event={target.pk}")
