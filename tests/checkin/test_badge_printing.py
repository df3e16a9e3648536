"""Many badges at once: printed in the background into files, watched, stopped, taken up again, and gone after a day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checkin import badges
from checkin.actions import printing, withdraw_credentials
from checkin.actions.printing import go_on_printing, print_files, start_printing, stop_printing, tend_printing
from checkin.models import PrintedFile, PrintRun
from plenary.core.actions import SYSTEM
from plenary.core.models import AccessLog, HistoryEntry
from registration.models import private_storage
from registration.uploads import open_upload
from tests.checkin.test_admin import staff
from tests.checkin.test_badges import words_of
from tests.factories.checkin import make_credential
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

pytestmark = pytest.mark.django_db
State = PrintRun.State


@pytest.fixture
def event(monkeypatch):
    monkeypatch.setattr(printing, "PART", 2)
    monkeypatch.setattr("checkin.viewsets.badges.PART", 2)
    return EventFactory(slug="summit")


@pytest.fixture
def category(event):
    return CategoryFactory(event=event, slug="expert", position=1)


@pytest.fixture
def printer(client, settings):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    client.force_login(staff("checkin.print_badge"))
    return client


def guests(category, *names):
    return [
        make_credential(category.event, category=category, name=name, latin_name=name, organisation=f"Org {name}")
        for name in names
    ]


def begun(event, category=None, pile="name"):
    return start_printing(event=event, category=category, pile=pile, by=SYSTEM)


def one_file(run):
    """Print a single file, and let another worker take the rest."""
    assert printing.print_part(run.pk)
    PrintRun.objects.update(claimed_until=None)


def printed(run):
    """Names in each file."""
    return [
        [name for name in ("Ana", "Bea", "Cid", "Dan", "Eva") if name in words_of(open_upload(file))]
        for file in run.files.order_by("first")
    ]


def test_all_badges_of_an_event_lie_in_files_category_by_category_in_the_order_chosen(event, category):
    guests(CategoryFactory(event=event, slug="press", position=0), "Dan", "Ana")
    guests(category, "Eva", "Bea", "Cid")
    run = begun(event)
    print_files(run.pk)
    run.refresh_from_db()
    assert (run.state, run.printed, run.left_out) == (State.DONE, 5, 0)
    assert printed(run) == [["Ana", "Dan"], ["Bea", "Cid"], ["Eva"]]
    assert list(HistoryEntry.objects.filter(verb="badges_printing_started").values_list("event", flat=True)) == [
        event.pk
    ]


def test_files_are_encrypted_where_they_lie(event, category):
    guests(category, "Ana")
    run = begun(event, category)
    print_files(run.pk)
    with run.files.get().file.open("rb") as stored:
        assert b"%PDF" not in stored.read()


def test_who_comes_meanwhile_moves_nobody_and_who_is_withdrawn_is_left_out(event, category):
    credentials = guests(category, "Bea", "Cid", "Dan", "Eva")
    run = begun(event, category)
    one_file(run)
    guests(category, "Ana")
    withdraw_credentials([credentials[2].registration])
    print_files(run.pk)
    run.refresh_from_db()
    assert printed(run) == [["Bea", "Cid"], ["Eva"]]
    assert (run.state, run.left_out) == (State.DONE, 1)


def test_the_same_asked_twice_is_printed_once(event, category):
    guests(category, "Ana")
    assert begun(event, category) == begun(event, category)
    assert begun(event, category) != begun(event, category, pile="delegation")


def test_without_a_badge_nothing_begins(printer, event, category):
    answer = printer.post(reverse("badges:prepare", args=["summit"]), {"category": "expert"}, follow=True)
    assert "Nobody has a valid badge there yet." in answer.content.decode()
    assert not PrintRun.objects.exists()


def test_a_run_is_stopped_after_a_file_and_goes_on_with_the_next(event, category, monkeypatch):
    guests(category, "Ana", "Bea", "Cid", "Dan")
    run = begun(event, category)
    real = badges.badges_pdf

    def stopped_meanwhile(chosen):
        stop_printing(run, by=SYSTEM)
        return real(chosen)

    one_file(run)
    monkeypatch.setattr(printing, "badges_pdf", stopped_meanwhile)
    print_files(run.pk)
    run.refresh_from_db()
    assert (run.state, printed(run)) == (State.STOPPED, [["Ana", "Bea"]])
    monkeypatch.setattr(printing, "badges_pdf", real)
    go_on_printing(run, by=SYSTEM)
    print_files(run.pk)
    run.refresh_from_db()
    assert (run.state, printed(run)) == (State.DONE, [["Ana", "Bea"], ["Cid", "Dan"]])


def test_a_file_that_fails_is_told_and_loses_nothing_that_is_ready(printer, event, category, monkeypatch):
    guests(category, "Ana", "Bea", "Cid")
    run = begun(event, category)
    one_file(run)

    def fails(_chosen):
        raise OSError("the disk is full")

    monkeypatch.setattr(printing, "badges_pdf", fails)
    print_files(run.pk)
    run.refresh_from_db()
    assert (run.state, printed(run)) == (State.FAILED, [["Ana", "Bea"]])
    page = printer.get(reverse("badges:run", args=[run.pk])).content.decode()
    assert "The next file could not be printed." in page
    assert 'name="go_on"' in page
    monkeypatch.undo()
    monkeypatch.setattr(printing, "PART", 2)
    printer.post(reverse("badges:run", args=[run.pk]), {"go_on": "1"})
    print_files(run.pk)
    run.refresh_from_db()
    assert (run.state, printed(run)) == (State.DONE, [["Ana", "Bea"], ["Cid"]])


def test_what_a_dead_worker_left_is_taken_up_by_the_clock_and_not_before(event, category):
    guests(category, "Ana")
    run = begun(event, category)
    PrintRun.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    print_files(run.pk)
    tend_printing()
    assert not PrintedFile.objects.exists()
    PrintRun.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    tend_printing()
    run.refresh_from_db()
    assert (run.state, printed(run)) == (State.DONE, [["Ana"]])


def test_after_a_day_the_files_are_gone(event, category, django_capture_on_commit_callbacks):
    guests(category, "Ana")
    run = begun(event, category)
    print_files(run.pk)
    path = run.files.get().file.name
    tend_printing()
    assert private_storage().exists(path)
    PrintRun.objects.update(started_at=timezone.now() - timedelta(hours=25))
    with django_capture_on_commit_callbacks(execute=True):
        tend_printing()
    assert not private_storage().exists(path)
    assert not PrintRun.objects.exists()


def test_the_office_prepares_watches_and_loads_and_who_took_a_file_is_logged(printer, event, category):
    guests(category, "Ana", "Bea", "Cid")
    index = printer.get(reverse("badges:index")).content.decode()
    assert 'value="expert"' in index  # three do not fit into one file: they are prepared
    answer = printer.post(reverse("badges:prepare", args=["summit"]), {"category": "expert", "order": "delegation"})
    run = PrintRun.objects.get()
    assert answer["Location"] == reverse("badges:run", args=[run.pk])
    assert 'name="stop"' in printer.get(answer["Location"]).content.decode()
    print_files(run.pk)
    part = printer.get(answer["Location"], {"part": 1}).content.decode()
    file = reverse("badges:printed_file", args=[run.pk, 3])
    assert file in part
    assert "<html" not in part
    loaded = printer.get(file)
    assert b"".join(loaded.streaming_content).startswith(b"%PDF")
    assert loaded["Content-Disposition"] == 'attachment; filename="badges-summit-expert-3-3.pdf"'
    assert list(AccessLog.objects.values_list("part", "event", "detail")) == [
        ("badges of expert, from 3", event.pk, {"rows": 1, "filters": {}})
    ]
    assert answer["Location"] in printer.get(reverse("badges:index")).content.decode()


def test_files_can_be_deleted_before_their_time(printer, event, category, django_capture_on_commit_callbacks):
    guests(category, "Ana")
    run = begun(event, category)
    print_files(run.pk)
    path = run.files.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        printer.post(reverse("badges:run", args=[run.pk]), {"remove": "1"})
    assert not PrintRun.objects.exists()
    assert not private_storage().exists(path)


def test_badges_being_printed_are_closed_to_who_prints_no_badges(client, settings, event, category):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    guests(category, "Ana")
    run = begun(event, category)
    print_files(run.pk)
    client.force_login(staff("checkin.print_desk_badge"))
    headers = {"X-Requested-With": "XMLHttpRequest"}
    for address in (reverse("badges:run", args=[run.pk]), reverse("badges:printed_file", args=[run.pk, 1])):
        assert client.get(address, headers=headers).status_code == 403
    assert client.post(reverse("badges:prepare", args=["summit"]), headers=headers).status_code == 403
    assert not AccessLog.objects.exists()
