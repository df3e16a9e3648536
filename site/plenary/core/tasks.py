"""Background work of the core: emptying the outbox."""

from django_tasks import task

from plenary.core import outbox


@task()
def deliver_outbox() -> int:
    """Send what is due now; answers how many were sent."""
    return outbox.deliver_due()
