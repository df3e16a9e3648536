"""Importing a programme: whole or not at all, updated by guid, and never over the head of an editor."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from plenary.core.actions import SYSTEM
from plenary.core.models import HistoryEntry
from plenary.events.models import Event, Person, Room, Session, SessionPerson, Track
from plenary.events.rules import ApprovalState
from portal.interchange.actions import ImportReport, UnknownEvent, import_programme
from portal.interchange.programme import BrokenProgramme
from portal.models import EventPage, SessionPage, SpeakerPage
from tests.factories.events import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db
Files = Callable[[str], bytes]
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def bring(schedule: Files) -> Callable[..., ImportReport]:
    """Import `frab.json` into the event `river`, changed before if wished."""

    def take(change: Change = lambda content: None, *, name: str = "frab.json", create: bool = True) -> ImportReport:
        content = json.loads(schedule(name))
        change(content["schedule"])
        return import_programme(json.dumps(content).encode(), slug="river", by=SYSTEM, create=create)

    return take


def aula(content: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content["conference"]["days"][0]["rooms"]["Aula"]
    return found


def counts(report: ImportReport) -> tuple[int, int, int]:
    found = report.difference
    return len(found.added), len(found.changed), len(found.removed)


def titled(title: str) -> Session:
    return Session.objects.get(working_title__startswith=title)


# -- making an event -------------------------------------------------------------------------------------------------------
def test_create_makes_the_event_in_force_published_and_with_its_pages(bring: Callable[..., ImportReport]) -> None:
    report = bring()
    event = Event.objects.get(slug="river")

    assert report.created
    assert counts(report) == (3, 0, 0)
    assert event.is_public
    assert str(event.name) == "River Congress"
    assert event.acronym == "River2030"
    assert (event.starts_on, event.ends_on) == (date(2030, 5, 14), date(2030, 5, 15))
    assert event.time_zone == "Europe/Berlin"
    assert event.day_change == timedelta(hours=4)
    assert EventPage.objects.get(event=event).live
    page = SessionPage.objects.get(session=titled("Opening"))
    assert (page.live, page.title, page.abstract) == (True, "Opening ", "Welcome.\r\nTo all.")
    assert page.get_parent().slug == "agenda"
    assert sorted(SpeakerPage.objects.values_list("title", flat=True)) == ["Ада Ловелас", "李娜"]


def test_facts_arrive_with_room_track_persons_and_order(bring: Callable[..., ImportReport]) -> None:
    bring()
    opening = titled("Opening")

    assert opening.starts_at == datetime(2030, 5, 14, 8, 0, tzinfo=UTC)
    assert opening.duration == timedelta(minutes=30)
    assert opening.room is not None
    assert (str(opening.room.name), opening.room.position) == ("Aula", 0)
    assert str(opening.track) == "Plenary"
    assert opening.spoken_language == "en"
    assert [part.person.name for part in opening.contributions.all()] == ["Ада Ловелас", "李娜"]
    assert Room.objects.count() == 2
    assert Track.objects.count() == 2


def test_titles_in_any_script_make_addresses_of_latin_letters(bring: Callable[..., ImportReport]) -> None:
    bring()

    assert all(slug.isascii() and slug for slug in Session.objects.values_list("slug", flat=True))
    assert set(Person.objects.values_list("slug", flat=True)) == {"ada-lovelas", "lina"}


def test_a_page_made_in_bulk_is_a_page_like_any_other(bring: Callable[..., ImportReport]) -> None:
    bring()
    page = SessionPage.objects.get(session=titled("Opening"))

    assert Page.find_problems() == ([], [], [], [], [])
    assert page.latest_revision is not None
    assert page.latest_revision == page.live_revision
    assert page.latest_revision.as_object().abstract == page.abstract
    assert not page.has_unpublished_changes
    assert [found.pk for found in SessionPage.objects.search("Opening")] == [page.pk]
    page.title = "Edited"
    page.save_revision().publish()
    assert page.get_parent().get_children().count() == 3


def test_without_create_an_unknown_event_is_an_error(bring: Callable[..., ImportReport]) -> None:
    with pytest.raises(UnknownEvent):
        bring(create=False)
    assert not Event.objects.exists()


# -- running again ---------------------------------------------------------------------------------------------------------
def test_a_second_run_changes_nothing(bring: Callable[..., ImportReport]) -> None:
    bring()
    revisions = SessionPage.objects.values_list("latest_revision", flat=True)
    before = list(revisions), HistoryEntry.objects.count()

    report = bring()

    assert counts(report) == (0, 0, 0)
    assert report.difference.nothing
    assert (list(revisions), HistoryEntry.objects.count()) == before


def test_changes_are_taken_by_guid_and_reported_field_by_field(bring: Callable[..., ImportReport]) -> None:
    bring()
    opening, page = titled("Opening"), SessionPage.objects.get(session=titled("Opening"))

    def change(content: dict[str, Any]) -> None:
        aula(content)[0].update(title="Grand opening", duration="00:45", track="Engineering")
        aula(content)[0]["persons"].reverse()

    report = bring(change)

    assert counts(report) == (0, 1, 0)
    assert set(report.difference.changed[0].fields) == {"title", "duration", "track", "persons"}
    opening.refresh_from_db()
    page.refresh_from_db()
    assert (opening.working_title, opening.duration) == ("Grand opening", timedelta(minutes=45))
    assert str(opening.track) == "Engineering"
    assert [part.person.name for part in opening.contributions.all()] == ["李娜", "Ада Ловелас"]
    assert page.title == "Grand opening"
    assert page.slug == opening.slug == "opening"


def test_only_a_change_of_time_or_place_raises_the_revision_that_calendars_read(
    bring: Callable[..., ImportReport],
) -> None:
    bring()
    bring(lambda content: aula(content)[0].update(abstract="New words"))
    assert titled("Opening").revision == 0
    bring(lambda content: aula(content)[0].update(abstract="New words", date="2030-05-14T10:15:00+02:00"))
    assert titled("Opening").revision == 1


def test_a_session_moved_to_another_room_moves(bring: Callable[..., ImportReport]) -> None:
    bring()

    def move(content: dict[str, Any]) -> None:
        rooms = content["conference"]["days"][0]["rooms"]
        rooms["Garden"].append(rooms["Aula"].pop(0) | {"room": "Garden"})

    assert bring(move).difference.changed[0].fields == ("room",)
    assert str(titled("Opening").room) == "Garden"


def test_what_the_file_no_longer_has_goes_with_its_pages(bring: Callable[..., ImportReport]) -> None:
    bring()

    def remove(content: dict[str, Any]) -> None:
        content["conference"]["days"][1]["rooms"]["Garden"] = []
        del aula(content)[0]["persons"][1]

    report = bring(remove)

    assert counts(report) == (0, 1, 1)
    assert Session.objects.count() == SessionPage.objects.count() == 2
    assert [person.name for person in report.difference.persons_removed] == ["李娜"]
    assert not Person.objects.filter(name="李娜").exists()
    assert SpeakerPage.objects.count() == 1
    assert [track.name for track in report.difference.tracks_removed] == ["Engineering"]
    assert not Track.objects.filter(slug="engineering").exists()


def test_what_staff_made_by_hand_stays_though_no_file_knows_it(bring: Callable[..., ImportReport]) -> None:
    event = bring().event
    SessionFactory(event=event, starts_at=datetime(2030, 5, 15, 8, 0, tzinfo=UTC))

    assert counts(bring()) == (0, 0, 0)
    assert Session.objects.count() == 4
    assert Room.objects.count() == 3


def test_a_part_that_staff_gave_somebody_survives_a_change_of_the_others(bring: Callable[..., ImportReport]) -> None:
    bring()
    SessionPerson.objects.filter(person__name="李娜").update(role=SessionPerson.Role.CHAIR)
    bring(lambda content: aula(content)[0]["persons"].append({"id": 3, "public_name": "Zoë"}))

    roles = {part.person.name: part.role for part in titled("Opening").contributions.all()}
    assert roles == {"Ада Ловелас": "speaker", "李娜": "chair", "Zoë": "speaker"}


def test_a_session_cancelled_here_and_told_again_takes_place(bring: Callable[..., ImportReport]) -> None:
    bring()
    Session.objects.filter(working_title__startswith="Opening").update(state=Session.State.CANCELLED)

    assert counts(bring()) == (1, 0, 0)
    opening = titled("Opening")
    assert opening.state == Session.State.CONFIRMED
    assert opening.revision == 1


# -- editors -----------------------------------------------------------------------------------------------------------------
def test_a_text_an_editor_improved_stays_while_the_file_says_what_it_said(bring: Callable[..., ImportReport]) -> None:
    bring()
    page = SessionPage.objects.get(session=titled("Opening"))
    page.title, page.abstract = "Opening of the congress", "Be welcome."
    page.save_revision().publish()

    report = bring()

    assert counts(report) == (0, 0, 0)
    assert [session.title for session in report.difference.kept] == ["Opening of the congress"]
    page.refresh_from_db()
    assert page.abstract == "Be welcome."


def test_a_change_elsewhere_in_the_session_leaves_the_editors_text(bring: Callable[..., ImportReport]) -> None:
    bring()
    page = SessionPage.objects.get(session=titled("Opening"))
    page.abstract = "Be welcome."
    page.save_revision().publish()

    bring(lambda content: aula(content)[0].update(duration="00:40"))

    page.refresh_from_db()
    assert page.abstract == "Be welcome."


def test_a_text_changed_on_both_sides_follows_the_file_and_says_so(bring: Callable[..., ImportReport]) -> None:
    bring()
    page = SessionPage.objects.get(session=titled("Opening"))
    page.abstract = "Be welcome."
    page.save_revision().publish()

    report = bring(lambda content: aula(content)[0].update(abstract="Come in."))

    assert report.difference.changed[0].overwritten == ("abstract",)
    page.refresh_from_db()
    assert page.abstract == "Come in."
    assert [revision.as_object().abstract for revision in page.revisions.order_by("pk")][-2:] == [
        "Be welcome.",
        "Come in.",
    ]


def test_a_name_staff_completed_stays(bring: Callable[..., ImportReport]) -> None:
    bring()
    Person.objects.filter(name="李娜").update(name="李娜教授")

    assert bring().difference.nothing
    assert Person.objects.filter(name="李娜教授").exists()


# -- nothing by halves ---------------------------------------------------------------------------------------------------------
def everything() -> list[Any]:
    models = (Event, Room, Track, Person, Session, SessionPerson, Page, HistoryEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("create", [True, False])
def test_a_broken_file_changes_nothing(schedule: Files, bring: Callable[..., ImportReport], create: bool) -> None:
    if not create:
        bring()
    before = everything()
    broken = schedule("frab.json").replace(b'"00:45"', b'"00:00"')

    with pytest.raises(BrokenProgramme):
        import_programme(broken, slug="river", by=SYSTEM, create=True)

    assert everything() == before


def test_a_failure_half_way_leaves_nothing(bring: Callable[..., ImportReport], monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()
    monkeypatch.setattr("portal.interchange.writing.write_session_pages", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        bring()

    assert everything() == before


# -- approved events -------------------------------------------------------------------------------------------------------------
def test_a_file_does_not_move_an_event_that_was_approved(bring: Callable[..., ImportReport]) -> None:
    event = EventFactory(slug="river", starts_on=date(2030, 5, 1), ends_on=date(2030, 5, 31), time_zone="Europe/Paris")
    bring()
    event.refresh_from_db()

    assert (event.starts_on, event.time_zone) == (date(2030, 5, 1), "Europe/Paris")
    assert str(event.name) != "River Congress"
    assert event.approval == ApprovalState.IN_FORCE


def test_sessions_outside_an_approved_event_are_refused(bring: Callable[..., ImportReport]) -> None:
    EventFactory(slug="river", starts_on=date(2030, 5, 14), ends_on=date(2030, 5, 14))

    with pytest.raises(BrokenProgramme, match="on 2030-05-15, but the event lasts from 2030-05-14"):
        bring()
    assert not Session.objects.exists()


def test_an_event_made_from_a_file_follows_it(bring: Callable[..., ImportReport]) -> None:
    bring()
    report = bring(lambda content: content["conference"].update(title="River Congress II", end="2030-05-16"))

    assert set(report.difference.conference) == {"title", "end"}
    event = Event.objects.get(slug="river")
    assert (str(event.name), event.ends_on) == ("River Congress II", date(2030, 5, 16))


# -- history and cost ----------------------------------------------------------------------------------------------------------
def test_history_tells_what_an_import_did(bring: Callable[..., ImportReport]) -> None:
    bring()
    bring(lambda content: aula(content)[0].update(duration="00:40"))

    entries = HistoryEntry.objects.filter(verb="programme_imported").order_by("pk")
    assert [(entry.data["added"], entry.data["changed"]) for entry in entries] == [(3, 0), (0, 1)]
    assert HistoryEntry.objects.of(titled("Opening")).get(verb="imported").data == {"fields": ["duration"]}


def test_a_run_that_changes_nothing_costs_the_same_however_long_the_programme(
    bring: Callable[..., ImportReport],
) -> None:
    def cost(change: Change) -> int:
        bring(change)
        with CaptureQueriesContext(connection) as statements:
            bring(change)
        return len(statements)

    def only_first(content: dict[str, Any]) -> None:
        del aula(content)[1]
        content["conference"]["days"][1]["rooms"]["Garden"] = []

    assert cost(only_first) == cost(lambda content: None)


# -- the command ---------------------------------------------------------------------------------------------------------------
def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_programme", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def write(folder: Path, data: bytes) -> str:
    path = folder / "programme.txt"
    path.write_bytes(data)
    return str(path)


def test_the_command_reports_added_changed_and_removed(schedule: Files, tmp_path: Path) -> None:
    told = run("river", write(tmp_path, schedule("frab.json")), "--create")
    assert "sessions: 3 added, 0 changed, 0 removed" in told
    assert "+ 11111111-1111-4111-8111-111111111111 Opening" in told

    told = run("river", write(tmp_path, schedule("frab.json").replace(b'"00:45"', b'"00:50"')))
    assert "~ 33333333-3333-4333-8333-333333333333 سدّ النهر: duration" in told
    assert "sessions: 0 added, 1 changed, 0 removed" in told


def test_the_command_says_where_a_file_is_broken(schedule: Files, tmp_path: Path) -> None:
    broken = schedule("pretalx.xml").replace(b"00:30</duration>", b"soon</duration>")

    with pytest.raises(CommandError, match=r"nothing was changed\.\n  line 27: “soon” is no duration"):
        run("lake", write(tmp_path, broken), "--create")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("river", "absent.json"), "cannot be read"),
        (("River!", "absent.json"), "small Latin letters"),
        (("nowhere", "FILE"), "There is no event"),
    ],
)
def test_the_command_says_what_to_do_about_wrong_arguments(
    schedule: Files, tmp_path: Path, arguments: tuple[str, str], text: str
) -> None:
    slug, file = arguments
    with pytest.raises(CommandError, match=text):
        run(slug, write(tmp_path, schedule("frab.json")) if file == "FILE" else str(tmp_path / file))
