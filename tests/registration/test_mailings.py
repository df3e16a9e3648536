"""Mailings: to each guest exactly once, whoever is killed and whoever presses stop; and who is left out is told."""

import threading
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.db.models import F
from django.utils import timezone

from plenary.core import outbox, sms
from plenary.core.actions import SYSTEM, Actor
from plenary.core.addresses import address_index
from plenary.core.models import FailingAddress, Message
from plenary.core.money import Money
from registration.actions import mailings
from registration.actions.mailings import (
    MailingRefused,
    cancel_mailing,
    run_mailing,
    save_mailing,
    schedule_mailing,
    start_mailing,
    stop_mailing,
    take_back_mailing,
    tend_mailings,
    write_piece,
)
from registration.actions.payments import pay_at_desk
from registration.actions.texting import agree_to_texts, withdraw_from_texts
from registration.audiences import CONDITIONS, all_readers, in_words
from registration.models import Mailing, Registration
from registration.rules import State
from registration.rules.mailings import STEPS, Audience, LeftOut, MailingState, mailing_may_become
from registration.viewsets.mailings import progress_of
from tests.factories.communication import MailingFactory
from tests.factories.delegations import DelegationFactory, MemberFactory
from tests.factories.payments import owing
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
OFFICE = Actor("Office")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 2)
    monkeypatch.setattr(mailings, "BACKLOG", 4)


@pytest.fixture
def category():
    return CategoryFactory()


def guests(category, number, **facts):
    return [RegistrationFactory(category=category, **facts) for _n in range(number)]


def started(category, **facts) -> Mailing:
    mailing = MailingFactory(event=category.event, **facts)
    return start_mailing(mailing, by=OFFICE)


def sent_to(mailing) -> list[str]:
    return sorted(message.subject_id for message in Message.objects.filter(batch=mailing.pk, state="sent"))


def test_every_guest_gets_it_once_in_the_own_language_with_fallback(category):
    french, russian = guests(category, 1, language="fr")[0], guests(category, 1, language="ru")[0]
    mailing = started(category, body={"en": "Dear {name},\n\nHello.", "fr": "Chère {name},\n\nBonjour."})
    run_mailing(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.written, mailing.expected) == (MailingState.DONE, 2, 2)
    assert len(django_mail.outbox) == 2
    to_french, to_russian = (Message.objects.of(guest).get() for guest in (french, russian))
    assert "Bonjour" in to_french.text
    assert f"Chère {french.name}," in to_french.text
    assert (to_french.language, to_russian.language) == ("fr", "ru")
    assert "Hello" in to_russian.text
    assert 'lang="en"' in to_russian.html  # it says which language it is in
    assert "/ru/my/" in to_russian.text  # the page behind the link is the reader's


