"""The form that opens after approval, as it stands for one registration. Reads, writes nothing."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registration.answering import SecondFormPages
from registration.guest_tasks import GuestTask, Progress
from registration.models import Question, Registration, SecondForm, Upload
from registration.review import wordings_of
from registration.rules import State


def second_form_of(registration: Registration) -> SecondFormPages | None:
    """The form with what was answered so far; None where nothing is asked after approval. At most four statements."""
    questions = list(Question.objects.asked_after_approval(registration.category))
    if not questions:
        return None
    return SecondFormPages(
        registration,
        questions,
        Upload.objects.of_registration(registration),
        now=timezone.now(),
        second_form=SecondForm.objects.filter(event=registration.event_id).first(),
        wordings=wordings_of(registration, questions),
    )


def second_form_task(registration: Registration, token: str) -> GuestTask | None:
    """The task on the guest's page."""
    if registration.state != State.APPROVED:
        return None
    form = second_form_of(registration)
    if form is None:
        return None
    if form.is_complete:
        progress, text = Progress.DONE, _("You can change your answers as long as the form is open.")
        if form.is_frozen:
            text = _("The form is closed. You can still read your answers and ask for a change.")
    elif form.is_frozen:
        progress, text = Progress.WAITING, _("The form is closed. Write to the organiser about what is missing.")
    else:
        progress, text = Progress.OPEN, _("The organiser needs these answers to prepare your stay.")
    return GuestTask(
        name="second-form",
        title=form.title(),
        progress=progress,
        text=text,
        url=reverse("registration:second_form", args=[token]),
        due=form.due,
    )
