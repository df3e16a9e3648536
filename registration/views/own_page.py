"""The guest's own page behind a signed link: confirm, follow, change, reply, withdraw, take the calendar file."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from plenary.core.links import make_link
from plenary.core.models import HistoryEntry
from registration import actions, wording
from registration.actions.guests import read_guest_link
from registration.answering import Answering, frozen_person
from registration.calendar import calendar_file
from registration.emails import guest_token
from registration.forms import PersonForm, QuestionsForm, ReplyForm
from registration.guest_tasks import Progress, tasks_of
from registration.labels import change_label
from registration.models import Category, ChangeRequest, Issue, Question, Registration, SecondForm, Upload
from registration.review import sections_of, wordings_of
from registration.rules import EDITABLE_BY_GUEST, State, Who, targets
from registration.uploads import SizeLimitHandler
from registration.views.pages import private


def _own_page(registration: Registration) -> str:
    return reverse("registration:my", args=[guest_token(registration)])


@private
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Prove an address. The link opens a page with one button: programs that look at links in mails press none."""
    registration = actions.read_confirmation_link(token)
    if request.method != "POST":
        if registration.confirmed_at is not None:
            return HttpResponseRedirect(_own_page(registration))
        lapsed = not registration.is_unproved
        return _confirmation(request, registration, token, status=410 if lapsed else 200)
    try:
        registration = actions.confirm_address(registration_id=registration.pk)
    except actions.Refused:
        registration.refresh_from_db()
        return _confirmation(request, registration, token, status=410)
    return HttpResponseRedirect(_own_page(registration))


def _confirmation(request: HttpRequest, registration: Registration, token: str, *, status: int) -> HttpResponse:
    context = {
        "event": registration.event,
        "category": registration.category,
        "token": token,
        "standing": wording.standing_of(registration),
        "lapsed": status != 200,
        "waits": registration.state == State.WAITLISTED,
    }
    return render(request, "registration/confirm.html", context, status=status)


@private
@require_GET
def my(request: HttpRequest, token: str) -> HttpResponse:
    """Where the registration stands, what to do next, and what happened so far."""
    return own_page(request, read_guest_link(token), token)


