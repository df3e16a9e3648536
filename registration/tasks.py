"""Background work of registration: what time alone brings about, and comparisons nobody should wait for."""

from uuid import UUID

from django_tasks import task

from registration import gateway
from registration.actions import (
    clear_drafts,
    expire_offers,
    expire_unconfirmed,
    fill_from_reserve,
    mailings,
    offer_free_places,
    reminders,
)
from registration.actions.card_payments import ask_about_pages
from registration.actions.delegations import remind_due, send_digests
from registration.actions.dunning import heed_overdue, remind
from registration.actions.ended_orders import end_of_cancelled_events
from registration.actions.erasing import erase_due, erase_left_over
from registration.actions.flags import check_by_id, check_pending
from registration.actions.forgetting import finish_granted
from registration.actions.invitations import forget_guest_lists, send_reminders
from registration.actions.payouts import read_payouts
from registration.actions.refunds import ask_again
from registration.actions.routes import refresh_category
from registration.actions.scanning import scan_again
from registration.actions.watch_list import compare_uncompared, forget_watch_lists
from registration.models import Category


@task()
def tidy_registrations() -> int:
    """Lapse what was never confirmed and forget old drafts; answers how many of both."""
    return expire_unconfirmed() + clear_drafts()


@task()
def run_waiting_lists() -> int:
    """Take back offers nobody accepted in time, and offer what is free; answers how many of both."""
    return expire_offers() + fill_from_reserve() + offer_free_places()


@task()
def settle_payments() -> int:
    """Ask Stripe what no event told, end what a cancelled event asked, remind, heed what is overdue; answers how much."""
    asked = ask_about_pages() + ask_again() + read_payouts() if gateway.is_configured() else 0
    return asked + end_of_cancelled_events() + remind() + heed_overdue()


@task()
def check_registration(registration_id: str) -> bool:
    """Compare one registration with others and with the watch list."""
    return check_by_id(UUID(registration_id))


@task()
def check_registrations() -> int:
    """The same for those whose job was lost."""
    return check_pending()


@task()
def compare_watch_list() -> int:
    """Compare new entries of the watch list with everybody registered, and forget previews nobody confirmed."""
    return compare_uncompared() + forget_watch_lists()


@task()
def follow_route(category_id: int) -> int:
    """Let registrations under review follow a route that has changed; answers how many."""
    category = Category.objects.filter(pk=category_id).first()
    return refresh_category(category) if category else 0


@task()
def remind_invited() -> int:
    """Remind invited guests before their last day, and forget lists nobody confirmed; answers how many of both."""
    return send_reminders() + forget_guest_lists()


@task()
def erase_personal_data() -> int:
    """Erase what the rules of retention say, and finish what was cut short; answers how much of both."""
    return finish_granted() + len(erase_due()) + erase_left_over()


@task()
def scan_files_again() -> int:
    """Show files that the scanner for malware has not seen to it; answers how many have a verdict now."""
    return scan_again()


@task()
def run_mailing(mailing_id: str) -> None:
    """Send a mailing, piece by piece."""
    mailings.run_mailing(UUID(mailing_id))


@task()
def tend_mailings() -> int:
    """Begin what was scheduled, go on with what was left; answers how many mailings."""
    return mailings.tend_mailings()


@task()
def remind_guests() -> int:
    """Write the reminders that are due; answers how many messages."""
    return reminders.send_reminders()


@task()
def tell_delegations() -> int:
    """Remind focal points of a deadline and tell them what was decided; answers how many mails of both."""
    return remind_due() + send_digests()
