"""What the organiser asked for once more: a page with just these fields, filled in as they are, and room for a reply."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from registration import actions
from registration.actions.guests import read_guest_link
from registration.facts import facts_of
from registration.forms import PersonForm, QuestionsForm, ReplyForm
from registration.models import Question, Registration, Upload
from registration.review import by_question, wordings_of
from registration.rules import State
from registration.rules.information_requests import PERSON, question_key
from registration.views.own_page import GuestFormView, own_page, version_seen
from registration.views.pages import private


@method_decorator([private, csrf_exempt], name="dispatch")
class RequestedView(GuestFormView):
    """The link of the mail that asks. Where nothing in particular is asked, the own page has the reply."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        registration = read_guest_link(token)
        if registration.state != State.INFORMATION_REQUESTED or not registration.asked_fields:
            return HttpResponseRedirect(reverse("registration:my", args=[token]))
        return self._page(request, registration, token, *self._forms(registration))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        registration = read_guest_link(token)
        if registration.state != State.INFORMATION_REQUESTED:
            return own_page(request, registration, token, status=409)
        person, questions, reply = self._forms(registration, request)
        if not all([person.is_valid(), questions.is_valid(), reply.is_valid()]):
            return self._page(request, registration, token, person, questions, reply)
        try:
            actions.answer_request(
                registration_id=registration.pk,
                person=person.cleaned_data,
                answers=questions.answers(),
                versions=questions.versions(),
                files=questions.changed_files(),
                text=reply.cleaned_data["text"],
                checked=reply.cleaned_data["file"] or None,
                expected_version=version_seen(request),
            )
        except actions.Refused as refusal:
            reply.add_error(None, str(refusal))
            return self._page(request, registration, token, person, questions, reply, status=409)
        return HttpResponseRedirect(reverse("registration:my", args=[token]))

    def _forms(
        self, registration: Registration, request: HttpRequest | None = None
    ) -> tuple[PersonForm, QuestionsForm, ReplyForm]:
        data, files = (request.POST, request.FILES) if request else (None, None)
        asked = set(registration.asked_fields)
        if "name" in asked:
            asked.add("latin_name")  # a name in another script needs its Latin letters
        initial: dict[str, Any] = {name: str(getattr(registration, name)) for name in PERSON}
        person = PersonForm(data, initial=initial, with_email=False).only(asked)
        keys = {key for field in asked if (key := question_key(field))}
        nationality = data.get("nationality", "") if data is not None and "nationality" in asked else ""
        facts = {key: value for key, value in registration.answer_data.items() if key not in keys}
        facts |= facts_of(registration) | ({"nationality": nationality} if nationality else {})
        asked_again = [q for q in Question.objects.asked_in(registration.category) if q.key in keys]
        questions = QuestionsForm(
            asked_again,
            data,
            files,
            facts=facts,
            uploads=by_question(Upload.objects.of_registration(registration)),
            too_large=self.limit.too_large,
            wordings=wordings_of(registration, asked_again),
            initial=dict(registration.answer_data),
        )
        reply = ReplyForm(data, files, too_large=self.limit.too_large)
        reply.fields["text"].required = False
        return person, questions, reply

    def _page(
        self,
        request: HttpRequest,
        registration: Registration,
        token: str,
        person: PersonForm,
        questions: QuestionsForm,
        reply: ReplyForm,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "registration": registration,
            "event": registration.event,
            "token": token,
            "person": person,
            "questions": questions,
            "reply": reply,
        }
        return render(request, "registration/requested.html", context, status=status)
