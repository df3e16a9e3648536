"""The office keeps facts in the admin: in the event's own time, through actions, within one event."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from plenary.core.languages import LANGUAGES
from plenary.core.models import HistoryEntry
from plenary.events.models import Event, Room, Session
from plenary.events.rules import ApprovalState
from tests.factories.events import (
    EventFactory,
    PersonFactory,
    RoomFactory,
    SessionFactory,
    SessionPersonFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db
LISTS = ["events", "sessions", "persons", "rooms", "tracks", "venues"]


@pytest.fixture
def office(client: Client) -> Client:
    user = User.objects.create_user("office", "office@example.org", "secret")
    user.groups.add(Group.objects.get(name="Conference office"))
    client.force_login(user)
    return client


def session_post(session: Session, **changes: object) -> dict[str, object]:
    """What the session form posts."""
    return {
        "event": session.event_id,
        "working_title": session.working_title,
        "slug": session.slug,
        "starts_at": "2030-05-14 10:00",
        "duration": "45",
        "room": session.room_id or "",
        "track": session.track_id or "",
        "state": "confirmed",
        "kind": "lecture",
        "spoken_language": "en",
        "contributions-TOTAL_FORMS": "0",
        "contributions-INITIAL_FORMS": "0",
        "contributions-MIN_NUM_FORMS": "0",
        "contributions-MAX_NUM_FORMS": "1000",
    } | changes


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_forms_open_for_the_office_and_for_nobody_without_the_right(office: Client, name: str) -> None:
    SessionPersonFactory(session__event=EventFactory())
    assert office.get(f"/cms/{name}/").status_code == 200
    assert office.get(f"/cms/{name}/new/").status_code == 200

    editor = User.objects.create_user("door", "door@example.org", "secret")
    editor.groups.add(Group.objects.get(name="Door supervisor"))
    office.force_login(editor)
    assert office.get(f"/cms/{name}/").status_code == 302


@pytest.mark.parametrize("name", LISTS)
def test_longer_lists_cost_no_more_statements(
    office: Client, name: str, statements_of: Callable[[Callable[[], object]], int]
) -> None:
    SessionPersonFactory()
    office.get(f"/cms/{name}/")
    one = statements_of(lambda: office.get(f"/cms/{name}/"))
    SessionPersonFactory.create_batch(2)

    assert statements_of(lambda: office.get(f"/cms/{name}/")) == one


def test_times_are_shown_and_read_in_the_events_own_zone(office: Client) -> None:
    session = SessionFactory(event__time_zone="Asia/Kathmandu", starts_at=datetime(2030, 5, 14, 3, 15, tzinfo=UTC))

    assert "14 May 2030 09:00" in office.get("/cms/sessions/").content.decode()
    form = office.get(f"/cms/sessions/edit/{session.pk}/").content.decode()
    assert 'value="2030-05-14 09:00"' in form
    assert "Asia/Kathmandu" in form

    response = office.post(f"/cms/sessions/edit/{session.pk}/", session_post(session))
    assert response.status_code == 302
    session.refresh_from_db()
    assert session.starts_at == datetime(2030, 5, 14, 4, 15, tzinfo=UTC)
    assert session.revision == 1
    entry = HistoryEntry.objects.of(session).get()
    assert entry.actor_label == "office"
    assert "starts_at" in entry.data["fields"]


def test_a_new_session_is_read_in_the_zone_of_the_event_it_names(office: Client) -> None:
    event = EventFactory(time_zone="America/Lima")
    draft = SessionFactory.build(event=event, room=None, track=None, slug="new", working_title="New")

    response = office.post("/cms/sessions/new/", session_post(draft, event=event.pk, room="", track=""))

    assert response.status_code == 302
    assert Session.objects.get(slug="new").starts_at == datetime(2030, 5, 14, 15, 0, tzinfo=UTC)


def test_a_duration_is_typed_in_minutes(office: Client) -> None:
    session = SessionFactory()
    office.post(f"/cms/sessions/edit/{session.pk}/", session_post(session, duration="90"))
    session.refresh_from_db()
    assert session.duration == timedelta(minutes=90)

    refused = office.post(f"/cms/sessions/edit/{session.pk}/", session_post(session, duration="0"))
    assert refused.status_code == 200
    session.refresh_from_db()
    assert session.duration == timedelta(minutes=90)


def test_persons_and_their_parts_are_kept_with_the_session(office: Client) -> None:
    session = SessionFactory()
    person = PersonFactory(event=session.event)
    part = {"person": person.pk, "role": "chair", "position": "0", "id": "", "DELETE": ""}
    post = session_post(session, **{"contributions-TOTAL_FORMS": "1"})

    office.post(
        f"/cms/sessions/edit/{session.pk}/", post | {f"contributions-0-{key}": value for key, value in part.items()}
    )

    assert [(found.person, found.role) for found in session.contributions.all()] == [(person, "chair")]


@pytest.mark.parametrize("field", ["room", "track"])
def test_a_room_or_track_of_another_event_is_refused(office: Client, field: str) -> None:
    session = SessionFactory()
    foreign = RoomFactory() if field == "room" else TrackFactory()

    response = office.post(f"/cms/sessions/edit/{session.pk}/", session_post(session, **{field: foreign.pk}))

    assert response.status_code == 200
    assert getattr(Session.objects.get(pk=session.pk), field) != foreign


def test_a_room_with_sessions_cannot_be_deleted(office: Client) -> None:
    room = SessionFactory().room
    response = office.post(f"/cms/rooms/delete/{room.pk}/", follow=True)

    assert "It is still needed by: sessions." in response.content.decode()
    assert Room.objects.filter(pk=room.pk).exists()


def test_an_event_made_in_the_admin_is_a_draft_with_a_number(office: Client) -> None:
    name = {f"name_{language.code}": "" for language in LANGUAGES} | {"name_en": "Forum"}
    post = name | {
        "slug": "new-forum",
        "starts_on": "2030-01-01",
        "ends_on": "2030-01-03",
        "time_zone": "Europe/Paris",
        "day_change": "240",
        "source_language": "en",
        "accent": "#112233",
    }
    response = office.post("/cms/events/new/", post)

    assert response.status_code == 302, response.context["form"].errors
    event = Event.objects.get(slug="new-forum")
    assert (event.approval, event.published) == (ApprovalState.DRAFT, False)
    assert event.day_change == timedelta(hours=4)
    assert event.number > 0


def test_an_event_is_never_deleted(office: Client) -> None:
    event = EventFactory()
    office.force_login(User.objects.create_superuser("root", "root@example.org", "secret"))

    assert office.post(f"/cms/events/delete/{event.pk}/").status_code in {302, 404}
    assert Event.objects.filter(pk=event.pk).exists()
