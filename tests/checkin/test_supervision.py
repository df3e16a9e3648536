"""The live board and the muster list: what supervisors are warned of, what they see, how it is renewed, who looked."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.signals import request_finished
from django.db import close_old_connections
from django.urls import reverse
from django.utils import timezone

import checkin
from checkin import live
from checkin.actions import record_scans, token_digest
from checkin.actions.scans import ScanRequest
from checkin.board import Board
from checkin.models import Admission, Checkpoint, Device
from checkin.muster import PART, Muster, muster_pdf
from checkin.querysets.door import find_door
from checkin.supervision import Area, Kind, Phone, Vip, by_hour, crowd_alerts, silence_alerts, vip_alerts
from checkin.whereabouts import Stay, whereabouts
from plenary.core.models import AccessLog
from registration.models import Category
from tests.checkin.test_admin import staff
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

CASES = json.loads((Path(checkin.__file__).parent / "cases.json").read_text(encoding="utf-8"))
NOW = datetime(2030, 5, 14, 12, tzinfo=UTC)
MORNING = NOW.replace(hour=0)


# -- rules


@pytest.mark.parametrize("case", CASES["whereabouts"], ids=lambda case: case["fact"])
def test_somebody_is_where_the_doors_saw_them_last(case):
    stays = [Stay(area, entered, left) for area, entered, left in case["stays"]]  # plain numbers order as moments do
    found = whereabouts(stays)
    assert (found and found.area) == case["area"]


def test_an_awaited_guest_who_came_is_news_for_half_an_hour():
    def vip(number, minutes):
        return Vip(uuid.UUID(int=number), f"Guest {number}", "", "VIP", minutes and NOW - timedelta(minutes=minutes))

    found = vip_alerts([vip(1, 31), vip(2, 30), vip(3, 1), vip(4, None)], NOW)
    assert [alert.subject for alert in found] == ["Guest 3", "Guest 2"]


@pytest.mark.parametrize(
    ("inside", "capacity", "kinds"),
    [
        (89, 100, []), (90, 100, [Kind.CROWDED]), (99, 100, [Kind.CROWDED]), (100, 100, [Kind.FULL]),
        (101, 100, [Kind.FULL]), (8, 9, []), (5000, None, []), (None, 100, []),
    ],
)  # fmt: skip
def test_a_zone_is_crowded_from_nine_tenths_on_and_full_is_news_of_its_own(inside, capacity, kinds):
    found = crowd_alerts([Area(7, "Hall", inside, capacity)])
    assert [alert.kind for alert in found] == kinds
    assert [alert.key for alert in found] == [f"{kind}-7" for kind in kinds]


@pytest.mark.parametrize(
    ("seen", "hours", "silent"),
    [
        (NOW - timedelta(minutes=6), (None, None), True),
        (NOW - timedelta(minutes=5), (None, None), False),
        (None, (None, None), False),
        (MORNING - timedelta(seconds=1), (None, None), False),  # put away yesterday
        (NOW - timedelta(hours=3), (NOW - timedelta(hours=4), NOW + timedelta(hours=1)), True),
        (NOW - timedelta(hours=3), (NOW + timedelta(minutes=1), None), False),  # not open yet
        (NOW - timedelta(hours=3), (None, NOW), False),  # closed
    ],
)
def test_a_phone_is_silent_when_it_was_heard_of_today_and_no_more_while_its_door_is_open(seen, hours, silent):
    phone = Phone(uuid.UUID(int=1), "North", "", seen, works_from=hours[0], works_until=hours[1])
    assert bool(silence_alerts([phone], NOW, MORNING)) == silent


def test_the_same_silence_keeps_its_key_and_a_new_one_has_another():
    def key(seen, now):
        [alert] = silence_alerts([Phone(uuid.UUID(int=1), "North", "", seen)], now, MORNING)
        return alert.key

    first = NOW - timedelta(minutes=30)
    assert key(first, NOW) == key(first, NOW + timedelta(minutes=9))
    assert key(first, NOW) != key(NOW - timedelta(minutes=10), NOW)


def test_hours_begin_as_the_events_clocks_show_them_and_empty_ones_are_told():
    came = datetime(2030, 5, 14, 3, 30, tzinfo=UTC)  # nine o'clock in Kolkata
    quarters = [(1, came, 2), (1, came + timedelta(minutes=45), 3), (2, came + timedelta(hours=2), 1)]
    assert by_hour(quarters, ZoneInfo("Asia/Kolkata")) == {
        came: {1: 5},
        came + timedelta(hours=1): {},
        came + timedelta(hours=2): {2: 1},
    }


# -- the board


@pytest.fixture
def supervisor(client, db, settings):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    cache.clear()
    client.force_login(staff("checkin.view_scan"))
    return client


@pytest.fixture
def event(db):
    return EventFactory(slug="summit", time_zone="Asia/Kolkata")


def scan(event, credential, checkpoint, token, direction="in"):
    now = timezone.now()
    request = ScanRequest(
        id=uuid.uuid4(), credential=badge_text(credential), checkpoint=checkpoint.slug, direction=direction,
        scanned_at=now, offline=False,
    )  # fmt: skip
    return record_scans(find_door(token_digest(token), [checkpoint.slug]), [request], received_at=now)[request.id]


def part(client, **headers):
    return client.get(reverse("board:index"), {"event": "summit", "part": "1"}, **headers)


def test_the_board_counts_zones_gates_refusals_devices_and_who_is_awaited(event):
    hall = CheckpointFactory(event=event, name={"en": "Hall"}, kind="zone", entries="in_out", capacity=2)
    north = CheckpointFactory(event=event, name={"en": "North"}, zone=hall)
    desk = CheckpointFactory(event=event, name={"en": "Bags"}, kind="materials")
    vips = CategoryFactory(event=event, kind=Category.Kind.VIP)
    minister, absent = (make_credential(event, category=vips, name=name) for name in ("Minister", "Absent"))
    left = make_credential(event)
    device, token = make_device(event, checkpoint=north)
    for credential, direction in [(minister, "in"), (left, "in"), (left, "out"), (minister, "in")]:
        scan(event, credential, north, token, direction)
    Device.objects.filter(pk=device.pk).update(battery=17, queue_length=4)
    board = Board(event, timezone.now())
    assert [(area.name, area.inside, area.arrived, area.percent) for area in board.areas] == [("Hall", 1, 2, 50)]
    assert [(gate.name, gate.lately, gate.hour) for gate in board.gates] == [("North", 2, 2), ("Bags", 0, 0)]
    assert board.refusals == [("already used", 1)]
    assert [vip.name for vip in board.missing] == ["Absent"]
    assert [(phone.battery, phone.queue_length, phone.scans) for phone in board.phones] == [(17, 4, 2)]
    assert [(alert.kind, alert.subject) for alert in board.alerts] == [(Kind.VIP, "Minister")]
    assert desk.is_area is False
    assert absent.pk != minister.pk


def test_who_forgot_to_scan_out_yesterday_is_not_inside_where_each_day_begins_anew(event):
    lunch = CheckpointFactory(event=event, kind="meal", entries="daily")
    hall = CheckpointFactory(event=event, entries="in_out")
    _device, token = make_device(event)
    guest = make_credential(event)
    for place in (lunch, hall):
        scan(event, guest, place, token)
    Admission.objects.update(at=timezone.now() - timedelta(days=1))
    assert [area.inside for area in Board(event, timezone.now()).areas] == [0, 1]


def test_the_board_says_when_nothing_has_changed_and_tells_when_something_has(supervisor, event):
    gate = CheckpointFactory(event=event)
    _device, token = make_device(event)
    first = part(supervisor)
    assert part(supervisor, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    scan(event, make_credential(event), gate, token)
    changed = part(supervisor, HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def read(response):
    return b"".join(response.streaming_content).decode()


class Clock:
    """Time that passes by sleeping only."""

    now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def leave(response):
    """The browser goes before it has read a byte. The test keeps its database, as the client sees to in an answer it reads."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def stream(client, **headers):
    return client.get(reverse("board:stream"), {"event": "summit"}, **headers)


