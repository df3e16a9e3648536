"""The forum's pages in six languages: written in English, the other languages as translations of the same pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from wagtail.images.models import AbstractImage
from wagtail.models import Locale, Page

from plenary.core.actions import Actor
from plenary.core.languages import LANGUAGES
from plenary.events.models import Event, Session
from plenary.operations.planning.demo import pictures
from plenary.operations.planning.demo.content import body, facts, in_language
from portal.actions import create_event_pages, prepare_site
from portal.interchange.pages import publish_many_below
from portal.models import (
    AgendaPage,
    EventPage,
    HomePage,
    InformationPage,
    NewsIndexPage,
    NewsPage,
    SessionPage,
    SpeakerPage,
    SpeakersPage,
)

SOURCE = LANGUAGES[0].code


def make_pages(event: Event, sessions: dict[str, Session], by: Actor) -> dict[str, EventPage]:
    """Every page of the forum but the press room; answers the event's page by language."""
    prepare_site()
    hero = pictures.keep("Key visual of the forum", "forum-key-visual.png", pictures.waves())
    portraits = _portraits(event)
    fronts = {}
    keys: dict[str, Any] = {}
    for language in LANGUAGES:
        front = _front(event, language.code, hero, keys, by)
        fronts[language.code] = front
        _sections(event, front, language.code, keys, by)
        _sessions(front, sessions, language.code, keys, by)
        _speakers(event, front, portraits, language.code, keys, by)
        _news(front, language.code, keys, by)
        _information(front, language.code, keys, by)
    return fronts


def _front(event: Event, language: str, hero: AbstractImage, keys: dict[str, Any], by: Actor) -> EventPage:
    locale = Locale.objects.get(language_code=language)
    home = HomePage.objects.get(locale=locale, depth=2)
    if not home.intro:
        home.intro = in_language(language, "home_intro")
        home.save_revision(user=by.user).publish(user=by.user)
    told = in_language(language, "event")
    prose = {"tagline": told["tagline"], "intro": told["intro"], "body": body(told["body"]), "hero": hero}
    if language == SOURCE:
        front = create_event_pages(event, by=by, **prose)
        keys["event"] = front.translation_key
        for section in front.get_children():
            keys[section.slug] = section.translation_key
        return front
    front = EventPage(
        event=event, slug=event.slug, title=told["name"], locale=locale, translation_key=keys["event"], **prose
    )
    publish_many_below(home, [front], by=by)
    return front


def _sections(event: Event, front: EventPage, language: str, keys: dict[str, Any], by: Actor) -> None:
    """Agenda, speakers and news: made with the event's page in English, here given their words and their translations."""
    for model, slug in ((AgendaPage, "agenda"), (SpeakersPage, "speakers"), (NewsIndexPage, "news")):
        intro = in_language(language, f"{slug}_intro")
        if language == SOURCE:
            page = model.objects.child_of(front).get()
            page.intro = intro
            page.save_revision(user=by.user).publish(user=by.user)
            continue
        title = in_language(language, "sections", slug)
        page = model(title=title, slug=slug, intro=intro, show_in_menus=True, **_translation(front, keys, slug))
        publish_many_below(front, [page], by=by)


def _translation(front: Page, keys: dict[str, Any], name: str) -> dict[str, Any]:
    """Locale and translation key of a page: the first language to write it makes the key, the others take it."""
    known = {"translation_key": keys[name]} if name in keys else {}
    return {"locale": front.locale, **known}


def _publish(parent: Page, pages: dict[str, Page], keys: dict[str, Any], by: Actor) -> None:
    publish_many_below(parent, list(pages.values()), by=by)
    for name, page in pages.items():
        keys.setdefault(name, page.translation_key)


def _sessions(front: EventPage, sessions: dict[str, Session], language: str, keys: dict[str, Any], by: Actor) -> None:
    pages: dict[str, Page] = {}
    for slug, session in sessions.items():
        if told := in_language(language, "sessions", slug):
            name = f"session:{slug}"
            pages[name] = SessionPage(session=session, slug=slug, **told, **_translation(front, keys, name))
    _publish(AgendaPage.objects.child_of(front).get(), pages, keys, by)


def _portraits(event: Event) -> dict[str, AbstractImage]:
    """A monogram for each person, in the Latin letters every reader of the page knows from the address."""
    found = {}
    for number, person in enumerate(event.persons.order_by("slug")):
        words = (person.latin_name or person.name).replace("-", " ").split()
        initials = words[0][0] + words[-1][0]
        data = pictures.monogram(initials.upper(), number)
        found[person.slug] = pictures.keep(person.latin_name or person.name, f"{person.slug}.png", data)
    return found


def _speakers(
    event: Event, front: EventPage, portraits: dict[str, AbstractImage], language: str, keys: dict[str, Any], by: Actor
) -> None:
    pages: dict[str, Page] = {}
    for person in event.persons.order_by("slug"):
        if told := in_language(language, "persons", person.slug):
            name = f"person:{person.slug}"
            pages[name] = SpeakerPage(
                person=person,
                slug=person.slug,
                title=person.name,
                biography=told["biography"],
                portrait=portraits[person.slug],
                **_translation(front, keys, name),
            )
    _publish(SpeakersPage.objects.child_of(front).get(), pages, keys, by)


def _news(front: EventPage, language: str, keys: dict[str, Any], by: Actor) -> None:
    pages: dict[str, Page] = {}
    for news in facts()["news"]:
        told = in_language(language, "news", news["slug"])
        name = f"news:{news['slug']}"
        pages[name] = NewsPage(
            slug=news["slug"],
            date=date.fromisoformat(news["date"]),
            title=told["title"],
            summary=told["summary"],
            body=body(told["body"]),
            **_translation(front, keys, name),
        )
    _publish(NewsIndexPage.objects.child_of(front).get(), pages, keys, by)


def _information(front: EventPage, language: str, keys: dict[str, Any], by: Actor) -> None:
    pages: dict[str, Page] = {}
    for slug in facts()["information"]:
        told = in_language(language, "information", slug)
        pages[f"information:{slug}"] = InformationPage(
            slug=slug,
            title=told["title"],
            intro=told["intro"],
            body=body(told["body"]),
            show_in_menus=True,
            **_translation(front, keys, f"information:{slug}"),
        )
    _publish(front, pages, keys, by)
