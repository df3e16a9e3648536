"""Badge designs in the admin, with a preview of what is typed, before it is saved, and of the worst names there are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from checkin.actions import remove_design, save_design
from checkin.designs import LINES, Line
from checkin.models import BadgeDesign
from checkin.previews import legend, preview, worst_guests
from checkin.viewsets.records import OwnChoicesForm, RecordViewSet, categories_of_an_event
from plenary.core.actions import Actor, record_looks
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord, narrow_choices

_PLACES = (_("First line"), _("Second line"), _("Third line"), _("Fourth line"), _("Fifth line"))
LINE_FIELDS = [f"line_{number}" for number in range(1, LINES + 1)]


class BadgeDesignForm(OwnChoicesForm):
    """A design; saving is left to the action."""

    categories = categories_of_an_event(_("Categories"), BadgeDesign._meta.get_field("categories").help_text)

    own_choices = {"categories": _("Choose categories of the design's own event only.")}

    class Meta:
        model = BadgeDesign
        fields = [
            *("event", "name", "categories", "size", "paper", "photo", "band", "accent", "signs", "zones"),
            *("two_sided", "back_text", "emergency"),
        ]

    field_order = [
        *("event", "name", "categories", "size", "paper", *LINE_FIELDS),
        *("photo", "band", "accent", "signs", "zones", "two_sided", "back_text", "emergency"),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for position, (name, label) in enumerate(zip(LINE_FIELDS, _PLACES, strict=True)):
            lines = self.instance.lines
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", _("nothing")), *Line.choices],
                required=False,
                initial=lines[position] if position < len(lines) else "",
            )
        self.order_fields(self.field_order)
        if self.instance.pk:
            self.fields["event"].disabled = True  # its categories are this event's
            self.initial["categories"] = list(self.instance.categories.all())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        lines = [line for name in LINE_FIELDS if (line := cleaned.get(name))]
        if not {Line.NAME, Line.LATIN} & set(lines):
            self.add_error("line_1", _("A badge shows a name."))
        elif len(set(lines)) < len(lines):
            self.add_error("line_1", _("Choose each line once."))
        self.instance.lines = lines
        return cleaned


class _SavingByAction:
    request: Any
    form: Any
    template_name = "checkin/badge_design.html"

    def save_instance(self) -> BadgeDesign:
        by = Actor.staff(signed_in(self.request))
        return save_design(self.form.instance, categories=self.form.cleaned_data["categories"], by=by)


class DesignCreateView(_SavingByAction, OwnEventsRecord, generic.CreateView):
    pass


class DesignEditView(_SavingByAction, OwnEventsRecord, generic.EditView):
    pass


class DesignDeleteView(OwnEventsRecord, generic.DeleteView):
    def delete_action(self) -> None:
        remove_design(self.object, by=Actor.staff(signed_in(self.request)))


class DesignIndexView(OwnEventsList, generic.IndexView):
    def get_base_queryset(self) -> Any:
        return BadgeDesign.objects.select_related("event")


@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Pictures of the design in the form, which is not saved; to a script the part of the page, else a page of its own."""
    user = signed_in(request)
    if not user.has_perms(["checkin.change_badgedesign"]) and not user.has_perms(["checkin.add_badgedesign"]):
        raise PermissionDenied
    form = BadgeDesignForm(request.POST, for_user=user)
    narrow_choices(form.fields, user)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        categories = list(form.cleaned_data["categories"])
        guests = worst_guests(form.instance, categories)
        record_looks(guests, part="badge design", by=Actor.staff(user))
        context |= {
            "pictures": preview(form.instance, guests, categories),
            "made_up": not guests,
            "legend": legend(form.instance),
        }
    part = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return render(request, "checkin/badge_preview.html" if part else "checkin/badge_preview_page.html", context)


class BadgeDesignViewSet(RecordViewSet):
    form = BadgeDesignForm
    model = BadgeDesign
    name = "badge-designs"
    url_prefix = "check-in/designs"
    icon = "form"
    menu_label = _("Badge designs")
    add_view_class = DesignCreateView
    edit_view_class = DesignEditView
    delete_view_class = DesignDeleteView
    index_view_class = DesignIndexView
    create_template_name = edit_template_name = "checkin/badge_design.html"
    list_display = [
        TitleColumn("name", label=_("Name"), url_name="badge-designs:edit"),
        Column("event", label=_("Event")),
        Column("get_size_display", label=_("Size")),
        Column("get_paper_display", label=_("Printed on")),
    ]
    list_filter = ["event"]
    ordering = ["event", "name", "id"]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("preview/", show, name="preview")]
