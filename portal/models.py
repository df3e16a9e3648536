"""What is told of events, one page per language: home, event, agenda, session, speaker, information, news. Facts: see events."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from plenary.core import languages
from plenary.core.blocks import BodyField
from plenary.core.pages import EventSection, TranslatedPage, in_language
from plenary.events.models import Event, Person, Session
from portal.querysets import (
    EventPageManager,
    NewsPageManager,
    SessionPageManager,
    SpeakerPageManager,
    programme,
)
from portal.rules import day_of
from portal.serializers import EventFacts, PersonFacts, SessionFacts

IMAGE = "wagtailimages.Image"


class HomePage(TranslatedPage):
    """The list of meetings, once per language, root of that language's tree."""

    intro = models.TextField(_("introduction"), blank=True)

    # Each language has its own home page from the start; their slugs differ because they lie side by side.
    override_translatable_fields: list[SynchronizedField] = []
    content_panels = [*TranslatedPage.content_panels, FieldPanel("intro")]
    api_fields = ["intro"]
    search_fields = [*TranslatedPage.search_fields, index.SearchField("intro")]
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        today = timezone.now().date()
        pages = EventPage.objects.announced(languages.current().code)
        by_date = sorted(pages, key=lambda page: (page.event.starts_on, page.event.slug))
        return super().get_context(request, *args, **kwargs) | {
            "upcoming": [page for page in by_date if page.event.ends_on >= today],
            "past": [page for page in reversed(by_date) if page.event.ends_on < today],
        }


class EventPage(TranslatedPage):
    """The front page of one event; everything told of the event lies below it."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="pages", verbose_name=_("event"))
    tagline = models.CharField(_("theme"), max_length=250, blank=True, help_text=_("One line under the title."))
    intro = models.TextField(_("introduction"), blank=True, help_text=_("Two or three sentences, shown large."))
    body = BodyField(verbose_name=_("body"))
    hero = models.ForeignKey(
        IMAGE, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    objects = EventPageManager()

    override_translatable_fields = [
        *TranslatedPage.override_translatable_fields,
        SynchronizedField("event", overridable=False),
        SynchronizedField("hero"),
    ]
    shown_with = (*TranslatedPage.shown_with, "event__venue", "hero")
    content_panels = [
        *TranslatedPage.content_panels,
        FieldPanel("tagline"),
        FieldPanel("intro"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("event"), FieldPanel("hero")], heading=_("The same in every language")),
    ]
    api_fields = ["tagline", "intro", "body", "hero", APIField("event", serializer=EventFacts())]
    api_facts = ("event__venue", "hero")
    search_fields = [
        *TranslatedPage.search_fields,
        index.SearchField("tagline"),
        index.SearchField("intro"),
        index.SearchField("body"),
    ]
    parent_page_types = ["portal.HomePage"]

    class Meta:
        verbose_name = _("event page")

    @property
    def is_open(self) -> bool:
        return self.event.is_public

    @property
    def shown_title(self) -> tuple[str, languages.Language]:
        """Where the page is not translated yet the event's name often is."""
        name = self.event.name.get(languages.current().code) if self.is_fallback else ""
        return (name, languages.current()) if name else (self.title, self.language)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.contexts import event_overview

        return super().get_context(request, *args, **kwargs) | event_overview(self.event, languages.current().code)


