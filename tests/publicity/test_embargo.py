"""The embargo holds on every way to a release: its page, its files, previews, lists, JSON; and opens for the accredited alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from plenary.core.actions import SYSTEM
from plenary.core.links import make_link
from plenary.events.actions import publish_event
from portal.querysets import open_pages
from publicity.access import cookie_name
from publicity.models import Download, PressReleasePage, PressRoomPage
from registration.actions import decide
from registration.models import Category, Registration
from registration.rules import State
from tests.factories.events import EventFactory
from tests.factories.publicity import (
    fetch,
    make_document,
    make_journalist,
    make_photograph,
    make_press_room,
    make_release,
    take,
)

pytestmark = pytest.mark.django_db
TITLE = "Delegations agree on shared waters"


@pytest.fixture
def room() -> PressRoomPage:
    return make_press_room()


@pytest.fixture
def held(room: PressRoomPage) -> PressReleasePage:
    """A release under embargo with a document and a photograph."""
    return make_release(
        room, make_document(), make_photograph(), embargo_until=timezone.now() + timedelta(hours=1), title=TITLE
    )


def address(page: PressRoomPage | PressReleasePage, language: str = "en") -> str:
    return f"/{language}/{page.url_path.split('/', 2)[2]}"


def enter(client: Client, registration: Registration, event_slug: str) -> Any:
    token = make_link("press", registration.pk, registration.link_version)
    return client.get(f"/en/{event_slug}/press/access/{token}/")


@pytest.fixture
def journalist(room: PressRoomPage) -> Client:
    client = Client()
    registration = make_journalist(room.event)
    answer = enter(client, registration, room.event.slug)
    assert answer.status_code == 302
    assert answer["Location"] == f"/en/{room.event.slug}/press/"
    return client


def files_of(release: PressReleasePage) -> list[str]:
    return [attachment.document.url for attachment in release.attachments.all()]


def previews_of(release: PressReleasePage) -> list[str]:
    slug = release.event.slug
    return [f"/en/{slug}/press/preview/{item.document_id}/" for item in release.attachments.all()][1:]


def test_before_the_end_the_release_does_not_exist_for_the_public(client: Client, held: PressReleasePage) -> None:
    for url in [address(held), address(held, "ar"), *files_of(held), *previews_of(held)]:
        assert take(client, url) == 404, url


def test_before_the_end_no_list_names_the_release(client: Client, room: PressRoomPage, held: PressReleasePage) -> None:
    document = held.attachments.first().document
    for url in [
        address(room),
        "/api/v2/pages/?limit=100",
        "/api/v2/pages/?type=publicity.PressReleasePage",
        f"/api/v2/pages/?search={TITLE}",
        "/api/v2/documents/",
    ]:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert TITLE not in answer.text, url
        assert document.filename not in answer.text, url
    assert client.get(f"/api/v2/pages/{held.pk}/").status_code == 404
    assert client.get(f"/api/v2/documents/{document.pk}/").status_code == 404
    found = client.get("/api/v2/pages/find/", {"html_path": f"{room.event.slug}/press/{held.slug}/"})
    assert found.status_code == 404


def test_before_the_end_neither_robots_nor_readers_of_pages_hear_of_it(
    client: Client, held: PressReleasePage, room: PressRoomPage
) -> None:
    free = make_release(room, title="Free", embargo_until=timezone.now() - timedelta(seconds=1))
    told = client.get("/sitemap.xml").text
    assert address(free) in told
    assert address(held) not in told
    assert list(open_pages(PressReleasePage.objects.child_of(room)).values_list("pk", flat=True)) == [free.pk]


def test_after_the_end_everybody_reads_and_takes(client: Client, room: PressRoomPage) -> None:
    free = make_release(room, make_document(), make_photograph(), embargo_until=timezone.now() - timedelta(seconds=1))
    for url in [address(free), *files_of(free), *previews_of(free)]:
        assert take(client, url) == 200, url
    assert free.title in client.get(address(room)).text
    assert free.title in client.get("/api/v2/pages/?type=publicity.PressReleasePage").text


def test_an_accredited_journalist_reads_and_takes_it_before(
    journalist: Client, room: PressRoomPage, held: PressReleasePage
) -> None:
    assert TITLE in journalist.get(address(room)).text
    for url in [address(held), address(held, "zh-hans"), *files_of(held), *previews_of(held)]:
        answer = fetch(journalist, url)
        assert answer.status_code == 200, url
        assert "no-store" in answer["Cache-Control"], url  # no cache on the way hands it to the next visitor


def test_what_a_journalist_was_shown_is_not_shown_to_the_next_visitor(
    client: Client, journalist: Client, room: PressRoomPage, held: PressReleasePage
) -> None:
    journalist.get(address(room))
    journalist.get(address(held))
    assert TITLE not in client.get(address(room)).text
    assert client.get(address(held)).status_code == 404
    assert TITLE in journalist.get(address(room)).text  # nor does the public's copy reach the journalist


def test_a_withdrawn_accreditation_closes_the_room_at_once(room: PressRoomPage, held: PressReleasePage) -> None:
    client, registration = Client(), make_journalist(room.event)
    enter(client, registration, room.event.slug)
    assert client.get(address(held)).status_code == 200
    report = decide([registration.pk], to=State.CANCELLED, by=SYSTEM, reason="The outlet recalled its correspondent.")
    assert report.done == [registration.pk]
    assert client.get(address(held)).status_code == 404
    assert enter(client, registration, room.event.slug).status_code == 403


@pytest.mark.parametrize("state", [State.SUBMITTED, State.INFORMATION_REQUESTED, State.REJECTED, State.WITHDRAWN])
def test_who_is_not_approved_gets_a_page_that_says_so(client: Client, room: PressRoomPage, state: State) -> None:
    answer = enter(client, make_journalist(room.event, state=state), room.event.slug)
    assert answer.status_code == 403
    assert cookie_name(room.event) not in client.cookies


def test_another_category_or_another_event_opens_nothing(client: Client, room: PressRoomPage) -> None:
    delegate = make_journalist(room.event)
    Category.objects.filter(pk=delegate.category_id).update(kind=Category.Kind.DELEGATE)
    assert enter(client, delegate, room.event.slug).status_code == 403
    elsewhere = make_journalist(EventFactory())
    assert enter(client, elsewhere, room.event.slug).status_code == 403


@pytest.mark.parametrize("purpose", ["guest", "confirm", "press-cookie"])
def test_links_made_for_other_purposes_open_nothing(client: Client, room: PressRoomPage, purpose: str) -> None:
    registration = make_journalist(room.event)
    token = make_link(purpose, registration.pk, registration.link_version)
    assert client.get(f"/en/{room.event.slug}/press/access/{token}/").status_code == 403
    assert client.get(f"/en/{room.event.slug}/press/access/{token[:-4]}/").status_code == 403


def test_a_forged_cookie_opens_nothing(client: Client, room: PressRoomPage, held: PressReleasePage) -> None:
    registration = make_journalist(room.event)
    for forged in ["", "x", make_link("press", registration.pk, registration.link_version), "é" * 40]:
        client.cookies[cookie_name(room.event)] = forged
        assert client.get(address(held)).status_code == 404


def test_links_are_revoked_by_raising_their_version(room: PressRoomPage, held: PressReleasePage) -> None:
    client, registration = Client(), make_journalist(room.event)
    enter(client, registration, room.event.slug)
    registration.link_version += 1
    registration.save(update_fields=["link_version"])
    assert client.get(address(held)).status_code == 404


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(journalist: Client, room: PressRoomPage) -> None:
    cookie = journalist.cookies[cookie_name(room.event)]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 0 < cookie["max-age"] <= 14 * 24 * 3600


def test_staff_with_the_permission_read_it_and_other_staff_do_not(held: PressReleasePage) -> None:
    for permitted in (True, False):
        user = User.objects.create_user(f"staff-{permitted}")
        if permitted:
            user.user_permissions.add(Permission.objects.get(codename="read_embargoed"))
        client = Client()
        client.force_login(user)
        status = 200 if permitted else 404
        for url in [address(held), *files_of(held), *previews_of(held)]:
            assert take(client, url) == status, url


def test_a_file_of_an_unpublished_release_is_for_nobody_outside(room: PressRoomPage, journalist: Client) -> None:
    release = make_release(room, make_document())
    release.unpublish()
    (url,) = files_of(release)
    assert take(Client(), url) == 404
    assert take(journalist, url) == 404


def test_a_file_linked_in_the_text_of_a_release_is_held_too(room: PressRoomPage, journalist: Client) -> None:
    document = make_document()
    make_release(
        room,
        embargo_until=timezone.now() + timedelta(hours=1),
        body=[("paragraph", f'<p><a linktype="document" id="{document.pk}">Speech</a></p>')],
    )
    assert take(Client(), document.url) == 404
    assert take(journalist, document.url) == 200


def test_a_document_that_is_no_press_file_is_served_as_ever(client: Client) -> None:
    document = make_document("visa-form.pdf")
    assert take(client, document.url) == 200
    assert not Download.objects.exists()


def test_a_closed_event_closes_its_press_room(client: Client, journalist: Client, room: PressRoomPage) -> None:
    publish_event(room.event, by=SYSTEM, published=False)
    assert client.get(address(room)).status_code == 404
    token = make_link("press", make_journalist(room.event).pk)
    assert client.get(f"/en/{room.event.slug}/press/access/{token}/").status_code == 404


def test_a_file_under_embargo_has_no_second_address(client: Client, held: PressReleasePage, settings: object) -> None:
    document = held.attachments.first().document
    assert client.get(document.file.url).status_code == 404


def test_the_room_costs_the_same_with_one_release_and_with_three(
    room: PressRoomPage, journalist: Client, statements_of: Callable[[Callable[[], object]], int]
) -> None:
    make_release(room, make_document(), title="First")
    one, one_accredited = (statements_of(lambda c=c: c.get(f"{address(room)}?n=1")) for c in (Client(), journalist))
    for number in (2, 3):
        make_release(room, make_document(), make_document(), title=f"Number {number}")
    three, three_accredited = (statements_of(lambda c=c: c.get(f"{address(room)}?n=3")) for c in (Client(), journalist))
    assert three == one
    assert three_accredited == one_accredited
