"""`/EVENT/schedule.json`, `.xml` and `.ics`: public events only, in the reader's language, cheap to ask again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from icalendar import Calendar
from lxml import etree
from wagtail.models import Locale

from plenary.core.actions import SYSTEM
from plenary.events.actions import save_fact
from plenary.events.models import Event, Session
from plenary.events.rules import ApprovalState
from portal.actions import create_event_pages, save_session_page
from portal.models import SessionPage
from tests.factories.events import EventFactory, SessionFactory, SessionPersonFactory

pytestmark = pytest.mark.django_db
FORMS = ["json", "xml", "ics"]


@pytest.fixture
def event() -> Event:
    event: Event = EventFactory(slug="forum", name={"en": "Forum", "fr": "Le forum"}, day_change=timedelta(hours=4))
    session = SessionFactory(event=event, working_title="Rivers", starts_at=datetime(2030, 5, 14, 22, 30, tzinfo=UTC))
    SessionPersonFactory(session=session, person__name="李娜")
    create_event_pages(event)
    save_session_page(session, title="Shared rivers", abstract="One,\ntwo; three\\")
    return event


def entries(client: Client, query: str = "") -> list[Calendar]:
    return list(Calendar.from_ical(client.get(f"/forum/schedule.ics{query}").content).walk("VEVENT"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("published", "approval"), [(False, ApprovalState.IN_FORCE), (True, ApprovalState.DRAFT), (True, "cancelled")]
)
def test_an_event_that_visitors_may_not_read_has_no_schedule(
    client: Client, form: str, published: bool, approval: str
) -> None:
    EventFactory(slug="hidden", published=published, approval=approval)

    assert client.get(f"/hidden/schedule.{form}").status_code == 404
    assert client.get(f"/nowhere/schedule.{form}").status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_a_schedule_is_read_and_never_written(client: Client, event: Event, form: str) -> None:
    assert client.post(f"/forum/schedule.{form}").status_code == 405
    assert client.head(f"/forum/schedule.{form}").status_code == 200


@pytest.mark.parametrize(
    ("form", "media"), [("json", "application/json"), ("xml", "application/xml"), ("ics", "text/calendar")]
)
def test_each_form_says_what_it_is_and_in_which_language(client: Client, event: Event, form: str, media: str) -> None:
    response = client.get(f"/forum/schedule.{form}")

    assert response["Content-Type"] == f"{media}; charset=utf-8"
    assert response["Content-Language"] == "en"
    assert "public" in response["Cache-Control"]


def test_a_session_after_midnight_stands_under_the_evening_before(client: Client, event: Event) -> None:
    days = client.get("/forum/schedule.json").json()["schedule"]["conference"]["days"]
    night = Session.objects.get()

    assert [sum(map(len, day["rooms"].values())) for day in days] == [1, 0, 0]
    shown = days[0]["rooms"][str(night.room.name)][0]
    assert (shown["date"], shown["start"]) == ("2030-05-15T00:30:00+02:00", "00:30")
    assert shown["persons"][0]["name"] == "李娜"


def test_prose_is_in_the_language_asked_for_and_falls_back_to_the_events_own(client: Client, event: Event) -> None:
    second = SessionFactory(event=event, starts_at=datetime(2030, 5, 15, 9, 0, tzinfo=UTC))
    save_session_page(second, title="Untranslated")
    page = SessionPage.objects.get(title="Shared rivers")
    french = page.copy_for_translation(Locale.objects.get(language_code="fr"), copy_parents=True)
    french.title = "Fleuves partagés"
    french.save_revision().publish()

    response = client.get("/forum/schedule.json?lang=fr")
    text = response.content.decode()
    assert response["Content-Language"] == "fr"
    assert json.loads(text)["schedule"]["conference"]["title"] == "Le forum"
    assert "Fleuves partagés" in text
    assert "Untranslated" in text
    assert "Shared rivers" not in text
    languages = {str(entry["SUMMARY"]): entry["SUMMARY"].params["LANGUAGE"] for entry in entries(client, "?lang=fr")}
    assert languages == {"Fleuves partagés": "fr", "Untranslated": "en"}


@pytest.mark.parametrize("wished", ["xx", "", "../../etc", "EN"])
def test_a_language_we_do_not_have_is_the_events_own(client: Client, event: Event, wished: str) -> None:
    response = client.get("/forum/schedule.json", {"lang": wished})

    assert response.status_code == 200
    assert response["Content-Language"] == "en"


@pytest.mark.parametrize("form", FORMS)
def test_who_has_the_file_is_told_so(client: Client, event: Event, form: str) -> None:
    first = client.get(f"/forum/schedule.{form}")

    again = client.get(f"/forum/schedule.{form}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = client.get(f"/forum/schedule.{form}", headers={"If-Modified-Since": first["Last-Modified"]})
    assert since.status_code == 304
    assert client.get(f"/forum/schedule.{form}", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("form", FORMS)
def test_a_change_of_facts_or_prose_is_served_at_once(client: Client, event: Event, form: str) -> None:
    Session.objects.update(changed_at=datetime(2030, 1, 1, tzinfo=UTC))
    tag = client.get(f"/forum/schedule.{form}")["ETag"]
    room = Session.objects.get().room
    assert room is not None
    room.name = {"en": "Renamed"}
    save_fact(room, by=SYSTEM)

    response = client.get(f"/forum/schedule.{form}", headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert b"Renamed" in response.content


@pytest.mark.parametrize("form", FORMS)
def test_a_longer_programme_costs_no_more_statements(
    client: Client, event: Event, form: str, statements_of: Callable[[Callable[[], object]], int]
) -> None:
    client.get("/forum/schedule.json")
    one = statements_of(lambda: client.get(f"/forum/schedule.{form}"))
    for hour in (9, 10):
        part = SessionPersonFactory(session__event=event, session__starts_at=datetime(2030, 5, 15, hour, tzinfo=UTC))
        save_session_page(part.session, title=f"Session at {hour}")

    assert statements_of(lambda: client.get(f"/forum/schedule.{form}")) == one


# -- calendars -----------------------------------------------------------------------------------------------------------
def test_a_calendar_holds_its_zone_and_keeps_its_uids(client: Client, event: Event) -> None:
    calendar = Calendar.from_ical(client.get("/forum/schedule.ics").content)
    (entry,) = calendar.walk("VEVENT")

    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Zurich"]
    assert entry["DTSTART"].params["TZID"] == "Europe/Zurich"
    assert entry["UID"] == str(Session.objects.get().guid)
    assert entry["UID"] == entries(client)[0]["UID"]
    assert entry.decoded("DTEND") - entry.decoded("DTSTART") == timedelta(minutes=45)


def test_punctuation_survives_the_way_through_a_calendar(client: Client, event: Event) -> None:
    (entry,) = entries(client)

    assert str(entry["SUMMARY"]) == "Shared rivers"
    assert str(entry["DESCRIPTION"]) == "李娜\n\nOne,\ntwo; three\\"
    assert "Geneva" in str(entry["LOCATION"])


def test_a_moved_session_carries_a_higher_sequence(client: Client, event: Event) -> None:
    assert entries(client)[0]["SEQUENCE"] == 0
    session = Session.objects.get()
    session.starts_at += timedelta(hours=1)
    save_fact(session, by=SYSTEM)

    assert entries(client)[0]["SEQUENCE"] == 1


def test_a_cancelled_session_is_cancelled_in_calendars_and_gone_from_the_programme(
    client: Client, event: Event
) -> None:
    session = Session.objects.get()
    session.state = Session.State.CANCELLED
    save_fact(session, by=SYSTEM)

    assert [str(entry["STATUS"]) for entry in entries(client)] == ["CANCELLED"]
    assert b"Shared rivers" not in client.get("/forum/schedule.json").content
    assert etree.fromstring(client.get("/forum/schedule.xml").content).findall(".//event") == []
