"""Register at the desk: one screen, keyboard first; who is there already shows while one types."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core.actions import Actor, record_looks
from plenary.core.permissions import signed_in
from plenary.events.models import Event
from registration.actions.desk import Full, register_at_desk
from registration.actions.transitions import Refused
from registration.forms.desk import DeskDocumentForm, DeskForm, DeskPersonForm, DeskQuestionsForm
from registration.models import Category, Question, Registration
from registration.permissions import DESK, EXCEED, may_see
from registration.uploads import SizeLimitHandler
from registration.views.workspace import sent_origin
from registration.viewsets.papers import entries_for

MOST_SIMILAR = 8


class _Desk:
    """Who may, and at which event one works."""

    request: HttpRequest

    def check(self, request: HttpRequest) -> None:
        if not signed_in(request).has_perm(DESK):
            raise PermissionDenied

    @cached_property
    def events(self) -> list[Event]:
        """Events that take registrations, the nearest first."""
        mine = Event.objects.for_staff(signed_in(self.request)).select_related("venue").order_by("starts_on", "id")
        return [event for event in mine if event.takes_registrations]

    @cached_property
    def event(self) -> Event | None:
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        wanted = sent.get("event", "")
        return next((event for event in self.events if str(event.pk) == wanted), next(iter(self.events), None))

    @cached_property
    def categories(self) -> list[Category]:
        """Every category of the event, also those that are not public."""
        found = Category.objects.filter(event=self.event).select_related("event__venue").order_by("position", "id")
        return list(found) if self.event else []


# The upload handler must be in place before anything reads the body, see views.sign_up.StepView.
@method_decorator(csrf_exempt, name="dispatch")
class DeskView(_Desk, WagtailAdminTemplateMixin, TemplateView):
    """The form, and what came of the last one."""

    template_name = "desk/register.html"
    document: DeskDocumentForm
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.limit = SizeLimitHandler(request)
        request.upload_handlers.insert(0, self.limit)
        return self._protected(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _protected(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.check(request)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Register at the desk")

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    @property
    def may_exceed(self) -> bool:
        return signed_in(self.request).has_perm(EXCEED)

    def category_of(self, chosen: str | None) -> Category | None:
        found = {str(category.pk): category for category in self.categories}
        return found.get(chosen or "", next(iter(self.categories), None))

    def forms(self, *, bound: bool) -> tuple[DeskForm, DeskPersonForm, DeskQuestionsForm | None]:
        request = self.request
        category = self.category_of((request.POST if bound else request.GET).get("category"))
        self.document = DeskDocumentForm(request.POST if bound else None, category=category)
        data, files = (self._completed(), request.FILES) if bound else (None, None)
        sent = data if data is not None else request.GET
        initial = {"category": str(category.pk) if category else "", "language": get_language() or "en"}
        place = DeskForm(data, categories=self.categories, may_exceed=self.may_exceed, initial=initial)
        person = DeskPersonForm(data)
        if category is None:
            return place, person, None
        questions = DeskQuestionsForm(
            Question.objects.asked_in(category),
            data,
            files,
            facts={"category": category.slug, "nationality": sent.get("nationality", "")},
            too_large=self.limit.too_large,
        )
        return place, person, questions

    def _completed(self) -> QueryDict:
        """What was sent, with what the document's lines say where nothing was typed."""
        data = self.request.POST.copy()
        if self.document.is_valid():
            for name, value in self.document.person().items():
                if not data.get(name):
                    data[name] = value
        return data

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(*self.forms(bound=False))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place, person, questions = self.forms(bound=True)
        if "show" in request.POST:  # another event or category was chosen: its questions, and nothing is judged yet
            return self._page(place, person, questions, unjudged=True)
        if "read" in request.POST:  # the document's lines are read, and nothing else is judged
            name, nationality = person.data.get("name", ""), person.data.get("nationality", "")
            known = self._similar(name) if name else []
            same = self._same_document(nationality)
            return self._page(place, person, questions, unjudged=True, similar=known, same_document=same, looked=True)
        if questions is None or not all(
            [self.document.is_valid(), place.is_valid(), person.is_valid(), questions.is_valid()]
        ):
            return self._page(place, person, questions)
        particulars, category = person.particulars(), place.categories[place.cleaned_data["category"]]
        origin = sent_origin(request)
        is_again = Registration.objects.filter(origin=origin).exists()
        if not is_again and not place.cleaned_data["again"]:
            similar = self._similar(particulars.latin_name or particulars.name)
            same = self._same_document(particulars.nationality)
            if similar or same:
                return self._page(
                    place, person, questions, must_choose=True, status=409, similar=similar, same_document=same
                )
        try:
            registration = register_at_desk(
                category=category,
                particulars=particulars,
                answers=questions.answers(),
                versions=questions.versions(),
                files=questions.changed_files(),
                language=place.cleaned_data["language"],
                origin=origin,
                source=place.cleaned_data["source"],
                by=Actor.staff(signed_in(request)),
                exceed_reason=place.cleaned_data.get("exceed_reason", ""),
                document=self.document.facts(),
            )
        except Full as refusal:
            self._tell_full(place, str(refusal))
            return self._page(place, person, questions, status=409)
        except Refused as refusal:
            person.add_error(None, str(refusal))
            return self._page(place, person, questions, status=409)
        query = f"?event={category.event_id}&category={category.pk}&done={registration.pk}"
        return HttpResponseRedirect(reverse("desk:register") + query)

    def _tell_full(self, place: DeskForm, refusal: str) -> None:
        if self.may_exceed:
            place.add_error("exceed_reason", f"{refusal} {_('Give the reason to let this person in all the same.')}")
        else:
            place.add_error("category", f"{refusal} {_('Choose another category, or ask the conference office.')}")

    def _similar(self, name: str) -> list[Registration]:
        return similar_at(self.request, self.event, name) if self.event else []

    def _same_document(self, nationality: str) -> list[Registration]:
        """Who has given this document already, under whatever name; the look is logged."""
        if not self.document.is_valid():
            return []
        found = [one.registration for one in self.document.same_document(nationality)[:MOST_SIMILAR]]
        if found:
            record_looks(found, part="desk search", by=Actor.staff(signed_in(self.request)))
        return found

    def _page(
        self,
        place: DeskForm,
        person: DeskPersonForm,
        questions: DeskQuestionsForm | None,
        *,
        unjudged: bool = False,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        context = self.get_context_data(
            place=place,
            person=person,
            questions=questions,
            unjudged=unjudged,
            document=self.document,
            errors=[self.document] * bool(self.document.errors)
            + ([] if unjudged else [form for form in (place, person, questions) if form and form.errors]),
            event=self.event,
            events=self.events,
            origin=sent_origin(self.request) if self.request.method == "POST" else uuid4(),
            done=self._done(),
            **more,
        )
        return self.render_to_response(context, status=status)

    def _done(self) -> dict[str, Any] | None:
        """Who was registered a moment ago, for the slip of paper: the code."""
        try:
            pk = UUID(self.request.GET.get("done", ""))
        except ValueError:
            return None
        user = signed_in(self.request)
        found = Registration.objects.entered_at_desk().filter(pk=pk, event__in=self.events)
        registration = found.select_related("category").first()
        if registration is None:
            return None
        return {
            "registration": registration,
            "sees_dossier": may_see(user, registration),
            "papers": entries_for(registration, user),
        }


def similar_at(request: HttpRequest, event: Event, name: str) -> list[Registration]:
    """Who is registered under a name like this, whatever order and script; the look is logged."""
    found = list(Registration.objects.live().like_name(event, name)[:MOST_SIMILAR])
    if found:
        record_looks(found, part="desk search", by=Actor.staff(signed_in(request)))
    return found


class SimilarView(_Desk, View):
    """The part of the page that shows who is there already; sent as a form, so that no name stands in an address."""

    def post(self, request: HttpRequest) -> HttpResponse:
        self.check(request)
        name = request.POST.get("latin_name", "") or request.POST.get("name", "")
        found = similar_at(request, self.event, name) if self.event and len(name.strip()) > 2 else []
        return render(request, "desk/similar.html", {"similar": found})


urlpatterns: list[URLPattern] = [
    path("", DeskView.as_view(), name="register"),
    path("similar/", SimilarView.as_view(), name="similar"),
]
