"""The form after approval on the guest's own page: what there is to fill in, and one part of it at a time."""

from __future__ import annotations

import json
from typing import Any

from django.forms import MultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from registration import actions
from registration.actions.guests import read_guest_link
from registration.answering import SecondFormPages
from registration.forms import QuestionsForm
from registration.forms.fields import ConsentField
from registration.forms.steps import kept_values, typed_values
from registration.models import ChangeRequest, MemberDraft, Registration, Upload
from registration.rules import State
from registration.second_form import second_form_of
from registration.views.own_page import GuestFormView, own_page, version_seen
from registration.views.pages import private


def _open_form(registration: Registration) -> SecondFormPages:
    form = second_form_of(registration)
    if form is None or not form.parts:
        raise Http404
    return form


@private
@require_GET
def overview(request: HttpRequest, token: str) -> HttpResponse:
    """The parts of the form with what was answered, what is missing, and until when."""
    registration = read_guest_link(token)
    if registration.state != State.APPROVED:
        return HttpResponseRedirect(reverse("registration:my", args=[token]))
    form = _open_form(registration)
    parts = form.overview()
    context = {
        "registration": registration,
        "event": registration.event,
        "token": token,
        "form": form,
        "intro": form.second_form.intro if form.second_form else None,
        "parts": parts,
        "next_part": next((part["name"] for part in parts if part["open"] and not part["done"]), None),
        "pending": pending_keys(registration),
    }
    return render(request, "registration/second_form.html", context)


def _typed(registration: Registration) -> dict[str, dict[str, list[str]]]:
    """What was typed into each part and is not saved yet."""
    draft = MemberDraft.objects.filter(member=registration).first()
    found: dict[str, dict[str, list[str]]] = json.loads(draft.content) if draft and draft.content else {}
    return found


def pending_keys(registration: Registration) -> set[str]:
    """The fields a change of which waits for an officer."""
    waiting = ChangeRequest.objects.pending().filter(registration=registration)
    return set(waiting.values_list("key", flat=True))


@method_decorator([private, csrf_exempt], name="dispatch")
class PartView(GuestFormView):
    """One part: its open questions as a form, its frozen ones to read."""

    def get(self, request: HttpRequest, token: str, part: str) -> HttpResponse:
        registration = read_guest_link(token)
        if registration.state != State.APPROVED:
            return HttpResponseRedirect(reverse("registration:my", args=[token]))
        form = _open_form(registration)
        if part not in form.parts:
            return HttpResponseRedirect(reverse("registration:second_form", args=[token]))
        asked = form.form(form.parts[part])
        if typed := _typed(registration).get(part):
            # A box that was unticked was not sent at all: what is missing was emptied.
            boxes: dict[str, Any] = {
                name: False for name, field in asked.fields.items() if isinstance(field, ConsentField)
            }
            boxes |= {name: [] for name, field in asked.fields.items() if isinstance(field, MultipleChoiceField)}
            asked.initial.update(boxes | kept_values(asked, typed))
        return self._page(request, token, form, part, asked, kept=bool(typed))

    def post(self, request: HttpRequest, token: str, part: str) -> HttpResponse:
        registration = read_guest_link(token)
        if registration.state != State.APPROVED:
            return own_page(request, registration, token, status=409)
        pages = _open_form(registration)
        if part not in pages.parts:  # staff took it away meanwhile: on with what there is
            return HttpResponseRedirect(reverse("registration:second_form", args=[token]))
        form = pages.form(pages.parts[part], request.POST, request.FILES, too_large=self.limit.too_large)
        typed = typed_values(form, request.POST)
        if request.POST.get("go") == "save":  # the script saves while one types
            actions.save_second_form_draft(registration=registration, part=part, typed=typed)
            return HttpResponse(status=204)
        if not form.is_valid():
            actions.save_second_form_draft(registration=registration, part=part, typed=typed)
            self._keep_files(pages, form, version_seen(request))
            return self._page(request, token, pages, part, form)
        try:
            actions.save_second_form_answers(
                registration_id=registration.pk,
                scope=[question for question in pages.parts[part] if question in pages.open],
                answers=form.answers(),
                versions=form.versions(),
                files=form.changed_files(),
                expected_version=version_seen(request),
                part=part,
            )
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(request, token, pages, part, form, status=409)
        return HttpResponseRedirect(self._next(token, part))

    def _keep_files(self, pages: SecondFormPages, form: QuestionsForm, version: int | None) -> None:
        """Store what was sent and is good, although another answer is wrong: nobody should choose a file twice."""
        files = {question: checked for question, checked in form.changed_files().items() if checked is not None}
        if not files:
            return
        try:
            registration = actions.save_second_form_answers(
                registration_id=pages.registration.pk,
                scope=[],
                answers={},
                versions={},
                files=files,
                expected_version=version,
            )
        except actions.Refused:
            return  # the answers have changed elsewhere: the form says so once the rest is right
        pages.registration.version = registration.version
        for upload in Upload.objects.of_registration(registration):
            if upload.question in files:
                form.show_as_stored(upload.question, upload)

    def _next(self, token: str, part: str) -> str:
        """The following part as it is after saving, or the overview behind the last one."""
        pages = _open_form(read_guest_link(token))
        following = pages.after(part) if part in pages.parts else None
        if following and any(question in pages.open for question in pages.parts[following]):
            return reverse("registration:second_form_part", args=[token, following])
        return reverse("registration:second_form", args=[token])

    def _page(
        self,
        request: HttpRequest,
        token: str,
        pages: SecondFormPages,
        part: str,
        form: Any,
        *,
        status: int = 200,
        kept: bool = False,
    ) -> HttpResponse:
        names = list(pages.parts)
        context = {
            "registration": pages.registration,
            "event": pages.registration.event,
            "token": token,
            "pages": pages,
            "part": part,
            "section": pages.section(part),
            "title": pages.part_title(part),
            "form": form,
            "frozen": pages.frozen_answers(pages.parts[part]),
            "pending": pending_keys(pages.registration),
            "is_last": names[-1] == part,
            "kept": kept,
            "progress": [
                {
                    "name": name,
                    "title": pages.part_title(name),
                    "is_current": name == part,
                    "is_done": pages.is_part_done(name),
                }
                for name in names
            ],
        }
        return render(request, "registration/second_form_part.html", context, status=status)
