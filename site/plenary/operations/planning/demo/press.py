"""The forum's press room: a kit, one release that is free and one under embargo, in six languages."""

from __future__ import annotations

import io
from datetime import date

from django.core.files.base import ContentFile
from PIL import Image as Drawing
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.models import Locale

from plenary.core.actions import Actor
from plenary.core.languages import LANGUAGES
from plenary.operations.planning.demo import pictures
from plenary.operations.planning.demo.content import body, facts, in_language, local
from portal.models import EventPage
from publicity.actions import File, create_press_room, publish_release
from publicity.models import PressReleasePage, PressRoomPage

CONTACT = {
    "contact_name": "Ioana Popescu",
    "contact_email": "press@forum.example",
    "contact_phone": "+86 25 5550 0199",
}
CREDIT = "Forum on Water, Climate and Science Cooperation 2027"


def make_press_room(front: EventPage, by: Actor) -> None:
    """The room in English, then in every language its event's page has."""
    told = in_language("en", "press")
    files = {
        "key-visual": _document("Key visual", "forum-key-visual.jpg", _jpeg(pictures.waves())),
        "fact-sheet": _document("Fact sheet", "forum-fact-sheet.txt", _fact_sheet().encode()),
    }
    room = create_press_room(
        front,
        kit=[_file(name, document) for name, document in files.items()],
        by=by,
        intro=told["intro"],
        contact_hours=told["contact_hours"],
        **CONTACT,
    )
    releases = [_release(room, release, by) for release in facts()["releases"]]
    for language in LANGUAGES[1:]:
        _translate_room(room, language.code, by)
        for release in releases:
            _translate_release(release, language.code, by)


def _release(room: PressRoomPage, told: dict[str, str], by: Actor) -> PressReleasePage:
    texts = in_language("en", "releases", told["slug"])
    sheet = _document(texts["title"], f"{told['slug']}.txt", "\n\n".join([texts["title"], *texts["body"]]).encode())
    return publish_release(
        room,
        title=texts["title"],
        slug=told["slug"],
        number=told["number"],
        released_on=date.fromisoformat(told["date"]),
        embargo_until=local(told["embargo_until"]) if told["embargo_until"] else None,
        summary=texts["summary"],
        body=body(texts["body"]),
        files=[File(sheet, texts["title"])],
        by=by,
    )


def _translate_room(room: PressRoomPage, language: str, by: Actor) -> None:
    told = in_language(language, "press")
    page = room.copy_for_translation(Locale.objects.get(language_code=language))
    page.title, page.intro, page.contact_hours = told["title"], told["intro"], told["contact_hours"]
    for file, name in zip(page.kit.all(), ("key-visual", "fact-sheet"), strict=True):
        texts = in_language(language, "files", name)
        file.title, file.caption = texts["title"], texts["caption"]
        file.save()
    page.save_revision(user=by.user).publish(user=by.user)


def _translate_release(release: PressReleasePage, language: str, by: Actor) -> None:
    told = in_language(language, "releases", release.slug)
    page = release.copy_for_translation(Locale.objects.get(language_code=language))
    page.title, page.summary, page.body = told["title"], told["summary"], body(told["body"])
    for file in page.attachments.all():
        file.title = told["title"]
        file.save()
    page.save_revision(user=by.user).publish(user=by.user)


def _file(name: str, document: AbstractDocument) -> File:
    told = in_language("en", "files", name)
    return File(document, told["title"], caption=told["caption"], credit=CREDIT)


def _document(title: str, name: str, data: bytes) -> AbstractDocument:
    return get_document_model().objects.create(title=title, file=ContentFile(data, name=name))


def _jpeg(png: bytes) -> bytes:
    stream = io.BytesIO()
    Drawing.open(io.BytesIO(png)).save(stream, "JPEG", quality=88)
    return stream.getvalue()


def _fact_sheet() -> str:
    """One plain page, made from the demonstration's own facts."""
    event, venue = in_language("en", "event"), in_language("en", "venue")
    lines = (
        event["name"],
        event["tagline"],
        "",
        "18–20 May 2027",
        f"{venue['name']}, {venue['address']}, {venue['city']}",
        "",
        f"{len(facts()['sessions'])} sessions in {len(facts()['rooms'])} rooms",
        f"{len(facts()['persons'])} speakers from {len({person['country'] for person in facts()['persons']})} countries",
        "Interpretation into six languages",
        "",
        f"{CONTACT['contact_name']}, {CONTACT['contact_email']}, {CONTACT['contact_phone']}",
    )
    return "\n".join(lines) + "\n"
