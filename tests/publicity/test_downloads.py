"""Every file taken is noted once, with the outlet and without a trace of the person."""

import pytest
from django.test import Client, RequestFactory

from plenary.core.links import make_link
from publicity.models import Download, PressRoomPage
from publicity.views import guard_document
from tests.factories.publicity import make_document, make_journalist, make_press_room, make_release, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> PressRoomPage:
    return make_press_room()


def test_the_public_and_an_outlet_are_told_apart(client: Client, room: PressRoomPage) -> None:
    document = make_document()
    make_release(room, document)
    take(client, document.url)
    registration = make_journalist(room.event, organisation="Radio Nile")
    client.get(f"/en/{room.event.slug}/press/access/{make_link('press', registration.pk)}/")
    take(client, document.url)
    take(client, document.url)
    noted = Download.objects.order_by("pk").values_list("outlet", "accredited", "registration")
    assert list(noted) == [("", False, None), *[("Radio Nile", True, registration.pk)] * 2]
    rows = list(Download.objects.by_outlet(room.event))
    assert [(row["outlet"], row["times"]) for row in rows] == [("Radio Nile", 2), ("", 1)]


def test_looking_going_on_and_having_it_already_are_not_downloads(client: Client, room: PressRoomPage) -> None:
    document = make_document()
    make_release(room, document)
    guard_document(document, RequestFactory().head(document.url))
    take(client, document.url, range="bytes=100-200")
    take(client, document.url, **{"if-none-match": f'"{document.file_hash}"'})
    client.post(document.url)
    assert not Download.objects.exists()
    take(client, document.url, range="bytes=0-")
    assert Download.objects.count() == 1


def test_the_ledger_outlives_the_document_and_the_registration(client: Client, room: PressRoomPage) -> None:
    document = make_document()
    make_release(room, document)
    registration = make_journalist(room.event, organisation="Radio Nile")
    client.get(f"/en/{room.event.slug}/press/access/{make_link('press', registration.pk)}/")
    take(client, document.url)
    registration.delete()
    document.delete()
    (noted,) = Download.objects.all()
    assert (noted.outlet, noted.title, noted.registration, noted.document) == (
        "Radio Nile",
        "File facts.pdf",
        None,
        None,
    )


def test_the_ledger_holds_no_address_and_no_name() -> None:
    columns = {field.name for field in Download._meta.get_fields()}
    assert columns == {"id", "event", "document", "title", "registration", "outlet", "accredited", "at"}