def test_a_stream_tells_what_the_browser_has_not_seen_and_ends_soon(supervisor, event, monkeypatch):
    monkeypatch.setattr(live, "time", Clock())
    answer = stream(supervisor)
    assert answer["Content-Type"] == "text/event-stream"
    told = read(answer)
    assert told.startswith("retry: ")
    assert told.count("data: ") == 1  # nothing changed after the first look
    assert told.count(": still here") == 8  # three seconds each, within 25
    [seen] = [line.removeprefix("id: ") for line in told.splitlines() if line.startswith("id: ")]
    assert "data: " not in read(stream(supervisor, HTTP_LAST_EVENT_ID=seen))
    CheckpointFactory(event=event)
    assert "data: " in read(stream(supervisor, HTTP_LAST_EVENT_ID=seen))


def test_a_process_keeps_one_stream_and_gives_the_place_back_unread_too(supervisor, event):
    first = stream(supervisor)
    assert first.status_code == 200
    assert stream(supervisor).status_code == 204  # the browser then asks every few seconds instead
    leave(first)
    second = stream(supervisor)
    assert second.status_code == 200
    leave(second)
    leave(second)
    third = stream(supervisor)
    assert (third.status_code, stream(supervisor).status_code) == (200, 204)
    leave(third)


def test_a_look_at_the_awaited_is_noted_once_an_hour_for_each_who_watches(supervisor, event):
    make_credential(event, category=CategoryFactory(event=event, kind=Category.Kind.HEAD_OF_DELEGATION))
    for _time in range(3):
        part(supervisor)
    assert AccessLog.objects.filter(part="live board").count() == 1
    supervisor.force_login(staff("checkin.view_scan"))
    part(supervisor)
    assert AccessLog.objects.filter(part="live board").count() == 2


