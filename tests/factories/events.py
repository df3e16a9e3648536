"""Facts for tests: an event is in force and published unless a test says otherwise."""

import uuid
from datetime import UTC, date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from plenary.events.models import Event, Person, Room, Session, SessionPerson, Track, Venue
from plenary.events.rules import ApprovalState


class VenueFactory(DjangoModelFactory):
    class Meta:
        model = Venue

    name = factory.Sequence(lambda n: {"en": f"Conference Centre {n}"})
    city = {"en": "Geneva"}
    country = "CH"


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    slug = factory.Sequence(lambda n: f"event-{n}")
    number = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda event: {"en": f"Event {event.slug}"})
    starts_on = date(2030, 5, 14)
    ends_on = date(2030, 5, 16)
    time_zone = "Europe/Zurich"
    venue = factory.SubFactory(VenueFactory)
    approval = ApprovalState.IN_FORCE
    published = True
    contact_email = "office@plenary.example"


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    event = factory.SubFactory(EventFactory)
    slug = factory.Sequence(lambda n: f"room-{n}")
    name = factory.Sequence(lambda n: {"en": f"Room {n}"})
    capacity = 120
    position = factory.Sequence(lambda n: n)


class TrackFactory(DjangoModelFactory):
    class Meta:
        model = Track

    event = factory.SubFactory(EventFactory)
    slug = factory.Sequence(lambda n: f"track-{n}")
    name = factory.Sequence(lambda n: {"en": f"Track {n}"})
    colour = "#1a5fb4"
    position = factory.Sequence(lambda n: n)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    event = factory.SubFactory(EventFactory)
    guid = factory.LazyFunction(uuid.uuid4)
    slug = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"Amina Person {n}")
    country = "KE"


class SessionFactory(DjangoModelFactory):
    """Rooms and tracks are of the session's own event."""

    class Meta:
        model = Session

    event = factory.SubFactory(EventFactory)
    guid = factory.LazyFunction(uuid.uuid4)
    slug = factory.Sequence(lambda n: f"session-{n}")
    working_title = factory.Sequence(lambda n: f"Session {n}")
    starts_at = datetime(2030, 5, 14, 8, 0, tzinfo=UTC)
    duration = timedelta(minutes=45)
    room = factory.SubFactory(RoomFactory, event=factory.SelfAttribute("..event"))
    track = factory.SubFactory(TrackFactory, event=factory.SelfAttribute("..event"))
    kind = "lecture"
    spoken_language = "en"


class SessionPersonFactory(DjangoModelFactory):
    class Meta:
        model = SessionPerson

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory, event=factory.SelfAttribute("..session.event"))
    position = factory.Sequence(lambda n: n)
