"""One registration laid out for a decision: what the guest gave, what deserves a look, what the desks said, how to act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core import languages
from plenary.core.actions import Actor, record_look
from plenary.core.models import HistoryEntry, Message
from plenary.core.permissions import signed_in
from registration.actions import decide
from registration.actions.overtaken import overtaken
from registration.actions.standing import REVIEWED, route_of, speakers, standing_of
from registration.history import timeline
from registration.models import (
    CategoryDesk,
    ChangeFile,
    Desk,
    Hold,
    InternalNote,
    Question,
    ReasonCode,
    Registration,
    Review,
    Stage,
    StoredFile,
    Upload,
)
from registration.permissions import (
    IDENTITY,
    VET,
    Sight,
    decisions_for,
    desks_of,
    may_see,
    may_see_queue,
    officers_for,
    sight_of,
    visible_to,
)
from registration.querysets.desks import desks_by_question
from registration.rules import RouteStanding, State
from registration.uploads import open_upload
from registration.viewsets.dossier_acts import ACTS
from registration.viewsets.dossier_facts import DeskRow, desk_rows, flag_rows, given_of, may_ask
from registration.viewsets.field_names import askable
from registration.viewsets.forms import AssignForm, DecisionForm, HoldForm, NoteForm, VerdictForm, look_again
from registration.viewsets.panels import panels_for
from registration.viewsets.queue import is_late

SHOWN_IN_BROWSER = frozenset({"image/jpeg", "image/png", "image/webp"})


class DossierView(WagtailAdminTemplateMixin, FormView):
    """Looking is logged; deciding goes through the same verbs as everywhere."""

    template_name = "vetting/dossier.html"
    form_class = DecisionForm
    header_icon = "clipboard-list"
    wrong: forms.Form | None = None  # the form of another act, as it was sent
    act = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_queue(signed_in(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def registration(self) -> Registration:
        found = visible_to(signed_in(self.request)).select_related(
            "event__venue", "category__event", "assigned_to", "delegation"
        )
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @cached_property
    def sight(self) -> Sight:
        return sight_of(signed_in(self.request))

    @cached_property
    def route(self) -> list[CategoryDesk]:
        return route_of(self.registration)

    @cached_property
    def standing(self) -> RouteStanding:
        return standing_of(self.registration, self.route)

    @cached_property
    def desks(self) -> list[DeskRow]:
        if not self.route:
            return []
        reviews = Review.objects.of(self.registration)
        return desk_rows(
            self.route, self.standing, reviews, self.sight, open_to=speakers(self.registration, self.route)
        )

    @cached_property
    def questions(self) -> list[Question]:
        return list(Question.objects.ever_asked_in(self.registration.category))

    @cached_property
    def readable(self) -> list[Question]:
        """Questions whose answers this officer's desks see."""
        allowed, sight = desks_by_question(self.questions), self.sight
        return [q for q in self.questions if sight.of_question(allowed.get(q.key)) and q.kind not in sight.hidden_kinds]

    @cached_property
    def askable(self) -> list[tuple[str, Any]]:
        return askable(q for q in self.readable if q.stage == Stage.SIGN_UP)

    @cached_property
    def decisions(self) -> list[State]:
        """What the role may decide, less what the route does not allow yet; who speaks for a desk asks by its verdict."""
        found = decisions_for(signed_in(self.request), self.registration)
        if not self.route:
            return found
        closed = {State.APPROVED} if not self.standing.may_approve else set()
        closed |= {State.REJECTED} if not self.standing.may_reject else set()
        closed |= {State.INFORMATION_REQUESTED} if any(row.may_speak for row in self.desks) else set()
        return [state for state in found if state not in closed]

    def get_page_title(self) -> str:
        return self.registration.name

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("vetting:index"), "label": _("Vetting queue")},
            {"url": "", "label": self.registration.name},
        ]

    # -- forms -----------------------------------------------------------------------------------------------------------
    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.wrong is not None:
            kwargs.pop("data", None), kwargs.pop("files", None)
        more = {"registration": self.registration, "decisions": self.decisions, "askable": self.askable}
        return {**kwargs, **more}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.registration.version, "seen": self.last_word}

    @cached_property
    def last_word(self) -> str:
        """When a desk last spoke."""
        return Review.objects.last_words([self.registration])[self.registration.pk]

    def verdict_form(self, desk: Desk, data: Any = None) -> VerdictForm:
        row = next((row for row in self.desks if row.stop.desk_id == desk.pk), None)
        initial = {"desk": desk.slug, "seen": row.seen if row else "", "version": self.registration.version}
        return VerdictForm(
            data,
            initial=initial,
            auto_id=f"id_{desk.slug}_%s",
            codes=self.codes,
            askable=self.askable,
            may_ask=may_ask(self.registration),
        )

    def note_form(self, data: Any = None) -> NoteForm:
        desks = desks_of(signed_in(self.request))
        return NoteForm(data, auto_id="id_note_%s", about=self.askable, desks=desks)

    @cached_property
    def codes(self) -> list[ReasonCode]:
        return list(ReasonCode.objects.filter(active=True))

    # -- acts --------------------------------------------------------------------------------------------------------------
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            return super().post(request, *args, **kwargs)
        if not request.user.has_perm(VET):
            raise PermissionDenied
        outcome = act(self, Actor.staff(signed_in(request)))
        if outcome.form is not None:
            self.wrong, self.act = outcome.form, request.POST["act"]
            return self.render_to_response(self.get_context_data())
        messages.success(request, f"{self.registration.name}: {outcome.told}")
        return HttpResponseRedirect(self._where_to() if "then_next" in request.POST else request.path)

    def form_invalid(self, form: DecisionForm) -> HttpResponse:
        if why := self.look_anew():
            form = self.get_form()
            look_again(form, why, choice="to", **self.get_initial())
        return super().form_invalid(form)

    def look_anew(self, desk: Desk | None = None) -> str:
        """Read the case again after a refusal: who did what since the page was made, or nothing where it stands as it did."""
        for name in ("registration", "route", "standing", "desks", "decisions", "last_word"):
            self.__dict__.pop(name, None)
        sent = self.request.POST
        now = self.verdict_form(desk).initial if desk else self.get_initial()
        if sent.get("version", "") != str(self.registration.version):
            return overtaken(self.registration)
        return overtaken(self.registration, desk=desk) if sent.get("seen", now["seen"]) != now["seen"] else ""

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        registration, to = self.registration, State(form.cleaned_data["to"])
        report = decide(
            [registration.pk],
            to=to,
            by=Actor.staff(signed_in(self.request)),
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
            expected_words={registration.pk: form.cleaned_data["seen"]} if "seen" in form.data else None,
            fields=form.cleaned_data["fields_asked"],
        )
        if registration.pk in report.refused:
            form.add_error(None, report.refused[registration.pk])
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("%(name)s: %(state)s. The guest is told in %(language)s.")
            % {
                "name": registration.name,
                "state": report.became[registration.pk].label,
                "language": languages.get(registration.language).name,
            },
            buttons=[messages.button(reverse("vetting:dossier", args=[registration.pk]), _("Look again"))],
        )
        return HttpResponseRedirect(self._where_to())

    def _where_to(self) -> str:
        if "then_stay" in self.request.POST:
            return self.request.path
        following = self.neighbours["next"]
        return reverse("vetting:dossier", args=[following]) if following else reverse("vetting:index")

    @cached_property
    def neighbours(self) -> dict[str, UUID | None]:
        """The registrations before and after this one in the event's queue, by key; those on hold are passed over."""
        queue = visible_to(signed_in(self.request)).filter(event=self.registration.event_id).at_hand(timezone.now())
        following = queue.next_waiting(self.registration).values_list("pk", flat=True).first()
        previous = queue.previous_waiting(self.registration).values_list("pk", flat=True).first()
        return {"next": following or previous, "previous": previous}

    # -- the page ------------------------------------------------------------------------------------------------------------
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registration, user = self.registration, signed_in(self.request)
        record_look(registration, part="identity" if self.sight.answers else "outline", by=Actor.staff(user))
        context = super().get_context_data(**kwargs)
        late = is_late(registration)
        context |= {
            "registration": registration,
            "language": languages.get(registration.language),
            "sight": self.sight,
            "sees_identity": self.sight.answers,
            "decisions": self.decisions,
            "panels": panels_for(registration, user),
            "neighbours": self.neighbours,
            "late": late,
            "flags": flag_rows(
                registration,
                user,
                self.sight,
                late_days=(timezone.now() - registration.waiting_since).days if late else None,
            ),
            "given": given_of(registration, self.questions, self.readable, self.sight),
            "timeline": timeline(HistoryEntry.objects.of(registration)[:100]),
            "sent": Message.objects.of(registration).defer("recipient", "text", "html")[:50],
            "sees_messages": user.has_perm("core.view_message"),
        }
        context |= self._desk_context() | self._handling()
        return context | {"kept": self._kept(context)}

    def _kept(self, context: dict[str, Any]) -> dict[str, Any] | None:
        """What was typed into a form that is not on the page any more, and why: it is shown to be copied, not lost."""
        form, name = self.wrong, {"verdict": "note", "hold": "reason"}.get(self.act, "")
        if isinstance(form, VerdictForm):
            shown = any(form is one["form"] for one in context["verdict_forms"])
        elif isinstance(form, HoldForm):
            shown = context["may_hold"] and not context["held"]
        else:
            form, name = context["form"], "reason"
            shown = bool(self.decisions) or not (form.is_bound and form.errors)
        return None if shown else {"errors": form.non_field_errors(), "words": form.data.get(name, "")}

    def _desk_context(self) -> dict[str, Any]:
        rows = self.desks
        forms_of_desks = [{"row": row, "form": self._shown_verdict_form(row)} for row in rows if row.may_speak]
        missing = [row.stop.desk for row in rows if row.stop.desk.slug in self.standing.missing]
        return {
            "desks": rows,
            "verdict_forms": forms_of_desks,
            "missing": missing,
            "standing": self.standing,
            "vetoed_by": next((row.stop.desk for row in rows if row.stop.desk.slug == self.standing.vetoed_by), None),
        }

    def _shown_verdict_form(self, row: DeskRow) -> VerdictForm:
        sent = self.wrong
        if isinstance(sent, VerdictForm) and sent.data.get("desk") == row.stop.desk.slug:
            return sent
        return self.verdict_form(row.stop.desk)

    def _handling(self) -> dict[str, Any]:
        registration, user = self.registration, signed_in(self.request)
        wrong = self.wrong
        holder = registration.assigned_to_id
        held = Hold.objects.filter(registration=registration, ended_at=None).select_related("officer").first()
        return {
            "held": held if registration.held_until else None,
            "hold_form": wrong if isinstance(wrong, HoldForm) else HoldForm(auto_id="id_hold_%s"),
            "may_hold": registration.state in REVIEWED and user.has_perm(VET),
            "assign_form": wrong
            if isinstance(wrong, AssignForm)
            else AssignForm(
                auto_id="id_assign_%s",
                officers=officers_for(registration),
                initial={"officer": str(holder or ""), "holder": str(holder or "")},
            ),
            "is_mine": holder == user.pk,
            "notes": InternalNote.objects.for_desks(registration, desks_of(user)),
            "note_form": wrong if isinstance(wrong, NoteForm) else self.note_form(),
            "note_labels": dict(askable(self.questions)),
            "act": self.act,
            "wrong": wrong,
            "may_act": user.has_perm(VET),
        }


