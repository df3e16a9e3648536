"""Notes of calls and meetings in the admin: added from a guest's dossier or by themselves, read as looks that are logged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
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
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor, record_look
from plenary.core.permissions import signed_in
from plenary.core.viewsets import TemplateColumn
from plenary.events.models import Event
from registration.actions.issues import note_contact
from registration.models import ContactNote, Registration
from registration.permissions import visible_to
from registration.viewsets.moments import MomentField
from registration.viewsets.office import OfficeView

VIEW, ADD = "registration.view_contactnote", "registration.add_contactnote"


class NoteForm(forms.Form):
    """What was said, by which way, when."""

    event = forms.ModelChoiceField(label=gettext_lazy("Event"), queryset=Event.objects.none())
    contact = forms.CharField(
        label=gettext_lazy("With"),
        max_length=200,
        help_text=gettext_lazy("Who it was, for example the consulate or the hotel."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    channel = forms.ChoiceField(label=gettext_lazy("Way"), choices=ContactNote.Channel.choices)
    happened_at = MomentField(label=gettext_lazy("When"))
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=6_000, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )

    def __init__(self, data: Any = None, *, events: QuerySet[Event], registration: Registration | None = None) -> None:
        super().__init__(data, initial={"happened_at": timezone.now()}, prefix="note")
        moment, event = self.fields["happened_at"], self.fields["event"]
        if registration is not None:
            del self.fields["event"], self.fields["contact"]
            if isinstance(moment, MomentField):
                moment.of(registration.event)
        elif isinstance(event, forms.ModelChoiceField):
            event.queryset = events

    def clean_happened_at(self) -> datetime:
        moment: datetime = self.cleaned_data["happened_at"]
        if moment > timezone.now():
            raise ValidationError(_("This is still to come: note it when it has happened."))
        return moment


class NoteFilterSet(WagtailFilterSet):
    event = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Event"),
        queryset=lambda request: Event.objects.for_staff(signed_in(request)),
        empty_label=gettext_lazy("all events"),
        widget=forms.RadioSelect,
    )
    channel = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Way"), choices=ContactNote.Channel.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ContactNote
        fields = ["event", "channel"]


class NoteListView(generic.IndexView):
    """Who was spoken to when; the words are one click away."""

    page_title = gettext_lazy("Notes of calls and meetings")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            TemplateColumn("note_with", label=_("With"), template="contacts/cells/note.html"),
            TemplateColumn("note_channel", label=_("Way"), template="contacts/cells/channel.html"),
            TemplateColumn("note_when", label=_("When"), template="contacts/cells/when.html", sort_key="happened_at"),
        ]

    def get_base_queryset(self) -> QuerySet[ContactNote]:
        return visible_notes(self.request).select_related("registration", "event").defer("text")


def visible_notes(request: HttpRequest) -> QuerySet[ContactNote]:
    """Notes of a person's events: about guests of the own desk, and about everybody who is no guest."""
    user = signed_in(request)
    mine = ContactNote.objects.filter(event__in=Event.objects.for_staff(user))
    return mine.filter(registration__isnull=True) | mine.filter(registration__in=visible_to(user))


class NoteView(OfficeView, TemplateView):
    """One note."""

    template_name = "contacts/note.html"
    header_icon = "comment"
    permission = VIEW

    @cached_property
    def note(self) -> ContactNote:
        found = visible_notes(self.request).select_related("registration", "event")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.note.registration.name if self.note.registration else self.note.contact

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Notes of calls and meetings"), reverse("notes:index"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record_look(self.note.registration or self.note, part="note of a contact", by=self.by)
        return {**super().get_context_data(**kwargs), "note": self.note}


class AddNoteView(OfficeView, TemplateView):
    """A new note; with a guest's key in the address it is about that guest."""

    template_name = "contacts/note_form.html"
    header_icon = "comment"
    permission = ADD

    @cached_property
    def registration(self) -> Registration | None:
        if "pk" not in self.kwargs:
            return None
        guests = visible_to(signed_in(self.request)).filter(event__in=self.events)
        return get_object_or_404(guests.select_related("event"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        if self.registration:
            return _("Note of a contact with %(name)s") % {"name": self.registration.name}
        return _("Note of a contact")

    def trail(self) -> list[tuple[str, str]]:
        return [(_("Notes of calls and meetings"), reverse("notes:index"))]

    def form(self, data: Any = None) -> NoteForm:
        return NoteForm(data, events=self.events, registration=self.registration)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        given = form.cleaned_data
        note_contact(
            ContactNote(
                event=self.registration.event if self.registration else given["event"],
                registration=self.registration,
                contact=given.get("contact", ""),
                channel=given["channel"],
                happened_at=given["happened_at"],
                text=given["text"],
            ),
            by=Actor.staff(signed_in(request)),
        )
        messages.success(request, _("Noted."))
        if self.registration:
            return HttpResponseRedirect(reverse("vetting:dossier", args=[self.registration.pk]) + "#contacts")
        return HttpResponseRedirect(reverse("notes:index"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", self.form())
        return context | {"registration": self.registration}


class NoteViewSet(ModelViewSet):
    """Notes are added and read; no address changes or deletes one."""

    model = ContactNote
    name = "notes"
    url_prefix = "contact-notes"
    icon = "comment"
    menu_label = gettext_lazy("Notes")
    index_view_class = NoteListView
    add_view_class = AddNoteView
    filterset_class = NoteFilterSet
    list_per_page = 50
    ordering = "-happened_at"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["channel"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.construct_view(AddNoteView), name="add"),
            path("of/<uuid:pk>/", self.construct_view(AddNoteView), name="add_of"),
            path("<uuid:pk>/", self.construct_view(NoteView), name="note"),
            path("edit/<uuid:pk>/", self.construct_view(NoteView), name="edit"),
        ]
