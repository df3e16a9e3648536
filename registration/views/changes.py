"""A guest asks for a change of one frozen answer, file or field of the person, one question at a time, and can take it back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from registration import actions
from registration.actions.guests import read_guest_link
from registration.answering import Answering, FrozenAnswer, PersonField, frozen_person
from registration.forms import PersonForm, QuestionsForm
from registration.forms.person import ReasonForm
from registration.models import ChangeRequest, Question, Registration, SecondForm, Upload
from registration.review import wordings_of
from registration.rules.information_requests import PERSON, person_name
from registration.views.own_page import GuestFormView
from registration.views.pages import private


@method_decorator([private, csrf_exempt], name="dispatch")
class AskView(GuestFormView):
    """The answer as it is, a field for what it should be, and the reason: for answers, files and fields of the person."""

    def get(self, request: HttpRequest, token: str, key: str) -> HttpResponse:
        registration = read_guest_link(token)
        found = self._find(registration, key)
        if ChangeRequest.objects.pending().filter(registration=registration, key=key).exists():
            return self._page(request, registration, token, found, None, None)
        return self._page(request, registration, token, found, self._form(registration, found), ReasonForm())

    def post(self, request: HttpRequest, token: str, key: str) -> HttpResponse:
        registration = read_guest_link(token)
        found = self._find(registration, key)
        form, reason = self._form(registration, found, request), ReasonForm(request.POST)
        if not all([form.is_valid(), reason.is_valid()]):
            return self._page(request, registration, token, found, form, reason)
        try:
            self._ask(registration, found, form, reason.cleaned_data["reason"])
        except actions.Refused as refusal:
            reason.add_error(None, str(refusal))
            return self._page(request, registration, token, found, form, reason, status=409)
        return HttpResponseRedirect(reverse("registration:ask_change", args=[token, key]))

    def _ask(
        self, registration: Registration, found: FrozenAnswer, form: QuestionsForm | PersonForm, reason: str
    ) -> ChangeRequest:
        if isinstance(form, PersonForm):
            [(name, value)] = form.cleaned_data.items()
            return actions.ask_for_person_change(
                registration_id=registration.pk, name=name, value=str(value), reason=reason
            )
        [question] = form.questions
        files = form.changed_files()
        if question.kind == Question.Kind.FILE and not files:
            raise actions.Refused(_("Choose the file that should take the place of this one."))
        return actions.ask_for_change(
            registration_id=registration.pk,
            question=question,
            value=form.answers().get(question.key),
            checked=files.get(question),
            reason=reason,
        )

    def _find(self, registration: Registration, key: str) -> FrozenAnswer:
        """The frozen answer a change of which can be asked for; raises Http404, which says nothing about what there is."""
        questions = list(Question.objects.ever_asked_in(registration.category).for_guests())
        self.answering = Answering(
            registration,
            questions,
            Upload.objects.of_registration(registration),
            now=timezone.now(),
            second_form=SecondForm.objects.filter(event=registration.event_id).first(),
            wordings=wordings_of(registration, questions),
        )
        frozen = [*self.answering.frozen_answers(questions), *frozen_person(registration)]
        found = next((one for one in frozen if one.may_ask and one.question.key == key), None)
        if found is None:
            raise Http404
        return found

    def _form(
        self, registration: Registration, found: FrozenAnswer, request: HttpRequest | None = None
    ) -> QuestionsForm | PersonForm:
        data, files = (request.POST, request.FILES) if request else (None, None)
        question = found.question
        if isinstance(question, PersonField):
            known = {name: str(getattr(registration, name)) for name in PERSON}
            return PersonForm(data, initial=known, with_email=False).only([person_name(question.key)])
        return self.answering.form_of_frozen(question, data, files, too_large=self.limit.too_large)

    def _page(
        self,
        request: HttpRequest,
        registration: Registration,
        token: str,
        found: FrozenAnswer,
        form: QuestionsForm | PersonForm | None,
        reason: ReasonForm | None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "registration": registration,
            "event": registration.event,
            "token": token,
            "found": found,
            "form": form,
            "reason": reason,
            "errors": bool((form and form.errors) or (reason and reason.errors)),
        }
        return render(request, "registration/ask_change.html", context, status=status)


@private
@require_POST
def take_back(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """No change after all; doing it twice changes nothing."""
    registration = read_guest_link(token)
    actions.take_back_change(registration_id=registration.pk, key=key)
    return HttpResponseRedirect(reverse("registration:my", args=[token]))