def file_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A file a guest sent: only for whom the desk shows documents, only of one's own desk, and every look is logged."""
    upload = get_object_or_404(Upload.objects.select_related("registration__category", "question"), pk=pk)
    return _answer_file(request, upload.registration, upload.question, upload, f"file {upload.pk}")


def change_file_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A file a guest wants in the place of a frozen one: for whoever sees the old one, and every look is logged."""
    found = ChangeFile.objects.select_related("change__registration__category")
    wanted = get_object_or_404(found, pk=pk)
    registration = wanted.change.registration
    question = Question.objects.filter(event=registration.event_id, key=wanted.change.key).first()
    if question is None:
        raise PermissionDenied
    return _answer_file(request, registration, question, wanted, f"file {wanted.pk}")


def _answer_file(
    request: HttpRequest, registration: Registration | None, question: Question | None, stored: StoredFile, part: str
) -> HttpResponse:
    if registration is None or not request.user.has_perm(IDENTITY) or not may_see(signed_in(request), registration):
        raise PermissionDenied
    sight = sight_of(signed_in(request))
    allowed = desks_by_question([question]).get(question.key) if question else None
    if not sight.documents or not sight.of_question(allowed):
        raise PermissionDenied
    record_look(registration, part=part, by=Actor.staff(signed_in(request)))
    shown = stored.media_type in SHOWN_IN_BROWSER
    response = HttpResponse(open_upload(stored), content_type=stored.media_type)
    name = f"{registration.code} {stored.name}"
    response.headers["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response