# -- the muster list


def test_the_muster_list_names_each_person_once_where_they_were_seen_last_and_notes_who_looked(supervisor, event):
    hall = CheckpointFactory(event=event, slug="hall", entries="in_out", name={"en": "Hall"}, position=1)
    room = CheckpointFactory(event=event, slug="room", entries="in_out", name={"en": "Room"}, position=2)
    _device, token = make_device(event)
    both, only, gone = (make_credential(event, name=name) for name in ("Léa Both", "王小明", "Gone Away"))
    for credential, place, direction in [
        (both, hall, "in"), (both, room, "in"), (only, hall, "in"),
        (gone, hall, "in"), (gone, room, "in"), (gone, hall, "out"),
    ]:  # fmt: skip
        scan(event, credential, place, token, direction)
    Checkpoint.objects.filter(pk=room.pk).update(active=False)  # closed meanwhile; who is inside still is
    muster = Muster(event, timezone.now())
    assert [(area.slug, count) for area, count in muster.counts] == [("hall", 1), ("room", 1)]
    page = supervisor.get(reverse("muster:index"), {"event": "summit"}).content.decode()
    assert page.count("Léa Both") == 1
    assert "王小明" in page
    assert "Gone Away" not in page
    assert AccessLog.objects.filter(part="muster list").count() == 2
    room_only = supervisor.get(reverse("muster:index"), {"event": "summit", "area": "room"}).content.decode()
    assert "王小明" not in room_only
    pdf = supervisor.get(reverse("muster:pdf"), {"event": "summit"})
    assert pdf.content.startswith(b"%PDF")
    assert AccessLog.objects.filter(part="muster list").count() == 5


def test_a_long_muster_list_comes_in_parts_that_leave_nobody_out(event, monkeypatch):
    monkeypatch.setattr("checkin.muster.PART", 2)
    hall = CheckpointFactory(event=event, entries="in_out")
    _device, token = make_device(event)
    guests = [make_credential(event) for _number in range(5)]
    for guest in guests:
        scan(event, guest, hall, token)
    muster = Muster(event, timezone.now())
    assert muster.parts_of(None) == 3
    shown = [one.guest.pk for number in (1, 2, 3) for group in muster.part(None, number) for one in group.people]
    assert sorted(shown) == sorted(guest.registration_id for guest in guests)
    assert PART == 1000


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_paper_list_is_set_for_both_directions_and_where_nobody_is_inside(event, language):
    from django.utils import translation

    CheckpointFactory(event=event)
    muster = Muster(event, timezone.now())
    with translation.override(language):
        assert muster_pdf(muster, muster.part(None, 1)).startswith(b"%PDF")