class AgendaPage(EventSection):
    """The timetable; the pages of the sessions lie below it."""

    intro = models.TextField(_("introduction"), blank=True)

    content_panels = [*EventSection.content_panels, FieldPanel("intro")]
    api_fields = ["intro", APIField("event", serializer=EventFacts())]
    search_fields = [*EventSection.search_fields, index.SearchField("intro")]
    parent_page_types = ["portal.EventPage"]
    subpage_types = ["portal.SessionPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("agenda page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.contexts import agenda

        chosen = request.GET.get("track", "")
        return super().get_context(request, *args, **kwargs) | agenda(
            self.event_page.event, languages.current().code, chosen
        )


class SessionPage(EventSection):
    """What a session is about. When, where and who are facts of the session."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="pages", verbose_name=_("session"))
    subtitle = models.CharField(_("subtitle"), max_length=500, blank=True)
    # Plain text, kept to the letter: what a programme file said comes out of an export unchanged.
    abstract = models.TextField(_("abstract"), blank=True)
    description = models.TextField(_("description"), blank=True)

    objects = SessionPageManager()

    override_translatable_fields = [
        *EventSection.override_translatable_fields,
        SynchronizedField("session", overridable=False),
    ]
    shown_with = (*EventSection.shown_with, "session__event")
    content_panels = [
        *EventSection.content_panels,
        FieldPanel("subtitle"),
        FieldPanel("abstract"),
        FieldPanel("description"),
        MultiFieldPanel([FieldPanel("session")], heading=_("The same in every language")),
    ]
    api_fields = ["subtitle", "abstract", "description", APIField("session", serializer=SessionFacts())]
    api_facts = ("session__event", "session__room", "session__track", "session__contributions__person")
    search_fields = [
        *EventSection.search_fields,
        index.SearchField("subtitle"),
        index.SearchField("abstract"),
        index.SearchField("description"),
    ]
    parent_page_types = ["portal.AgendaPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("session page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.contexts import session_facts

        return super().get_context(request, *args, **kwargs) | session_facts(self.session, languages.current().code)


class SpeakersPage(EventSection):
    """Everybody on the programme; the pages of the persons lie below it."""

    intro = models.TextField(_("introduction"), blank=True)

    content_panels = [*EventSection.content_panels, FieldPanel("intro")]
    api_fields = ["intro"]
    search_fields = [*EventSection.search_fields, index.SearchField("intro")]
    parent_page_types = ["portal.EventPage"]
    subpage_types = ["portal.SpeakerPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("speakers page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        speakers = SpeakerPage.objects.introduced(self.event, languages.current().code)
        return super().get_context(request, *args, **kwargs) | {"speakers": speakers}


class SpeakerPage(EventSection):
    """Who a person on the programme is. Name, function and country are facts of the person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pages", verbose_name=_("person"))
    biography = models.TextField(_("biography"), blank=True)
    portrait = models.ForeignKey(
        IMAGE, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("portrait")
    )

    objects = SpeakerPageManager()

    override_translatable_fields = [
        *EventSection.override_translatable_fields,
        SynchronizedField("person", overridable=False),
        SynchronizedField("portrait"),
    ]
    shown_with = (*EventSection.shown_with, "person__event", "portrait")
    content_panels = [
        *EventSection.content_panels,
        FieldPanel("biography"),
        MultiFieldPanel([FieldPanel("person"), FieldPanel("portrait")], heading=_("The same in every language")),
    ]
    api_fields = ["biography", "portrait", APIField("person", serializer=PersonFacts())]
    api_facts = ("person", "portrait")
    search_fields = [*EventSection.search_fields, index.SearchField("biography")]
    parent_page_types = ["portal.SpeakersPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("speaker page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        event = self.person.event
        items = programme(event, languages.current().code, contributions__person=self.person)
        return super().get_context(request, *args, **kwargs) | {
            "person": self.person,
            "days": [
                {"day": day_of(item.session.starts_at, event.zone, event.day_change), "item": item} for item in items
            ],
        }


class InformationPage(EventSection):
    """Anything else visitors need: visa, venue, hotels, accessibility."""

    intro = models.TextField(_("introduction"), blank=True)
    body = BodyField(verbose_name=_("body"))

    content_panels = [*EventSection.content_panels, FieldPanel("intro"), FieldPanel("body")]
    api_fields = ["intro", "body"]
    search_fields = [*EventSection.search_fields, index.SearchField("intro"), index.SearchField("body")]
    parent_page_types = ["portal.EventPage", "portal.InformationPage", "portal.HomePage"]
    subpage_types = ["portal.InformationPage"]

    class Meta:
        verbose_name = _("information page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        below = InformationPage.objects.child_of(self).live().select_related("locale").order_by("path")
        if self.is_fallback:
            return super().get_context(request, *args, **kwargs) | {"further": list(below)}
        source = self.get_translations().first()
        more = InformationPage.objects.child_of(source).live().select_related("locale") if source else []
        further = in_language([*more, *below], languages.current().code)
        return super().get_context(request, *args, **kwargs) | {"further": further}


class NewsIndexPage(EventSection):
    """The news of an event, newest first."""

    intro = models.TextField(_("introduction"), blank=True)

    content_panels = [*EventSection.content_panels, FieldPanel("intro")]
    api_fields = ["intro"]
    search_fields = [*EventSection.search_fields, index.SearchField("intro")]
    parent_page_types = ["portal.EventPage"]
    subpage_types = ["portal.NewsPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("news index")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        news = NewsPage.objects.newest(self.event, languages.current().code)
        return super().get_context(request, *args, **kwargs) | {
            "news": news,
            "partly_fallback": any(article.is_fallback for article in news),
        }


class NewsPage(EventSection):
    """One piece of news."""

    date = models.DateField(_("date"))
    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences, shown in the list."))
    body = BodyField(verbose_name=_("body"))

    objects = NewsPageManager()

    override_translatable_fields = [
        *EventSection.override_translatable_fields,
        SynchronizedField("date", overridable=False),
    ]
    content_panels = [
        *EventSection.content_panels,
        FieldPanel("date"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    api_fields = ["date", "summary", "body"]
    search_fields = [*EventSection.search_fields, index.SearchField("summary"), index.SearchField("body")]
    parent_page_types = ["portal.NewsIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("news article")
