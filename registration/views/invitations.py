"""The reply page of an invitation behind its signed link: accept, decline, send somebody else, bring companions."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from registration import wording
from registration.actions.invitation_replies import (
    accept_invitation,
    bring_companion,
    decline_invitation,
    read_invitation_link,
    send_substitute,
)
from registration.actions.transitions import Refused
from registration.emails import guest_token
from registration.forms import QuestionsForm
from registration.forms.invitations import CompanionForm, DeclineForm, SubstituteForm
from registration.models import Invitation, Letter
from registration.replying import companion_questions, standing_of
from registration.views.letters import pdf_response
from registration.views.own_page import GuestFormView
from registration.views.pages import private
from registration.views.workspace import sent_origin


@private
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the guest is invited to, and the possible answers; the button accepts and opens the registration."""
    found = read_invitation_link(token)
    if request.method != "POST":
        return _page(request, found, token)
    try:
        draft = accept_invitation(invitation_id=found.pk, language=get_language() or "en")
    except Refused as refusal:
        return _page(request, found, token, status=409, refusal=str(refusal))
    return HttpResponseRedirect(reverse("registration:step", args=[found.event.slug, draft.pk, "you"]))


def _page(request: HttpRequest, found: Invitation, token: str, *, status: int = 200, refusal: str = "") -> HttpResponse:
    if refusal:
        found = Invitation.objects.with_event().get(pk=found.pk)
    standing = standing_of(found)
    registration = standing.registration
    context = {
        "invitation": found,
        "event": found.event,
        "category": found.category,
        "token": token,
        "refusal": refusal,
        "standing": standing,
        "letter": Letter.objects.valid().filter(invitation=found).first(),
        "dates": wording.event_dates(found.event),
        "place": wording.event_place(found.event),
        "own_page": reverse("registration:my", args=[guest_token(registration)])
        if standing.is_own and registration
        else "",
        "companions": [{"registration": one, "token": guest_token(one)} for one in standing.companions],
    }
    return render(request, "registration/invitation.html", context, status=status)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Decline, with a word."""
    found = read_invitation_link(token)
    if request.method != "POST" and not standing_of(found).may_decline:
        return HttpResponseRedirect(reverse("registration:invitation", args=[token]))
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decline_invitation(invitation_id=found.pk, text=form.cleaned_data["text"])
        except Refused as refusal:
            return _page(request, found, token, status=409, refusal=str(refusal))
        return HttpResponseRedirect(reverse("registration:invitation", args=[token]))
    return _form(request, found, token, form, "decline")


@private
@require_http_methods(["GET", "HEAD", "POST"])
def substitute(request: HttpRequest, token: str) -> HttpResponse:
    """Name somebody to come instead."""
    found = read_invitation_link(token)
    if request.method != "POST" and not standing_of(found).may_substitute:
        return HttpResponseRedirect(reverse("registration:invitation", args=[token]))
    form = SubstituteForm(request.POST or None, initial={"language": found.language})
    if request.method == "POST" and form.is_valid():
        particulars = form.particulars()
        try:
            send_substitute(invitation_id=found.pk, particulars=particulars, language=form.chosen_language)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return _form(request, found, token, form, "substitute", status=409)
        return HttpResponseRedirect(reverse("registration:invitation", args=[token]))
    return _form(request, found, token, form, "substitute")


@method_decorator([private, csrf_exempt], name="dispatch")
class CompanionView(GuestFormView):
    """Add somebody who comes along, with what their category asks."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = read_invitation_link(token)
        if not standing_of(found).may_bring:
            return HttpResponseRedirect(reverse("registration:invitation", args=[token]))
        nationality = str(found.nationality)  # as a rule a family has one
        person = CompanionForm(initial={"nationality": nationality})
        return self._page(request, found, token, person, companion_questions(found, nationality), origin=uuid4())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found, origin = read_invitation_link(token), sent_origin(request)
        person = CompanionForm(request.POST)
        questions = companion_questions(
            found,
            request.POST.get("nationality", ""),
            request.POST,
            request.FILES,
            too_large=self.limit.too_large,
        )
        if not all([person.is_valid(), questions.is_valid()]):
            return self._page(request, found, token, person, questions, origin=origin)
        try:
            bring_companion(
                invitation_id=found.pk,
                particulars=person.particulars(),
                language=get_language() or found.language,
                answers=questions.answers(),
                versions=questions.versions(),
                files=questions.changed_files(),
                origin=origin,
            )
        except Refused as refusal:
            person.add_error(None, str(refusal))
            return self._page(request, found, token, person, questions, origin=origin, status=409)
        return HttpResponseRedirect(reverse("registration:invitation", args=[token]))

    def _page(
        self,
        request: HttpRequest,
        found: Invitation,
        token: str,
        person: CompanionForm,
        questions: QuestionsForm,
        *,
        origin: UUID,
        status: int = 200,
    ) -> HttpResponse:
        more = {"questions": questions, "origin": origin}
        return _form(request, found, token, person, "companion", status=status, **more)


def _form(
    request: HttpRequest, found: Invitation, token: str, form: Any, kind: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"invitation": found, "event": found.event, "token": token, "form": form, "kind": kind, **more}
    return render(request, "registration/invitation_form.html", context, status=status)


@private
@require_safe
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """The formal letter, once more."""
    found = read_invitation_link(token)
    return pdf_response(get_object_or_404(Letter.objects.valid().with_subject(), invitation=found))
