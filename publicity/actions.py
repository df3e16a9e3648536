"""Writes of publicity: opening a press room, publishing a release, noting a download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_noop
from wagtail.documents.models import Document
from wagtail.models import Page

from plenary.core.actions import SYSTEM, Actor, record_history
from publicity.access import Visitor
from publicity.documents import PressDocument
from publicity.models import Download, PressAttachment, PressKitFile, PressReleasePage, PressRoomPage

ROOM_SLUG = "press"  # contract.md: /LANG/EVENT/press/
ROOM_TITLE = gettext_noop("Press")


@dataclass(frozen=True)
class File:
    """A document to be offered to the press, with what is told of it."""

    document: Document
    title: str
    caption: str = ""
    credit: str = ""

    def as_fields(self, position: int) -> dict[str, Any]:
        return {
            "document": self.document,
            "title": self.title,
            "caption": self.caption,
            "credit": self.credit,
            "sort_order": position,
        }


@transaction.atomic
def create_press_room(event_page: Page, *, kit: Sequence[File] = (), by: Actor = SYSTEM, **prose: Any) -> PressRoomPage:
    """The press room below an event's page (`intro`, `contact_name`, `contact_email` …). Run again it changes nothing."""
    known: PressRoomPage | None = PressRoomPage.objects.child_of(event_page).first()
    if known is not None:
        return known
    with translation.override(event_page.locale.language_code):
        prose.setdefault("title", gettext(ROOM_TITLE))
    room = PressRoomPage(slug=ROOM_SLUG, locale=event_page.locale, show_in_menus=True, **prose)
    room.kit = [PressKitFile(**file.as_fields(position), locale=room.locale) for position, file in enumerate(kit)]
    _publish_below(event_page, room, by)
    record_history(room, verb="press_room_opened", by=by, event=room.event)
    return room


@transaction.atomic
def publish_release(
    room: PressRoomPage,
    *,
    title: str,
    released_on: date,
    number: str = "",
    embargo_until: datetime | None = None,
    files: Sequence[File] = (),
    slug: str = "",
    by: Actor = SYSTEM,
    **prose: Any,
) -> PressReleasePage:
    """Publish a release (`summary`, `body`) in the language of its room. A number already used there changes nothing."""
    known: PressReleasePage | None = PressReleasePage.objects.child_of(room).filter(number=number).first()
    if number and known is not None:
        return known
    release = PressReleasePage(
        title=title,
        slug=slug or slugify(title)[:60] or f"release-{released_on:%Y-%m-%d}",
        locale=room.locale,
        number=number,
        released_on=released_on,
        embargo_until=embargo_until,
        **prose,
    )
    release.attachments = [
        PressAttachment(**file.as_fields(position), locale=room.locale) for position, file in enumerate(files)
    ]
    _publish_below(room, release, by)
    held = {"embargo_until": embargo_until.isoformat()} if embargo_until else {}
    record_history(release, verb="release_published", by=by, event=room.event, data={"number": number} | held)
    return release


def _publish_below(parent: Page, page: Page, by: Actor) -> None:
    parent.refresh_from_db(fields=["path", "depth", "numchild"])
    parent.add_child(instance=page)
    page.save_revision(user=by.user).publish(user=by.user, log_action=False)


def record_download(document: Document, told: PressDocument, visitor: Visitor) -> Download:
    """Note that a file was taken: by an outlet where a journalist took it, else by the public."""
    registration = visitor.registration
    return Download.objects.create(
        event=told.event,
        document=document,
        title=told.title,
        registration=registration,
        outlet=registration.organisation if registration else "",
        accredited=registration is not None,
    )
