"""The admin of check-in: what each page shows, to whom, and in how many statements."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from checkin.actions import record_scans, token_digest
from checkin.actions.scans import ScanRequest
from checkin.models import Checkpoint, ConflictResolution, Device, Scan, Shift, SupervisorCode
from checkin.querysets.door import find_door
from plenary.core.models import AccessLog, HistoryEntry
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

pytestmark = pytest.mark.django_db


def staff(*permissions: str) -> User:
    user = User.objects.create_user(f"staff-{uuid.uuid4().hex[:8]}")
    for name in ("wagtailadmin.access_admin", *permissions):
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


@pytest.fixture
def supervisor(client, settings):
    """Somebody with every right of check-in, signed in; the second factor is another app's matter."""
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    user = staff(
        "checkin.view_scan",
        "checkin.view_device",
        "checkin.manage_devices",
        "checkin.resolve_conflict",
        "checkin.print_badge",
        "checkin.view_checkpoint",
        "checkin.add_checkpoint",
        "checkin.change_checkpoint",
    )
    client.force_login(user)
    return client


@pytest.fixture
def event():
    return EventFactory(slug="summit")


def scan(event, credential, checkpoint, token, *, offline=False):
    request = ScanRequest(
        id=uuid.uuid4(),
        credential=badge_text(credential),
        checkpoint=checkpoint.slug,
        direction="in",
        scanned_at=timezone.now(),
        offline=offline,
    )
    door = find_door(token_digest(token), [checkpoint.slug])
    return record_scans(door, [request], received_at=timezone.now())[request.id]


PAGES = [
    *("board:index", "muster:index", "muster:pdf"),
    *("scans:index", "badges:index", "checkpoints:index", "devices:index"),
    *("conflicts:index", "supervisor-codes:index"),
]


@pytest.mark.parametrize("page", [*PAGES, "board:stream"])
def test_pages_of_check_in_are_closed_to_staff_without_the_right(page, client, event):
    client.force_login(staff())
    assert client.get(reverse(page)).status_code in (302, 403)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_check_in_opens_for_the_supervisor(page, supervisor, event):
    assert supervisor.get(reverse(page)).status_code == 200


def test_the_ledger_has_no_address_for_a_single_scan(supervisor):
    for name in ("edit", "delete", "add", "inspect", "history", "usage"):
        for args in ([], [uuid.uuid4()]):
            with pytest.raises(NoReverseMatch, match="not found"):
                reverse(f"scans:{name}", args=args)


@pytest.mark.parametrize("page", ["scans:index", "devices:index", "checkpoints:index", "board:index", "muster:index"])
def test_lists_take_as_many_statements_for_three_rows_as_for_one(page, supervisor, event, statements_of):
    def add_row(number):
        gate = CheckpointFactory(event=event)
        _device, token = make_device(event, f"Door {number}", checkpoint=gate)
        scan(event, make_credential(event), gate, token)

    add_row(1)
    supervisor.get(reverse(page))  # what is read once a process is no part of the comparison
    one = statements_of(lambda: supervisor.get(reverse(page)))
    add_row(2)
    add_row(3)
    assert statements_of(lambda: supervisor.get(reverse(page))) == one


def test_arrivals_tell_who_is_inside_and_in_which_hour_of_the_events_time_they_came(supervisor, event):
    gate = CheckpointFactory(event=event, name={"en": "Main hall"})
    _device, token = make_device(event)
    for _guest in range(3):
        scan(event, make_credential(event), gate, token)
    page = supervisor.get(reverse("board:index")).content.decode()
    assert "Main hall" in page
    assert "<strong>3</strong>" in page
    part = supervisor.get(reverse("board:index"), {"event": "summit", "part": "1"}).content.decode()
    assert "<html" not in part
    assert "<strong>3</strong>" in part
    assert timezone.now().astimezone(event.zone).strftime("%H:00") in part


def test_the_ledger_shows_verdicts_and_finds_a_guest_by_name_in_any_script(supervisor, event):
    gate = CheckpointFactory(event=event)
    _device, token = make_device(event)
    scan(event, make_credential(event, name="Юлия Ветрова"), gate, token)
    scan(event, make_credential(event, name="王小明"), gate, token)
    found = supervisor.get(reverse("scans:index"), {"q": "vetrova"}).content.decode()
    assert "Юлия Ветрова" in found
    assert "王小明" not in found
    assert "admitted" in found


