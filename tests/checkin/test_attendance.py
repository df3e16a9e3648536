"""Attendance: who came, who is excused, who did not come; the list in the admin, and certificates of attendance."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from checkin.actions import end_excuses, excuse_guests, withdraw_credentials
from checkin.actions.certificates import days_in_words, issue_certificates
from checkin.attendance import Attendance, Passage, presence
from checkin.models import Excuse, Scan
from checkin.querysets.attendance import attendance_of, attended_by_session, expected_at, of_kind, totals
from plenary.core.actions import Actor
from plenary.core.models import AccessLog, Message
from plenary.events.rules import ApprovalState
from registration.actions.letters import revoke_letter
from registration.emails import guest_token
from registration.letters import letter_pdf, verification_address
from registration.models import Letter, Registration
from registration.rules import State
from tests.checkin.test_admin import staff
from tests.factories.checkin import CheckpointFactory, make_credential, make_device
from tests.factories.events import EventFactory, SessionFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.test_letters import text_of

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def event():
    return EventFactory(slug="summit", acronym="SUMMIT", time_zone="Asia/Shanghai")


@pytest.fixture
def category(event):
    return CategoryFactory(event=event, name={"en": "Expert"})


@pytest.fixture
def gate(event):
    return CheckpointFactory(event=event, slug="main")


@pytest.fixture
def device(event):
    return make_device(event)[0]


def scan(credential, checkpoint, device, at=None, direction="in", verdict="admit"):
    at = at or timezone.now()
    return Scan.objects.create(
        id=uuid.uuid4(), event=credential.event, device=device, checkpoint=checkpoint, credential=credential,
        direction=direction, verdict=verdict, reason="ok", scanned_at=at, received_at=at,
    )  # fmt: skip


def of(event, session=None):
    told = {guest.code: guest.attendance for guest in attendance_of(event, session)}
    for kind in Attendance.values:  # asked about many, or of each: the same
        many = of_kind(expected_at(event), kind, event, session).values_list("code", flat=True)
        assert sorted(many) == sorted(code for code, said in told.items() if said == kind)
    return told


def day(number, hour, minute=0):
    return datetime(2027, 3, number, hour, minute, tzinfo=ZONE)


PASSAGES = [
    ([], (), None),
    ([(1, "in", day(1, 9))], (date(2027, 3, 1),), None),
    ([(1, "in", day(1, 9)), (1, "out", day(1, 12, 30))], (date(2027, 3, 1),), timedelta(hours=3.5)),
    # a hall inside the building counts once
    (
        [(1, "in", day(1, 9)), (2, "in", day(1, 10)), (2, "out", day(1, 11)), (1, "out", day(1, 12))],
        (date(2027, 3, 1),),
        timedelta(hours=3),
    ),
    # nobody saw them leave on the first day: the night is no attendance, and hours are not known
    (
        [(1, "in", day(1, 9)), (1, "in", day(2, 9)), (1, "out", day(2, 10))],
        (date(2027, 3, 1), date(2027, 3, 2)),
        None,
    ),
    ([(1, "in", day(1, 22)), (1, "out", day(2, 1))], (date(2027, 3, 1),), timedelta(hours=3)),
    ([(1, "out", day(1, 9))], (), None),
]


@pytest.mark.parametrize(("passages", "days", "time"), PASSAGES)
def test_days_and_hours_come_from_scans_alone(passages, days, time):
    told = presence([Passage(*one) for one in passages], zone=ZONE, day_change=timedelta(hours=4))
    assert (told.days, told.time) == (days, time)


def test_whoever_came_through_any_gate_attended_and_others_are_absent_or_excused(event, category, gate, device):
    came, absent, excused, late, early = (make_credential(event, category=category) for _n in range(5))
    scan(came, gate, device)
    scan(absent, gate, device, verdict="refuse")
    scan(excused, gate, device, direction="out")
    excuse_guests([excused.registration_id], event=event, by=OFFICER, reason="ill")
    for credential, when in ((late, event.starts_on), (early, event.starts_on - timedelta(days=30))):
        withdraw_credentials([credential.registration])
        Registration.objects.filter(pk=credential.registration_id).update(state=State.WITHDRAWN)
        at = datetime.combine(when, datetime.min.time(), UTC)
        type(credential).objects.filter(pk=credential.pk).update(withdrawn_at=at)
    RegistrationFactory(category=category, state=State.SUBMITTED)
    assert of(event) == {
        came.registration.code: "attended",
        absent.registration.code: "absent",
        excused.registration.code: "excused",
        late.registration.code: "excused",
    }
    assert totals(expected_at(event), event) == {"attended": 1, "absent": 1, "excused": 2}


def test_a_session_has_its_own_attendance_and_its_own_excuses(event, category, gate, device):
    session = SessionFactory(event=event)
    hall = CheckpointFactory(event=event, slug="hall", session=session)
    zone_gate = CheckpointFactory(event=event, slug="hall-east", zone=hall)
    seated, through_zone, outside = (make_credential(event, category=category) for _n in range(3))
    for credential in (seated, through_zone, outside):
        scan(credential, gate, device)
    scan(seated, hall, device)
    scan(seated, hall, device)
    scan(through_zone, zone_gate, device)
    excuse_guests([outside.registration_id], event=event, session=session, by=OFFICER)
    assert of(event)[outside.registration.code] == "attended"
    assert of(event, session) == {
        seated.registration.code: "attended",
        through_zone.registration.code: "attended",
        outside.registration.code: "excused",
    }
    assert attended_by_session(event) == {session.pk: 2}


def test_an_excuse_is_noted_once_encrypted_and_can_be_taken_back(event, category):
    guest = make_credential(event, category=category).registration
    assert [excuse_guests([guest.pk], event=event, by=OFFICER, reason="fever") for _n in range(2)] == [1, 0]
    assert "fever" not in str(Excuse.objects.values_list("reason", flat=True).get())
    assert Excuse.objects.get().reason == "fever"
    other = EventFactory()
    assert excuse_guests([guest.pk], event=other, by=OFFICER) == 0
    assert end_excuses([guest.pk], event=event, by=OFFICER) == 1
    assert of(event) == {guest.code: "absent"}


@pytest.fixture
def office(client, settings):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    client.force_login(staff("checkin.view_scan", "checkin.excuse_guest", "registration.issue_letter"))
    return client


def page(**query):
    return reverse("attendance:index", query=query)


def test_the_list_filters_counts_and_excuses_those_ticked(office, event, category, gate, device):
    came, absent = (make_credential(event, category=category, name=name) for name in ("Ana Came", "Bo Absent"))
    scan(came, gate, device)
    shown = office.get(page(event="summit", state="absent")).content.decode()
    assert "Bo Absent" in shown
    assert "Ana Came" not in shown
    office.post(page(event="summit"), {"guest": [str(absent.registration_id)], "excuse": "", "reason": "ill"})
    assert of(event)[absent.registration.code] == "excused"
    office.post(page(event="summit"), {"guest": [str(absent.registration_id)], "unexcuse": ""})
    assert of(event)[absent.registration.code] == "absent"


def test_who_may_only_look_can_neither_excuse_nor_certify(client, settings, event, category):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    client.force_login(staff("checkin.view_scan"))
    guest = make_credential(event, category=category).registration
    for step in ("excuse", "certify", "all"):
        client.post(page(event="summit"), {"guest": [str(guest.pk)], step: ""})
    assert not Excuse.objects.exists()
    assert not Letter.objects.exists()
    assert "Excuse those ticked" not in client.get(page(event="summit")).content.decode()


def test_the_list_takes_as_many_statements_for_thirty_guests_as_for_three(office, event, category, gate, device):
    counts = []
    for size in (3, 30):
        for _n in range(size):
            scan(make_credential(event, category=category), gate, device)
        CheckpointFactory(event=event, session=SessionFactory(event=event))
        with CaptureQueriesContext(connection) as seen:
            assert office.get(page(event="summit")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_list_leaves_as_a_file_and_that_is_written_down(office, event, category, gate, device):
    scan(make_credential(event, category=category, name="=Ana"), gate, device)
    make_credential(event, category=category, name="Bo")
    answer = office.get(page(event="summit", export="csv", state="attended"))
    rows = b"".join(answer).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "'=Ana" in rows[1]
    assert "attended" in rows[1]
    look = AccessLog.objects.get(part="export of attendance")
    assert look.detail == {"rows": 1, "filters": {"event": ["summit"], "state": ["attended"]}}


def test_a_certificate_says_who_came_when_and_can_be_checked(client, event, category, gate, device):
    credential = make_credential(event, category=category, name="李明", latin_name="Li Ming")
    guest = credential.registration
    for moment, direction in ((day(1, 9), "in"), (day(1, 17), "out"), (day(2, 9), "in"), (day(2, 12), "out")):
        scan(credential, gate, device, moment, direction)
    report = issue_certificates([guest.pk], by=OFFICER)
    assert report.done == [guest.pk]
    letter = Letter.objects.with_subject().get()
    assert letter.reference == "SUMMIT/A/0001"
    words = text_of(letter_pdf(letter))
    for said in ("李明", "Li Ming", "1–2 March 2027", "11 hours", "Expert"):
        assert said in words
    address = verification_address(letter).split("8000")[1]
    told = client.get(address).content.decode()
    assert "This letter is genuine" in told
    assert "certificate of attendance" in told
    assert "Li Ming" not in told
    assert client.get(address[:-3] + "xy/").status_code == 404
    revoke_letter(letter_id=letter.pk, by=OFFICER, reason="Wrong days")
    assert "no longer valid" in client.get(address).content.decode()


def test_a_certificate_is_mailed_once_and_stands_on_the_guests_own_page(client, event, category, gate, device):
    credential = make_credential(event, category=category)
    scan(credential, gate, device)
    for _n in range(2):
        issue_certificates([credential.registration_id], by=OFFICER)
    [message] = Message.objects.filter(kind="letter.attendance")
    assert message.attachments
    token = guest_token(credential.registration)
    type(event).objects.filter(pk=event.pk).update(starts_on=date(2026, 1, 1))
    letter = Letter.objects.get()
    address = reverse("registration:my_letter", args=[token, letter.pk])
    assert address in client.get(reverse("registration:my", args=[token])).content.decode()
    assert client.get(address).content.startswith(b"%PDF")


def test_nobody_who_was_not_there_gets_a_certificate(event, category):
    guest = make_credential(event, category=category).registration
    assert list(issue_certificates([guest.pk], by=OFFICER).refused) == [guest.pk]
    assert not Letter.objects.exists()


def test_certificates_of_an_event_that_is_over_and_closed_are_issued_to_all_who_attended(
    office, event, category, gate, device, django_capture_on_commit_callbacks
):
    came, _absent = (make_credential(event, category=category) for _n in range(2))
    scan(came, gate, device)
    type(event).objects.filter(pk=event.pk).update(approval=ApprovalState.CLOSED)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(page(event="summit"), {"all": ""})
    assert list(Letter.objects.values_list("registration", flat=True)) == [came.registration_id]
    assert "1 of 1 who attended have one" in office.get(page(event="summit")).content.decode()


def test_days_that_follow_each_other_are_told_as_a_span():
    days = [date(2027, 3, 4), date(2027, 3, 1), date(2027, 3, 2)]
    assert days_in_words(days, "en") == "1–2 March 2027, 4 March 2027"
