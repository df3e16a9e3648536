"""Events with their pages, made by the portal's own actions so that tests stand on the real tree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import TestCase
from wagtail.models import Locale
from wagtail_localize.models import Translation, TranslationSource

from plenary.events.models import Event
from portal.actions import create_event_pages, publish_below, save_session_page, save_speaker_page
from portal.models import EventPage, NewsIndexPage, NewsPage, SessionPage, SpeakerPage
from tests.factories.events import EventFactory, PersonFactory, RoomFactory, SessionFactory, SessionPersonFactory

MORNING = datetime(2030, 5, 14, 7, 0, tzinfo=UTC)


def told_event(*, sessions: int = 0, prose: dict[str, Any] | None = None, **facts: Any) -> Event:
    """An event with its pages and as many sessions, each with a speaker, in two rooms."""
    event = EventFactory(**facts)
    create_event_pages(event, **(prose or {}))
    rooms = [RoomFactory(event=event), RoomFactory(event=event)]
    for number in range(sessions):
        told_session(event, room=rooms[number % 2], starts_at=MORNING + timedelta(hours=number // 2))
    return event


def told_session(event: Event, *, title: str = "", speaker: bool = True, **facts: Any) -> SessionPage:
    session = SessionFactory(event=event, **facts)
    if speaker:
        told_speaker(event, session=session)
    return save_session_page(session, title=title or f"Talk {session.slug}", abstract="What it is about.")


def told_speaker(event: Event, *, session: Any = None, **facts: Any) -> SpeakerPage:
    person = PersonFactory(event=event, **facts)
    if session is not None:
        SessionPersonFactory(session=session, person=person)
    return save_speaker_page(person, biography="Has negotiated for twenty years.")


def event_page(event: Event) -> EventPage:
    return EventPage.objects.get(event=event, locale__language_code="en")


def told_news(event: Event, *, slug: str = "first", **fields: Any) -> NewsPage:
    index = NewsIndexPage.objects.child_of(event_page(event)).get()
    fields = {"title": "First news", "date": MORNING.date(), "summary": "In short.", **fields}
    return publish_below(index, NewsPage(slug=slug, locale=index.locale, **fields))


def translate(page: Any, language: str, **texts: str) -> Any:
    """Submit a page for translation, translate the given fields, publish: what a translator does in the admin."""
    source, _created = TranslationSource.update_or_create_from_instance(page)
    locale = Locale.objects.get(language_code=language)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
    for name, text in texts.items():
        for segment in source.stringsegment_set.filter(context__path=name):
            segment.string.translations.update_or_create(
                locale=locale, context=segment.context, defaults={"data": text, "translation_type": "manual"}
            )
    with TestCase.captureOnCommitCallbacks(execute=True):  # it publishes once the translation is saved for good
        translation.save_target(publish=True)
    return page.get_translation(locale)
