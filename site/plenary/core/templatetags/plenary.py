"""Template tags every app's pages use: icons, dates by language, languages of texts, and the frame around an event's pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from plenary.core import colour, dates, languages, prose
from plenary.core.fields import Label
from plenary.core.pages import address_of, menu_of, trail

register = template.Library()


@register.simple_tag
def icon(name: str, modifier: str = "") -> SafeString:
    """A symbol of icons.svg; it only decorates, so a text stands beside it. `modifier` "forward" turns with the script."""
    classes = f"icon icon--{modifier}" if modifier else "icon"
    sprite = static("plenary/icons.svg")
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', classes, sprite, name
    )


@register.simple_tag
def accent_stylesheet(event: Any) -> str:
    """The address of an event's colours; it holds the colour and the version of the formula, so it never changes."""
    accent = str(getattr(event, "accent", "") or "")
    return reverse("core:accent", args=[colour.FORMULA, accent.lstrip("#").lower()])


@register.simple_tag
def swatch(value: str, classes: str = "flag") -> SafeString | str:
    """A patch of a colour staff chose. Drawn in SVG, because the policy forbids inline styles."""
    if not value:
        return ""
    return format_html(
        '<svg class="{}" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect width="1" height="1" fill="{}"></rect></svg>',
        classes,
        value,
    )


# -- languages -----------------------------------------------------------------------------------------------------------
@register.simple_tag
def written_in(code: Any) -> SafeString | str:
    """` lang="…" dir="…"` where a text is in another language than the page around it, else nothing."""
    language = code if isinstance(code, languages.Language) else languages.get(str(code or ""))
    if language == languages.get(get_language()):
        return ""
    return format_html(' lang="{}" dir="{}"', language.bcp47, language.direction)


@register.simple_tag
def label(value: Any) -> SafeString | str:
    """A label in the reader's language; where it falls back to another one, marked as that."""
    if not isinstance(value, Label):
        return str(value or "")
    text = value.get_for(get_language())
    attributes = written_in(value.language_for(get_language())) if text else ""
    return format_html("<span{}>{}</span>", attributes, text) if attributes else text


@register.simple_tag
def title(page: Any) -> SafeString | str:
    """A page's title as this reader knows it, marked where it is in another language."""
    text, language = page.shown_title
    attributes = written_in(language)
    return format_html("<span{}>{}</span>", attributes, text) if attributes else text


@register.filter
def country_name(country: Any) -> str:
    """“Switzerland”, “瑞士”."""
    code = str(getattr(country, "code", country) or "")
    return str(dates.cldr(get_language()).territories.get(code, code))


@register.simple_tag
def language_name(code: str) -> str:
    """“French”, “français”: the name of a language in the reader's."""
    locale = dates.cldr(get_language())
    tag = (code or "").replace("-", "_").split("_")[0]
    return str(locale.languages.get(tag, code))


# -- dates and times -----------------------------------------------------------------------------------------------------
@register.filter
def event_dates(event: Any) -> str:
    """“1–3 March 2027”."""
    return dates.date_range(event.starts_on, event.ends_on, get_language())


@register.filter
def long_date(day: Any) -> str:
    return dates.long_date(day, get_language())


@register.filter
def full_date(day: Any) -> str:
    return dates.full_date(day, get_language())


@register.filter
def short_day(day: Any) -> str:
    return dates.short_day(day, get_language())


@register.simple_tag
def clock(moment: datetime, zone: ZoneInfo) -> SafeString:
    """A time of day in the event's zone; the machine-readable part lets the browser add the reader's own."""
    local = timezone.localtime(moment, zone)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), dates.clock(local))


@register.simple_tag
def clock_range(first: datetime, last: datetime, zone: ZoneInfo) -> SafeString:
    """“09:00–10:30”, in that order of the page's direction: set apart, or digits and dash would be turned around."""
    direction = SafeString(' dir="ltr"') if languages.current().direction == "rtl" else ""
    return format_html("<span{}>{}–{}</span>", direction, clock(first, zone), clock(last, zone))


@register.simple_tag
def moment(value: datetime, zone: ZoneInfo) -> SafeString:
    """“1 March 2027, 14:05” in the event's zone."""
    local = timezone.localtime(value, zone)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        dates.date_and_clock(local, get_language()),
    )


@register.simple_tag
def zone_name(event: Any) -> str:
    """“China Standard Time” as it is called on the event's first day."""
    noon = datetime(event.starts_on.year, event.starts_on.month, event.starts_on.day, 12, tzinfo=event.zone)
    return dates.zone_name(noon, get_language())


# -- prose -----------------------------------------------------------------------------------------------------------------
@register.filter
def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs, lists and links; whatever markup it holds is shown, never run."""
    return prose.render(text)


@register.filter
def initials(name: str) -> str:
    return prose.initials(name)


# -- frame -----------------------------------------------------------------------------------------------------------------
@register.simple_tag
def event_menu(event: Any, path: str = "") -> list[dict[str, Any]]:
    """The pages of an event's menu in the reader's language, the current one marked."""
    return menu_of(event, languages.get(get_language()).code, path)


@register.simple_tag
def event_address(event: Any) -> str:
    return f"/{languages.get(get_language()).code}/{event.slug}/"


@register.simple_tag
def breadcrumbs(page: Any) -> list[dict[str, Any]]:
    """The pages above a page, each with the title readers of this language know."""
    return trail(page, languages.get(get_language()).code)


@register.filter
def address(page: Any) -> str:
    """Where a reader of the active language finds a page, translated or not."""
    return address_of(page)


@register.simple_tag
def absolute(path: str | Promise) -> str:
    """A path as a whole address, for those who read it outside the site."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + str(path)
