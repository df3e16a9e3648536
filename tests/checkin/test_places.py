"""Zones, days, rights, escorts and full rooms, through the API as devices use it."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from django.utils import timezone

from checkin.actions import grant_rights, remove_right, save_checkpoint, save_right
from checkin.models import Admission, Checkpoint, Right, Scan
from checkin.rules import Entries, Kind
from plenary.core.actions import SYSTEM
from plenary.core.models import HistoryEntry
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

ADDRESS = "/api/v1/checkin/scans"


@pytest.fixture
def event(db):
    return EventFactory(slug="summit", time_zone="Asia/Shanghai")


@pytest.fixture
def category(event):
    return CategoryFactory(event=event, slug="delegate")


@pytest.fixture
def send(client, event):
    _device, token = make_device(event, "North door")

    def post(credential, checkpoint="main", **facts):
        scan = {
            "id": str(uuid.uuid4()), "credential": credential if isinstance(credential, str) else badge_text(credential),
            "checkpoint": checkpoint, "direction": "in", "scanned_at": timezone.now().isoformat(), "offline": False,
            **facts,
        }  # fmt: skip
        answer = client.post(
            ADDRESS,
            json.dumps({"scans": [scan]}),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {token}",
        )
        [result] = answer.json()["results"]
        return result

    return post


def said(result):
    return result["verdict"], result["reason"]


def test_a_zone_counts_for_all_its_gates(event, category, send):
    zone = CheckpointFactory(event=event, slug="hall", kind=Kind.ZONE, entries=Entries.IN_OUT)
    for slug in ("north", "south"):
        CheckpointFactory(event=event, slug=slug, name={"en": slug.title()}, zone=zone, entries=Entries.UNLIMITED)
    credential = make_credential(event, category=category)
    assert said(send(credential, "north")) == ("admit", "ok")
    second = send(credential, "south")
    assert said(second) == ("refuse", "duplicate")
    assert second["first_scan"]["checkpoint"]["slug"] == "north"  # where it happened, not where it is counted
    assert said(send(credential, "south", direction="out")) == ("admit", "ok")
    assert said(send(credential, "south")) == ("admit", "ok")
    assert [admission.checkpoint for admission in Admission.objects.all()] == [zone]


def test_a_zone_out_of_use_closes_its_gates(event, category, send):
    zone = CheckpointFactory(event=event, slug="hall", kind=Kind.ZONE, active=False)
    CheckpointFactory(event=event, slug="north", zone=zone)
    assert said(send(make_credential(event, category=category), "north")) == ("refuse", "unknown_checkpoint")


def test_once_a_day_counts_days_where_the_event_is(event, category, send):
    CheckpointFactory(event=event, slug="main", entries=Entries.DAILY)
    credential = make_credential(event, category=category)
    now = timezone.now()
    assert said(send(credential, offline=True, scanned_at=(now - timedelta(days=2)).isoformat())) == ("admit", "ok")
    assert said(send(credential)) == ("admit", "ok")
    assert said(send(credential)) == ("refuse", "duplicate")
    late = send(credential, offline=True, scanned_at=(now - timedelta(days=1)).isoformat())
    assert said(late) == ("admit", "ok")  # yesterday's entry, told late, gives today's badge no second entry
    assert said(send(credential)) == ("refuse", "duplicate")


def test_a_right_opens_by_category_or_by_person_and_needs_no_new_badge(event, category, send):
    press = Right(event=event, name={"en": "Press area"})
    save_right(press, categories=[], by=SYSTEM)
    place = CheckpointFactory(event=event, slug="press")
    save_checkpoint(place, categories=[], rights=[press], by=SYSTEM)
    guest, other = make_credential(event, category=category), make_credential(event, category=category)
    printed = badge_text(guest)
    assert said(send(guest, "press")) == ("refuse", "not_entitled")
    grant_rights(guest, [press], by=SYSTEM)
    assert said(send(printed, "press")) == ("admit", "ok")
    assert said(send(other, "press")) == ("refuse", "not_entitled")
    save_right(press, categories=[category], by=SYSTEM)
    assert said(send(other, "press")) == ("admit", "ok")
    assert HistoryEntry.objects.filter(verb="badge_rights_granted").count() == 1


def test_a_removed_right_is_nobodys_and_opens_nothing(event, category):
    press = save_right(Right(event=event, name={"en": "Press area"}), categories=[category], by=SYSTEM)
    lunch = save_right(Right(event=event, name={"en": "Lunch"}), categories=[category], by=SYSTEM)
    place = CheckpointFactory(event=event, slug="press")
    save_checkpoint(place, categories=[], rights=[press, lunch], by=SYSTEM)
    guest = make_credential(event, category=category)
    grant_rights(guest, [press, lunch], by=SYSTEM)
    mask = lunch.mask
    remove_right(press, by=SYSTEM)
    for row in (category, place):
        row.refresh_from_db()
    guest.refresh_from_db()
    assert (category.rights & 0b1110, place.rights, guest.granted) == (mask, mask, mask)
    again = save_right(Right(event=event, name={"en": "Garden"}), categories=[], by=SYSTEM)
    assert again.bit == 1  # the free place is used again, and nobody has it from before


def test_the_sixteenth_right_is_refused_with_the_reason(event):
    for number in range(15):
        save_right(Right(event=event, name={"en": f"Right {number}"}), categories=[], by=SYSTEM)
    with pytest.raises(ValidationError, match="fifteen"):
        save_right(Right(event=event, name={"en": "One more"}), categories=[], by=SYSTEM)


def test_a_guest_who_needs_an_escort_comes_in_with_one_and_the_ledger_knows_whom(event, category, send):
    visitors = CategoryFactory(event=event, slug="visitor")
    place = CheckpointFactory(event=event, slug="main")
    save_checkpoint(place, categories=[], escorted=[visitors], by=SYSTEM)
    visitor = make_credential(event, category=visitors)
    host, other = make_credential(event, category=category), make_credential(event, category=visitors)
    assert said(send(visitor)) == ("refuse", "escort")
    for company in (visitor, other):
        assert said(send(visitor, escort=badge_text(company))) == ("refuse", "escort")
    assert said(send(visitor, escort="nonsense")) == ("refuse", "escort")
    assert said(send(visitor, escort=badge_text(host))) == ("admit", "ok")
    assert Scan.objects.get(verdict="admit").escort == host


def test_what_a_device_refused_without_asking_is_stored_as_it_told(event, category, send):
    CheckpointFactory(event=event, slug="main")
    credential = make_credential(event, category=category)
    assert said(send(credential, offline=True, refused="not_entitled")) == ("refuse", "not_entitled")
    assert not Admission.objects.exists()
    assert said(send(credential, refused="ok")) == ("refuse", "malformed")
    assert said(send(credential)) == ("admit", "ok")


def test_a_guest_found_by_name_is_sent_by_code_and_the_ledger_says_so(event, category, send):
    CheckpointFactory(event=event, slug="main")
    credential = make_credential(event, category=category)
    code = f"CODE:{credential.registration.code}"
    assert said(send(code)) == ("admit", "ok")
    assert said(send(credential)) == ("refuse", "duplicate")
    assert said(send("CODE:NOBODY")) == ("refuse", "unknown")
    assert list(Scan.objects.order_by("received_at").values_list("by_hand", flat=True)) == [True, False, True]
    elsewhere = make_credential(EventFactory(slug="other"))
    assert said(send(f"CODE:{elsewhere.registration.code}")) == ("refuse", "unknown")


def test_a_door_is_told_who_came_through_and_then_only_who_has_since(client, event, category, send):
    zone = CheckpointFactory(event=event, slug="hall", kind=Kind.ZONE, entries=Entries.IN_OUT)
    CheckpointFactory(event=event, slug="north", zone=zone)
    _device, token = make_device(event, "South door")
    first, second = make_credential(event, category=category), make_credential(event, category=category)
    send(first, "north")

    def ask(**query):
        return client.get("/api/v1/checkin/passages", query, HTTP_AUTHORIZATION=f"Bearer {token}")

    told = ask(checkpoint="north").json()
    assert (told["area"], told["complete"]) == ("hall", True)
    [[identifier, entered, left]] = told["passages"]
    assert (identifier, left) == (bytes(first.public_id).hex(), None)
    assert abs(entered / 1000 - timezone.now().timestamp()) < 60
    Scan.objects.update(received_at=timezone.now() - timedelta(minutes=5))
    send(second, "north")
    later = ask(checkpoint="north", since=told["version"]).json()
    assert not later["complete"]
    assert [row[0] for row in later["passages"]] == [bytes(second.public_id).hex()]
    assert ask(checkpoint="nowhere").status_code == 404
    assert ask(checkpoint="north", since="zz").status_code == 422


def test_a_checkpoint_that_contradicts_itself_is_refused(event):
    zone = CheckpointFactory(event=event, slug="hall", kind=Kind.ZONE)
    gate = CheckpointFactory(event=event, slug="north", zone=zone)
    for wrong in (
        Checkpoint(event=event, slug="a", name={"en": "A"}, entries=Entries.UNLIMITED, capacity=5),
        Checkpoint(event=event, slug="b", name={"en": "B"}, zone=gate),
        Checkpoint(event=EventFactory(), slug="c", name={"en": "C"}, zone=zone),
    ):
        with pytest.raises(ValidationError):
            wrong.full_clean()
    zone.zone = gate
    with pytest.raises(ValidationError):
        zone.full_clean()


@pytest.mark.slow
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_room_of_five_takes_five_of_twenty_who_come_at_once():
    event = EventFactory(slug="summit")
    category = CategoryFactory(event=event, slug="delegate")
    zone = CheckpointFactory(event=event, slug="hall", kind=Kind.ZONE, entries=Entries.IN_OUT, capacity=5)
    gates = [CheckpointFactory(event=event, slug=slug, zone=zone) for slug in ("north", "south")]
    tokens = [make_device(event, gate.slug)[1] for gate in gates]
    badges = [badge_text(make_credential(event, category=category)) for _number in range(20)]
    answers, barrier = [], threading.Barrier(20)

    def come(number):
        scan = {
            "id": str(uuid.uuid4()), "credential": badges[number], "checkpoint": gates[number % 2].slug,
            "direction": "in", "scanned_at": timezone.now().isoformat(), "offline": False,
        }  # fmt: skip
        try:
            barrier.wait()
            answer = Client().post(
                ADDRESS,
                json.dumps({"scans": [scan]}),
                content_type="application/json",
                HTTP_AUTHORIZATION=f"Bearer {tokens[number % 2]}",
            )
            answers.append(said(answer.json()["results"][0]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [("admit", "ok")] * 5 + [("refuse", "full")] * 15
    assert Admission.objects.filter(checkpoint=zone).count() == 5
