"""Panels of the dossier about questions: what the guest asks to have changed, and fields that staff fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from registration.actions import Refused, fill_staff_answers
from registration.facts import facts_of
from registration.forms import QuestionsForm
from registration.models import Question, Registration
from registration.permissions import IDENTITY, may_see, sight_of, visible_to
from registration.review import answer_rows, wordings_of
from registration.viewsets.changes import DECIDE, compared, visible_requests
from registration.viewsets.panels import DossierPanel

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FILL = "registration.fill_staff_answers"


def changes_panel(registration: Registration, user: User) -> DossierPanel | None:
    """What waits for an officer; nothing where nothing does."""
    waiting = list(visible_requests(user).pending().filter(registration=registration))
    if not waiting:
        return None
    return DossierPanel(
        name="changes",
        heading=_("The guest asks for a change"),
        template="vetting/panel_changes.html",
        context={
            "lines": compared(registration, waiting),
            "url": reverse("changes:decide", args=[registration.pk]),
            "may_decide": user.has_perm(DECIDE),
        },
    )


def _staff_form(registration: Registration, user: User, data: Any = None) -> QuestionsForm:
    mine = Question.objects.ever_asked_in(registration.category).for_staff().readable_by(user)
    questions = mine.exclude(kind__in=sight_of(user).hidden_kinds)
    return QuestionsForm(
        questions,
        data,
        facts=registration.answer_data | facts_of(registration),
        initial=dict(registration.staff_answer_data),
        wordings=wordings_of(registration, questions),
    )


def staff_panel(registration: Registration, user: User) -> DossierPanel | None:
    """Fields of staff: to fill in by permission, else to read; none for whoever may not see identities."""
    if not user.has_perm(IDENTITY):
        return None
    form = _staff_form(registration, user)
    if not form.questions:
        return None
    may_fill = user.has_perm(FILL)
    return DossierPanel(
        name="staff-answers",
        heading=_("Filled in by staff"),
        template="vetting/panel_staff_answers.html",
        context={
            "form": form if may_fill else None,
            "rows": answer_rows(form.questions, registration.staff_answer_data, {}),
            "url": reverse("vetting:staff_answers", args=[registration.pk]),
        },
    )


@require_POST
def save_staff_answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the fields of staff; what is wrong is told on the dossier."""
    user = signed_in(request)
    registration = get_object_or_404(visible_to(user).select_related("event__venue", "category__event"), pk=pk)
    if not (user.has_perm(FILL) and user.has_perm(IDENTITY) and may_see(user, registration)):
        raise PermissionDenied
    form = _staff_form(registration, user, request.POST)
    back = HttpResponseRedirect(f"{reverse('vetting:dossier', args=[registration.pk])}#staff-answers")
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return back
    try:
        fill_staff_answers(
            registration_id=registration.pk,
            scope=form.questions,
            answers=form.answers(),
            versions=form.versions(),
            by=Actor.staff(user),
            expected=registration.staff_answer_data,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back
    messages.success(request, _("Saved."))
    return back
