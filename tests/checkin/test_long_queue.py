"""A phone comes back with ten thousand scans and a bad network: batches out of order, twice, mixed with new ones."""

import json
import random
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from checkin.models import Admission, Scan
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory

SCANS, GUESTS, BATCH = 10_000, 50, 200


@pytest.mark.slow
@pytest.mark.django_db
def test_ten_thousand_scans_in_torn_up_order_and_twice_are_each_kept_once_with_one_answer(client):
    event = EventFactory(slug="summit")
    CheckpointFactory(event=event, slug="main")
    _device, token = make_device(event)
    badges = [badge_text(make_credential(event)) for _guest in range(GUESTS)]
    began = timezone.now() - timedelta(hours=10)
    queue = [
        {
            "id": str(uuid.uuid4()),
            "credential": badges[number % GUESTS],
            "checkpoint": "main",
            "scanned_at": (began + timedelta(seconds=number)).isoformat(),
            "offline": True,
        }
        for number in range(SCANS)
    ]
    batches = [queue[at : at + BATCH] for at in range(0, SCANS, BATCH)]
    draw = random.Random(7)
    again = [draw.sample(queue, BATCH) for _batch in range(10)]  # what a phone killed before the answer sends anew
    sent = [*batches, *batches[::5], *again]
    draw.shuffle(sent)
    answers: dict[str, set[str]] = {}
    for batch in sent:
        answer = client.post(
            "/api/v1/checkin/scans",
            json.dumps({"scans": batch}),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {token}",
        )
        results = answer.json()["results"]
        assert [one["id"] for one in results] == [scan["id"] for scan in batch]
        for one in results:
            answers.setdefault(one["id"], set()).add(f"{one['verdict']} {one['reason']}")
    assert Scan.objects.count() == SCANS
    assert {len(told) for told in answers.values()} == {1}
    told = [next(iter(told)) for told in answers.values()]
    assert (told.count("admit ok"), told.count("conflict duplicate")) == (GUESTS, SCANS - GUESTS)
    assert Admission.objects.count() == GUESTS
