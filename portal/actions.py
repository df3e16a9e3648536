"""Writes to pages: the site's own skeleton, the pages of an event, and what the programme tells of sessions and speakers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, Site

from plenary.core import languages
from plenary.core.actions import SYSTEM, Actor, record_history
from plenary.core.fields import Label
from plenary.events.models import Event, Person, Session
from portal.models import AgendaPage, EventPage, HomePage, NewsIndexPage, SessionPage, SpeakerPage, SpeakersPage

SomePage = TypeVar("SomePage", bound=Page)
TITLE_LENGTH = 255
HOME_TITLE = _("International meetings")
SECTIONS: tuple[tuple[type[Page], str, Promise], ...] = (
    (AgendaPage, "agenda", _("Agenda")),
    (SpeakersPage, "speakers", _("Speakers")),
    (NewsIndexPage, "news", _("News")),
)


@transaction.atomic
def prepare_site(*, by: Actor = SYSTEM) -> HomePage:
    """Have the six languages, a home page in each, and the site rooted there. Run again it changes nothing."""
    locales = [Locale.objects.get_or_create(language_code=language.code)[0] for language in languages.LANGUAGES]
    first = _home_page(locales[0], None)
    for locale in locales[1:]:
        _home_page(locale, first)
    _root_site_at(first)
    return first


def _home_page(locale: Locale, first: HomePage | None) -> HomePage:
    """The home page of a language; its title is written in that language from the start."""
    home: HomePage | None = HomePage.objects.filter(locale=locale, depth=2).first()
    if home is not None:
        return home
    with translation.override(locale.language_code):
        home = HomePage(title=str(HOME_TITLE), slug=locale.language_code, locale=locale)
    if first is not None:
        home.translation_key = first.translation_key
    return publish_below(_root(), home)


def _root() -> Page:
    root = Page.get_first_root_node()
    if root is None:
        raise LookupError("the page tree has no root: migrate the database first")
    return root


def _root_site_at(home: HomePage) -> None:
    """Point the default site to our home page and remove the welcome page that came with the framework."""
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if site.root_page_id == home.pk:
        return
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.root_page = home
    site.save()
    for page in _root().get_children().exact_type(Page):
        page.delete()


def publish_below(parent: Page, page: SomePage, *, by: Actor = SYSTEM) -> SomePage:
    """Add a page to the tree, live, with its first revision, so that its history starts where it starts."""
    parent.refresh_from_db(fields=["path", "depth", "numchild"])
    added: SomePage = parent.add_child(instance=page)
    added.save_revision(user=by.user).publish(user=by.user, log_action=False)
    return added


def source_locale(event: Event) -> Locale:
    """The language an event is written in; a programme in another language than our six stands under English."""
    return Locale.objects.get(language_code=languages.get(event.source_language).code)


@transaction.atomic
def create_event_pages(event: Event, *, by: Actor = SYSTEM, **prose: Any) -> EventPage:
    """The event's page (`tagline`, `intro`, `body` …) with agenda, speakers and news in the event's own language.

    Run again it only adds what is missing.
    """
    prepare_site()
    locale = source_locale(event)
    page: EventPage | None = EventPage.objects.filter(event=event, locale=locale).first()
    if page is None:
        home = HomePage.objects.get(locale=locale, depth=2)
        title = Label(event.name).get_for(locale.language_code) or event.slug
        prose.setdefault("title", title[:TITLE_LENGTH])
        page = publish_below(home, EventPage(event=event, slug=event.slug, locale=locale, **prose), by=by)
        record_history(event, verb="pages_created", by=by, event=event)
    for model, slug, section_title in SECTIONS:
        if not page.get_children().type(model).exists():
            with translation.override(locale.language_code):
                section = model(title=str(section_title), slug=slug, locale=locale, show_in_menus=True)
            publish_below(page, section, by=by)
    return page


@transaction.atomic
def save_session_page(session: Session, *, title: str, by: Actor = SYSTEM, **prose: str) -> SessionPage:
    """Tell a session (`subtitle`, `abstract`, `description`) in the event's own language; translations stay as they are."""
    page: SessionPage | None = session.pages.filter(locale=source_locale(session.event)).first()
    fields = {"title": title[:TITLE_LENGTH], "slug": session.slug, **prose}
    if page is None:
        agenda = _section(session.event, AgendaPage)
        return publish_below(agenda, SessionPage(session=session, locale=agenda.locale, **fields), by=by)
    return _republish(page, fields, by)


@transaction.atomic
def save_speaker_page(person: Person, *, biography: str = "", by: Actor = SYSTEM) -> SpeakerPage:
    """Tell who a person is in the event's own language; translations stay as they are."""
    page: SpeakerPage | None = person.pages.filter(locale=source_locale(person.event)).first()
    fields = {"title": person.name[:TITLE_LENGTH], "slug": person.slug, "biography": biography}
    if page is None:
        speakers = _section(person.event, SpeakersPage)
        return publish_below(speakers, SpeakerPage(person=person, locale=speakers.locale, **fields), by=by)
    return _republish(page, fields, by)


def _section(event: Event, model: type[SomePage]) -> SomePage:
    parent = EventPage.objects.filter(event=event, locale=source_locale(event)).first()
    if parent is None:
        parent = create_event_pages(event)
    section: SomePage = model.objects.child_of(parent).select_related("locale").get()
    return section


def _republish(page: SomePage, fields: dict[str, str], by: Actor) -> SomePage:
    """Write only what differs: an import that changes nothing leaves no revision and outdates no translation."""
    changed = {name: value for name, value in fields.items() if getattr(page, name) != value}
    if not changed:
        return page
    for name, value in changed.items():
        setattr(page, name, value)
    page.save_revision(user=by.user, changed=True).publish(user=by.user, log_action=False)
    return page


@transaction.atomic
def delete_session_pages(sessions: Iterable[Session]) -> None:
    """Remove the pages of sessions in every language, before the sessions themselves can go."""
    for page in SessionPage.objects.filter(session__in=list(sessions)):
        page.delete()


@transaction.atomic
def delete_speaker_pages(persons: Iterable[Person]) -> None:
    """Remove the pages of persons in every language, before the persons themselves can go."""
    for page in SpeakerPage.objects.filter(person__in=list(persons)):
        page.delete()