def test_stopped_half_way_no_more_leaves_and_resumed_nobody_gets_it_twice(category):
    guests(category, 7)
    mailing = started(category)
    assert write_piece(mailing.pk)
    outbox.deliver_due()
    assert write_piece(mailing.pk)  # two are written and have not left
    assert stop_mailing(mailing, by=OFFICE) == 2
    assert not write_piece(mailing.pk)
    run_mailing(mailing.pk)
    assert tend_mailings() == 0
    assert outbox.deliver_due() == 0
    assert len(sent_to(mailing)) == 2
    start_mailing(mailing, by=OFFICE)
    run_mailing(mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == MailingState.DONE
    assert sent_to(mailing) == sorted(str(pk) for pk in Registration.objects.values_list("pk", flat=True))
    assert len(django_mail.outbox) == 7


def test_a_message_in_hand_when_stop_is_pressed_is_not_tried_again(category, settings):
    guests(category, 1)
    mailing = started(category)
    write_piece(mailing.pk)
    settings.EMAIL_BACKEND = "tests.core.test_outbox.Down"
    message = Message.objects.get(batch=mailing.pk)
    assert outbox._claim(message.pk, timezone.now())
    stop_mailing(mailing, by=OFFICE)
    outbox._note_failure(message, ConnectionError())
    Message.objects.update(next_attempt_at=timezone.now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert outbox.deliver_due() == 0


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_another_goes_on(category, monkeypatch):
    guests(category, 5)
    mailing = started(category)
    write_piece(mailing.pk)
    real, calls = mailings.post_to_guest, iter(range(9))

    def killed(*args, **facts):
        if next(calls) == 1:
            raise SystemExit
        return real(*args, **facts)

    with monkeypatch.context() as patched:
        patched.setattr(mailings, "post_to_guest", killed)
        with pytest.raises(SystemExit):
            write_piece(mailing.pk)
    assert Message.objects.filter(batch=mailing.pk).count() == 2
    assert tend_mailings() == 0  # the dead worker's claim still stands
    Mailing.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert tend_mailings() == 1
    assert len(sent_to(mailing)) == 5
    assert len(set(sent_to(mailing))) == 5


def test_what_the_killed_worker_had_in_hand_is_counted_as_not_known_and_nobody_else_is_lost(category):
    guests(category, 5)
    mailing = started(category)
    write_piece(mailing.pk)
    in_hand = Message.objects.filter(batch=mailing.pk).first()
    assert outbox._claim(in_hand.pk, timezone.now())  # and there it died
    Message.objects.update(claimed_until=F("claimed_until") - timedelta(hours=1))
    run_mailing(mailing.pk)
    counted = progress_of(mailing)
    assert (counted["sent"], counted["unknown"], counted["waiting"]) == (4, 1, 0)
    assert in_hand.subject_id not in sent_to(mailing)
    assert len(django_mail.outbox) == 4


def test_a_mail_server_that_is_down_makes_it_wait_instead_of_filling_the_outbox(category, settings):
    settings.EMAIL_BACKEND = "tests.core.test_outbox.Down"
    guests(category, 12)
    mailing = started(category)
    run_mailing(mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENDING
    assert mailing.written == 6


def test_a_guest_who_has_just_signed_up_does_not_wait_behind_a_mailing(category):
    guests(category, 9)
    mailing = started(category)
    write_piece(mailing.pk)
    assert Message.objects.filter(state="waiting").count() == 2


def test_scheduled_it_begins_by_itself_and_reaches_those_who_fit_then(category):
    early = guests(category, 1)[0]
    mailing = MailingFactory(event=category.event, audience=Audience(states=("submitted",)).as_stored())
    with pytest.raises(MailingRefused):
        schedule_mailing(mailing, at=timezone.now() - timedelta(minutes=1), by=OFFICE)
    schedule_mailing(mailing, at=timezone.now() + timedelta(hours=1), by=OFFICE)
    assert tend_mailings() == 0
    Registration.objects.filter(pk=early.pk).update(state=State.APPROVED)
    late = guests(category, 1)[0]
    Mailing.objects.update(send_at=timezone.now() - timedelta(seconds=1))
    assert tend_mailings() == 1
    assert sent_to(mailing) == [str(late.pk)]
    assert tend_mailings() == 0


def test_a_scheduled_mailing_taken_back_does_not_begin(category):
    guests(category, 1)
    mailing = MailingFactory(event=category.event)
    schedule_mailing(mailing, at=timezone.now() + timedelta(hours=1), by=OFFICE)
    with pytest.raises(MailingRefused):
        save_mailing(mailing, by=OFFICE)
    take_back_mailing(mailing, by=OFFICE)
    Mailing.objects.update(send_at=timezone.now() - timedelta(seconds=1))
    assert tend_mailings() == 0
    save_mailing(mailing, by=OFFICE)


def test_cancelled_after_a_stop_the_held_messages_never_leave(category):
    guests(category, 2)
    mailing = started(category)
    write_piece(mailing.pk)
    stop_mailing(mailing, by=OFFICE)
    cancel_mailing(mailing, by=OFFICE)
    with pytest.raises(MailingRefused):
        start_mailing(mailing, by=OFFICE)
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("source", MailingState.values)
@pytest.mark.parametrize("target", MailingState.values)
def test_a_mailing_takes_the_steps_of_its_table_and_no_other(source, target):
    assert mailing_may_become(source, target) == (target in STEPS[source])
    assert not mailing_may_become(MailingState.DONE, target)


# -- whom it reaches -----------------------------------------------------------------------------------------------------
def reached(category, channel="mail", **audience):
    mailing = MailingFactory(event=category.event, channel=channel, audience=Audience(**audience).as_stored())
    return list(all_readers(mailing))


def test_who_is_left_out_is_told_with_the_reason(category):
    fine = guests(category, 1)[0]
    guests(category, 1, state=State.UNCONFIRMED)
    for reason in FailingAddress.Reason.values:
        guest = guests(category, 1)[0]
        FailingAddress.objects.create(index=address_index(guest.email), reason=reason, since=timezone.now())
    guests(category, 1, email="", email_index="")
    guests(category, 1, state=State.WITHDRAWN)
    RegistrationFactory()  # of another event
    found = reached(category)
    assert [reader.registration for reader in found if not reader.left_out] == [fine]
    assert {reader.left_out for reader in found if reader.left_out} == {
        LeftOut.UNCONFIRMED,
        LeftOut.FAILING,
        LeftOut.COMPLAINED,
        LeftOut.NO_ADDRESS,
    }


def test_an_audience_narrows_by_category_state_language_and_answers(category):
    QuestionFactory(event=category.event, key="diet", required=True)
    halal = RegistrationFactory(category=category, answers='{"diet": "halal"}', language="ar")
    other = CategoryFactory(event=category.event)
    silent = RegistrationFactory(category=other, state=State.APPROVED)

    def who(**audience):
        return {reader.registration for reader in reached(category, **audience)}

    assert who() == {halal, silent}
    assert who(categories=(other.pk,)) == {silent}
    assert who(states=("approved",)) == {silent}
    assert who(languages=("ar", "fr")) == {halal}
    assert who(answered="diet") == {halal}
    assert who(unanswered="diet") == {silent}
    assert who(conditions=("answers-missing",)) == {silent}
    assert who(conditions=("no-portrait", "no-latin-name")) == {halal, silent}


def test_an_audience_narrows_by_delegation(category):
    alone = guests(category, 1)[0]
    kenya, confirmed = DelegationFactory(event=category.event), DelegationFactory(event=category.event)
    type(confirmed).objects.filter(pk=confirmed.pk).update(confirmed_at=timezone.now())
    proved = {"category": category, "email": "", "state": State.APPROVED}
    member, other = MemberFactory(delegation=kenya, **proved), MemberFactory(delegation=confirmed, **proved)

    def who(**audience):
        return {reader.registration for reader in reached(category, **audience)}

    assert who(delegations=(str(kenya.pk),)) == {member}
    assert who(delegations=(str(kenya.pk), str(confirmed.pk))) == {member, other}
    assert who(conditions=("in-delegation",)) == {member, other}
    assert who(conditions=("no-delegation",)) == {alone}
    assert who(conditions=("list-unconfirmed",)) == {member}
    assert str(kenya) in " ".join(in_words(Audience(delegations=(str(kenya.pk),)), []))


def test_an_audience_narrows_by_what_is_paid(category):
    part, paid, late = (owing(category=category) for _n in range(3))
    pay_at_desk(order_id=part.pk, amount=Money(1_000, "EUR"), by=SYSTEM)
    pay_at_desk(order_id=paid.pk, amount=paid.total, by=SYSTEM)
    type(late).objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))

    def who(condition):
        return {reader.registration.pk for reader in reached(category, conditions=(condition,))}

    assert who("payment-due") == {part.registration_id, late.registration_id}
    assert who("payment-overdue") == {late.registration_id}
    assert who("payment-part") == {part.registration_id}
    assert who("payment-made") == {paid.registration_id}


def test_an_audience_narrows_by_the_form_after_approval(category):
    QuestionFactory(event=category.event, stage="after_approval")
    missing, filled = guests(category, 2, state=State.APPROVED)
    guests(category, 1)
    type(filled).objects.filter(pk=filled.pk).update(second_form_complete=True)
    assert [reader.registration for reader in reached(category, conditions=("second-form-missing",))] == [missing]
    assert [reader.registration for reader in reached(category, conditions=("second-form-filled",))] == [filled]


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_every_condition_can_be_asked(category, name):
    guests(category, 1)
    assert len(reached(category, conditions=(name,))) <= 1


def test_text_messages_go_to_those_who_agreed_and_to_nobody_who_took_it_back(category):
    sms.sent.clear()
    agreed, taken_back, _silent = guests(category, 3)
    agree_to_texts(registration_id=agreed.pk, number="+41791234567")
    agree_to_texts(registration_id=taken_back.pk, number="+41797654321")
    withdraw_from_texts(registration_id=taken_back.pk)
    mailing = started(category, channel="sms", subject={}, body={"en": "{name}: bus 3"})
    run_mailing(mailing.pk)
    mailing.refresh_from_db()
    assert sms.sent == [sms.Sent("+41791234567", f"{agreed.name}: bus 3")]
    assert mailing.left_out == {LeftOut.NO_CONSENT: 2}


def test_withdrawing_also_cancels_what_still_waits_and_forgets_the_number(category):
    guest = guests(category, 1)[0]
    agree_to_texts(registration_id=guest.pk, number="+41791234567")
    mailing = started(category, channel="sms", subject={}, body={"en": "Bus 3"})
    write_piece(mailing.pk)
    withdraw_from_texts(registration_id=guest.pk)
    assert outbox.deliver_due() == 0
    guest.text_consent.refresh_from_db()
    assert guest.text_consent.number == ""
    assert not guest.text_consent.holds


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"body": {"en": "Dear {nam}"}}, "Did you mean {name}?"),
        ({"body": {"en": "ok", "ar": "{oops"}}, "ar:"),
        ({"body": {}}, "Write the text"),
        ({"subject": {}}, "Write a subject"),
        ({"subject": {"en": "{link}"}}, "unknown"),
        ({"channel": "sms", "body": {"en": "я" * 500}}, "longer than 6 parts"),
    ],
)
def test_a_text_that_would_not_work_is_not_kept(category, facts, says):
    mailing = MailingFactory.build(event=category.event, **facts)
    with pytest.raises(MailingRefused, match=says.replace("?", r"\?").replace("{", r"\{")):
        save_mailing(mailing, by=OFFICE)


def test_a_piece_takes_a_constant_number_of_statements_beside_those_of_its_messages(category, statements_of):
    counts = []
    for number in (1, 2):
        Registration.objects.all().delete()
        guests(category, number)
        mailing = started(category)
        counts.append(statements_of(lambda mailing=mailing: write_piece(mailing.pk)))
    assert counts[1] - counts[0] <= 4  # savepoint, insert, savepoint


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_to_each_guest_once(settings, monkeypatch):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    monkeypatch.setattr(mailings.outbox, "deliver_due", lambda limit: 0)
    monkeypatch.setattr(mailings, "BACKLOG", 1_000)
    category = CategoryFactory()
    guests(category, 12)
    mailing = start_mailing(MailingFactory(event=category.event), by=SYSTEM)
    start = threading.Barrier(3)

    def work():
        start.wait()
        try:
            run_mailing(mailing.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    mailing.refresh_from_db()
    assert (mailing.state, mailing.written) == (MailingState.DONE, 12)
    assert Message.objects.filter(batch=mailing.pk).count() == 12
