"""The base of every page: one address per page in all languages, and the source text where a translation is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from wagtail.models import Page
from wagtail.url_routing import RouteResult
from wagtail_localize.fields import SynchronizedField

from plenary.core import languages
from plenary.core.page_cache import cacheable

if TYPE_CHECKING:
    from plenary.events.models import Event

AnyPage = TypeVar("AnyPage", bound=Page)
SUMMARY_LENGTH = 160
HOME_DEPTH = 2
STANDARD_TITLES = frozenset({"Agenda", "Speakers", "News", "Press", "Press room"})  # as English names them
STEM_DEPTH = 3  # pages directly under a home page: an event with everything below it


class TranslatedPage(Page):
    """A page whose slug is the same in every language, so that `/fr/forum/agenda/` answers before anybody translated it.

    The reader's language is looked for first; where a page is missing or not live in it, the text of another language is
    shown and marked with its own `lang` and `dir` (architecture.md: never nothing and never a 404).
    """

    override_translatable_fields = [SynchronizedField("slug", overridable=False)]
    shown_with: tuple[str, ...] = ("locale",)  # what its template shows of other tables, fetched along with the page

    class Meta:
        abstract = True

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the page by its address below this one, in three statements whatever the depth."""
        roots = [self.url_path, *self.get_translations().order_by("locale_id").values_list("url_path", flat=True)]
        wanted = [
            f"{root}{''.join(f'{slug}/' for slug in path_components[:depth])}"
            for depth in range(len(path_components), -1, -1)
            for root in roots
        ]
        live = {page.url_path: page for page in Page.objects.filter(url_path__in=wanted, live=True)}
        found = next((live[url_path] for url_path in wanted if url_path in live), None)
        if found is None:
            raise Http404
        used = found.url_path.count("/") - self.url_path.count("/")
        page = as_shown(found)
        if not page.is_open:
            raise Http404
        rest = path_components[used:]
        result: RouteResult = (
            page.route_below(request, rest) if isinstance(page, TranslatedPage) else page.route(request, rest)
        )
        return result

    def route_below(self, request: HttpRequest, rest: list[str]) -> RouteResult:
        """Answer for the part of the address that no page of its own stands for."""
        if rest:
            raise Http404
        return RouteResult(self)

    @cached_property
    def stem(self) -> Page:
        """The page under the home page that this one belongs to: the event's page, or itself."""
        if self.depth <= STEM_DEPTH:
            return self
        return as_shown(Page.objects.get(path=self.path[: self.steplen * STEM_DEPTH]))

    @property
    def is_open(self) -> bool:
        """Whether visitors may read it at all; below an event the event decides (product.md 3.2)."""
        return self.stem is self or bool(getattr(self.stem, "is_open", True))

    @property
    def language(self) -> languages.Language:
        """The language this page is written in."""
        return languages.get(self.locale.language_code)

    @property
    def shown_title(self) -> tuple[str, languages.Language]:
        """The title for this reader, and the language it is in."""
        return title_of(self)

    @property
    def summary_text(self) -> str:
        """What search engines and shared links show: the page's own first words."""
        fields = ("summary", "intro", "tagline", "abstract", "biography")
        text = next((text for text in (getattr(self, name, "") for name in fields) if text), "")
        return Truncator(" ".join(text.split())).chars(SUMMARY_LENGTH)

    @property
    def has_prose(self) -> bool:
        """Whether it tells anything in words of its own: a bare agenda is the same in every language."""
        return bool(self.summary_text or getattr(self, "body", None) or self.shown_title[1] == self.language)

    @property
    def is_fallback(self) -> bool:
        """Whether the reader asked for another language than this page is written in."""
        return bool(self.locale.language_code != get_language())

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {
            "fallback": self.language if self.is_fallback and self.has_prose else None,
            "event": getattr(self.stem, "event", None),
        }

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Pages are the same for everybody who has no session, so they may be kept whole."""
        return cacheable(super().serve(request, *args, **kwargs))


class EventSection(TranslatedPage):
    """A page below an event's page: it knows the event it tells of, and is open when the event is."""

    class Meta:
        abstract = True

    @property
    def event_page(self) -> Any:
        """The event's page in the language of this one."""
        return self.stem

    @property
    def event(self) -> Event | None:
        """None for the few pages that belong to no event (privacy, imprint)."""
        return getattr(self.stem, "event", None)


def as_shown(page: Page) -> Any:
    """The page as its own model, with what its template shows of other tables, in one statement."""
    model = page.specific_class
    if model is None or not issubclass(model, TranslatedPage):
        return page.specific
    return model.objects.select_related(*model.shown_with).get(pk=page.pk)


def menu_of(event: Event, language: str, path: str) -> list[dict[str, Any]]:
    """The pages an event's menu lists, in tree order, in one statement. `path` is where the reader is."""
    source = languages.get(event.source_language).code
    below = Q(url_path__startswith=f"/{language}/{event.slug}/") | Q(url_path__startswith=f"/{source}/{event.slug}/")
    pages = Page.objects.live().in_menu().filter(below, depth=STEM_DEPTH + 1).select_related("locale").order_by("path")
    in_source_first = sorted(pages, key=lambda page: page.locale.language_code != source)
    return [_link(page, language, path) for page in in_language(in_source_first, language)]


def trail(page: Page, language: str) -> list[dict[str, Any]]:
    """The pages between the home page and this one, itself left out, in one statement."""
    slugs = page.url_path.strip("/").split("/")[1:-1]
    codes = {language, page.locale.language_code}
    wanted = [f"/{code}/{'/'.join(slugs[:count])}/" for code in codes for count in range(1, len(slugs) + 1)]
    above = Page.objects.live().filter(url_path__in=wanted).select_related("locale").order_by("depth")
    return [_link(page, language, "") for page in in_language(above, language)]


def title_of(page: Page) -> tuple[str, languages.Language]:
    """A page's title and its language. What every event calls alike is known in all languages before anybody translates it."""
    own = languages.get(page.locale.language_code)
    if own != languages.current() and page.title in STANDARD_TITLES:
        return gettext(page.title), languages.current()
    return page.title, own


def _link(page: Page, language: str, path: str) -> dict[str, Any]:
    url = address_of(page, language)
    title, title_language = title_of(page)
    return {
        "title": title,
        "url": url,
        "language": title_language,
        "current": "page" if path == url else "true" if path.startswith(url) else "",
    }


def address_of(page: Page, language: str | None = None) -> str:
    """The path at which a reader of `language` (default: the active one) finds the page, translated or not. No query."""
    own = page.url_path.split("/", 2)[2]  # without the home page of its language
    return f"/{language or get_language() or languages.DEFAULT.code}/{own}"


def in_language(pages: Iterable[AnyPage], language: str) -> list[AnyPage]:
    """One page per translation key: the one in `language`, else the first given. Keeps the given order.

    The pages' locales must be loaded (`select_related("locale")`).
    """
    chosen: dict[Any, AnyPage] = {}
    for page in pages:
        if page.translation_key not in chosen or page.locale.language_code == language:
            chosen[page.translation_key] = page
    return list(chosen.values())
