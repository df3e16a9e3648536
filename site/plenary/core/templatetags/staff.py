"""Template tags of staff sign-in."""

from django import template
from django.conf import settings
from django.utils.module_loading import import_string

register = template.Library()


@register.simple_tag
def demo_logins() -> list[tuple[str, str, str]]:
    """The logins of the demonstration, on a development machine where they work without a second factor; else none."""
    path = getattr(settings, "PLENARY_DEMO_LOGINS", None)
    if not path or not settings.PLENARY_DEVELOPMENT_PAGES or settings.PLENARY_REQUIRE_SECOND_FACTOR:
        return []
    try:
        return list(import_string(path))
    except ImportError:
        return []
