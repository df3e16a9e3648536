"""Press rooms, releases and files for tests, made by the product's own actions below a real event page."""

import io
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from wagtail.documents.models import Document

from plenary.events.models import Event
from portal.actions import create_event_pages
from publicity.actions import File, create_press_room, publish_release
from publicity.models import PressReleasePage, PressRoomPage
from registration.models import Category, Registration
from registration.rules import State
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory


def make_document(name: str = "facts.pdf", content: bytes = b"%PDF-1.7 facts") -> Document:
    """A document as an editor would upload it; the file name is unique to it."""
    document = Document(title=name)
    document.file.save(name, ContentFile(content), save=False)
    document.file_size = len(content)
    document.save()
    return document


def make_photograph(name: str = "hall.jpg", size: tuple[int, int] = (1600, 1200)) -> Document:
    """A document that is a picture."""
    written = io.BytesIO()
    Image.new("RGB", size, "#336699").save(written, "JPEG")
    return make_document(name, written.getvalue())


def make_press_room(event: Event | None = None, **prose: Any) -> PressRoomPage:
    """The press room of a public event."""
    event = Event.objects.get(pk=(event or EventFactory()).pk)  # as it is read, with its names as labels
    return create_press_room(create_event_pages(event), **prose)


def make_release(
    room: PressRoomPage,
    *documents: Document,
    embargo_until: datetime | None = None,
    title: str = "Delegations agree on shared waters",
    **fields: Any,
) -> PressReleasePage:
    """A published release with these files."""
    return publish_release(
        room,
        title=title,
        released_on=fields.pop("released_on", date(2030, 5, 14)),
        embargo_until=embargo_until,
        files=[File(document, title=f"File {document.title}") for document in documents],
        **fields,
    )


def fetch(client: Client, url: str, **headers: str) -> Any:
    """Load a page or a file to its end, as a browser does."""
    answer = client.get(url, headers=headers)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def take(client: Client, url: str, **headers: str) -> int:
    """Load it and answer the status."""
    return int(fetch(client, url, **headers).status_code)


def make_journalist(event: Event, **fields: Any) -> Registration:
    """An approved press registration."""
    category = Category.objects.filter(event=event, kind=Category.Kind.PRESS).first() or CategoryFactory(
        event=event, kind=Category.Kind.PRESS, slug="press", name={"en": "Press"}
    )
    fields = {"state": State.APPROVED, "organisation": "The Daily Delta", "latin_name": ""} | fields
    return RegistrationFactory(category=category, **fields)
