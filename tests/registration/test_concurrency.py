"""Many at once, with real transactions: the database and not good luck decides who gets the last place."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from plenary.core.actions import Actor
from plenary.core.models import HistoryEntry, Message
from registration import actions
from registration.actions import Particulars
from registration.actions.requests import KeyReused, sign_up_once
from registration.models import Category, Draft, Registration
from registration.rules import State
from tests.factories.registration import CategoryFactory, DraftFactory, RegistrationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency, pytest.mark.slow]
THREADS = 16


@pytest.fixture(autouse=True)
def no_delivery(settings):
    """Mails stay in the outbox: the threads are to race for places, not to take turns sending."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


def at_once(number, act):
    """Run `act(n)` for n below `number` in threads that start together; their answers or errors."""
    start = threading.Barrier(min(number, THREADS))

    def run(n):
        if n < THREADS:
            start.wait()
        try:
            return act(n)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(number)))


def person(n) -> Particulars:
    return Particulars(email=f"guest-{n}@example.org", name=f"Guest {n}", nationality="KE")


def test_two_hundred_sign_up_for_fifty_places_and_exactly_fifty_get_one():
    category = CategoryFactory(quota=50)

    def act(n):
        fresh = Category.objects.select_related("event").get(pk=category.pk)
        return actions.sign_up(
            category=fresh, particulars=person(n), answers={}, language="en", origin=uuid.uuid4(), source="site"
        )

    answers = at_once(200, act)
    registered = [answer for answer in answers if isinstance(answer, Registration)]
    refused = [answer for answer in answers if isinstance(answer, actions.CategoryClosed)]
    assert (len(registered), len(refused)) == (50, 150)
    category.refresh_from_db()
    assert category.taken == Registration.objects.count() == Message.objects.count() == 50


def test_one_draft_sent_twenty_times_at_once_is_one_registration():
    draft = DraftFactory()

    def act(n):
        return actions.submit(
            draft=Draft.objects.get(pk=draft.pk), particulars=person(0), answers={}, upload_ids=set(), language="en"
        )

    answers = at_once(20, act)
    assert {answer.pk for answer in answers} == {Registration.objects.get().pk}
    assert (Message.objects.count(), Category.objects.get().taken) == (1, 1)


def test_one_address_from_twenty_drafts_at_once_is_one_registration():
    category = CategoryFactory()
    drafts = DraftFactory.create_batch(20, category=category)

    def act(n):
        return actions.submit(draft=drafts[n], particulars=person(0), answers={}, upload_ids=set(), language="en")

    answers = at_once(20, act)
    assert sum(isinstance(answer, Registration) for answer in answers) == 1
    assert sum(answer is None for answer in answers) == 19
    category.refresh_from_db()
    assert category.taken == Registration.objects.count() == 1


def test_two_officers_at_once_make_one_decision():
    registration = RegistrationFactory()
    wishes = [(State.APPROVED, ""), (State.REJECTED, "No letter")]

    def act(n):
        to, reason = wishes[n % 2]
        return actions.decide(
            [registration.pk], to=to, by=Actor(f"Officer {n}"), reason=reason, expected_version=registration.version
        )

    reports = at_once(2, act)
    assert sorted(len(report.done) for report in reports) == [0, 1]
    [loser] = [report for report in reports if report.refused]
    assert "in the meantime" in loser.refused[registration.pk]
    assert HistoryEntry.objects.of(registration).count() == Message.objects.of(registration).count() == 1


def test_one_idempotency_key_sent_twenty_times_at_once_is_one_answer():
    category = CategoryFactory()

    def act(n):
        fresh = Category.objects.select_related("event").get(pk=category.pk)
        return sign_up_once(
            category=fresh, particulars=person(0), answers={}, files={}, language="en", key="same", fingerprint="f"
        )

    answers = at_once(20, act)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert len({answer["token"] for answer in answers}) == 1
    assert Registration.objects.count() == Message.objects.count() == 1
    with pytest.raises(KeyReused):
        sign_up_once(
            category=Category.objects.select_related("event").get(),
            particulars=person(0),
            answers={},
            files={},
            language="en",
            key="same",
            fingerprint="another body",
        )


def test_places_given_back_and_taken_at_once_are_counted_right():
    category = CategoryFactory(quota=30)
    leaving = RegistrationFactory.create_batch(10, category=category)

    def act(n):
        if n < 10:
            return actions.withdraw(registration_id=leaving[n].pk)
        fresh = Category.objects.select_related("event").get(pk=category.pk)
        return actions.sign_up(
            category=fresh, particulars=person(n), answers={}, language="en", origin=uuid.uuid4(), source="site"
        )

    at_once(40, act)
    category.refresh_from_db()
    assert category.taken == Registration.objects.live().filter(category=category).count() <= 30
    assert connection.vendor in {"sqlite", "postgresql"}
