"""What a guest still has to do, as one list on the own page: each subject adds its own task. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.utils.module_loading import import_string

from registration.models import Registration


class Progress(Enum):
    """How far a task is: open ones come first on the page, done ones last."""

    OPEN = "open"
    WAITING = "waiting"  # the guest has done everything; somebody else acts
    DONE = "done"


@dataclass(frozen=True)
class GuestTask:
    """One line of the list: what it is, how far it is, where it is done, until when."""

    name: str  # in Latin letters: the page's anchor
    title: str
    progress: Progress
    text: str = ""
    url: str = ""
    due: datetime | None = None


Finder = Callable[[Registration, str], GuestTask | None]  # given the registration and the token of its page
# Named, not imported: each finder's module makes tasks of the classes above.
FINDERS: Sequence[str] = (
    "registration.identity.document_task",
    "registration.identity.portrait_task",
    "registration.identity.letter_task",
    "registration.waiting.offer_task",
    "registration.paying.payment_task",
    "registration.second_form.second_form_task",
    "registration.letter_tasks.visa_letter_task",
    "registration.letter_tasks.attendance_task",
    "registration.issue_tasks.answer_about_issue",
)


def tasks_of(registration: Registration, token: str) -> list[GuestTask]:
    """All tasks of one guest in the order they are to be done, those that are open first."""
    found = [task for find in FINDERS if (task := import_string(find)(registration, token))]
    order = list(Progress)
    return sorted(found, key=lambda task: order.index(task.progress))
