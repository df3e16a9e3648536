"""Payment by card: a guest's visit to Stripe's payment page, begun once however often the button is pressed, and what
became of it. What Stripe's events and our own asking say goes through the same verb; the way back to our site decides nothing."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, SYSTEM, Actor, record_history
from registration import gateway
from registration.actions.orders import PaymentRefused, lock_order, needs_open
from registration.actions.payments import book
from registration.models import Order, Payment, PaymentAttempt
from registration.rules.payments import AttemptState, Method

logger = logging.getLogger(__name__)
STRIPE = Actor("Stripe")
PAGE_LASTS = timedelta(hours=1)  # Stripe keeps a page for thirty minutes at least
ASK_AFTER = timedelta(minutes=10)  # an event should have come by then
_PENDING = (AttemptState.NEW, AttemptState.OPEN)


class TryAgain(Exception):
    """Stripe gave no answer; nothing has been charged, and trying again cannot charge twice."""


def start_card_payment(*, order_id: UUID, return_to: str) -> str:
    """The address of Stripe's page for what is outstanding; pressed twice, it is the same page.

    Raises PaymentRefused where nothing is due or no cards are taken, TryAgain where Stripe does not answer.
    """
    if not gateway.is_configured():
        raise PaymentRefused(_("Payment by card is not available here."))
    attempt = _begin(order_id, return_to)
    if attempt.url:
        return attempt.url
    order = Order.objects.select_related("registration", "event").get(pk=order_id)
    try:
        session = gateway.open_session(
            key=str(attempt.pk),
            lines=[(f"{order.event.name} · {order.reference}", attempt.amount)],
            reference=order.reference,
            email=order.registration.email,
            success_url=f"{attempt.return_to}?from=card",
            cancel_url=attempt.return_to,
            expires_at=attempt.expires_at,
        )
    except gateway.Unavailable as error:
        logger.warning("payment page of attempt %s: no answer from Stripe (%s)", attempt.pk, error)
        raise TryAgain from error
    except gateway.Rejected as error:
        logger.error("payment page of attempt %s: refused by Stripe (%s)", attempt.pk, error.code)
        PaymentAttempt.objects.filter(pk=attempt.pk, state=AttemptState.NEW).update(state=AttemptState.FAILED)
        raise TryAgain from error
    opened = PaymentAttempt.objects.filter(pk=attempt.pk, state=AttemptState.NEW)
    opened.update(state=AttemptState.OPEN, session_id=session.id, url=session.url)
    return session.url


@transaction.atomic
def _begin(order_id: UUID, return_to: str) -> PaymentAttempt:
    order = lock_order(order_id)
    needs_open(order)
    now, due = timezone.now(), order.outstanding
    pending = PaymentAttempt.objects.select_for_update().filter(order=order, state__in=_PENDING).first()
    if pending is not None:
        # A page nobody knows the address of is asked for again with the same key, and is the same page.
        if pending.expires_at > now + timedelta(minutes=1) and pending.amount == due:
            return pending
        if pending.state == AttemptState.OPEN and pending.expires_at > now:
            raise PaymentRefused(
                _("A payment page is open for another amount. Finish it, or wait until it closes within the hour.")
            )
        pending.state = AttemptState.EXPIRED
        pending.save(update_fields=["state"])
    attempt = PaymentAttempt.objects.create(
        order=order,
        amount_minor=due.minor,
        currency=due.currency,
        language=get_language() or "en",
        return_to=return_to,
        expires_at=(now + PAGE_LASTS).replace(microsecond=0),
    )
    record_history(order, verb="card_page", by=GUEST, event=order.event, data={"amount": due.plain()})
    return attempt


def settle_session(session: gateway.Session, *, at: datetime | None = None) -> str:
    """Book what a payment page brought, once, whoever tells of it. Answers what came of it, for the log of events.

    The caller holds a transaction. The amount is Stripe's, never the browser's: where it is not the one we asked for,
    the money is kept, the order stays open and staff are shown both.
    """
    attempt = _attempt_of(session)
    if attempt is None:
        return "unknown_session"
    if session.status == "expired":
        PaymentAttempt.objects.filter(pk=attempt.pk, state__in=_PENDING).update(state=AttemptState.EXPIRED)
        return "page_expired"
    if session.payment_status != "paid" or session.amount is None:
        return "not_paid_yet"
    order = lock_order(attempt.order_id)
    if Payment.objects.filter(method=Method.STRIPE, reference=session.intent).exists():
        return "known"
    if session.amount.currency != order.currency:
        data = {"wanted": attempt.amount.plain(), "came": session.amount.plain()}
        record_history(order, verb="payment_mismatch", by=STRIPE, event=order.event, data=data)
        return "mismatch"
    matches = session.amount == attempt.amount
    try:
        with transaction.atomic():
            book(
                order,
                method=Method.STRIPE,
                amount=session.amount,
                by=STRIPE,
                reference=session.intent or session.id,
                received_at=at,
                attempt=attempt,
                flag=Payment.Flag.NONE if matches else Payment.Flag.MISMATCH,
            )
    except (PaymentRefused, IntegrityError):
        return "known"
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=AttemptState.PAID, session_id=session.id)
    return "booked" if matches else "mismatch"


def _attempt_of(session: gateway.Session) -> PaymentAttempt | None:
    by_session = PaymentAttempt.objects.filter(session_id=session.id).first()
    if by_session is not None or not session.attempt:
        return by_session
    try:
        return PaymentAttempt.objects.filter(pk=UUID(session.attempt)).first()
    except ValueError:
        return None


def ask_about_pages(*, limit: int = 100) -> int:
    """Ask Stripe about pages whose event never came, and close those of orders that need no money; answers how many."""
    from registration.actions.card_events import apply_waiting

    old = PaymentAttempt.objects.filter(state__in=_PENDING, created_at__lt=timezone.now() - ASK_AFTER)
    asked = 0
    for attempt in old.select_related("order").order_by("created_at")[:limit]:
        asked += 1
        if not attempt.session_id:
            if attempt.expires_at < timezone.now():  # nobody ever had its address
                PaymentAttempt.objects.filter(pk=attempt.pk, state=AttemptState.NEW).update(state=AttemptState.EXPIRED)
            continue
        try:
            if attempt.order.state != "open":
                gateway.close_session(attempt.session_id)
            session = gateway.read_session(attempt.session_id)
        except gateway.Unavailable:
            break
        except gateway.Rejected as error:
            logger.error("attempt %s: Stripe knows no such page (%s)", attempt.pk, error.code)
            continue
        with transaction.atomic():
            outcome = settle_session(session)
            if outcome == "booked":
                record_history(attempt.order, verb="found_by_asking", by=SYSTEM, event=attempt.order.event)
                apply_waiting(session.intent)
    return asked
