"""Questions, sections and the form after approval in the admin: lists in the order they are asked, and forms that save
through actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button, HeaderButton

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord, require_own
from registration.actions import (
    QuestionRefused,
    move_question,
    move_section,
    remove_question,
    remove_section,
    save_question,
    save_second_form,
    save_section,
)
from registration.models import Question, SecondForm, Section
from registration.viewsets.offer_base import OfferViewSet, column
from registration.viewsets.question_copying import CopyQuestionsView
from registration.viewsets.question_forms import QuestionForm, SecondFormForm, SectionForm
from registration.viewsets.question_preview import PreviewView

CHANGE = "registration.change_question"


class QuestionListView(OwnEventsList, generic.IndexView):
    """Event by event, stage by stage, section by section, as guests are asked; what lacks a language says so."""

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked_first = F("section__position").asc(nulls_first=True)
        return queryset.order_by("-event__starts_on", "event", "-stage", asked_first, "section_id", "position", "id")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            column("question", _("Question")),
            column("kind", _("Kind")),
            column("stage", _("Section"), "plenary-wide"),
            column("asked", _("Asked"), "plenary-wide"),
            column("languages", _("Languages"), "plenary-wide"),
            column("order", _("Order")),
        ]

    def get_base_queryset(self) -> QuerySet[Question]:
        return Question.objects.select_related("event", "section").prefetch_related("categories", "desks")

    @cached_property
    def header_buttons(self) -> list[Button]:
        found: list[Button] = list(super().header_buttons)
        if self.request.user.has_perm(CHANGE):
            found += [
                HeaderButton(_("Preview the form"), url=reverse("questions:preview"), icon_name="view"),
                HeaderButton(_("Copy from another event"), url=reverse("questions:copy"), icon_name="copy"),
            ]
        return found


class QuestionRecord(OwnEventsRecord):
    """Saves through the action; what does not fit is told beside the form."""

    def save_instance(self) -> Question:
        question, given = self.form.save(commit=False), self.form.cleaned_data
        question.options, question.condition, question.stage = given["options"], given["condition"], given["stage"]
        return save_question(
            question,
            categories=given["categories"],
            desks=given["desks"],
            correction=given.get("correction", False),
            by=Actor.staff(signed_in(self.request)),
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except QuestionRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)


class AddQuestionView(QuestionRecord, generic.CreateView):
    pass


class EditQuestionView(QuestionRecord, generic.EditView):
    pass


class RemoveQuestionView(OwnEventsRecord, generic.DeleteView):
    """Refuses, with the reason, while guests' files or other questions hang on the question."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, _("Guests have sent files in answer to this question: it stays."))
        except QuestionRefused as refusal:
            messages.error(self.request, str(refusal))
        return HttpResponseRedirect(self.get_success_url())

    def delete_action(self) -> None:
        remove_question(self.object, by=Actor.staff(signed_in(self.request)))


@require_POST
def move(request: HttpRequest, pk: int, direction: str) -> HttpResponse:
    """One place up or down, by a button of the list."""
    return _moved(request, get_object_or_404(Question.objects.select_related("event"), pk=pk), direction, "questions")


@require_POST
def move_a_section(request: HttpRequest, pk: int, direction: str) -> HttpResponse:
    return _moved(request, get_object_or_404(Section.objects.select_related("event"), pk=pk), direction, "sections")


def _moved(request: HttpRequest, record: Any, direction: str, back: str) -> HttpResponse:
    user = signed_in(request)
    if not user.has_perm(CHANGE):
        raise PermissionDenied
    require_own(user, record.event_id)
    act = move_question if isinstance(record, Question) else move_section
    try:
        act(record, up=direction == "up", by=Actor.staff(user))
    except QuestionRefused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(f"{reverse(f'{back}:index')}?event={record.event_id}")


