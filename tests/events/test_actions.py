"""Facts change through actions: numbers are unique, history tells what changed, nothing that is needed is deleted."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from plenary.core.actions import SYSTEM
from plenary.core.models import HistoryEntry, PublicGeneration
from plenary.events.actions import (
    ForbiddenTransition,
    StillNeeded,
    change_approval,
    create_event,
    publish_event,
    remove_fact,
    save_fact,
)
from plenary.events.models import Event, Room, Session
from plenary.events.rules import ALLOWED, ApprovalState, may_become, may_publish, may_register
from tests.factories.events import EventFactory, RoomFactory, SessionFactory, VenueFactory

pytestmark = pytest.mark.django_db
FACTS = {"name": {"en": "A"}, "starts_on": date(2030, 1, 1), "ends_on": date(2030, 1, 2)}


def generation() -> int:
    found = PublicGeneration.objects.first()
    return found.number if found else 0


def test_every_event_gets_the_next_number_for_its_badges() -> None:
    first, second = (create_event(slug=slug, by=SYSTEM, **FACTS) for slug in ("one", "two"))

    assert second.number == first.number + 1
    assert first.approval == ApprovalState.DRAFT
    assert not first.is_public


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": date(2029, 1, 1)},
        {"time_zone": "Mars/Olympus"},
        {"accent": "red"},
        {"day_change": timedelta(hours=13)},
        {"name": {}},
    ],
)
def test_an_event_with_a_wrong_fact_is_not_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        create_event(slug="wrong", by=SYSTEM, **(FACTS | wrong))
    assert not Event.objects.exists()


def test_approval_follows_the_table_and_leaves_a_trace() -> None:
    event = EventFactory(approval=ApprovalState.DRAFT)

    change_approval(event, to=ApprovalState.JOINT_REVIEW, by=SYSTEM, reason="ready")

    entry = HistoryEntry.objects.of(event).get(verb="approval")
    assert (entry.reason, entry.data) == ("ready", {"from": "draft", "to": "joint_review"})
    with pytest.raises(ForbiddenTransition):
        change_approval(event, to=ApprovalState.IN_FORCE, by=SYSTEM)


@pytest.mark.parametrize("state", list(ApprovalState))
def test_nothing_is_public_or_open_before_the_plan_is_in_force(state: ApprovalState) -> None:
    assert may_publish(state) == (state in {ApprovalState.IN_FORCE, ApprovalState.CLOSED})
    assert may_register(state) == (state == ApprovalState.IN_FORCE)
    assert {target for target in ApprovalState if may_become(state, target)} == set(ALLOWED[state])


def test_a_change_is_noted_with_its_fields_and_shown_at_once() -> None:
    session = SessionFactory()
    before, dated = generation(), Event.objects.get().programme_changed_at
    session.duration = timedelta(minutes=90)
    save_fact(session, by=SYSTEM)

    assert HistoryEntry.objects.of(session).get().data == {"fields": ["duration"]}
    assert generation() > before
    assert Event.objects.get().programme_changed_at > dated


@pytest.mark.parametrize(
    ("field", "value", "revision"),
    [("duration", timedelta(minutes=90), 1), ("state", Session.State.CANCELLED, 1), ("working_title", "Other", 0)],
)
def test_calendars_hear_of_time_place_and_state_only(field: str, value: object, revision: int) -> None:
    session = SessionFactory()
    setattr(session, field, value)

    assert save_fact(session, by=SYSTEM).revision == revision


def test_what_is_needed_stays() -> None:
    room = SessionFactory().room
    with pytest.raises(StillNeeded, match="sessions"):
        remove_fact(room, by=SYSTEM)
    assert Room.objects.filter(pk=room.pk).exists()
    assert not HistoryEntry.objects.filter(verb="deleted").exists()


def test_what_nobody_needs_goes_and_leaves_a_trace() -> None:
    room = RoomFactory()
    pk = str(room.pk)
    remove_fact(room, by=SYSTEM)

    assert not Room.objects.exists()
    assert HistoryEntry.objects.get(verb="deleted").subject_id == pk


def test_publishing_shows_an_event_and_takes_it_off() -> None:
    event = EventFactory(published=False, venue=VenueFactory())
    assert publish_event(event, by=SYSTEM).is_public
    assert not publish_event(event, by=SYSTEM, published=False).is_public
    assert [entry.verb for entry in HistoryEntry.objects.of(event)] == ["unpublished", "published"]