def test_exported_scans_are_logged_and_start_no_formula(supervisor, event):
    gate = CheckpointFactory(event=event)
    _device, token = make_device(event)
    scan(event, make_credential(event, name='=HYPERLINK("http://x")'), gate, token)
    answer = supervisor.get(reverse("scans:index"), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "\n=" not in text
    assert ",=" not in text
    assert '"=' not in text
    assert AccessLog.objects.filter(part="export of scans").exists()


def test_a_new_device_shows_its_code_until_a_phone_has_used_it(supervisor, event, client):
    answer = supervisor.post(
        reverse("devices:add"), {"event": event.pk, "name": "South door", "kind": "scanner", "checkpoint": ""}
    )
    device = Device.objects.get(name="South door")
    assert answer["Location"] == reverse("devices:device", args=[device.pk])
    page = supervisor.get(answer["Location"]).content.decode()
    code = re.search(r">([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})<", page)[1]
    enrolled = client.post("/api/v1/checkin/enrol", {"code": code}, content_type="application/json")
    assert enrolled.status_code == 200
    assert code not in supervisor.get(answer["Location"]).content.decode()


def test_an_expired_code_is_not_shown_any_more(supervisor, event):
    supervisor.post(
        reverse("devices:add"), {"event": event.pk, "name": "South door", "kind": "scanner", "checkpoint": ""}
    )
    address = reverse("devices:device", args=[Device.objects.get(name="South door").pk])
    assert "Enrolment code" in supervisor.get(address).content.decode()
    Device.objects.update(enrolment_expires_at=timezone.now() - timedelta(seconds=1))
    assert "Enrolment code" not in supervisor.get(address).content.decode()


def test_locking_a_device_out_works_at_once_and_keeps_the_reason(supervisor, event, client):
    device, token = make_device(event)
    supervisor.post(reverse("devices:device", args=[device.pk]), {"revoke": "1", "reason": "left in a taxi"})
    assert client.get("/api/v1/checkin/session", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 403
    assert HistoryEntry.objects.of(device).first().reason == "left in a taxi"
    assert "left in a taxi" in supervisor.get(reverse("devices:device", args=[device.pk])).content.decode()


def test_who_may_only_look_at_devices_can_neither_renew_nor_lock_out(client, event, settings):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    device, _token = make_device(event)
    client.force_login(staff("checkin.view_device"))
    assert client.post(reverse("devices:device", args=[device.pk]), {"revoke": "1"}).status_code in (302, 403)
    device.refresh_from_db()
    assert device.revoked_at is None


def test_a_checkpoint_is_saved_with_its_categories_and_its_history(supervisor, event):
    category = CategoryFactory(event=event)
    facts = {
        "event": event.pk, "slug": "gala", "kind": "meal", "entries": "in_out", "pause": 0, "mode": "strict",
        "categories": [category.pk], "active": "on", "position": 1, "name_en": "Gala dinner",
    }  # fmt: skip
    answer = supervisor.post(reverse("checkpoints:add"), facts)
    assert answer.status_code == 302, answer.context["form"].errors
    gate = Checkpoint.objects.get(slug="gala")
    assert list(gate.categories.all()) == [category]
    assert HistoryEntry.objects.of(gate).get().verb == "checkpoint_added"


def test_a_category_of_another_event_is_refused_with_a_message(supervisor, event):
    facts = {
        "event": event.pk, "slug": "gala", "entries": "once", "categories": [CategoryFactory().pk], "active": "on",
        "position": 1, "name_en": "Gala",
    }  # fmt: skip
    answer = supervisor.post(reverse("checkpoints:add"), facts)
    assert "own event only" in answer.content.decode()
    assert not Checkpoint.objects.filter(slug="gala").exists()


def test_badges_of_a_category_come_as_one_pdf_and_the_taking_is_logged(supervisor, event):
    category = CategoryFactory(event=event, slug="press")
    for name in ("Amina Otieno", "王小明"):
        make_credential(event, category=category, name=name)
    page = supervisor.get(reverse("badges:index")).content.decode()
    address = reverse("badges:many", args=["summit", "press", 1])
    assert address in page
    answer = supervisor.get(address)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert AccessLog.objects.filter(part="badges of press, part 1").exists()
    assert supervisor.get(reverse("badges:many", args=["summit", "press", 2]), follow=True).status_code == 404


def test_replacing_a_lost_badge_asks_for_a_post_and_raises_its_issue(supervisor, event):
    credential = make_credential(event, name="Amina Otieno")
    found = supervisor.get(reverse("badges:index"), {"q": "otieno"}).content.decode()
    address = reverse("badges:replace", args=[credential.registration_id])
    assert address in found
    assert supervisor.get(address).status_code == 405
    assert supervisor.post(address).status_code == 302
    credential.refresh_from_db()
    assert credential.issue == 2


@pytest.mark.parametrize(("name", "heading"), [("board:index", "Live board"), ("badges:index", "Badges")])
def test_a_page_about_an_event_is_headed_by_its_own_name(supervisor, event, name, heading):
    # Wagtail shows the last step of the way here as the heading; the h1 beside it is for screen readers.
    answer = supervisor.get(reverse(name))
    steps = [str(step["label"]) for step in answer.context["breadcrumbs_items"]]
    assert steps == ["Home", heading]
    (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    assert re.sub(r"<[^>]+>", "", found).strip() == heading


def conflict(event):
    """A badge that two doors let in, the second without network."""
    gate = CheckpointFactory(event=event, slug="main")
    credential = make_credential(event, name="Amina Wanjiru")
    _north, north = make_device(event, "North door")
    _south, south = make_device(event, "South door")
    scan(event, credential, gate, north)
    scan(event, credential, gate, south, offline=True)
    return Scan.objects.get(verdict="conflict").pk


def test_a_conflict_is_shown_with_both_scans_and_resolved_with_a_finding(supervisor, event):
    found = conflict(event)
    listed = supervisor.get(reverse("conflicts:index"), {"open": "true"}).content.decode()
    assert "Amina Wanjiru" in listed
    assert "Conflicts (1)" in listed
    assert "North door" in listed
    address = reverse("conflicts:conflict", args=[found])
    page = supervisor.get(address).content.decode()
    assert page.index("North door") < page.index("South door")
    supervisor.post(address, {"finding": "shared", "note": "Seen twice at once"})
    resolution = ConflictResolution.objects.get()
    assert (resolution.scan_id, resolution.finding, resolution.note) == (found, "shared", "Seen twice at once")
    assert resolution.by is not None
    assert HistoryEntry.objects.get(verb="conflict_resolved").data == {"finding": "shared"}
    assert "Amina Wanjiru" not in supervisor.get(reverse("conflicts:index"), {"open": "true"}).content.decode()
    export = supervisor.get(reverse("conflicts:index"), {"export": "csv"})
    assert "Seen twice at once" in b"".join(export.streaming_content).decode()


def test_a_conflict_and_a_device_tell_the_time_where_the_event_is(supervisor, event):
    found = Scan.objects.filter(pk=conflict(event))
    type(event).objects.update(time_zone="Pacific/Auckland")
    at = datetime(2030, 5, 14, 9, 12, 13, tzinfo=UTC)  # 21:12 there
    found.update(scanned_at=at, received_at=at)
    assert "21:12:13" in supervisor.get(reverse("conflicts:conflict", args=[found.get().pk])).content.decode()
    Device.objects.update(last_seen_at=at)
    assert "21:12" in supervisor.get(reverse("devices:device", args=[found.get().device_id])).content.decode()


def test_who_may_only_look_resolves_no_conflict(client, event, settings):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    found = conflict(event)
    client.force_login(staff("checkin.view_scan"))
    address = reverse("conflicts:conflict", args=[found])
    assert client.get(address).status_code == 200
    assert client.post(address, {"finding": "same"}).status_code in {302, 403}
    assert not ConflictResolution.objects.exists()


def test_a_supervisor_code_is_shown_once(supervisor, event):
    made = supervisor.post(reverse("supervisor-codes:index") + "?event=summit", {"name": "Mary"}).content.decode()
    [told] = re.findall(r'<strong dir="ltr">([A-Z0-9]{4}-[A-Z0-9]{4})</strong>', made)
    assert told not in supervisor.get(reverse("supervisor-codes:index") + "?event=summit").content.decode()
    code = SupervisorCode.objects.get()
    supervisor.post(reverse("supervisor-codes:index") + "?event=summit", {"revoke": code.pk})
    assert SupervisorCode.objects.get().revoked_at is not None


def test_a_device_is_limited_and_its_page_tells_who_had_it(supervisor, event):
    gate = CheckpointFactory(event=event, slug="main", name={"en": "Main entrance"})
    device, _token = make_device(event)
    Shift.objects.create(device=device, volunteer="Otieno", started_at=timezone.now(), admitted=12)
    address = reverse("devices:device", args=[device.pk])
    supervisor.post(address, {"limit": "1", "checkpoints": [gate.pk], "valid_until": "2030-01-01 18:00"})
    device.refresh_from_db()
    assert list(device.checkpoints.all()) == [gate]
    assert device.valid_until is not None
    assert "Otieno" in supervisor.get(address).content.decode()
    Device.objects.update(last_seen_at=timezone.now() - timedelta(minutes=6))
    assert "silent" in supervisor.get(reverse("devices:index")).content.decode()