def own_page(
    request: HttpRequest, registration: Registration, token: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    state = State(registration.state)
    if state == State.INFORMATION_REQUESTED:
        more.setdefault("reply_form", ReplyForm())
    if registration.category.kind == Category.Kind.PRESS and state == State.APPROVED:
        more["press_token"] = make_link("press", registration.pk, registration.link_version)
    if state == State.WAITLISTED and registration.confirmed_at is not None:
        more["position"] = Registration.objects.position_of(registration)
    questions = list(Question.objects.ever_asked_in(registration.category).for_guests())
    uploads = list(Upload.objects.of_registration(registration))
    askable = askable_keys(registration, questions, uploads)
    labels = {question.key: question.label for question in questions}
    context = {
        "registration": registration,
        "event": registration.event,
        "category": registration.category,
        "token": token,
        "standing": wording.standing_of(registration),
        "history": wording.told_history(HistoryEntry.objects.of(registration)),
        "sections": sections_of(registration, questions, uploads, askable=askable),
        "askable": askable,
        "open_issues": Issue.objects.of_guest(registration).open(),
        "changes": [
            (change_label(one.key, labels) or one.key, one) for one in ChangeRequest.objects.of(registration)[:20]
        ],
        "tasks": (tasks := tasks_of(registration, token)),
        # While somebody waits for the organiser, nothing to do is true only of who has done everything.
        "has_open_task": state == State.SUBMITTED and any(task.progress is Progress.OPEN for task in tasks),
        "is_approved": state == State.APPROVED,
        "wallets": settings.PLENARY_WALLETS,
        "is_nominated": state == State.NOMINATED,
        "may_change": state in EDITABLE_BY_GUEST,
        "may_withdraw": State.WITHDRAWN in targets(state, Who.GUEST),
        "dates": wording.event_dates(registration.event),
        "place": wording.event_place(registration.event),
        **more,
    }
    return render(request, "registration/my.html", context, status=status)


def askable_keys(registration: Registration, questions: list[Question], uploads: list[Upload]) -> set[str]:
    """What a guest may ask to have changed, because it is frozen: keys of questions and of fields of the person."""
    answering = Answering(
        registration,
        questions,
        uploads,
        now=timezone.now(),
        second_form=SecondForm.objects.filter(event=registration.event_id).first(),
    )
    frozen = [*answering.frozen_answers(questions), *frozen_person(registration)]
    return {one.question.key for one in frozen if one.may_ask}


class GuestFormView(View):
    """A form on the own page that takes files: oversized ones are stopped on the way in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.limit = SizeLimitHandler(request)
        request.upload_handlers.insert(0, self.limit)
        return self._protected(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _protected(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)


@method_decorator([private, csrf_exempt], name="dispatch")
class ChangeView(GuestFormView):
    """Change what was sent, until it is decided."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        registration = read_guest_link(token)
        if registration.state not in EDITABLE_BY_GUEST:
            return HttpResponseRedirect(reverse("registration:my", args=[token]))
        person, questions = self._forms(registration)
        return self._page(request, registration, token, person, questions)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        registration = read_guest_link(token)
        if registration.state not in EDITABLE_BY_GUEST:
            return own_page(request, registration, token, status=409)
        person, questions = self._forms(registration, request)
        both_valid = all([person.is_valid(), questions.is_valid()])
        if not both_valid:
            return self._page(request, registration, token, person, questions)
        try:
            actions.change_answers(
                registration_id=registration.pk,
                particulars=person.particulars(),
                answers=questions.answers(),
                files=questions.changed_files(),
                scope=[question.key for question in self.answering.open],
                versions=questions.versions(),
                expected_version=version_seen(request),
            )
            actions.complete_nomination(registration_id=registration.pk, who=Who.GUEST, language=get_language() or "")
        except actions.Refused as refusal:
            person.add_error(None, str(refusal))
            return self._page(request, registration, token, person, questions, status=409)
        return HttpResponseRedirect(reverse("registration:my", args=[token]))

    def _forms(
        self, registration: Registration, request: HttpRequest | None = None
    ) -> tuple[PersonForm, QuestionsForm]:
        data, files = (request.POST, request.FILES) if request else (None, None)
        initial = {name: getattr(registration, name) for name in PersonForm.base_fields if name != "email"}
        person = PersonForm(data, initial=initial | {"nationality": str(registration.nationality)}, with_email=False)
        nationality = data.get("nationality", "") if data is not None else str(registration.nationality)
        asked = list(Question.objects.asked_in(registration.category))
        self.answering = Answering(
            registration,
            asked,
            Upload.objects.of_registration(registration),
            now=timezone.now(),
            wordings=wordings_of(registration, asked),
            facts={"nationality": nationality},
        )
        return person, self.answering.form(asked, data, files, too_large=self.limit.too_large)

    def _page(
        self,
        request: HttpRequest,
        registration: Registration,
        token: str,
        person: PersonForm,
        questions: QuestionsForm,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "registration": registration,
            "event": registration.event,
            "token": token,
            "person": person,
            "questions": questions,
            "frozen": self.answering.frozen_answers(self.answering.questions),
        }
        return render(request, "registration/change.html", context, status=status)


@method_decorator([private, csrf_exempt], name="dispatch")
class ReplyView(GuestFormView):
    """Answer the organiser's request for more information."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("registration:my", args=[token]))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        registration = read_guest_link(token)
        form = ReplyForm(request.POST, request.FILES, too_large=self.limit.too_large)
        if not form.is_valid():
            return own_page(request, registration, token, reply_form=form)
        try:
            actions.reply_to_request(
                registration_id=registration.pk,
                text=form.cleaned_data["text"],
                checked=form.cleaned_data["file"] or None,
                expected_version=version_seen(request),
            )
        except actions.Refused as refusal:
            registration.refresh_from_db()
            return own_page(request, registration, token, status=409, refusal=str(refusal))
        return HttpResponseRedirect(reverse("registration:my", args=[token]))


def version_seen(request: HttpRequest) -> int | None:
    """The version the guest was looking at when the form was opened."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


@private
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Give up the place: a page that asks, and a button that does."""
    registration = read_guest_link(token)
    if request.method == "POST":
        try:
            actions.withdraw(registration_id=registration.pk)
        except actions.Refused as refusal:
            return own_page(request, registration, token, status=409, refusal=str(refusal))
        return HttpResponseRedirect(reverse("registration:my", args=[token]))
    if State.WITHDRAWN not in targets(registration.state, Who.GUEST):
        return HttpResponseRedirect(reverse("registration:my", args=[token]))
    context = {
        "registration": registration,
        "event": registration.event,
        "category": registration.category,
        "token": token,
        "is_approved": registration.state == State.APPROVED,
    }
    return render(request, "registration/withdraw.html", context)


@private
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The event as an iCalendar file, for a registration that is approved."""
    registration = read_guest_link(token)
    if registration.state != State.APPROVED:
        return own_page(request, registration, token, status=409)
    response = HttpResponse(calendar_file(registration), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{registration.event.slug}.ics"'
    return response
