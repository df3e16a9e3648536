"""Background work of check-in."""

from uuid import UUID

from django.contrib.auth.models import User
from django_tasks import task

from checkin.actions import printing
from checkin.actions.certificates import issue_to_all
from plenary.core.actions import Actor
from plenary.events.models import Event


@task()
def issue_all_certificates(event_id: int, user_id: int) -> int:
    """Certificates for everybody who attended an event; answers how many were issued."""
    event = Event.objects.filter(pk=event_id).first()
    user = User.objects.filter(pk=user_id).first()
    return issue_to_all(event, by=Actor.staff(user)) if event and user else 0


@task()
def print_run(run_id: str) -> None:
    """Print many badges, file by file."""
    printing.print_files(UUID(run_id))


@task()
def tend_printing() -> int:
    """Go on with badges that a dead worker left, remove files that are a day old; answers how many of both."""
    return printing.tend_printing()
