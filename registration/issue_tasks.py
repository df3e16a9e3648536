"""What a guest has to do about a problem: answer, where staff has asked something."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from registration.guest_tasks import GuestTask, Progress
from registration.models import Issue, Registration
from registration.rules.issues import IssueState


def answer_about_issue(registration: Registration, token: str) -> GuestTask | None:
    """Only while staff waits for the guest; how a problem stands otherwise is told further down the page."""
    issue = Issue.objects.of_guest(registration).filter(state=IssueState.WAITING).first()
    if issue is None:
        return None
    return GuestTask(
        name="problem",
        title=_("Answer about problem %(number)s") % {"number": issue.number},
        progress=Progress.OPEN,
        text=issue.subject,
        url=reverse("registration:issue", args=[token, issue.pk]) if token else "",
    )
