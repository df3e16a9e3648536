"""Papers that a guest hands over at the desk or by post, entered by staff: travel document, portrait, letter of assignment, and
the exemption from the portrait. The forms, rules and actions are the guest's own; nothing that is stored is shown here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor
from plenary.core.permissions import of_own_events, signed_in
from registration import actions
from registration.forms import AssignmentLetterForm, PortraitForm, TravelDocumentForm
from registration.forms.fields import ParagraphsField, StrictForm
from registration.models import (
    AssignmentLetter,
    DocumentScan,
    Portrait,
    PortraitExemption,
    Registration,
    StoredFile,
    TravelDocument,
)
from registration.permissions import DESK, IDENTITY, PASSPORT, VET, visible_to
from registration.rules.documents import TAKES_IDENTITY
from registration.rules.portraits import HEIGHT, LEAST_WIDTH, WIDTH
from registration.uploads import SizeLimitHandler


class ExemptionForm(StrictForm):
    """Why a guest gives no portrait."""

    reason = ParagraphsField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Of religion or health. It is kept encrypted, and the guest can read it."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Give the reason: whoever checks later will ask for it.")},
    )


# The upload handler must be in place before anything reads the body, see views.sign_up.StepView.
@method_decorator(csrf_exempt, name="dispatch")
class EnterView(WagtailAdminTemplateMixin, TemplateView):
    """One kind of paper. Who may: those who see such papers, and the desk that registers people, each at the own events."""

    template_name = "vetting/enter_papers.html"
    header_icon = "doc-full-inverse"
    seen_by = ""  # the right to see what is entered here
    asked_by = ""  # the category's flag
    address = ""
    title: Any = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.limit = SizeLimitHandler(request)
        request.upload_handlers.insert(0, self.limit)
        return self._protected(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _protected(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = signed_in(request)
        if not (user.has_perm(DESK) or user.has_perm(self.seen_by)):
            raise PermissionDenied
        mine = of_own_events(Registration.objects.all(), user) if user.has_perm(DESK) else visible_to(user)
        found = mine.select_related("event__venue", "category__event")
        self.registration: Registration = get_object_or_404(found, pk=kwargs["pk"])
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    @property
    def is_taken(self) -> bool:
        """Whether the category asks for it and the registration lives."""
        return bool(getattr(self.registration.category, self.asked_by)) and self.registration.state in TAKES_IDENTITY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.form() if self.is_taken else None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_taken:
            return self.page(None, status=409)
        form = self.form(request)
        if not form.is_valid():
            return self.page(form)
        try:
            self.keep(form, Actor.staff(signed_in(request)))
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(form, status=409)
        messages.success(request, _("%(name)s: saved.") % {"name": self.registration.name})
        return HttpResponseRedirect(self.where_to)

    @property
    def where_to(self) -> str:
        """The dossier, for whoever may open it; else this page again."""
        if visible_to(signed_in(self.request)).filter(pk=self.registration.pk).exists():
            return reverse("vetting:dossier", args=[self.registration.pk])
        return self.request.path

    def page(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, **more), status=status)

    def get_page_title(self) -> str:
        return str(self.title)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": self.where_to if self.request.path != self.where_to else "", "label": self.registration.name},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = [
            (view.title, reverse(view.address, args=[self.registration.pk]), view is type(self))
            for view in (EnterDocumentView, EnterPortraitView, EnterLetterView)
            if getattr(self.registration.category, view.asked_by) and self._may(view)
        ]
        return super().get_context_data(**kwargs) | {
            "registration": self.registration,
            "kinds": kinds,
            "given_at": self.given_at(),
            "back": self.where_to,
        }

    def _may(self, view: type[EnterView]) -> bool:
        user = signed_in(self.request)
        return bool(user.has_perm(DESK) or user.has_perm(view.seen_by))

    def form(self, request: HttpRequest | None = None) -> Any:
        raise NotImplementedError

    def keep(self, form: Any, by: Actor) -> None:
        raise NotImplementedError

    def given_at(self) -> Any:
        """When what is there now was given; None where nothing is."""
        raise NotImplementedError


class EnterDocumentView(EnterView):
    """The passport or card: its words, proved by the machine-readable lines, and the picture of its page."""

    seen_by, asked_by, address = PASSPORT, "asks_passport", "vetting:enter_document"
    title = gettext_lazy("Enter the travel document")

    @cached_property
    def scan(self) -> StoredFile | None:
        """The picture that is there already, for those who may see it: with new words it may stay."""
        if not signed_in(self.request).has_perm(PASSPORT):
            return None
        return DocumentScan.objects.filter(registration=self.registration).first()

    def form(self, request: HttpRequest | None = None) -> TravelDocumentForm:
        data, files = (request.POST, request.FILES) if request else (None, None)
        return TravelDocumentForm(
            data, files, registration=self.registration, stored_scan=self.scan, too_large=self.limit.too_large
        )

    def keep(self, form: TravelDocumentForm, by: Actor) -> None:
        actions.save_travel_document(
            registration_id=self.registration.pk, facts=form.facts(), scan=form.new_scan(), by=by
        )

    def given_at(self) -> Any:
        found = TravelDocument.objects.filter(registration=self.registration)
        return found.values_list("changed_at", flat=True).first()


class EnterPortraitView(EnterView):
    """The portrait, or the exemption from it."""

    seen_by, asked_by, address = IDENTITY, "asks_portrait", "vetting:enter_portrait"
    title = gettext_lazy("Enter the portrait")

    def form(self, request: HttpRequest | None = None) -> PortraitForm:
        data, files = (request.POST, request.FILES) if request else (None, None)
        return PortraitForm(data, files, too_large=self.limit.too_large)

    def keep(self, form: PortraitForm, by: Actor) -> None:
        actions.save_portrait(registration_id=self.registration.pk, portrait=form.portrait(), by=by)

    def given_at(self) -> Any:
        return Portrait.objects.filter(registration=self.registration).values_list("created_at", flat=True).first()

    @property
    def may_exempt(self) -> bool:
        user = signed_in(self.request)
        mine = visible_to(user).filter(pk=self.registration.pk)
        return user.has_perm(VET) and user.has_perm(IDENTITY) and mine.exists()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wish = request.POST.get("act")
        if wish not in {"exempt", "end"} or not self.is_taken:
            return super().post(request, *args, **kwargs)
        if not self.may_exempt:
            raise PermissionDenied
        by = Actor.staff(signed_in(request))
        if wish == "end":
            actions.end_portrait_exemption(registration_id=self.registration.pk, by=by)
            return HttpResponseRedirect(self.where_to)
        reason = ExemptionForm(request.POST)
        if not reason.is_valid():
            return self.page(self.form(), exemption_form=reason)
        actions.exempt_from_portrait(registration_id=self.registration.pk, reason=reason.cleaned_data["reason"], by=by)
        messages.success(request, _("%(name)s: no portrait is asked for.") % {"name": self.registration.name})
        return HttpResponseRedirect(self.where_to)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        exemption = PortraitExemption.objects.filter(registration=self.registration).first()
        context = super().get_context_data(**kwargs) | {
            "portrait": True,
            "width": WIDTH,
            "height": HEIGHT,
            "least_width": LEAST_WIDTH,
            "is_exempt": exemption is not None,
        }
        if self.is_taken and self.may_exempt:
            context |= {"exemption": exemption, "exemption_form": kwargs.get("exemption_form") or ExemptionForm()}
        return context


class EnterLetterView(EnterView):
    """The letter by which an editor sends a journalist."""

    seen_by, asked_by, address = IDENTITY, "asks_assignment_letter", "vetting:enter_letter"
    title = gettext_lazy("Enter the letter of assignment")

    def form(self, request: HttpRequest | None = None) -> AssignmentLetterForm:
        data, files = (request.POST, request.FILES) if request else (None, None)
        return AssignmentLetterForm(data, files, too_large=self.limit.too_large)

    def keep(self, form: AssignmentLetterForm, by: Actor) -> None:
        actions.save_assignment_letter(registration_id=self.registration.pk, checked=form.cleaned_data["letter"], by=by)

    def given_at(self) -> Any:
        found = AssignmentLetter.objects.filter(registration=self.registration)
        return found.values_list("created_at", flat=True).first()


def entries_for(registration: Registration, user: Any) -> list[tuple[Any, str]]:
    """What this person may enter for a guest: title and address."""
    if registration.state not in TAKES_IDENTITY:
        return []
    return [
        (view.title, reverse(view.address, args=[registration.pk]))
        for view in (EnterDocumentView, EnterPortraitView, EnterLetterView)
        if getattr(registration.category, view.asked_by) and (user.has_perm(view.seen_by) or user.has_perm(DESK))
    ]


URLS: list[URLPattern] = [
    path("passport/<uuid:pk>/enter/", EnterDocumentView.as_view(), name="enter_document"),
    path("portrait/<uuid:pk>/enter/", EnterPortraitView.as_view(), name="enter_portrait"),
    path("assignment-letter/<uuid:pk>/enter/", EnterLetterView.as_view(), name="enter_letter"),
]
