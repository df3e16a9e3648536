"""Reminders: on their day, to each guest once, and seen beforehand by whoever switches them on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plenary.core.actions import Actor
from plenary.core.models import Message
from plenary.events.rules import ApprovalState
from registration.actions.mailings import MailingRefused
from registration.actions.payments import pay_at_desk
from registration.actions.reminders import due_readers, remove_reminder, save_reminder, send_reminders
from registration.models import SecondForm
from registration.rules import State
from registration.rules.mailings import Anchor, Audience, LeftOut, is_due
from tests.factories.communication import ReminderFactory
from tests.factories.events import EventFactory
from tests.factories.payments import owing
from tests.factories.registration import CategoryFactory, RegistrationFactory

OFFICE = Actor("Office")
database = pytest.mark.django_db
DAY = datetime(2030, 4, 30, 9, tzinfo=UTC)  # two weeks before the factories' events


@pytest.mark.parametrize(
    ("days", "today", "due"),
    [
        (-14, date(2030, 4, 29), False),
        (-14, date(2030, 4, 30), True),
        (-14, date(2030, 5, 3), True),  # the worker stood still for a long weekend
        (-14, date(2030, 5, 4), False),  # too late to be of use, and a rule switched on late floods nobody
        (0, date(2030, 5, 14), True),
        (2, date(2030, 5, 16), True),
        (2, date(2030, 5, 15), False),
    ],
)
def test_a_reminder_is_due_on_its_day_and_shortly_after(days, today, due):
    assert is_due(counted_from=date(2030, 5, 14), days=days, today=today) == due


def test_without_a_date_to_count_from_nothing_is_due():
    assert not is_due(counted_from=None, days=-1, today=date(2030, 5, 1))


@database
def test_each_guest_gets_it_once_however_often_the_clock_strikes():
    reminder = ReminderFactory()
    category = CategoryFactory(event=reminder.event)
    first = RegistrationFactory(category=category)
    assert send_reminders(DAY - timedelta(days=1)) == 0
    assert send_reminders(DAY) == 1
    assert send_reminders(DAY + timedelta(hours=1)) == 0
    late = RegistrationFactory(category=category)
    assert send_reminders(DAY + timedelta(days=1)) == 1
    assert send_reminders(DAY + timedelta(days=1)) == 0
    assert Message.objects.of(first).count() == Message.objects.of(late).count() == 1


@database
def test_the_day_is_that_of_the_event_and_not_of_the_server():
    event = EventFactory(time_zone="Pacific/Auckland")
    ReminderFactory(event=event)
    RegistrationFactory(category=CategoryFactory(event=event))
    evening_before = datetime(2030, 4, 29, 13, tzinfo=UTC)  # in Auckland it is the next morning
    assert send_reminders(evening_before) == 1


@database
def test_a_look_beforehand_shows_the_same_people_and_sends_nothing():
    reminder = ReminderFactory(active=False)
    category = CategoryFactory(event=reminder.event)
    guest = RegistrationFactory(category=category)
    RegistrationFactory(category=category, state="unconfirmed")
    shown = list(due_readers(reminder, now=DAY))
    assert {(reader.registration == guest, reader.left_out) for reader in shown} == {
        (True, None),
        (False, LeftOut.UNCONFIRMED),
    }
    assert send_reminders(DAY) == 0
    assert not Message.objects.exists()


@database
@pytest.mark.parametrize("anchor", [Anchor.SIGNED_UP, Anchor.CLOSING, Anchor.CHANGED])
def test_days_can_count_from_each_guests_own_dates(anchor):
    event = EventFactory()
    category = CategoryFactory(event=event, closes_at=DAY - timedelta(days=3))
    guest = RegistrationFactory(category=category, created_at=DAY - timedelta(days=3))
    type(guest).objects.update(changed_at=DAY - timedelta(days=3))
    other = CategoryFactory(event=event)
    stranger = RegistrationFactory(category=other, created_at=DAY - timedelta(days=30))
    type(guest).objects.filter(pk=stranger.pk).update(changed_at=DAY - timedelta(days=30))
    ReminderFactory(event=event, anchor=anchor, days=3)
    assert send_reminders(DAY) == 1
    assert Message.objects.get().subject_id == str(guest.pk)


@database
def test_days_can_count_from_the_day_a_payment_is_due(statements_of):
    orders = [owing(category=CategoryFactory()) for _n in range(1)]
    event = orders[0].event
    orders += [owing(category=orders[0].registration.category) for _n in range(2)]
    for order, days in zip(orders, (2, 9, 2), strict=True):
        type(order).objects.filter(pk=order.pk).update(due_at=DAY + timedelta(days=days))
    pay_at_desk(order_id=orders[2].pk, amount=orders[2].total, by=OFFICE)
    reminder = ReminderFactory(event=event, anchor=Anchor.PAYMENT_DUE, days=-2)
    shown = list(due_readers(reminder, now=DAY))
    assert [reader.registration.pk for reader in shown] == [orders[0].registration_id]
    sent = Message.objects.count()
    assert send_reminders(DAY) == 1
    assert send_reminders(DAY) == 0
    assert Message.objects.count() == sent + 1
    one_due = statements_of(lambda: list(due_readers(reminder, now=DAY)))
    type(orders[1]).objects.filter(pk=orders[1].pk).update(due_at=DAY + timedelta(days=2))
    assert statements_of(lambda: list(due_readers(reminder, now=DAY))) <= one_due + 1  # the addresses that fail


@database
def test_days_can_count_from_the_day_the_form_after_approval_is_due():
    guest = RegistrationFactory(state=State.APPROVED)
    reminder = ReminderFactory(event=guest.event, anchor=Anchor.SECOND_FORM, days=-1)
    assert send_reminders(DAY) == 0
    form = SecondForm.objects.create(event=guest.event, title={"en": "Travel"}, due_at=DAY + timedelta(days=1))
    assert send_reminders(DAY - timedelta(days=1)) == 0
    assert send_reminders(DAY) == 1
    form.delete()
    assert not list(due_readers(reminder, now=DAY))


@database
def test_only_those_who_fit_when_it_is_sent_are_written_to():
    reminder = ReminderFactory(audience=Audience(conditions=("no-latin-name",)).as_stored())
    category = CategoryFactory(event=reminder.event)
    RegistrationFactory(category=category, latin_name="Amina")
    assert send_reminders(DAY) == 0


@database
@pytest.mark.parametrize("approval", [ApprovalState.DRAFT, ApprovalState.CANCELLED])
def test_nobody_is_written_to_about_an_event_that_is_not_in_force(approval):
    reminder = ReminderFactory(event=EventFactory(approval=approval))
    RegistrationFactory(category=CategoryFactory(event=reminder.event))
    assert send_reminders(DAY) == 0


@database
def test_a_rule_is_checked_when_it_is_kept_and_can_be_removed():
    reminder = ReminderFactory.build(event=EventFactory(), body={"en": "Dear {nmae}"})
    with pytest.raises(MailingRefused, match="Did you mean"):
        save_reminder(reminder, by=OFFICE)
    reminder.body = {"en": "Dear {name}"}
    save_reminder(reminder, by=OFFICE)
    remove_reminder(reminder, by=OFFICE)
    assert send_reminders(DAY) == 0
