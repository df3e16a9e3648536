"""Reads of pages: which ones visitors may see, and the prose that belongs to facts, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.module_loading import import_string
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from plenary.core import languages
from plenary.core.pages import HOME_DEPTH, STEM_DEPTH, address_of, in_language
from plenary.events.models import Event, Person, Session

if TYPE_CHECKING:
    from portal.models import EventPage, SessionPage, SpeakerPage

Pages = TypeVar("Pages", bound=models.QuerySet[Any])


def open_pages(pages: Pages) -> Pages:
    """Of any pages those that visitors may read: live, and below no event that is not public (product.md 3.2)."""
    from portal.models import EventPage

    closed = EventPage.objects.exclude(event__in=Event.objects.public())
    above = closed.filter(path=Substr(OuterRef("path"), 1, Page.steplen * STEM_DEPTH))
    readable = pages.filter(~Exists(above), live=True)
    for port in settings.PLENARY_HIDDEN_PAGES:  # what another app keeps back for a time, like releases under embargo
        readable = readable.exclude(pk__in=import_string(port)(timezone.now()))
    return readable


class ReadablePages(PageQuerySet):
    """Pages as readers get them: live, in their language where it is there, else in the language of the event."""

    def for_readers(self, language: str, source: str) -> ReadablePages:
        source = languages.get(source).code
        in_readers = Q(locale__language_code=language)
        translated = Page.objects.filter(in_readers, translation_key=OuterRef("translation_key"), live=True)
        in_source = Q(Q(locale__language_code=source), ~Exists(translated))
        chosen = in_readers if language == source else in_readers | in_source
        found: ReadablePages = self.live().filter(chosen).select_related("locale")
        return found


class EventPageQuerySet(ReadablePages):
    def announced(self, language: str) -> list[EventPage]:
        """The page of every public event, one each; who reads `language` gets it where it is there."""
        found: Iterable[EventPage] = (
            self.live()
            .filter(event__in=Event.objects.public())
            .select_related("event__venue", "locale")
            .order_by("event__starts_on", "locale_id")
        )
        return in_language(_source_first(found), language)


class SessionPageQuerySet(ReadablePages):
    def told(self, event: Event, language: str, sessions: Sequence[Session]) -> dict[int, SessionPage]:
        """The page of each session by the session's key. A session nobody has published a page for is not told."""
        pages = self.for_readers(language, event.source_language).filter(session__in=sessions)
        return {page.session_id: page for page in pages}

    def times(self, event: Event, language: str) -> models.QuerySet[SessionPage, tuple[datetime, timedelta]]:
        """When each session that is told and not cancelled starts, and how long it lasts."""
        told = self.for_readers(language, event.source_language).filter(session__event=event)
        taking_place = told.exclude(session__state=Session.State.CANCELLED).order_by()
        times: models.QuerySet[SessionPage, tuple[datetime, timedelta]]
        times = taking_place.values_list("session__starts_at", "session__duration")
        return times


class SpeakerPageQuerySet(ReadablePages):
    def introduced(self, event: Event, language: str) -> SpeakerPageQuerySet:
        """The page of each person on the programme, by name, with portrait."""
        found: SpeakerPageQuerySet = (
            self.for_readers(language, event.source_language)
            .filter(person__event=event)
            .select_related("person", "portrait")
            .prefetch_related("portrait__renditions")
            .order_by("person__name", "pk")
        )
        return found

    def addresses(self, persons: Iterable[Person], language: str) -> dict[int, SpeakerPage]:
        """The page of each of some persons by the person's key, where there is one."""
        pages = self.live().filter(person__in=list(persons)).select_related("locale", "person__event")
        return {page.person_id: page for page in in_language(_source_first(pages), language)}


class NewsPageQuerySet(ReadablePages):
    def newest(self, event: Event, language: str) -> NewsPageQuerySet:
        """An event's news, the newest first."""
        stems = Q()
        for code in (language, languages.get(event.source_language).code):
            stems |= Q(url_path__startswith=f"/{code}/{event.slug}/")
        pages = self.for_readers(language, event.source_language).filter(stems)
        found: NewsPageQuerySet = pages.order_by("-date", "-pk")
        return found


def _source_first(pages: Iterable[Any]) -> list[Any]:
    """In the given order, but of each page's translations the one in the event's own language first: it is the fallback."""
    found = list(pages)

    def event_of(page: Any) -> Event:
        event: Event = page.event if hasattr(page, "event_id") else page.person.event
        return event

    source = [p for p in found if p.locale.language_code == languages.get(event_of(p).source_language).code]
    return source + [page for page in found if page not in source]


EventPageManager = PageManager.from_queryset(EventPageQuerySet)
SessionPageManager = PageManager.from_queryset(SessionPageQuerySet)
SpeakerPageManager = PageManager.from_queryset(SpeakerPageQuerySet)
NewsPageManager = PageManager.from_queryset(NewsPageQuerySet)


@dataclass(frozen=True)
class Item:
    """One session with the page that tells it in the reader's language, or in the event's own."""

    session: Session
    page: SessionPage

    @property
    def cancelled(self) -> bool:
        return bool(self.session.state == Session.State.CANCELLED)


def programme(event: Event, language: str, **only: Any) -> list[Item]:
    """An event's sessions in order of time, each with its page; the same number of statements however many there are.

    `only` narrows them by facts, like `room=…`.
    """
    from portal.models import SessionPage

    sessions = list(Session.objects.programme_of(event).filter(**only).distinct())
    told = SessionPage.objects.told(event, language, sessions)
    return [Item(session, told[session.pk]) for session in sessions if session.pk in told]


@dataclass(frozen=True)
class SitemapEntry:
    """One page under its address in every language."""

    changed_at: datetime | None
    addresses: list[tuple[languages.Language, str]]


def sitemap_entries() -> list[SitemapEntry]:
    """One entry for each page visitors may read, whatever languages it is written in: it answers in all of them."""
    pages = open_pages(Page.objects.filter(depth__gte=HOME_DEPTH)).order_by("path").defer_streamfields()
    found: dict[Any, SitemapEntry] = {}
    for page in pages:
        addresses = [(language, address_of(page, language.code)) for language in languages.LANGUAGES]
        found.setdefault(page.translation_key, SitemapEntry(page.last_published_at, addresses))
    return list(found.values())
