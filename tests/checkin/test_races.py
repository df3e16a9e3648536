"""Many doors at once, with real transactions: one winner, nothing twice, nothing lost."""

import json
import threading
import uuid
from collections import Counter

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from checkin.actions import books
from checkin.models import Admission, Checkpoint, Scan
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
DOORS = 32


@pytest.fixture
def event():
    return EventFactory(slug="summit")


@pytest.fixture
def gate(event):
    return CheckpointFactory(event=event, slug="main")


def scan(text, **facts):
    return {
        "id": str(uuid.uuid4()), "credential": text, "checkpoint": "main", "direction": "in",
        "scanned_at": timezone.now().isoformat(), "offline": False, **facts,
    }  # fmt: skip


def at_once(token, batches):
    """Sends each batch from a thread of its own, all at the same moment; answers the lists of results."""
    answers, barrier = [None] * len(batches), threading.Barrier(len(batches))

    def door(number):
        try:
            barrier.wait()
            answer = Client().post(
                "/api/v1/checkin/scans",
                json.dumps({"scans": batches[number]}),
                content_type="application/json",
                HTTP_AUTHORIZATION=f"Bearer {token}",
            )
            answers[number] = answer.json()["results"]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=door, args=[number]) for number in range(len(batches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in answers
    return answers


def test_one_badge_at_thirty_two_doors_at_once_has_one_winner(event, gate):
    _device, token = make_device(event)
    text = badge_text(make_credential(event))
    results = [answer[0] for answer in at_once(token, [[scan(text)] for _door in range(DOORS)])]
    assert Counter(result["verdict"] for result in results) == {"admit": 1, "refuse": DOORS - 1}
    [winner] = [result["id"] for result in results if result["verdict"] == "admit"]
    assert {result["first_scan"]["id"] for result in results if result["verdict"] == "refuse"} == {winner}
    assert Scan.objects.count() == DOORS
    assert str(Admission.objects.get().scan_id) == winner


def test_one_scan_sent_by_many_retries_at_once_is_one_scan_with_one_answer(event, gate):
    _device, token = make_device(event)
    sent = scan(badge_text(make_credential(event)))
    results = [answer[0] for answer in at_once(token, [[sent]] * 16)]
    assert {json.dumps(result, sort_keys=True) for result in results} == {json.dumps(results[0], sort_keys=True)}
    assert results[0]["verdict"] == "admit"
    assert Scan.objects.count() == 1


def test_overlapping_batches_in_opposite_order_neither_block_nor_double(event, gate):
    _device, token = make_device(event)
    texts = [badge_text(make_credential(event)) for _guest in range(20)]
    batches = [[scan(text) for text in (texts if door % 2 else reversed(texts))] for door in range(6)]
    results = [result for answer in at_once(token, batches) for result in answer]
    assert Counter(result["verdict"] for result in results) == {"admit": 20, "refuse": 100}
    assert Admission.objects.count() == 20


def test_one_guest_leaving_and_entering_at_many_doors_is_inside_or_not_but_never_both(event, gate):
    Checkpoint.objects.update(entries="in_out")
    _device, token = make_device(event)
    text = badge_text(make_credential(event))
    at_once(token, [[scan(text)]])
    results = [
        answer[0] for answer in at_once(token, [[scan(text, direction="out" if n % 2 else "in")] for n in range(12)])
    ]
    moved = Counter(row.direction for row in Scan.objects.filter(verdict="admit"))
    inside = Admission.objects.get().left_at is None
    assert moved["in"] - moved["out"] == int(inside)
    assert len(results) == 12


def test_a_batch_that_dies_before_its_commit_leaves_nothing_and_may_be_sent_again(event, gate, monkeypatch):
    _device, token = make_device(event)
    batch = [scan(badge_text(make_credential(event))) for _guest in range(5)]

    class Died(Exception):
        pass

    def die(*_args):
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(books, "_insert_scans", die)
        answer = Client().post(
            "/api/v1/checkin/scans",
            json.dumps({"scans": batch}),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {token}",
        )
    assert answer.status_code == 500
    assert not Admission.objects.exists()
    assert not Scan.objects.exists()
    [results] = at_once(token, [batch])
    assert [result["verdict"] for result in results] == ["admit"] * 5


def test_a_refused_scan_sent_again_once_the_gate_is_open_keeps_its_answer_and_admits_nobody(event, gate):
    Checkpoint.objects.update(closes_at=timezone.now())
    _device, token = make_device(event)
    sent = scan(badge_text(make_credential(event)))
    [[first]] = at_once(token, [[sent]])
    Checkpoint.objects.update(closes_at=None)
    [[again]] = at_once(token, [[sent]])
    assert (first["verdict"], first["reason"]) == ("refuse", "closed")
    assert again == first
    assert not Admission.objects.exists()