class QuestionViewSet(OfferViewSet):
    model = Question
    name = "questions"
    icon = "help"
    menu_label = gettext_lazy("Questions")
    ordering = "position"
    list_filter = ["event", "stage", "categories", "staff_only"]
    index_view_class = QuestionListView
    add_view_class = AddQuestionView
    edit_view_class = EditQuestionView
    delete_view_class = RemoveQuestionView
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("label"),
            FieldPanel("help_text"),
            FieldPanel("correction"),
            FieldPanel("kind"),
            FieldPanel("options"),
            FieldPanel("required"),
            MultiFieldPanel(
                [
                    FieldPanel("section"),
                    FieldPanel("stage", help_text=gettext_lazy("A section decides it; this counts without one.")),
                    FieldPanel("categories", widget=forms.CheckboxSelectMultiple),
                    FieldPanel("only_if"),
                    FieldPanel("position"),
                ],
                heading=gettext_lazy("Where and when it is asked"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("purpose", help_text=gettext_lazy("Officers read it beside the answer.")),
                    FieldPanel("data_class"),
                    FieldPanel("retention"),
                    FieldPanel("desks", widget=forms.CheckboxSelectMultiple),
                    FieldPanel("covers_portrait"),
                    FieldPanel("staff_only"),
                ],
                heading=gettext_lazy("Personal data"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("frozen_at"),
                    FieldPanel(
                        "frozen_days_before",
                        help_text=gettext_lazy(
                            "At midnight in the event's time zone. Then guests ask for a change, and an officer decides."
                        ),
                    ),
                    FieldPanel("material"),
                ],
                heading=gettext_lazy("Changes by guests"),
            ),
            FieldPanel("key", help_text=gettext_lazy("Stands in exports, conditions and the API; it never changes.")),
        ],
        base_form_class=QuestionForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("move/<int:pk>/<slug:direction>/", move, name="move"),
            path("preview/", PreviewView.as_view(), name="preview"),
            path("copy/", CopyQuestionsView.as_view(), name="copy"),
        ]


class SectionListView(OwnEventsList, generic.IndexView):
    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by("-event__starts_on", "event", "-stage", "position", "id")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            column("section", _("Section")),
            column("section_stage", _("Asked")),
            column("section_languages", _("Languages"), "plenary-wide"),
            column("section_order", _("Order")),
        ]

    def get_base_queryset(self) -> QuerySet[Section]:
        return Section.objects.select_related("event")


class SectionRecord(OwnEventsRecord):
    def save_instance(self) -> Section:
        return save_section(self.form.save(commit=False), by=Actor.staff(signed_in(self.request)))

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except QuestionRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)


class AddSectionView(SectionRecord, generic.CreateView):
    pass


class EditSectionView(SectionRecord, generic.EditView):
    pass


class RemoveSectionView(OwnEventsRecord, generic.DeleteView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except QuestionRefused as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.get_success_url())

    def delete_action(self) -> None:
        remove_section(self.object, by=Actor.staff(signed_in(self.request)))


class SectionViewSet(OfferViewSet):
    model = Section
    name = "sections"
    icon = "list-ul"
    menu_label = gettext_lazy("Sections")
    ordering = "position"
    list_filter = ["event", "stage"]
    index_view_class = SectionListView
    add_view_class = AddSectionView
    edit_view_class = EditSectionView
    delete_view_class = RemoveSectionView
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("stage"),
            FieldPanel("label"),
            FieldPanel("intro"),
            FieldPanel("position"),
        ],
        base_form_class=SectionForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("move/<int:pk>/<slug:direction>/", move_a_section, name="move")]


class SecondFormListView(OwnEventsList, generic.IndexView):
    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by("-event__starts_on", "event")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [column("second_form", _("Form after approval")), column("second_form_dates", _("Dates"))]

    def get_base_queryset(self) -> QuerySet[SecondForm]:
        return SecondForm.objects.select_related("event")


class SecondFormRecord(OwnEventsRecord):
    def save_instance(self) -> SecondForm:
        return save_second_form(self.form.save(commit=False), by=Actor.staff(signed_in(self.request)))


class AddSecondFormView(SecondFormRecord, generic.CreateView):
    pass


class EditSecondFormView(SecondFormRecord, generic.EditView):
    pass


class SecondFormViewSet(OfferViewSet):
    model = SecondForm
    name = "second-forms"
    icon = "form"
    menu_label = gettext_lazy("Form after approval")
    ordering = "event"
    index_view_class = SecondFormListView
    add_view_class = AddSecondFormView
    edit_view_class = EditSecondFormView
    undeletable = True
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("title"),
            FieldPanel("intro"),
            MultiFieldPanel(
                [FieldPanel("due_at"), FieldPanel("due_days_before")], heading=gettext_lazy("When it is due")
            ),
            MultiFieldPanel(
                [FieldPanel("frozen_at"), FieldPanel("frozen_days_before")],
                heading=gettext_lazy("Until when guests change it"),
            ),
        ],
        base_form_class=SecondFormForm,
    )
