"""Staff who are listed for an event work on that event and no other: in lists, by address, in choices, in numbers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkin.actions import issue_credentials
from checkin.models import Checkpoint, Credential, Device
from plenary.core.actions import Actor, queue_message, record_look
from plenary.core.models import AccessLog, HistoryEntry, Message
from plenary.events.actions import list_staff, unlist_staff
from plenary.events.models import Event, EventStaff
from plenary.operations.planning.models import Plan
from publicity.models import Download
from registration.models import Category, Holiday, Registration
from registration.permissions import may_see, visible_to
from tests.factories.events import EventFactory, PersonFactory, RoomFactory, SessionFactory, TrackFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
OFFICE = Actor("office")


@pytest.fixture
def mine() -> Event:
    return EventFactory(slug="mine")


@pytest.fixture
def foreign() -> Event:
    return EventFactory(slug="foreign")


def restricted(mine: Event, *roles: str) -> Client:
    user = staff(*roles)
    list_staff(event=mine, user=user, by=OFFICE)
    client = Client()
    client.force_login(user)
    return client


def fill(event: Event) -> dict[str, Any]:
    """One of everything that hangs on an event."""
    category = CategoryFactory(event=event)
    registration = RegistrationFactory(category=category, name=f"Guest of {event.slug}")
    issue_credentials([registration])
    checkpoint = Checkpoint.objects.create(event=event, slug="main", name={"en": f"Door of {event.slug}"})
    record_look(registration, part="identity", by=Actor(f"Officer of {event.slug}"))
    return {
        "registration": registration,
        "category": category,
        "question": QuestionFactory(event=event),
        "checkpoint": checkpoint,
        "device": Device.objects.create(event=event, name=f"Phone of {event.slug}"),
        "plan": Plan.objects.create(event=event, purpose="To meet"),
        "message": queue_message(
            kind="test",
            recipient="guest@example.org",
            language="en",
            subject=f"Letter of {event.slug}",
            text="x",
            event=event,
        ),
        "download": Download.objects.create(event=event, title="Fact sheet", outlet=f"Radio {event.slug}"),
        "session": SessionFactory(event=event),
        "person": PersonFactory(event=event),
        "room": RoomFactory(event=event),
        "track": TrackFactory(event=event),
    }


LISTS = {
    "vetting:index": "Conference office",
    "categories:index": "Conference office",
    "questions:index": "Conference office",
    "checkpoints:index": "Conference office",
    "devices:index": "Conference office",
    "plans:index": "Conference office",
    "outbox:index": "Conference office",
    "events:index": "Conference office",
    "sessions:index": "Conference office",
    "persons:index": "Conference office",
    "rooms:index": "Conference office",
    "tracks:index": "Conference office",
    "event_staff:index": "Conference office",
    "reports_looks_modeladmin_index": "Security",
}


@pytest.mark.parametrize(("name", "role"), LISTS.items())
def test_a_list_holds_the_rows_of_ones_own_events(name: str, role: str, mine: Event, foreign: Event) -> None:
    ours, theirs = fill(mine), fill(foreign)
    client = restricted(mine, role)
    list_staff(event=foreign, user=staff("Finance"), by=OFFICE)
    address = "/cms/reports/looks/" if name.startswith("reports") else reverse(name)
    listed = list(client.get(address).context["object_list"])
    assert listed
    rows = [getattr(row, "record", row) for row in listed]
    assert {row.pk if isinstance(row, Event) else row.event_id for row in rows} == {mine.pk}
    assert ours["registration"].pk != theirs["registration"].pk


ADDRESSES: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "vetting:dossier": lambda of: [of["registration"].pk],
    "categories:edit": lambda of: [of["category"].pk],
    "questions:edit": lambda of: [of["question"].pk],
    "questions:delete": lambda of: [of["question"].pk],
    "checkpoints:edit": lambda of: [of["checkpoint"].pk],
    "devices:device": lambda of: [of["device"].pk],
    "plans:plan": lambda of: [of["plan"].pk],
    "plans:edit": lambda of: [of["plan"].pk],
    "outbox:message": lambda of: [of["message"].pk],
    "outbox:html": lambda of: [of["message"].pk],
    "events:edit": lambda of: [of["plan"].event_id],
    "sessions:edit": lambda of: [of["session"].pk],
    "sessions:delete": lambda of: [of["session"].pk],
    "persons:edit": lambda of: [of["person"].pk],
    "rooms:edit": lambda of: [of["room"].pk],
    "tracks:delete": lambda of: [of["track"].pk],
    "badges:one": lambda of: [of["registration"].pk],
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_record_of_another_event_is_not_found_by_any_verb(name: str, mine: Event, foreign: Event) -> None:
    ours, theirs = fill(mine), fill(foreign)
    client = restricted(mine, "Conference office")
    assert client.get(reverse(name, args=ADDRESSES[name](ours))).status_code == 200
    for method in (client.get, client.post):
        refused = {404, 405} if method == client.post else {404}
        assert method(reverse(name, args=ADDRESSES[name](theirs)), follow=True).status_code in refused


def test_a_lost_badge_of_another_event_is_not_replaced(mine: Event, foreign: Event) -> None:
    theirs = fill(foreign)
    client = restricted(mine, "Door supervisor")
    assert client.post(reverse("badges:replace", args=[theirs["registration"].pk]), follow=True).status_code == 404
    assert Credential.objects.get(registration=theirs["registration"]).issue == 1
    many = reverse("badges:many", args=["foreign", theirs["category"].slug, 1])
    assert client.get(many, follow=True).status_code == 404


@pytest.mark.parametrize("name", ["badges:index", "board:index"])
def test_a_page_about_one_event_offers_no_other(name: str, mine: Event, foreign: Event) -> None:
    response = restricted(mine, "Door supervisor").get(reverse(name), {"event": "foreign"})
    assert response.context["event"] == mine
    assert response.context["events"] == [mine]


@pytest.mark.parametrize("name", ["vetting:index", "scans:index", "categories:index", "outbox:index"])
def test_a_filter_by_another_event_offers_and_finds_nothing(name: str, mine: Event, foreign: Event) -> None:
    fill(mine), fill(foreign)
    response = restricted(mine, "Conference office").get(reverse(name), {"event": foreign.pk, "state": "all"})
    assert "Guest of foreign" not in response.content.decode()
    form = response.context["filters"].form
    for field in form.fields.values():
        choices = getattr(field, "queryset", None)
        if choices is not None and choices.model in {Event, Category, Checkpoint}:
            assert {getattr(row, "event_id", row.pk) for row in choices} == {mine.pk}


@pytest.mark.parametrize("name", ["categories:add", "questions:add", "checkpoints:add", "devices:add", "rooms:add"])
def test_no_form_puts_anything_into_another_event(name: str, mine: Event, foreign: Event) -> None:
    client = restricted(mine, "Conference office")
    form = client.get(reverse(name)).context["form"]
    assert list(form.fields["event"].queryset) == [mine]
    response = client.post(reverse(name), {"event": foreign.pk, "name": "x", "name_en": "x", "slug": "x"})
    assert "event" in response.context["form"].errors


def test_what_belongs_to_no_event_is_for_those_who_work_on_all(mine: Event) -> None:
    queue_message(kind="account", recipient="a@example.org", language="en", subject="Password", text="x")
    assert list(restricted(mine, "Conference office").get(reverse("outbox:index")).context["object_list"]) == []


def test_an_account_on_no_list_works_on_every_event(mine: Event, foreign: Event) -> None:
    fill(mine), fill(foreign)
    user = staff("Conference office")
    assert set(Event.objects.for_staff(user)) == {mine, foreign}
    assert visible_to(user).count() == 2


def test_an_officer_of_one_event_decides_on_no_other(mine: Event, foreign: Event) -> None:
    theirs = fill(foreign)["registration"]
    user = staff("Vetting: protocol desk")
    list_staff(event=mine, user=user, by=OFFICE)
    assert not may_see(user, theirs)
    assert theirs not in visible_to(user)
    client = Client()
    client.force_login(user)
    client.post(f"/cms/bulk/registration/registration/approve/?id={theirs.pk}", {"confirmed": "1"})
    theirs.refresh_from_db()
    assert theirs.decided_at is None


def test_the_queue_costs_a_restricted_officer_one_statement_more(
    mine: Event, statements_of: Callable[[Callable[[], object]], int]
) -> None:
    fill(mine)
    free, bound = Client(), restricted(mine, "Vetting: protocol desk")
    free.force_login(staff("Vetting: protocol desk"))
    few = statements_of(lambda: bound.get(reverse("vetting:index")))
    assert few - statements_of(lambda: free.get(reverse("vetting:index"))) in {0, 1}
    for _number in range(3):
        RegistrationFactory(category=Category.objects.get(event=mine))
    assert statements_of(lambda: bound.get(reverse("vetting:index"))) == few


# -- the lists themselves ------------------------------------------------------------------------------------------------
def test_the_office_lists_an_account_for_an_event_and_takes_it_off_again(mine: Event) -> None:
    officer, client = staff("Vetting: press desk", username="press"), Client()
    client.force_login(staff("Conference office"))
    client.post(reverse("event_staff:add"), {"event": mine.pk, "user": officer.pk})
    listed = EventStaff.objects.get()
    assert (listed.event, listed.user) == (mine, officer)
    again = client.post(reverse("event_staff:add"), {"event": mine.pk, "user": officer.pk})
    assert again.status_code == 200
    assert again.context["form"].errors
    assert "works on every event" in client.get(reverse("event_staff:delete", args=[listed.pk])).content.decode()
    client.post(reverse("event_staff:delete", args=[listed.pk]))
    assert not EventStaff.objects.exists()
    assert list(HistoryEntry.objects.values_list("verb", flat=True)) == ["staff_unlisted", "staff_listed"]


def test_nobody_lets_himself_out_of_his_own_list(mine: Event) -> None:
    client = restricted(mine, "Conference office")
    listed = EventStaff.objects.get()
    assert client.get(reverse("event_staff:index")).status_code == 200
    for method in (client.get, client.post):
        method(reverse("event_staff:delete", args=[listed.pk]))
        method(reverse("event_staff:add"), {"event": mine.pk, "user": listed.user_id})
    assert EventStaff.objects.get() == listed


def test_a_look_is_noted_with_its_event(mine: Event) -> None:
    record_look(mine, part="export of scans", by=OFFICE)
    record_look(RegistrationFactory(category=CategoryFactory(event=mine)), part="identity", by=OFFICE)
    assert set(AccessLog.objects.values_list("event", flat=True)) == {mine.pk}


def test_the_numbers_of_the_home_page_are_those_of_ones_own_events(mine: Event, foreign: Event) -> None:
    fill(foreign)
    Message.objects.update(state=Message.State.FAILED)
    content = restricted(mine, "Conference office").get("/cms/").content.decode()
    assert "Messages (1)" not in content
    assert Registration.objects.filter(created_at__lte=timezone.now()).exists()
    unlisted = EventStaff.objects.get()
    unlist_staff(unlisted, by=OFFICE)
    client = Client()
    client.force_login(unlisted.user)
    assert "Messages (1)" in client.get("/cms/").content.decode()


def test_a_day_off_of_another_event_is_out_of_reach_and_that_of_a_country_is_read_only(
    mine: Event, foreign: Event
) -> None:
    own, theirs, shared = (
        Holiday.objects.create(day=mine.starts_on, name={"en": name}, **of)
        for name, of in (("Own", {"event": mine}), ("Theirs", {"event": foreign}), ("Shared", {"country": "KE"}))
    )
    client = restricted(mine, "Conference office")
    content = client.get(reverse("holidays:index")).content.decode()
    assert ("Theirs" in content, "Shared" in content) == (False, True)
    for name in ("edit", "delete"):
        assert reverse(f"holidays:{name}", args=[own.pk]) in content
        assert client.get(reverse(f"holidays:{name}", args=[own.pk])).status_code == 200
        for closed in (theirs, shared):
            address = reverse(f"holidays:{name}", args=[closed.pk])
            assert address not in content
            assert client.post(address, {"day": "2030-01-01"}, follow=True).status_code == 404
    assert Holiday.objects.count() == 3


def test_staff_of_one_event_add_days_off_to_their_own_event_alone(mine: Event, foreign: Event) -> None:
    client = restricted(mine, "Conference office")
    sent = {"day": "2027-03-01", "name_en": "Founders' day"}
    assert 'name="country"' not in client.get(reverse("holidays:add")).content.decode()
    for wrong in ({"country": "KE"}, {"event": foreign.pk}, {}):
        assert client.post(reverse("holidays:add"), sent | wrong).status_code == 200
    assert not Holiday.objects.exists()
    assert client.post(reverse("holidays:add"), sent | {"event": mine.pk, "country": "KE"}).status_code == 302
    assert (Holiday.objects.get().event, str(Holiday.objects.get().country)) == (mine, "")


OF_EVERY_EVENT = {
    "letter_rules": "Conference office",
    "desks": "Conference office",
    "reasons": "Conference office",
    "retention": "Data protection",
}


@pytest.mark.parametrize(("space", "role"), OF_EVERY_EVENT.items())
def test_what_holds_for_every_event_is_read_by_staff_of_one_and_written_by_staff_of_all(
    mine: Event, space: str, role: str
) -> None:
    of_one, of_all = restricted(mine, role), Client()
    of_all.force_login(staff(role))
    assert of_one.get(reverse(f"{space}:index")).status_code == 200
    assert [client.get(reverse(f"{space}:add")).status_code for client in (of_one, of_all)] == [302, 200]


@pytest.mark.parametrize("space", ["letter_texts", "letterheads"])
def test_staff_of_one_event_write_letters_for_that_event_alone(mine: Event, space: str) -> None:
    client = restricted(mine, "Conference office")
    answer = client.post(reverse(f"{space}:add"), {"institution": "House", "kind": "invitation"})
    assert "event" in answer.context["form"].errors
