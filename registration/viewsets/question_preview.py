"""The form as a guest sees it, by category and language, for staff who write it. Nothing can be sent."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import View

from plenary.core import languages
from plenary.core.languages import LANGUAGES
from plenary.core.permissions import signed_in
from plenary.events.models import Event
from registration.facts import sign_up_facts
from registration.forms import QuestionsForm
from registration.models import Category, Question, SecondForm, Stage
from registration.review import by_section
from registration.wording import second_form_title

VIEW = "registration.view_question"


class PreviewView(View):
    """Every section below the other, with conditions at work; chosen by category, language and stage."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not signed_in(request).has_perm(VIEW):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        events = Event.objects.for_staff(signed_in(request)).order_by("-starts_on", "slug")
        event = self._chosen(events, request.GET.get("event", ""))
        if event is None:
            raise Http404
        categories = list(Category.objects.filter(event=event).order_by("position", "id"))
        category = next((one for one in categories if one.slug == request.GET.get("category")), None) or next(
            iter(categories), None
        )
        language = languages.get(request.GET.get("language", "en"))
        stage = Stage.AFTER_APPROVAL if request.GET.get("stage") == Stage.AFTER_APPROVAL else Stage.SIGN_UP
        chosen = {
            "events": events,
            "categories": [(one.slug, str(one.name)) for one in categories],
            "languages": LANGUAGES,
            "stages": Stage.choices,
            "event": event,
            "category": category,
            "language": language,
            "stage": stage,
        }
        with translation.override(language.code):
            parts = self._parts(event, category, stage) if category else []
            title = (
                _("Registration")
                if stage == Stage.SIGN_UP
                else second_form_title(SecondForm.objects.filter(event=event).first())
            )
            return render(request, "registration_admin/preview.html", chosen | {"parts": parts, "title": title})

    def _chosen(self, events: Any, pk: str) -> Event | None:
        if pk.isascii() and pk.isdigit() and len(pk) < 10:
            return get_object_or_404(events, pk=pk)
        found: Event | None = events.first()
        return found

    def _parts(self, event: Event, category: Category, stage: str) -> list[dict[str, Any]]:
        every = (
            Question.objects.asked_in(category)
            if stage == Stage.SIGN_UP
            else Question.objects.asked_after_approval(category)
        )
        questions = list(every)
        form = QuestionsForm(questions, facts=sign_up_facts(category, ""))
        return [
            {"section": section, "fields": [form[question.key] for question in asked if question.key in form.fields]}
            for section, asked in by_section(questions)
        ]
